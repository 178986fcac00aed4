/* SPDX-License-Identifier: Apache-2.0 */
/* Identity of types, by the Go specification's "Type identity", and their names for messages. Two types are the same
 * if they are one DWARF entry, or literals ("*T", "[]T", "[3]T") of the same element type. */
#include "eval/eval_private.h"

#define MAX_DEPTH 64

const char *gopm__type_text(const struct gopm__type *type)
{
	return type != NULL && type->name.size != 0 ? type->name.data : "(unknown type)";
}

const char *gopm__operand_type(const struct gopm__operand *operand)
{
	static const char *const names[] = {
	    [GOPM__SCALAR_NIL] = "nil",
	    [GOPM__SCALAR_BOOL] = "untyped bool",
	    [GOPM__SCALAR_INT] = "untyped int",
	    [GOPM__SCALAR_FLOAT] = "untyped float",
	    [GOPM__SCALAR_COMPLEX] = "untyped complex",
	    [GOPM__SCALAR_STRING] = "untyped string",
	};
	return operand->constant ? names[operand->scalar.kind] : gopm__type_text(operand->value.type);
}

const struct gopm__type *gopm__type_elem(struct gopm__dwarf *dwarf, const struct gopm__type *type)
{
	const struct gopm__type *real = gopm__type_resolve(dwarf, type);

	if (real == NULL) {
		return NULL;
	}
	switch (real->class_) {
	case GOPM__TYPE_SLICE: {
		const struct gopm__field *array = gopm__type_field(real, "array");
		return array == NULL
		           ? NULL
		           : gopm__type_target(dwarf, gopm__type_resolve(dwarf, gopm__types_at(dwarf, array->type)));
	}
	case GOPM__TYPE_ARRAY:
	case GOPM__TYPE_POINTER:
		return gopm__type_target(dwarf, real);
	case GOPM__TYPE_CHAN:
	case GOPM__TYPE_MAP:
		return gopm__types_at(dwarf, real->elem);
	default:
		return NULL;
	}
}

/* The linker wraps structs, slices and arrays in a typedef of the same name (cmd/link/internal/ld/dwarf.go). */
static const struct gopm__type *strip_wrapper(struct gopm__dwarf *dwarf, const struct gopm__type *type)
{
	for (unsigned depth = 0; type != NULL && depth < MAX_DEPTH; depth++) {
		if (type->class_ != GOPM__TYPE_TYPEDEF && type->class_ != GOPM__TYPE_PARAMETRIC) {
			break;
		}
		const struct gopm__type *target = gopm__type_target(dwarf, type);
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

static bool types_are_same(struct gopm__dwarf *dwarf, const struct gopm__type *a, const struct gopm__type *b,
                           unsigned depth)
{
	a = strip_wrapper(dwarf, a);
	b = strip_wrapper(dwarf, b);
	if (a == NULL || b == NULL || depth > MAX_DEPTH) {
		return false;
	}
	if (a == b || (a->die != 0 && a->die == b->die)) {
		return true;
	}
	if (a->class_ != b->class_) {
		return false;
	}
	switch (a->class_) {
	case GOPM__TYPE_POINTER:
		return is_type_literal(a, '*') && is_type_literal(b, '*') &&
		       types_are_same(dwarf, gopm__type_target(dwarf, a), gopm__type_target(dwarf, b), depth + 1);
	case GOPM__TYPE_SLICE:
		return is_type_literal(a, '[') && is_type_literal(b, '[') &&
		       types_are_same(dwarf, gopm__type_elem(dwarf, a), gopm__type_elem(dwarf, b), depth + 1);
	case GOPM__TYPE_ARRAY:
		return is_type_literal(a, '[') && is_type_literal(b, '[') && a->count == b->count &&
		       types_are_same(dwarf, gopm__type_target(dwarf, a), gopm__type_target(dwarf, b), depth + 1);
	default:
		return false;
	}
}

bool gopm__type_same(struct gopm__dwarf *dwarf, const struct gopm__type *a, const struct gopm__type *b)
{
	return types_are_same(dwarf, a, b, 0);
}

static bool fields_are_same(struct gopm__dwarf *dwarf, const struct gopm__type *a, const struct gopm__type *b)
{
	if (a->field_count != b->field_count || a->byte_size != b->byte_size) {
		return false;
	}
	for (size_t i = 0; i < a->field_count; i++) {
		const struct gopm__field *x = &a->fields[i], *y = &b->fields[i];
		if (!gopm__str_equal(x->name, y->name) || x->offset != y->offset || x->embedded != y->embedded ||
		    !gopm__type_same(dwarf, gopm__types_at(dwarf, x->type), gopm__types_at(dwarf, y->type))) {
			return false;
		}
	}
	return true;
}

static bool underlying_are_same(struct gopm__dwarf *dwarf, const struct gopm__type *a, const struct gopm__type *b,
                                unsigned depth)
{
	const struct gopm__type *x = gopm__type_resolve(dwarf, a), *y = gopm__type_resolve(dwarf, b);

	if (x == NULL || y == NULL || x->class_ != y->class_ || depth > MAX_DEPTH ||
	    gopm__type_size(dwarf, x) != gopm__type_size(dwarf, y)) {
		return false;
	}
	if (x == y || gopm__type_same(dwarf, x, y)) {
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
		       underlying_are_same(dwarf, gopm__type_target(dwarf, x), gopm__type_target(dwarf, y), depth + 1);
	case GOPM__TYPE_STRUCT:
		return fields_are_same(dwarf, x, y);
	case GOPM__TYPE_ARRAY:
	case GOPM__TYPE_SLICE:
		return x->count == y->count &&
		       gopm__type_same(dwarf, gopm__type_elem(dwarf, x), gopm__type_elem(dwarf, y));
	case GOPM__TYPE_MAP:
		return gopm__type_same(dwarf, gopm__types_at(dwarf, x->key), gopm__types_at(dwarf, y->key)) &&
		       gopm__type_same(dwarf, gopm__type_elem(dwarf, x), gopm__type_elem(dwarf, y));
	case GOPM__TYPE_CHAN:
		return gopm__type_same(dwarf, gopm__type_elem(dwarf, x), gopm__type_elem(dwarf, y));
	default:
		return false;
	}
}

bool gopm__type_same_underlying(struct gopm__dwarf *dwarf, const struct gopm__type *a, const struct gopm__type *b)
{
	return underlying_are_same(dwarf, a, b, 0);
}
