/* SPDX-License-Identifier: Apache-2.0 */
/* Indices, slices, dereference, addresses and type assertions. */
#include <inttypes.h>

#include "eval/eval_private.h"
#include "value/map.h"

static const gopm_str no_name = {"", 0};

bool gopm__eval_length(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, int64_t *length,
                       int64_t *capacity)
{
	struct gopm__map_iter it;

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
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, at, "cannot be read: %s", it.unreadable);
		}
		*length = (int64_t)it.length;
		break;
	default:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "a value of type %s has no length",
		                       gopm__type_text(v->type));
	}
	if (*length < 0 || (v->kind == GOPM_KIND_SLICE && v->capacity < v->length)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, at, "its length %" PRId64 " is damaged", *length);
	}
	return true;
}

/* A pointer's target; of other things, themselves. */
static bool through_pointer(struct gopm__eval *ev, size_t at, const struct gopm__variable *v,
                            struct gopm__variable *out)
{
	struct gopm__operand target;
	const struct gopm__operand pointer = {.place = *v};

	*out = *v;
	if (v->kind != GOPM_KIND_POINTER) {
		return true;
	}
	if (!gopm__eval_deref(ev, at, &pointer, &target)) {
		return false;
	}
	*out = target.place;
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
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "an index is an integer, not %s",
		                       gopm__operand_type(index));
	}
	*out = s.integer;
	return true;
}

static bool constant_string(struct gopm__eval *ev, size_t at, const struct gopm__operand *x, struct gopm__operand *out)
{
	*out = *x;
	if (!x->constant) {
		return true;
	}
	if (x->scalar.kind != GOPM__SCALAR_STRING) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "%s has no elements", gopm__operand_type(x));
	}
	return gopm__eval_make_scalar(ev, at, gopm__types_basic(ev->dwarf, (gopm_str){"string", 6}), &x->scalar, out);
}

bool gopm__eval_index(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                      const struct gopm__operand *index, struct gopm__operand *out)
{
	struct gopm__operand typed;
	struct gopm__variable v;
	int64_t length, capacity;
	gopm__wide_int i;

	*out = (struct gopm__operand){0};
	if (!gopm__eval_readable(ev, node->x->at, x) || !constant_string(ev, node->x->at, x, &typed) ||
	    !through_pointer(ev, node->x->at, &typed.place, &v)) {
		return false;
	}
	if (v.kind == GOPM_KIND_MAP) {
		return gopm__eval_map_index(ev, node, &v, index, out);
	}
	if (v.kind != GOPM_KIND_STRING && v.kind != GOPM_KIND_SLICE && v.kind != GOPM_KIND_ARRAY) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "%.*s (type %s) has no elements",
		                       GOPM__NODE_TEXT(ev, node->x), gopm__operand_type(x));
	}
	if (!gopm__eval_length(ev, node->x->at, &v, &length, &capacity) || !index_value(ev, node->list, index, &i)) {
		return false;
	}
	if (i < 0 || i >= length) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->list->at,
		                       "the index is out of range: the length is %" PRId64, length);
	}
	const struct gopm__type *elem =
	    v.kind == GOPM_KIND_STRING ? gopm__types_basic(ev->dwarf, (gopm_str){"uint8", 5}) : v.elem;
	uint64_t address;
	if (__builtin_mul_overflow((uint64_t)i, v.stride, &address) ||
	    __builtin_add_overflow(address, v.base, &address)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, node->mark, "its base address is damaged");
	}
	gopm__variable_init(ev->context, &out->place, no_name, address, elem, gopm__variable_contents(&v));
	return true;
}

