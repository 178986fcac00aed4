/* SPDX-License-Identifier: Apache-2.0 */
/* Index and slice expressions, pointer dereference, addresses and type assertions. */
#include <inttypes.h>

#include "eval/eval_private.h"
#include "value/content.h"
#include "value/map.h"

static const gopm_str no_name = {"", 0};

/* True if a container holds a list or map, which x[i] and len(x) mean. */
static bool has_elements(const struct gopm__variable *content)
{
	return content->unreadable == NULL && (content->kind == GOPM_KIND_MAP || content->kind == GOPM_KIND_SLICE);
}

bool gopm__eval_length(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, int64_t *length,
                       int64_t *capacity)
{
	struct gopm__map_iter it;
	struct gopm__variable content;

	if (v->kind == GOPM_KIND_STRUCT && gopm__content(ev->context, v, &content) && has_elements(&content)) {
		v = &content; /* of a sync.Map */
	}
	*length = v->length;
	*capacity =
	    v->kind == GOPM_KIND_SLICE || v->kind == GOPM_KIND_ARRAY || v->kind == GOPM_KIND_CHAN ? v->capacity : -1;
	switch (v->kind) {
	case GOPM_KIND_STRING:
	case GOPM_KIND_SLICE:
	case GOPM_KIND_ARRAY:
	case GOPM_KIND_CHAN:
		break;
	case GOPM_KIND_MAP:
		gopm__map_open(ev->context, v, 0, &it);
		if (it.unreadable != NULL) {
			return GOPM__EVAL_UNREADABLE(ev, at, it.unreadable);
		}
		*length = (int64_t)it.length;
		break;
	default:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "a value of type %s has no length",
		                       gopm__type_text(v->type));
	}
	if (*length < 0 && v->real != NULL && !v->real->go) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "the length of this array of C is not known");
	}
	if (*length < 0 || (v->kind == GOPM_KIND_SLICE && v->capacity < v->length)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, at, "length %" PRId64 " is damaged", *length);
	}
	return true;
}

/* Follows a pointer. Other values stay as they are. */
static bool pointer_target(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, struct gopm__variable *out)
{
	struct gopm__operand target;
	const struct gopm__operand pointer = {.value = *v};

	*out = *v;
	if (v->kind != GOPM_KIND_POINTER) {
		return true;
	}
	if (!gopm__eval_deref(ev, at, &pointer, &target)) {
		return false;
	}
	*out = target.value;
	return gopm__eval_readable(ev, at, &target);
}

static bool index_value(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *index,
                        gopm__wide_int *out)
{
	struct gopm__scalar s;

	*out = 0;
	if (!gopm__eval_scalar(ev, node->at, index, &s)) {
		return false;
	}
	if (index->constant && s.kind == GOPM__SCALAR_FLOAT && s.real == (gopm__wide_float)(int64_t)s.real) {
		s = (struct gopm__scalar){.kind = GOPM__SCALAR_INT, .integer = (gopm__wide_int)s.real};
	}
	if (s.kind != GOPM__SCALAR_INT) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "index must be an integer, not %s",
		                       gopm__operand_type(index));
	}
	*out = s.integer;
	return true;
}

/* Gives an untyped string constant the type string. Other constants are errors. */
static bool type_constant_string(struct gopm__eval *ev, size_t at, const struct gopm__operand *x,
                                 struct gopm__operand *out)
{
	*out = *x;
	if (!x->constant) {
		return true;
	}
	if (x->scalar.kind != GOPM__SCALAR_STRING) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "cannot index %s", gopm__operand_type(x));
	}
	return gopm__eval_make_scalar(ev, at, gopm__types_basic(ev->types, (gopm_str){"string", 6}), &x->scalar, out);
}

