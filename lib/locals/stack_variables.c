/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/stack_variables.h"

#include "locals/c_local.h"
#include "locals/frame_arguments.h"
#include "locals/stack_state.h"
#include "unwind/native_name.h"
#include "value/context.h"

gopm_status gopm__open_types(struct gopm__program *program, bool *described, gopm_error **err)
{
	struct gopm__dwarf *dwarf;
	struct gopm__types *types;
	gopm_status status = gopm__program_dwarf(program, &dwarf, err);

	if (described != NULL) {
		*described = status == GOPM_ERR_NO_DWARF;
	}
	if (status != GOPM_ERR_NO_DWARF) {
		return status;
	}
	if (err != NULL) {
		gopm_error_free(*err);
		*err = NULL;
	}
	return gopm__program_types(program, &types, err);
}

gopm_status gopm__frame_types(struct gopm__program *program, const struct gopm__frame *frame, struct gopm__types **out)
{
	const struct gopm__mapped_module *module = frame->native != NULL ? frame->native->module : NULL;

	*out = NULL;
	if (module == NULL || module->exe == NULL || module->exe == &program->exe) {
		return GOPM_OK;
	}
	const struct gopm__mapped_modules *modules = gopm__native_modules(&program->native);
	if (modules == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	const gopm_status status = gopm__program_module_types(program, (size_t)(module - modules->list), out);
	return status == GOPM_ERR_NO_DWARF ? GOPM_NOT_FOUND : status;
}

static gopm_status fail_damaged(const struct gopm__frame *frame, gopm_status status, gopm_error **err)
{
	if (status == GOPM_NOT_FOUND || status == GOPM_OK) {
		return status;
	}
	return status == GOPM_ERR_NO_MEMORY ? gopm__fail_memory(err)
	                                    : gopm__fail(err, status, GOPM__AT_ADDRESS(frame->lookup_pc),
	                                                 "the function at this pc has damaged DWARF");
}

/* The variables of a frame of C in another module than the executable. */
static gopm_status module_variables(const struct gopm__stack_scope *scope, const struct gopm__frame *frame,
                                    struct gopm__types *types, struct gopm__variable_list *out)
{
	struct gopm__context context = gopm__context(scope->program, scope->arena, scope->limits);

	gopm__context_use_types(&context, types);
	return gopm__frame_variables(&context, NULL, scope->program->file.arch, frame, gopm__c_frame_line(frame), out);
}

gopm_status gopm__stack_variables(const struct gopm__stack_scope *scope, size_t index, struct gopm__variable_list *out,
                                  gopm_error **err)
{
	struct gopm__program *program = scope->program;
	const struct gopm__frame *frame = &scope->stack->frames[index];
	struct gopm__stack_state stack_state = {
	    .rt = &program->runtime, .code_cache = &program->code, .stack = scope->stack, .roots = scope->roots};
	struct gopm__types *types;
	struct gopm__dwarf *dwarf;
	bool described = false;

	gopm_status status = gopm__frame_types(program, frame, &types);
	if (status != GOPM_OK || types != NULL) {
		status = status == GOPM_OK ? module_variables(scope, frame, types, out) : status;
		return fail_damaged(frame, status, err);
	}
	status = scope->limits->exact_only ? gopm__program_dwarf(program, &dwarf, err)
	                                   : gopm__open_types(program, &described, err);
	if (status != GOPM_OK) {
		return status;
	}
	struct gopm__context context = gopm__context(program, scope->arena, scope->limits);
	struct gopm__stack_state *checked = scope->limits->exact_only ? NULL : &stack_state;
	stack_state.context = &context;
	if (described) {
		status = gopm__frame_arguments(&context, checked, program->file.arch, frame, out);
		return status == GOPM_OK ? status : gopm__fail_memory(err);
	}
	int64_t line = frame->call != NULL ? (int64_t)frame->call->line : 0;
	return fail_damaged(frame, gopm__frame_variables(&context, checked, program->file.arch, frame, line, out), err);
}
