/* SPDX-License-Identifier: Apache-2.0 */
/* Resolves the types that an expression names.
 *
 * Names are searched in the DWARF, as the compiler writes them ("*net/http.Server"), and then among the type
 * descriptors of the program. Pointers, slices and arrays of known types are synthesized if the program has none. */
#include "eval/eval_private.h"
#include "type/from_descriptor.h"
#include "util/text.h"

#define MAX_DEPTH 64

/* A type that has a descriptor in the program, by its name "path/of/package.Name". */
static const struct gopm__type *type_by_descriptor(struct gopm__eval *ev, gopm_str text)
{
	uint64_t descriptor = gopm__types_find_descriptor(ev->types, text);

	return descriptor != 0 ? gopm__types_at(ev->types, gopm__type_id(GOPM__ID_DESCRIPTOR, descriptor)) : NULL;
}

static const struct gopm__type *type_by_text(struct gopm__eval *ev, gopm_str text)
{
	const struct gopm__name *name = gopm__dwarf_name(ev->types->dwarf, GOPM__NAME_TYPE, text);
	const struct gopm__type *found =
	    name != NULL ? gopm__types_at(ev->types, name->die) : gopm__types_basic(ev->types, text);

	return found != NULL ? found : type_by_descriptor(ev, text);
}

const struct gopm__type *gopm__eval_type_named(struct gopm__eval *ev, gopm_str text)
{
	return type_by_text(ev, text);
}

static const struct gopm__type *type_by_name(struct gopm__eval *ev, gopm_str name)
{
	bool ambiguous;

	if (name.size == 3 && memcmp(name.data, "any", 3) == 0) {
		return type_by_text(ev, (gopm_str){"interface {}", 12});
	}
	const struct gopm__type *basic = gopm__types_basic(ev->types, name);
	if (basic != NULL) {
		return basic;
	}
	const struct gopm__name *own = gopm__dwarf_qualified(
	    ev->types->dwarf, GOPM__NAME_TYPE, gopm__function_package(ev->scope->function), name, &ambiguous);
	return own != NULL ? gopm__types_at(ev->types, own->die) : type_by_text(ev, name);
}

static const struct gopm__type *type_by_package(struct gopm__eval *ev, const struct gopm__node *node)
{
	gopm_str package = node->x->text;
	bool ambiguous;

	if (node->x->kind == GOPM__NODE_STRING && !gopm__eval_unquote(ev, node->x, &package)) {
		return NULL;
	}
	if (gopm__str_equal(package, (gopm_str){"unsafe", 6}) &&
	    gopm__str_equal(node->text, (gopm_str){"Pointer", 7})) {
		return gopm__types_basic(ev->types, (gopm_str){"unsafe.Pointer", 14});
	}
	const struct gopm__name *found =
	    gopm__dwarf_qualified(ev->types->dwarf, GOPM__NAME_TYPE, package, node->text, &ambiguous);
	if (ambiguous) {
		(void)GOPM__EVAL_FAIL(
		    ev, GOPM_ERR_ARGUMENT, node->at,
		    "ambiguous: several packages %.*s have a type %.*s; write the package path in quotes",
		    (int)package.size, package.data, (int)node->text.size, node->text.data);
	}
	const struct gopm__type *of_c =
	    found == NULL && !ambiguous ? gopm__eval_c_type(ev, node->at, package, node->text) : NULL;
	if (of_c != NULL || ev->error->status != GOPM_OK) {
		return of_c;
	}
	if (found != NULL || ambiguous) {
		return found != NULL ? gopm__types_at(ev->types, found->die) : NULL;
	}
	struct gopm__text text = {0};
	gopm__text_add(&text, package.data, package.size);
	gopm__text_add(&text, ".", 1);
	gopm__text_add(&text, node->text.data, node->text.size);
	const struct gopm__type *described =
	    text.failed ? NULL : type_by_descriptor(ev, (gopm_str){text.data, text.size});
	gopm__text_free(&text);
	return described;
}

/* A type by the name that gopm prints for it. Pointers, slices and arrays are synthesized from their element types. */
static const struct gopm__type *type_by_quoted_name(struct gopm__eval *ev, gopm_str text, unsigned depth)
{
	const struct gopm__type *found = type_by_text(ev, text);
	uint64_t count = 0;

	if (found == NULL && text.size > 2 && memcmp(text.data, "C.", 2) == 0) {
		found = gopm__eval_c_type(ev, 0, (gopm_str){"C", 1}, (gopm_str){text.data + 2, text.size - 2});
	}
	if (found != NULL || text.size < 2 || depth > MAX_DEPTH) {
		return found;
	}
	if (text.data[0] == '*') {
		return gopm__types_pointer_to(
		    ev->types, type_by_quoted_name(ev, (gopm_str){text.data + 1, text.size - 1}, depth + 1));
	}
	if (text.data[0] != '[') {
		return NULL;
	}
	size_t i = 1;
	for (; i < text.size && text.data[i] >= '0' && text.data[i] <= '9' && count < UINT32_MAX; i++) {
		count = count * 10 + (uint64_t)(text.data[i] - '0');
	}
	if (i + 1 >= text.size || text.data[i] != ']') {
		return NULL;
	}
	const struct gopm__type *elem =
	    type_by_quoted_name(ev, (gopm_str){text.data + i + 1, text.size - i - 1}, depth + 1);
	return i == 1 ? gopm__types_slice_of(ev->types, elem) : gopm__types_array_of(ev->types, elem, count);
}

