/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/scope.h"

#include "value/context.h"

static bool other_frame(void *user_data, size_t index, struct gopm__eval_scope *out);

/* The scope of a frame; package scope if there is no stack. */
static gopm_status frame_scope(const struct gopm__stack_scope *at, size_t index, struct gopm__eval_scope *out,
                               gopm_error **err)
{
	*out = (struct gopm__eval_scope){.function = {"", 0}};
	if (at->stack == NULL) {
		return GOPM_OK;
	}
	out->frame = &at->stack->frames[index];
	out->index = (size_t)at->stack->base + index;
	out->arch = at->program->file.arch;
	out->g = at->stack->walk.g_address;
	out->stack_hi = at->stack->walk.g_hi;
	out->other = other_frame;
	out->user_data = (void *)(uintptr_t)at;
	if (out->frame->call != NULL) {
		out->function = out->frame->call->symbol;
	}
	gopm_status status = gopm__stack_variables(at, index, &out->variables, err);
	if (status == GOPM_NOT_FOUND) {
		/* The DWARF has no function here. Package variables can be read all the same. */
		out->variables = (struct gopm__variable_list){0};
		return GOPM_OK;
	}
	return status;
}

static bool other_frame(void *user_data, size_t index, struct gopm__eval_scope *out)
{
	const struct gopm__stack_scope *at = user_data;

	/* Frames are numbered as in the whole stack. */
	return index >= at->stack->base && index - at->stack->base < at->stack->count &&
	       frame_scope(at, (size_t)(index - at->stack->base), out, NULL) == GOPM_OK;
}

gopm_status gopm__eval_in_frame(const struct gopm__stack_scope *scope, size_t index, const char *expression,
                                struct gopm__variable *out, gopm_error **err)
{
	struct gopm__eval_scope names;
	struct gopm__eval_error error;

	gopm_status status = gopm__open_types(scope->program, NULL, err);
	if (status == GOPM_OK) {
		status = frame_scope(scope, index, &names, err);
	}
	if (status != GOPM_OK) {
		return status;
	}
	struct gopm__context context = gopm__context(scope->program, scope->arena, scope->limits);
	status = gopm__eval(&context, &names, expression, out, &error);
	if (status == GOPM_OK || status == GOPM_NOT_FOUND) {
		return status;
	}
	return status == GOPM_ERR_NO_MEMORY
	           ? gopm__fail_memory(err)
	           : gopm__fail(err, status, GOPM__AT_OFFSET(NULL, error.at), "%s", error.text);
}