bool gopm__eval_index(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                      const struct gopm__operand *index, struct gopm__operand *out)
{
	struct gopm__operand typed;
	struct gopm__variable v;
	int64_t length, capacity;
	gopm__wide_int i;

	*out = (struct gopm__operand){0};
	if (!gopm__eval_readable(ev, node->x->at, x) || !type_constant_string(ev, node->x->at, x, &typed) ||
	    !pointer_target(ev, node->x->at, &typed.value, &v)) {
		return false;
	}
	if (v.kind == GOPM_KIND_STRUCT) {
		/* sm[key] of a sync.Map, ch.recvq[i] */
		struct gopm__variable content;
		if (gopm__content(ev->context, &v, &content) && has_elements(&content)) {
			v = content;
		}
	}
	if (v.kind == GOPM_KIND_MAP) {
		return gopm__eval_map_index(ev, node, &v, index, out);
	}
	if (v.kind != GOPM_KIND_STRING && v.kind != GOPM_KIND_SLICE && v.kind != GOPM_KIND_ARRAY) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "cannot index %.*s (type %s)",
		                       GOPM__NODE_TEXT(ev, node->x), gopm__operand_type(x));
	}
	if (!gopm__eval_length(ev, node->x->at, &v, &length, &capacity) || !index_value(ev, node->list, index, &i)) {
		return false;
	}
	if (i < 0 || i >= length) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->list->at, "index out of range with length %" PRId64,
		                       length);
	}
	const struct gopm__type *elem =
	    v.kind == GOPM_KIND_STRING ? gopm__types_basic(ev->types, (gopm_str){"uint8", 5}) : v.elem;
	uint64_t address;
	if (__builtin_mul_overflow((uint64_t)i, v.stride, &address) ||
	    __builtin_add_overflow(address, v.base, &address)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, node->mark, "base address is damaged");
	}
	gopm__variable_init(ev->context, &out->value, no_name, address, elem, gopm__variable_contents(&v));
	return true;
}

/* m[64:], a map without its first 64 entries: debuggers page through a map this way. Its length does not change. */
static bool slice_map(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__variable *map,
                      const struct gopm__operand *low, const struct gopm__operand *high, struct gopm__operand *out)
{
	int64_t length, capacity;
	gopm__wide_int first = 0;

	if (high != NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->z->at,
		                       "slice of a map has no upper bound; write m[N:]");
	}
	if ((low != NULL && !index_value(ev, node->y, low, &first)) ||
	    !gopm__eval_length(ev, node->mark, map, &length, &capacity)) {
		return false;
	}
	if (first < 0 || first + (gopm__wide_int)map->skip >= length) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark,
		                       "slice bounds out of range: the map has %" PRId64 " entries", length);
	}
	out->value = *map;
	out->value.loaded = false;
	out->value.children = NULL;
	out->value.child_count = 0;
	out->value.skip += (uint64_t)first;
	return true;
}

bool gopm__eval_slice(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                      const struct gopm__operand *low, const struct gopm__operand *high, struct gopm__operand *out)
{
	const struct gopm__node *of = node->kind == GOPM__NODE_SLICE ? node->x : node;
	struct gopm__operand typed;
	struct gopm__variable v;
	int64_t length, capacity;
	gopm__wide_int first = 0, last;

	*out = (struct gopm__operand){0};
	if (!gopm__eval_readable(ev, of->at, x) || !type_constant_string(ev, of->at, x, &typed)) {
		return false;
	}
	if (typed.value.kind == GOPM_KIND_MAP) {
		return slice_map(ev, node, &typed.value, low, high, out);
	}
	/* A pointer can be sliced only if it points to an array. */
	v = typed.value;
	if (v.kind == GOPM_KIND_POINTER && !pointer_target(ev, of->at, &typed.value, &v)) {
		return false;
	}
	bool sliceable = v.kind == GOPM_KIND_STRING || v.kind == GOPM_KIND_SLICE || v.kind == GOPM_KIND_ARRAY;
	if (!sliceable || (typed.value.kind == GOPM_KIND_POINTER && v.kind != GOPM_KIND_ARRAY)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "cannot slice a value of type %s",
		                       gopm__operand_type(x));
	}
	if (!gopm__eval_length(ev, of->at, &v, &length, &capacity)) {
		return false;
	}
	last = length;
	if ((low != NULL && !index_value(ev, node->y, low, &first)) ||
	    (high != NULL && !index_value(ev, node->z, high, &last))) {
		return false;
	}
	int64_t most = v.kind == GOPM_KIND_SLICE ? capacity : length;
	if (first < 0 || last > most || first > last) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "slice bounds out of range with %s %" PRId64,
		                       v.kind == GOPM_KIND_SLICE ? "capacity" : "length", most);
	}
	const struct gopm__type *type = v.kind == GOPM_KIND_ARRAY ? gopm__types_slice_of(ev->types, v.elem) : v.type;
	if (type == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, node->mark, "element type is damaged");
	}
	uint64_t base = v.base, skip;
	if (__builtin_mul_overflow((uint64_t)first, v.stride, &skip) || __builtin_add_overflow(base, skip, &base)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, node->mark, "base address is damaged");
	}
	/* An empty result keeps the base, so that it does not point past the array (cmd/compile/internal/ssagen/ssa.go,
	 * slice). */
	base = (v.kind == GOPM_KIND_STRING ? last - first : most - first) == 0 ? v.base : base;
	const struct gopm__list_header slice = {gopm__variable_contents(&v), base, (uint64_t)(last - first),
	                                        (uint64_t)((v.kind == GOPM_KIND_STRING ? last : most) - first),
	                                        v.stride};
	return gopm__eval_make_list(ev, node->mark, type, &slice, out);
}

