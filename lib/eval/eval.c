/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluator: walks the syntax tree, evaluates the operands of each node, and calls the file that implements it. */
#include "eval/eval_private.h"

#define MAX_COMPARED (UINT64_C(1) << 22) /* values read by all comparisons of an expression */
#define MAX_SHOWN 80                     /* bytes of an operand in an error */

int gopm__node_size(const struct gopm__node *node)
{
	size_t size = node->end > node->at ? node->end - node->at : 0;

	return size < MAX_SHOWN ? (int)size : MAX_SHOWN;
}

static bool evaluate(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out);

/* True if the node can be the package of package.Name. */
static bool is_package_node(const struct gopm__node *node)
{
	return node->kind == GOPM__NODE_NAME || node->kind == GOPM__NODE_STRING;
}

static bool is_c_package(gopm_str package)
{
	return package.size == 1 && package.data[0] == 'C';
}

/* True if the node can be the type C.name, or a pointer to it. */
static bool is_c_type_node(const struct gopm__node *node)
{
	while (node != NULL && node->kind == GOPM__NODE_STAR) {
		node = node->x;
	}
	return node != NULL && node->kind == GOPM__NODE_SELECT && node->x->kind == GOPM__NODE_NAME &&
	       is_c_package(node->x->text);
}

/* runtime.frame(2).name */
static bool other_frame_node(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out)
{
	const struct gopm__node *call = node->x;
	struct gopm__operand number;

	if (call->list_count != 1) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, call->mark, "runtime.frame takes the number of a frame");
	}
	return evaluate(ev, call->list, &number) && gopm__eval_other_frame(ev, node, &number, out);
}

static bool select_node(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out)
{
	struct gopm__operand x;
	gopm_str package = node->x->text;
	bool known;

	if (gopm__eval_runtime_name(ev, node, &known, out) || known) {
		return ev->error->status == GOPM_OK;
	}
	if (gopm__is_other_frame(node)) {
		return other_frame_node(ev, node, out);
	}
	if (!is_package_node(node->x)) {
		return evaluate(ev, node->x, &x) && gopm__eval_select(ev, node, &x, out);
	}
	if (node->x->kind == GOPM__NODE_NAME) {
		if (gopm__eval_name(ev, node->x->at, package, &x)) {
			bool made = x.value.bytes != NULL && x.value.bytes->synthetic;
			if (made && gopm__eval_register_array(ev, node, package, out)) {
				return true;
			}
			return ev->error->status == GOPM_OK && gopm__eval_select(ev, node, &x, out);
		}
	} else if (!gopm__eval_unquote(ev, node->x, &package)) {
		return false;
	}
	if (ev->error->status != GOPM_OK) {
		return false;
	}
	if (gopm__eval_qualified(ev, node->at, package, node->text, out) || ev->error->status != GOPM_OK) {
		return ev->error->status == GOPM_OK;
	}
	/* A file has an extension. */
	ev->error->lacks_c = is_c_package(package) || memchr(package.data, '.', package.size) != NULL;
	if (is_c_package(package)) {
		return GOPM__EVAL_FAIL(
		    ev, GOPM_ERR_ARGUMENT, node->at,
		    "undefined: C.%.*s; no module has DWARF with a variable or enumerator of C of this name and "
		    "all other names of the expression",
		    (int)node->text.size, node->text.data);
	}
	return GOPM__EVAL_FAIL(
	    ev, GOPM_ERR_ARGUMENT, node->at, "undefined: %.*s, and package %.*s has no variable or constant %.*s",
	    GOPM__NODE_TEXT(ev, node->x), (int)package.size, package.data, (int)node->text.size, node->text.data);
}

static bool builtin_node(struct gopm__eval *ev, const struct gopm__builtin *builtin, const struct gopm__node *call,
                         struct gopm__operand *out)
{
	struct gopm__operand x[GOPM__BUILTIN_MAX_ARGUMENTS] = {0};
	size_t count = 0;

	if (!gopm__builtin_accepts(ev, builtin, call)) {
		return false;
	}
	for (const struct gopm__node *one = call->list; one != NULL && count < GOPM__BUILTIN_MAX_ARGUMENTS;
	     one = one->next) {
		if (!evaluate(ev, one, &x[count++])) {
			return false;
		}
	}
	return gopm__eval_builtin(ev, builtin, call, x, out);
}

static bool call_node(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out)
{
	const struct gopm__type *type;
	struct gopm__operand x;
	const struct gopm__builtin *builtin = gopm__builtin_named(node->x);

	if (builtin != NULL) {
		return builtin_node(ev, builtin, node, out);
	}
	type = gopm__eval_type(ev, node->x);
	if (ev->error->status != GOPM_OK) {
		return false;
	}
	if (type == NULL) {
		ev->error->lacks_c = is_c_type_node(node->x);
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_UNSUPPORTED, node->x->at,
		                       "cannot call %.*s: it is not a type, and the process does not run",
		                       GOPM__NODE_TEXT(ev, node->x));
	}
	if (node->list_count != 1) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "a conversion takes one argument, not %zu",
		                       node->list_count);
	}
	return evaluate(ev, node->list, &x) && gopm__eval_convert(ev, node, type, &x, out);
}