/* m[64:], a map without the entries before: how debuggers show more of one. Its length stays what it is. */
static bool slice_map(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__variable *map,
                      const struct gopm__operand *low, const struct gopm__operand *high, struct gopm__operand *out)
{
	int64_t length, capacity;
	gopm__wide_int first = 0;

	if (high != NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->z->at,
		                       "entries of a map are counted from one on, to all");
	}
	if ((low != NULL && !index_value(ev, node->y, low, &first)) ||
	    !gopm__eval_length(ev, node->mark, map, &length, &capacity)) {
		return false;
	}
	if (first < 0 || first + (gopm__wide_int)map->skip >= length) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark,
		                       "the bounds are out of range: the map has %" PRId64 " entries", length);
	}
	out->place = *map;
	out->place.loaded = false;
	out->place.children = NULL;
	out->place.child_count = 0;
	out->place.skip += (uint64_t)first;
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
	if (!gopm__eval_readable(ev, of->at, x) || !constant_string(ev, of->at, x, &typed)) {
		return false;
	}
	if (typed.place.kind == GOPM_KIND_MAP) {
		return slice_map(ev, node, &typed.place, low, high, out);
	}
	/* Of pointers, only those at arrays can be sliced. */
	v = typed.place;
	if (v.kind == GOPM_KIND_POINTER && !through_pointer(ev, of->at, &typed.place, &v)) {
		return false;
	}
	bool list = v.kind == GOPM_KIND_STRING || v.kind == GOPM_KIND_SLICE || v.kind == GOPM_KIND_ARRAY;
	if (!list || (typed.place.kind == GOPM_KIND_POINTER && v.kind != GOPM_KIND_ARRAY)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "a value of type %s cannot be sliced",
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
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark,
		                       "the bounds are out of range: the %s is %" PRId64,
		                       v.kind == GOPM_KIND_SLICE ? "capacity" : "length", most);
	}
	const struct gopm__type *type = v.kind == GOPM_KIND_ARRAY ? gopm__types_slice_of(ev->dwarf, v.elem) : v.type;
	if (type == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, node->mark, "its type is damaged");
	}
	uint64_t base = v.base, skip;
	if (__builtin_mul_overflow((uint64_t)first, v.stride, &skip) || __builtin_add_overflow(base, skip, &base)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, node->mark, "its base address is damaged");
	}
	/* An empty rest does not point behind the array (cmd/compile/internal/ssagen/ssa.go, slice). */
	base = (v.kind == GOPM_KIND_STRING ? last - first : most - first) == 0 ? v.base : base;
	return gopm__eval_make_list(ev, node->mark, type, gopm__variable_contents(&v), base, (uint64_t)(last - first),
	                            (uint64_t)((v.kind == GOPM_KIND_STRING ? last : most) - first), v.stride, out);
}

bool gopm__eval_deref(struct gopm__eval *ev, size_t at, const struct gopm__operand *x, struct gopm__operand *out)
{
	*out = (struct gopm__operand){0};
	if (x->constant || x->place.kind != GOPM_KIND_POINTER) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "a value of type %s cannot be dereferenced",
		                       gopm__operand_type(x));
	}
	if (!gopm__eval_readable(ev, at, x)) {
		return false;
	}
	gopm__variable_target(ev->context, &x->place, &out->place);
	if (out->place.address == 0) {
		return GOPM__EVAL_FAIL(ev, out->place.unreadable != NULL ? GOPM_ERR_MISSING_MEMORY : GOPM_ERR_ARGUMENT,
		                       at, "%s",
		                       out->place.unreadable != NULL ? out->place.unreadable : "the pointer is nil");
	}
	return true;
}

bool gopm__eval_address(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                        struct gopm__operand *out)
{
	*out = (struct gopm__operand){0};
	if (x->constant || (x->place.bytes != NULL && x->place.bytes->made)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "%.*s has no address: it is no variable",
		                       GOPM__NODE_TEXT(ev, node->x));
	}
	if (x->place.address == 0 || x->place.bytes != NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "%.*s has no address here: %s",
		                       GOPM__NODE_TEXT(ev, node->x),
		                       x->place.unreadable != NULL ? x->place.unreadable : "it is held in registers");
	}
	return gopm__eval_make_pointer(ev, node->at, gopm__types_pointer_to(ev->dwarf, x->place.type), x->place.address,
	                               out);
}

bool gopm__eval_assert(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                       struct gopm__operand *out)
{
	const struct gopm__type *type = NULL;
	const char *why = NULL;

	*out = (struct gopm__operand){0};
	if (x->constant || x->place.kind != GOPM_KIND_INTERFACE) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "%.*s (type %s) is no interface",
		                       GOPM__NODE_TEXT(ev, node->x), gopm__operand_type(x));
	}
	if (!gopm__eval_readable(ev, node->x->at, x)) {
		return false;
	}
	/* "data" is what debuggers call whatever an interface holds. */
	bool any = node->y->kind == GOPM__NODE_NAME && gopm__str_equal(node->y->text, (gopm_str){"data", 4});
	if (!any && (type = gopm__eval_type(ev, node->y)) == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->y->at, "the DWARF knows no type %.*s",
		                       GOPM__NODE_TEXT(ev, node->y));
	}
	const struct gopm__type *real = gopm__type_resolve(ev->dwarf, type);
	if (real != NULL && real->class_ == GOPM__TYPE_INTERFACE) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_UNSUPPORTED, node->y->at,
		                       "assertions of interface types are not supported; .(data) gives the value held");
	}
	switch (gopm__interface_data(ev->context, &x->place, &out->place, &why)) {
	case GOPM_OK:
		break;
	case GOPM_NOT_FOUND:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "the interface is nil, it holds no %s",
		                       any ? "value" : gopm__type_text(type));
	default:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, node->mark, "cannot be read: %s", why);
	}
	if (!any && !gopm__type_same(ev->dwarf, out->place.type, type)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "the interface holds %s, not %s",
		                       gopm__type_text(out->place.type), gopm__type_text(type));
	}
	return true;
}