/* Maps and channels cannot be synthesized: they are looked up by the name that the compiler gives them. */
static const struct gopm__type *map_or_chan_type(struct gopm__eval *ev, const struct gopm__node *node)
{
	const struct gopm__type *x = gopm__eval_type(ev, node->x), *y = NULL, *found = NULL;
	struct gopm__text text = {0};

	if (x == NULL || (node->y != NULL && (y = gopm__eval_type(ev, node->y)) == NULL)) {
		return NULL;
	}
	switch (node->kind) {
	case GOPM__NODE_TYPE_MAP:
		gopm__text_printf(&text, "map[%s]%s", gopm__type_text(x), gopm__type_text(y));
		break;
	case GOPM__NODE_TYPE_CHAN:
		gopm__text_printf(&text, "%s %s",
		                  node->op == GOPM__OP_RECEIVE ? "<-chan"
		                  : node->op == GOPM__OP_SEND  ? "chan<-"
		                                               : "chan",
		                  gopm__type_text(x));
		break;
	default:
		break;
	}
	if (!text.failed && text.size != 0) {
		found = type_by_text(ev, (gopm_str){text.data, text.size});
	}
	gopm__text_free(&text);
	return found;
}

/* An instance of a generic type: "main.Pair[int,string]". */
static const struct gopm__type *generic_instance(struct gopm__eval *ev, const struct gopm__node *node)
{
	struct gopm__text name = {0};
	struct gopm__node whole = *node->x;
	const struct gopm__type *found = NULL;
	bool good = node->x->kind == GOPM__NODE_NAME || node->x->kind == GOPM__NODE_SELECT;

	gopm__text_add(&name, node->x->text.data, node->x->text.size);
	gopm__text_str(&name, "[");
	for (const struct gopm__node *one = node->list; good && one != NULL; one = one->next) {
		const struct gopm__type *argument = gopm__eval_type(ev, one);
		good = argument != NULL;
		gopm__text_printf(&name, "%s%s", one != node->list ? "," : "", gopm__type_text(argument));
	}
	gopm__text_str(&name, "]");
	if (good && !name.failed) {
		whole.text = (gopm_str){name.data, name.size};
		found = gopm__eval_type(ev, &whole);
	}
	gopm__text_free(&name);
	return found;
}

static const struct gopm__type *array_type(struct gopm__eval *ev, const struct gopm__node *node)
{
	const struct gopm__type *elem = gopm__eval_type(ev, node->x);
	struct gopm__operand count;

	if (elem == NULL || !ev->evaluate(ev, node->y, &count)) {
		return NULL;
	}
	if (!count.constant || count.scalar.kind != GOPM__SCALAR_INT || count.scalar.integer < 0 ||
	    count.scalar.integer > UINT32_MAX) {
		(void)GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->y->at, "invalid array length %.*s",
		                      GOPM__NODE_TEXT(ev, node->y));
		return NULL;
	}
	return gopm__types_array_of(ev->types, elem, (uint64_t)count.scalar.integer);
}

const struct gopm__type *gopm__eval_type(struct gopm__eval *ev, const struct gopm__node *node)
{
	gopm_str text;

	switch (node->kind) {
	case GOPM__NODE_NAME:
		return type_by_name(ev, node->text);
	case GOPM__NODE_SELECT:
		return node->x->kind == GOPM__NODE_NAME || node->x->kind == GOPM__NODE_STRING
		           ? type_by_package(ev, node)
		           : NULL;
	case GOPM__NODE_STRING:
		return gopm__eval_unquote(ev, node, &text) ? type_by_quoted_name(ev, text, 0) : NULL;
	case GOPM__NODE_STAR:
		return gopm__types_pointer_to(ev->types, gopm__eval_type(ev, node->x));
	case GOPM__NODE_TYPE_SLICE:
		return gopm__types_slice_of(ev->types, gopm__eval_type(ev, node->x));
	case GOPM__NODE_TYPE_ARRAY:
		return array_type(ev, node);
	case GOPM__NODE_TYPE_MAP:
	case GOPM__NODE_TYPE_CHAN:
		return map_or_chan_type(ev, node);
	case GOPM__NODE_TYPE_EMPTY:
		return type_by_text(ev, node->text);
	case GOPM__NODE_INDEX:
		return generic_instance(ev, node);
	default:
		return NULL;
	}
}
