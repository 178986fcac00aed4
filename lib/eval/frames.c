/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of the frame and of other frames of the same stack.
 *
 * Delve's names for these: runtime.curg is the goroutine, runtime.frameoff the distance of the frame from the start of
 * the stack, runtime.frame(2).name a variable of frame 2. The compiler makes the body of a range-over-func loop a
 * function of its own, F-range1; the variables of F that the loop uses are found in the frame of F. */
#include "eval/eval_private.h"

#define RANGE "-range"
/* Frames searched for the function of a loop body. */
#define MAX_FRAMES 1024

bool gopm__eval_frame_variable(struct gopm__eval *ev, const struct gopm__variable_list *variables, gopm_str name,
                               struct gopm__operand *out)
{
	for (size_t i = variables->count; i > 0; i--) {
		const struct gopm__variable *v = &variables->list[i - 1];
		if ((v->flags & GOPM_VAR_SHADOWED) != 0 || !gopm__str_equal(v->name, name)) {
			continue;
		}
		*out = (struct gopm__operand){.value = *v};
		/* GOPM_FROM_* grow from sure to unsure. A dangling pointer is the least sure, unless the expression is
		 * only the variable itself. */
		if (ev->least_sure == NULL || v->provenance > ev->least_sure->provenance) {
			ev->least_sure = v;
		}
		ev->dangling = ev->dangling || v->dangling != NULL;
		return true;
	}
	return false;
}

static bool is_runtime_name(const struct gopm__node *node, const char *name)
{
	return node->kind == GOPM__NODE_SELECT && node->x->kind == GOPM__NODE_NAME &&
	       gopm__str_equal(node->x->text, (gopm_str){"runtime", 7}) &&
	       gopm__str_equal(node->text, (gopm_str){name, strlen(name)});
}

static bool current_goroutine(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out)
{
	const struct gopm__type *type = gopm__eval_type_named(ev, (gopm_str){"runtime.g", 9});

	if (ev->scope->g == 0 || type == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at,
		                       type == NULL ? "type runtime.g is unknown" : "no goroutine in this scope");
	}
	gopm__variable_init(ev->context, &out->value, (gopm_str){"curg", 4}, ev->scope->g, type, NULL);
	return true;
}

bool gopm__is_other_frame(const struct gopm__node *node)
{
	return node->x->kind == GOPM__NODE_CALL && is_runtime_name(node->x->x, "frame");
}

/* Types are read from the DWARF of one module in an expression. */
static bool is_of_this_module(const struct gopm__eval *ev, const struct gopm__type *type)
{
	return type == NULL || type->store == NULL || type->store == ev->types;
}

bool gopm__eval_other_frame(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *number,
                            struct gopm__operand *out)
{
	struct gopm__eval_scope other;
	struct gopm__scalar value;
	size_t at = node->x->list->at;

	if (!gopm__eval_scalar(ev, at, number, &value)) {
		return false;
	}
	if (value.kind != GOPM__SCALAR_INT || value.integer < 0 || value.integer > UINT32_MAX ||
	    ev->scope->other == NULL || !ev->scope->other(ev->scope->user_data, (size_t)value.integer, &other)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "no such frame");
	}
	if (gopm__eval_frame_variable(ev, &other.variables, node->text, out)) {
		return is_of_this_module(ev, out->value.type) ||
		       GOPM__EVAL_FAIL(ev, GOPM_ERR_UNSUPPORTED, node->mark,
		                       "that frame is of another module; evaluate the expression in that frame");
	}
	return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "that frame has no variable %.*s",
	                       (int)node->text.size, node->text.data);
}

bool gopm__eval_runtime_name(struct gopm__eval *ev, const struct gopm__node *node, bool *known,
                             struct gopm__operand *out)
{
	const struct gopm__eval_scope *scope = ev->scope;

	*known = true;
	if (is_runtime_name(node, "curg")) {
		return current_goroutine(ev, node, out);
	}
	if (is_runtime_name(node, "frameoff")) {
		if (scope->frame == NULL || scope->frame->cfa == 0 || scope->stack_hi == 0) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "no frame in this scope");
		}
		*out = gopm__constant_int((gopm__wide_int)(int64_t)(scope->frame->cfa - scope->stack_hi));
		return true;
	}
	*known = false;
	return false;
}

bool gopm__eval_enclosing_variable(struct gopm__eval *ev, size_t at, gopm_str name, struct gopm__operand *out)
{
	const struct gopm__eval_scope *scope = ev->scope;
	const char *suffix =
	    scope->function.size != 0 ? memmem(scope->function.data, scope->function.size, RANGE, strlen(RANGE)) : NULL;
	struct gopm__eval_scope other, owner = {.function = {"", 0}};
	size_t owners = 0;

	if (suffix == NULL || scope->other == NULL) {
		return false;
	}
	gopm_str parent = {scope->function.data, (size_t)(suffix - scope->function.data)};
	for (size_t i = scope->index + 1; i < MAX_FRAMES && scope->other(scope->user_data, i, &other); i++) {
		bool body = other.function.size > parent.size + strlen(RANGE) &&
		            memcmp(other.function.data, parent.data, parent.size) == 0 &&
		            memcmp(other.function.data + parent.size, RANGE, strlen(RANGE)) == 0;
		if (body && owners == 0 && gopm__eval_frame_variable(ev, &other.variables, name, out)) {
			return true;
		}
		if (gopm__str_equal(other.function, parent) && owners++ == 0) {
			owner = other;
		}
	}
	if (owners == 0 || !gopm__eval_frame_variable(ev, &owner.variables, name, out)) {
		return false;
	}
	/* Only the closure knows to which of several frames the loop body belongs. */
	return owners == 1 || GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at,
	                                      "%.*s has several frames on this stack; write runtime.frame(N).%.*s",
	                                      (int)parent.size, parent.data, (int)name.size, name.data);
}
