/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/eval.h>

#include "api/handle.h"
#include "api/vars.h"
#include "locals/c_variables.h"
#include "locals/package_variables.h"
#include "locals/stack_variables.h"
#include "util/allocate.h"

/* Variables of C may be in libraries only. The caller holds the program's lock. */
static gopm_status find_c_vars(gopm_vars *vars, const char *glob, gopm_error **err)
{
	struct gopm__program *program = vars->core->program;
	struct gopm__dwarf *dwarf;

	gopm_status st = gopm__open_types(program, NULL, err);
	if (st != GOPM_OK) {
		return st;
	}
	struct gopm__context context = gopm__context(program, &vars->arena, &vars->limits);
	st = gopm__c_variables(program, &context, glob, &vars->variables);
	if (st == GOPM_ERR_NO_DWARF) {
		return gopm__program_dwarf(program, &dwarf, err);
	}
	return st == GOPM_OK ? st : gopm__fail_memory(err);
}

/* The caller holds the program's lock. */
static gopm_status find_package_vars(gopm_vars *vars, const char *glob, gopm_error **err)
{
	struct gopm__dwarf *dwarf;

	if (vars->limits.of_c) {
		return find_c_vars(vars, glob, err);
	}
	gopm_status st = gopm__program_dwarf(vars->core->program, &dwarf, err);
	if (st != GOPM_OK) {
		return st;
	}
	struct gopm__context context = gopm__context(vars->core->program, &vars->arena, &vars->limits);
	st = gopm__package_variables(&context, glob, &vars->variables);
	return st == GOPM_OK ? st : gopm__fail_memory(err);
}

gopm_status gopm_package_vars(gopm_core *core, const char *glob, const gopm_value_options *options, gopm_vars **out,
                              gopm_error **err)
{
	gopm_vars *vars;

	if (err != NULL) {
		*err = NULL;
	}
	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	if (core == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "core must not be NULL");
	}
	gopm_status bare = gopm__bare_status(core->program, err);
	if (bare != GOPM_OK) {
		return bare;
	}
	gopm_status st = gopm__vars_new(core, options, &vars, err);
	if (st != GOPM_OK) {
		return st;
	}
	const uint64_t begun = gopm__call_begin();
	gopm__program_lock(core->program);
	st = find_package_vars(vars, glob, err);
	gopm__program_unlock(core->program);
	st = gopm__read_status(core, gopm__call_result(begun, st, err), err);
	if (st != GOPM_OK) {
		gopm_vars_free(vars);
		return st;
	}
	*out = vars;
	return GOPM_OK;
}