bool gopm__eval_deref(struct gopm__eval *ev, size_t at, const struct gopm__operand *x, struct gopm__operand *out)
{
	*out = (struct gopm__operand){0};
	if (x->constant || x->value.kind != GOPM_KIND_POINTER) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "cannot dereference a value of type %s",
		                       gopm__operand_type(x));
	}
	if (!gopm__eval_readable(ev, at, x)) {
		return false;
	}
	gopm__variable_target(ev->context, &x->value, &out->value);
	if (out->value.address == 0) {
		return GOPM__EVAL_FAIL(
		    ev, out->value.unreadable != NULL ? GOPM_ERR_MISSING_MEMORY : GOPM_ERR_ARGUMENT, at, "%s",
		    out->value.unreadable != NULL ? out->value.unreadable : "nil pointer dereference");
	}
	return true;
}

bool gopm__eval_address(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                        struct gopm__operand *out)
{
	*out = (struct gopm__operand){0};
	if (x->constant || (x->value.bytes != NULL && x->value.bytes->synthetic)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at,
		                       "cannot take address of %.*s: it is not a variable",
		                       GOPM__NODE_TEXT(ev, node->x));
	}
	if (x->value.address == 0 || x->value.bytes != NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "cannot take address of %.*s: %s",
		                       GOPM__NODE_TEXT(ev, node->x),
		                       x->value.unreadable != NULL                           ? x->value.unreadable
		                       : x->value.bytes != NULL && x->value.bytes->bit_field ? "it is a bit field"
		                                                                             : "it is in registers");
	}
	return gopm__eval_make_pointer(ev, node->at, gopm__types_pointer_to(ev->types, x->value.type), x->value.address,
	                               out);
}

bool gopm__eval_type_assertion(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                               struct gopm__operand *out)
{
	const struct gopm__type *type = NULL;
	const char *why = NULL;

	*out = (struct gopm__operand){0};
	/* Debuggers write x.(data) for the value in an interface, of any type. Here it opens containers too. */
	bool any = node->y->kind == GOPM__NODE_NAME && gopm__str_equal(node->y->text, (gopm_str){"data", 4});
	if (any && !x->constant && x->value.kind == GOPM_KIND_STRUCT &&
	    gopm__content(ev->context, &x->value, &out->value)) {
		return out->value.unreadable == NULL || GOPM__EVAL_UNREADABLE(ev, node->mark, out->value.unreadable);
	}
	if (x->constant || x->value.kind != GOPM_KIND_INTERFACE) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "%.*s (type %s) is not an interface",
		                       GOPM__NODE_TEXT(ev, node->x), gopm__operand_type(x));
	}
	if (!gopm__eval_readable(ev, node->x->at, x)) {
		return false;
	}
	if (!any && (type = gopm__eval_type(ev, node->y)) == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->y->at, "undefined type: %.*s",
		                       GOPM__NODE_TEXT(ev, node->y));
	}
	const struct gopm__type *real = gopm__type_resolve(ev->types, type);
	if (real != NULL && real->class_ == GOPM__TYPE_INTERFACE) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_UNSUPPORTED, node->y->at,
		                       "assertions to interface types are not supported; use .(data)");
	}
	switch (gopm__interface_data(ev->context, &x->value, &out->value, &why)) {
	case GOPM_OK:
		break;
	case GOPM_NOT_FOUND:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark,
		                       any ? "interface is nil%.0s" : "interface is nil, not %s",
		                       gopm__type_text(type));
	default:
		return GOPM__EVAL_UNREADABLE(ev, node->mark, why);
	}
	if (!any && !gopm__type_identical(ev->types, out->value.type, type)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "interface is %s, not %s",
		                       gopm__type_text(out->value.type), gopm__type_text(type));
	}
	return true;
}
