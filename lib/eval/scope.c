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

/* What an expression is in the modules. */
struct module_results {
	bool is_static; /* its names of C include static variables or enumerators. Modules in which they do count only
	                   if there is no other: linked files see the others' names */
	size_t defined; /* modules that define its names of C */
	size_t first, second;          /* indexes of such modules */
	bool useful;                   /* one of them has a value, or a reason why it has none */
	gopm_status status;            /* of the first one */
	struct gopm__variable value;   /* the same */
	struct gopm__eval_error error; /* the same */
};

static void add_result(struct module_results *results, size_t module, gopm_status status,
                       const struct gopm__variable *value, const struct gopm__eval_error *error)
{
	if (results->defined != 0 && results->is_static && !error->static_c) {
		*results = (struct module_results){0};
	} else if (results->defined != 0 && !results->is_static && error->static_c) {
		return;
	}
	results->useful = results->useful || status != GOPM_ERR_ARGUMENT;
	results->second = module;
	if (results->defined++ == 0) {
		results->is_static = error->static_c;
		results->first = module;
		results->status = status;
		results->value = *value;
		results->error = *error;
	}
}

static gopm_status eval_in_each_module(const struct gopm__stack_scope *scope, const char *expression,
                                       struct module_results *out)
{
	const struct gopm__eval_scope names = {.function = {"", 0}};
	struct gopm__types *types;
	gopm_status status;

	for (size_t i = 0; (status = gopm__program_module_types(scope->program, i, &types)) != GOPM_NOT_FOUND; i++) {
		struct gopm__context context = gopm__context(scope->program, scope->arena, scope->limits);
		struct gopm__eval_error error = {0};
		struct gopm__variable value;
		if (status == GOPM_OK) {
			context.types = types;
			context.exe = types->dwarf->exe;
			status = gopm__eval(&context, &names, expression, &value, &error);
			if (!error.lacks_c && status != GOPM_ERR_NO_MEMORY) {
				add_result(out, i, status, &value, &error);
			}
		}
		if (status == GOPM_ERR_NO_MEMORY) {
			return status;
		}
	}
	return GOPM_OK;
}

/* Evaluates an expression that failed because the executable lacks a name of C, in the module that defines all of its
 * names. *error is unchanged if there is none. Returns the status of the expression. */
static gopm_status eval_in_modules(const struct gopm__stack_scope *scope, const char *expression,
                                   struct gopm__variable *out, struct gopm__eval_error *error)
{
	struct module_results results = {0};

	if (eval_in_each_module(scope, expression, &results) != GOPM_OK) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (results.defined == 1) {
		*out = results.value;
		*error = results.error;
		return results.status;
	}
	/* A name of Go is in none of them. */
	if (results.defined > 1 && results.useful) {
		const struct gopm__mapped_module *list = gopm__native_modules(&scope->program->native)->list;
		const gopm_str a = list[results.first].path, b = list[results.second].path;
		*error = (struct gopm__eval_error){0};
		(void)gopm__eval_fail(scope->arena, error, GOPM_ERR_ARGUMENT, 0,
		                      "ambiguous: %.*s and %.*s define its names of C; write the file that has the "
		                      "variable in quotes: \"file.c\".name",
		                      (int)a.size, a.data, (int)b.size, b.data);
	}
	return error->status;
}

static gopm_status eval_in_program(const struct gopm__stack_scope *scope, const struct gopm__eval_scope *names,
                                   const char *expression, struct gopm__variable *out, struct gopm__eval_error *error)
{
	struct gopm__context context = gopm__context(scope->program, scope->arena, scope->limits);
	const gopm_status status = gopm__eval(&context, names, expression, out, error);

	return error->lacks_c ? eval_in_modules(scope, expression, out, error) : status;
}

/* Evaluates in a frame of C of another module than the executable: with the names of that module, else with those of
 * the program, without the frame's. *error is that of the first attempt. */
static gopm_status eval_in_frame_module(const struct gopm__stack_scope *scope, const struct gopm__eval_scope *names,
                                        struct gopm__types *types, const char *expression, struct gopm__variable *out,
                                        struct gopm__eval_error *error)
{
	const struct gopm__eval_scope none = {.function = {"", 0}};
	struct gopm__context context = gopm__context(scope->program, scope->arena, scope->limits);
	struct gopm__eval_error other = {0};

	gopm__context_use_types(&context, types);
	const gopm_status status = gopm__eval(&context, names, expression, out, error);
	if (status == GOPM_OK || status == GOPM_NOT_FOUND || status == GOPM_ERR_NO_MEMORY) {
		return status;
	}
	const gopm_status second = eval_in_program(scope, &none, expression, out, &other);
	if (second == GOPM_OK || second == GOPM_NOT_FOUND || second == GOPM_ERR_NO_MEMORY) {
		*error = other;
		return second;
	}
	return status;
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
	struct gopm__types *types = NULL;
	if (scope->stack != NULL &&
	    gopm__frame_types(scope->program, &scope->stack->frames[index], &types) == GOPM_ERR_NO_MEMORY) {
		return gopm__fail_memory(err);
	}
	status = types != NULL ? eval_in_frame_module(scope, &names, types, expression, out, &error)
	                       : eval_in_program(scope, &names, expression, out, &error);
	if (status == GOPM_OK || status == GOPM_NOT_FOUND) {
		return status;
	}
	if (status == GOPM_ERR_NO_MEMORY) {
		return gopm__fail_memory(err);
	}
	/* The evaluator has no other arguments than the expression. */
	status = status == GOPM_ERR_ARGUMENT ? GOPM_ERR_EXPRESSION : status;
	return gopm__fail_expression(err, status, error.at, error.text);
}
