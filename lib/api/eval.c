/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/eval.h>

#include "api/handle.h"
#include "api/stack.h"
#include "api/vars.h"
#include "eval/scope.h"
#include "util/allocate.h"

gopm_status gopm_eval(gopm_core *core, const gopm_stack *stack, size_t frame, const char *expression,
                      const gopm_value_options *options, gopm_value **out, gopm_error **err)
{
	struct gopm__variable result;
	gopm_vars *vars;

	if (err != NULL) {
		*err = NULL;
	}
	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	if (core == NULL || expression == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "core and expression must not be NULL");
	}
	if (stack != NULL && (gopm__stack_core(stack) != core || gopm__stack_frame(stack, frame) == NULL)) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "stack is of another core, or has no frame %zu; open it from the same core, and ask "
		                  "gopm_stack_size()",
		                  frame);
	}
	gopm_status bare = gopm__bare_status(core->program, err);
	if (bare != GOPM_OK) {
		return bare;
	}
	gopm_status st = gopm__vars_new(core, options, &vars, err);
	if (vars == NULL) {
		return st;
	}
	const uint64_t begun = gopm__call_begin();
	gopm__program_lock(core->program);
	struct gopm__stack_scope scope = gopm__vars_scope(vars, stack);
	st = gopm__eval_in_frame(&scope, gopm__stack_index(stack, frame), expression, &result, err);
	if (st == GOPM_OK) {
		st = gopm__value_load(vars, &result, out);
		st = st == GOPM_OK ? st : gopm__fail_memory(err);
	}
	gopm__program_unlock(core->program);
	st = gopm__call_result(begun, st, err);
	if (st != GOPM_OK) {
		gopm_value_free(*out);
		*out = NULL;
	}
	/* The value has a reference to them. */
	gopm_vars_free(vars);
	return gopm__value_status(core, st, out, err);
}