static bool bool_node(struct gopm__eval *ev, const struct gopm__node *node, bool *out)
{
	struct gopm__operand x;
	struct gopm__scalar s;

	*out = false;
	if (!evaluate(ev, node, &x) || !gopm__eval_scalar(ev, node->at, &x, &s)) {
		return false;
	}
	if (s.kind != GOPM__SCALAR_BOOL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "%.*s (type %s) is not a bool",
		                       GOPM__NODE_TEXT(ev, node), gopm__operand_type(&x));
	}
	*out = s.integer != 0;
	return true;
}

static bool logical_node(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out)
{
	bool result;

	if (!bool_node(ev, node->x, &result)) {
		return false;
	}
	/* As in Go, the right operand is evaluated only if it decides. */
	if (result == (node->op == GOPM__OP_AND_AND) && !bool_node(ev, node->y, &result)) {
		return false;
	}
	*out = gopm__constant_bool(result);
	return true;
}

static bool binary_node(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out)
{
	struct gopm__operand x, y;

	if (node->op == GOPM__OP_AND_AND || node->op == GOPM__OP_OR_OR) {
		return logical_node(ev, node, out);
	}
	return evaluate(ev, node->x, &x) && evaluate(ev, node->y, &y) && gopm__eval_binary(ev, node, &x, &y, out);
}

static bool slice_node(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out)
{
	struct gopm__operand x, low, high;

	return evaluate(ev, node->x, &x) && (node->y == NULL || evaluate(ev, node->y, &low)) &&
	       (node->z == NULL || evaluate(ev, node->z, &high)) &&
	       gopm__eval_slice(ev, node, &x, node->y != NULL ? &low : NULL, node->z != NULL ? &high : NULL, out);
}

static bool index_node(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out)
{
	struct gopm__operand x, index;

	if (node->list_count != 1) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_UNSUPPORTED, node->mark,
		                       "expected one index; calls with type arguments are not supported");
	}
	return evaluate(ev, node->x, &x) && evaluate(ev, node->list, &index) &&
	       gopm__eval_index(ev, node, &x, &index, out);
}

static bool evaluate(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out)
{
	struct gopm__operand x;

	*out = (struct gopm__operand){0};
	switch (node->kind) {
	case GOPM__NODE_NAME:
		return gopm__eval_name(ev, node->at, node->text, out) ||
		       GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "undefined: %.*s", GOPM__NODE_TEXT(ev, node));
	case GOPM__NODE_INT:
	case GOPM__NODE_FLOAT:
	case GOPM__NODE_IMAGINARY:
	case GOPM__NODE_RUNE:
	case GOPM__NODE_STRING:
		return gopm__eval_literal(ev, node, out);
	case GOPM__NODE_SELECT:
		return select_node(ev, node, out);
	case GOPM__NODE_INDEX:
		return index_node(ev, node, out);
	case GOPM__NODE_SLICE:
		return slice_node(ev, node, out);
	case GOPM__NODE_ASSERT:
		return evaluate(ev, node->x, &x) && gopm__eval_type_assertion(ev, node, &x, out);
	case GOPM__NODE_CALL:
		return call_node(ev, node, out);
	case GOPM__NODE_STAR:
		return evaluate(ev, node->x, &x) && gopm__eval_deref(ev, node->at, &x, out);
	case GOPM__NODE_UNARY:
		if (!evaluate(ev, node->x, &x)) {
			return false;
		}
		return node->op == GOPM__OP_AND ? gopm__eval_address(ev, node, &x, out)
		                                : gopm__eval_unary(ev, node, &x, out);
	case GOPM__NODE_BINARY:
		return binary_node(ev, node, out);
	default:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "%.*s is a type, not an expression",
		                       GOPM__NODE_TEXT(ev, node));
	}
}

gopm_status gopm__eval(struct gopm__context *context, const struct gopm__eval_scope *scope, const char *expression,
                       struct gopm__variable *out, struct gopm__eval_error *error)
{
	struct gopm__eval ev = {.context = context,
	                        .arena = context->arena,
	                        .evaluate = evaluate,
	                        .types = context->types,
	                        .scope = scope,
	                        .text = expression,
	                        .error = error,
	                        .steps = MAX_COMPARED};
	struct gopm__operand result;

	*out = (struct gopm__variable){0};
	*error = (struct gopm__eval_error){0};
	if (gopm__dwarf_read_names(context->types->dwarf) != GOPM_OK) {
		(void)GOPM__EVAL_FAIL(&ev, GOPM_ERR_NO_MEMORY, 0, "out of memory");
		return error->status;
	}
	const struct gopm__node *root = gopm__eval_parse(context->arena, expression, error);
	if (root == NULL) {
		return error->status != GOPM_OK ? error->status : GOPM_ERR_NO_MEMORY;
	}
	if (!evaluate(&ev, root, &result) || !gopm__eval_finish(&ev, root, &result, out)) {
		return error->status != GOPM_OK ? error->status : GOPM_ERR_FORMAT;
	}
	if (ev.least_sure != NULL) {
		out->provenance = ev.least_sure->provenance;
		out->origin = ev.least_sure->origin;
	}
	/* A variable by itself marks its own dangling parts. */
	if (ev.dangling && root->kind != GOPM__NODE_NAME && out->provenance != GOPM_FROM_STALE) {
		out->provenance = GOPM_FROM_STALE;
		out->origin = gopm__dangling_origin;
	}
	return context->no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}
