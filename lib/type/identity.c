/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the classes of both types, then the types that they are made of. */
#include "type/identity.h"

#include "type/types.h"
#include "util/str.h"

#define MAX_DEPTH 64

/* The type without the typedefs of the same name, which the linker puts around structs, slices and arrays
 * (cmd/link/internal/ld/dwarf.go). */
static const struct gopm__type *strip_wrapper(struct gopm__types *types, const struct gopm__type *type)
{
	for (unsigned depth = 0; type != NULL && depth < MAX_DEPTH; depth++) {
		if (type->class_ != GOPM__TYPE_TYPEDEF && type->class_ != GOPM__TYPE_PARAMETRIC) {
			break;
		}
		const struct gopm__type *target = gopm__type_target(types, type);
		if (target == NULL || !gopm__str_equal(target->name, type->name)) {
			break;
		}
		type = target;
	}
	return type;
}

static bool is_type_literal(const struct gopm__type *type, char first)
{
	return type->name.size != 0 && type->name.data[0] == first;
}

static bool types_are_same(struct gopm__types *types, const struct gopm__type *a, const struct gopm__type *b,
                           unsigned depth)
{
	a = strip_wrapper(types, a);
	b = strip_wrapper(types, b);
	if (a == NULL || b == NULL || depth > MAX_DEPTH) {
		return false;
	}
	if (a == b || (a->id != 0 && a->id == b->id)) {
		return true;
	}
	if (a->class_ != b->class_) {
		return false;
	}
	switch (a->class_) {
	case GOPM__TYPE_POINTER:
		return is_type_literal(a, '*') && is_type_literal(b, '*') &&
		       types_are_same(types, gopm__type_target(types, a), gopm__type_target(types, b), depth + 1);
	case GOPM__TYPE_SLICE:
		return is_type_literal(a, '[') && is_type_literal(b, '[') &&
		       types_are_same(types, gopm__type_elem(types, a), gopm__type_elem(types, b), depth + 1);
	case GOPM__TYPE_ARRAY:
		return is_type_literal(a, '[') && is_type_literal(b, '[') && a->count == b->count &&
		       types_are_same(types, gopm__type_target(types, a), gopm__type_target(types, b), depth + 1);
	default:
		return false;
	}
}

bool gopm__type_identical(struct gopm__types *types, const struct gopm__type *a, const struct gopm__type *b)
{
	return types_are_same(types, a, b, 0);
}

static bool fields_are_same(struct gopm__types *types, const struct gopm__type *a, const struct gopm__type *b)
{
	if (a->field_count != b->field_count || a->byte_size != b->byte_size) {
		return false;
	}
	for (size_t i = 0; i < a->field_count; i++) {
		const struct gopm__field *x = &a->fields[i], *y = &b->fields[i];
		if (!gopm__str_equal(x->name, y->name) || x->offset != y->offset || x->embedded != y->embedded ||
		    !gopm__type_identical(types, gopm__types_at(types, x->type), gopm__types_at(types, y->type))) {
			return false;
		}
	}
	return true;
}

static bool underlying_are_same(struct gopm__types *types, const struct gopm__type *a, const struct gopm__type *b,
                                unsigned depth)
{
	const struct gopm__type *x = gopm__type_resolve(types, a), *y = gopm__type_resolve(types, b);

	if (x == NULL || y == NULL || x->class_ != y->class_ || depth > MAX_DEPTH ||
	    gopm__type_size(types, x) != gopm__type_size(types, y)) {
		return false;
	}
	if (x == y || gopm__type_identical(types, x, y)) {
		return true;
	}
	switch (x->class_) {
	case GOPM__TYPE_BOOL:
	case GOPM__TYPE_INT:
	case GOPM__TYPE_UINT:
	case GOPM__TYPE_FLOAT:
	case GOPM__TYPE_COMPLEX:
	case GOPM__TYPE_STRING:
		return true;
	case GOPM__TYPE_POINTER:
		return x->target == 0 || y->target == 0 ||
		       underlying_are_same(types, gopm__type_target(types, x), gopm__type_target(types, y), depth + 1);
	case GOPM__TYPE_STRUCT:
		return fields_are_same(types, x, y);
	case GOPM__TYPE_ARRAY:
	case GOPM__TYPE_SLICE:
		return x->count == y->count &&
		       gopm__type_identical(types, gopm__type_elem(types, x), gopm__type_elem(types, y));
	case GOPM__TYPE_MAP:
		return gopm__type_identical(types, gopm__types_at(types, x->key), gopm__types_at(types, y->key)) &&
		       gopm__type_identical(types, gopm__type_elem(types, x), gopm__type_elem(types, y));
	case GOPM__TYPE_CHAN:
		return gopm__type_identical(types, gopm__type_elem(types, x), gopm__type_elem(types, y));
	default:
		return false;
	}
}

bool gopm__type_identical_underlying(struct gopm__types *types, const struct gopm__type *a, const struct gopm__type *b)
{
	return underlying_are_same(types, a, b, 0);
}
