/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/eval.h>

#include "api/handle.h"
#include "api/stack.h"
#include "api/vars.h"
#include "eval/eval.h"

struct frames {
	gopm_vars *vars;
	const gopm_stack *stack;
};

/* Under the lock. */
static gopm_status find_scope(struct frames *frames, size_t index, struct gopm__eval_scope *scope, gopm_error **err);

static bool find_other(void *user_data, size_t index, struct gopm__eval_scope *out)
{
	struct frames *frames = user_data;
	gopm_error *ignored = NULL;

	if (gopm__stack_frame(frames->stack, index) == NULL) {
		return false;
	}
	gopm_status st = find_scope(frames, index, out, &ignored);
	gopm_error_free(ignored);
	return st == GOPM_OK;
}

static gopm_status find_scope(struct frames *frames, size_t index, struct gopm__eval_scope *scope, gopm_error **err)
{
	const gopm_stack *stack = frames->stack;

	*scope = (struct gopm__eval_scope){.function = {"", 0}};
	if (stack == NULL) {
		return GOPM_OK;
	}
	const struct gopm__frame *frame = gopm__stack_frame(stack, index);
	const struct gopm__walk *walk = &gopm__stack_frames(stack)->walk;
	scope->frame = frame;
	scope->index = index;
	scope->arch = frames->vars->core->program->file.arch;
	scope->g = walk->g_address;
	scope->stack_hi = walk->g_hi;
	scope->other = find_other;
	scope->user_data = frames;
	if (frame->call != NULL) {
		scope->function = frame->call->function;
	}
	frames->vars->variables = (struct gopm__variable_list){0};
	gopm_status st = gopm__vars_find(frames->vars, stack, index, err);
	/* No function is known here: package variables are. */
	if (st == GOPM_OK) {
		scope->variables = frames->vars->variables;
	}
	return st == GOPM_NOT_FOUND ? GOPM_OK : st;
}

/* Without DWARF there is what the program says of itself: types, and arguments of frames. */
static gopm_status find_types(gopm_core *core, gopm_error **err)
{
	struct gopm__dwarf *dwarf;
	gopm_status st = gopm__program_dwarf(core->program, &dwarf, err);

	if (st != GOPM_ERR_NO_DWARF) {
		return st;
	}
	if (err != NULL) {
		gopm_error_free(*err);
		*err = NULL;
	}
	return gopm__program_types(core->program, &dwarf, err);
}

/* Under the lock. */
static gopm_status evaluate(gopm_vars *vars, const gopm_stack *stack, size_t frame, const char *expression,
                            gopm_value **out, gopm_error **err)
{
	struct frames frames = {vars, stack};
	struct gopm__eval_scope scope;
	struct gopm__eval_error error;
	struct gopm__variable result;

	gopm_status st = find_types(vars->core, err);
	if (st != GOPM_OK) {
		return st;
	}
	st = find_scope(&frames, frame, &scope, err);
	if (st != GOPM_OK) {
		return st;
	}
	struct gopm__context context = gopm__context(vars->core->program, &vars->arena, &vars->limits);
	st = gopm__eval(&context, &scope, expression, &result, &error);
	if (st == GOPM_OK) {
		st = gopm__value_load(vars, &result, out);
		return st == GOPM_OK ? st : gopm__fail_memory(err);
	}
	if (st == GOPM_NOT_FOUND) {
		return st;
	}
	return st == GOPM_ERR_NO_MEMORY ? gopm__fail_memory(err)
	                                : gopm__fail(err, st, GOPM__AT_OFFSET(NULL, error.at), "%s", error.text);
}

gopm_status gopm_eval(gopm_core *core, const gopm_stack *stack, size_t frame, const char *expression,
                      const gopm_value_options *options, gopm_value **out, gopm_error **err)
{
	gopm_vars *vars;

	if (err != NULL) {
		*err = NULL;
	}
	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "no place to put the value");
	}
	*out = NULL;
	if (core == NULL || expression == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "no core or no expression");
	}
	if (stack != NULL && (gopm__stack_core(stack) != core || gopm__stack_frame(stack, frame) == NULL)) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "the core has no such stack, or that no frame %zu", frame);
	}
	gopm_status st = gopm__vars_new(core, options, &vars, err);
	if (vars == NULL) {
		return st;
	}
	gopm__program_lock(core->program);
	st = evaluate(vars, stack, frame, expression, out, err);
	gopm__program_unlock(core->program);
	/* The value keeps them. */
	gopm_vars_free(vars);
	return st;
}
