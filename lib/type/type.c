/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about one type. All follow references through the store, at most MAX_DEPTH of them. */
#include "type/type.h"

#include <gopm/value.h>

#include "type/type_id.h"
#include "type/types.h"

#define MAX_DEPTH 64

const struct gopm__type *gopm__type_target(struct gopm__types *types, const struct gopm__type *type)
{
	return type != NULL ? gopm__types_at(types, type->target) : NULL;
}

const struct gopm__type *gopm__type_resolve(struct gopm__types *types, const struct gopm__type *type)
{
	for (unsigned depth = 0; type != NULL && depth < MAX_DEPTH; depth++) {
		if (type->class_ != GOPM__TYPE_TYPEDEF && type->class_ != GOPM__TYPE_PARAMETRIC) {
			return type;
		}
		type = gopm__type_target(types, type);
	}
	return NULL;
}

const struct gopm__type *gopm__type_header(struct gopm__types *types, const struct gopm__type *type)
{
	for (unsigned depth = 0; type != NULL && depth < MAX_DEPTH; depth++) {
		switch (type->class_) {
		case GOPM__TYPE_STRUCT:
		case GOPM__TYPE_STRING:
		case GOPM__TYPE_SLICE:
			return type;
		case GOPM__TYPE_TYPEDEF:
		case GOPM__TYPE_PARAMETRIC:
		case GOPM__TYPE_POINTER:
		case GOPM__TYPE_INTERFACE:
		case GOPM__TYPE_MAP:
		case GOPM__TYPE_CHAN:
			type = gopm__type_target(types, type);
			break;
		default:
			return NULL;
		}
	}
	return NULL;
}

uint64_t gopm__type_size(struct gopm__types *types, const struct gopm__type *type)
{
	uint64_t factor = 1;

	for (unsigned depth = 0; type != NULL && depth < MAX_DEPTH; depth++) {
		if (type->byte_size >= 0) {
			uint64_t size;
			return __builtin_mul_overflow(factor, (uint64_t)type->byte_size, &size) ? 0 : size;
		}
		if (type->class_ == GOPM__TYPE_ARRAY &&
		    (type->count < 0 || __builtin_mul_overflow(factor, (uint64_t)type->count, &factor))) {
			return 0;
		}
		if (type->class_ == GOPM__TYPE_STRUCT || type->class_ == GOPM__TYPE_CODE ||
		    type->class_ == GOPM__TYPE_INCOMPLETE) {
			return 0;
		}
		type = gopm__type_target(types, type);
	}
	return 0;
}

const struct gopm__field *gopm__type_field(const struct gopm__type *type, const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; type != NULL && i < type->field_count; i++) {
		if (type->fields[i].name.size == size && memcmp(type->fields[i].name.data, name, size) == 0) {
			return &type->fields[i];
		}
	}
	return NULL;
}

static uint32_t integer_kind(uint32_t first, uint64_t size)
{
	return size == 1 ? first + 1 : size == 2 ? first + 2 : size == 4 ? first + 3 : size == 8 ? first + 4 : first;
}

uint32_t gopm__type_kind(struct gopm__types *types, const struct gopm__type *real)
{
	uint64_t size = gopm__type_size(types, real);

	switch (real->class_) {
	case GOPM__TYPE_BOOL:
		return GOPM_KIND_BOOL;
	case GOPM__TYPE_INT:
		return real->kind >= GOPM_KIND_INT && real->kind <= GOPM_KIND_INT64 ? real->kind
		                                                                    : integer_kind(GOPM_KIND_INT, size);
	case GOPM__TYPE_UINT:
		return real->kind >= GOPM_KIND_UINT && real->kind <= GOPM_KIND_UINTPTR
		           ? real->kind
		           : integer_kind(GOPM_KIND_UINT, size);
	case GOPM__TYPE_FLOAT:
		return size == 4 ? GOPM_KIND_FLOAT32 : size == 8 ? GOPM_KIND_FLOAT64 : GOPM_KIND_INVALID;
	case GOPM__TYPE_COMPLEX:
		return size == 8 ? GOPM_KIND_COMPLEX64 : size == 16 ? GOPM_KIND_COMPLEX128 : GOPM_KIND_INVALID;
	case GOPM__TYPE_POINTER:
		return real->target == 0 ? GOPM_KIND_UNSAFE_POINTER : GOPM_KIND_POINTER;
	case GOPM__TYPE_STRUCT:
		return GOPM_KIND_STRUCT;
	case GOPM__TYPE_STRING:
		return GOPM_KIND_STRING;
	case GOPM__TYPE_SLICE:
		return GOPM_KIND_SLICE;
	case GOPM__TYPE_ARRAY:
		return GOPM_KIND_ARRAY;
	case GOPM__TYPE_FUNC:
		return GOPM_KIND_FUNC;
	case GOPM__TYPE_INTERFACE:
		return GOPM_KIND_INTERFACE;
	case GOPM__TYPE_MAP:
		return GOPM_KIND_MAP;
	case GOPM__TYPE_CHAN:
		return GOPM_KIND_CHAN;
	default:
		return GOPM_KIND_INVALID;
	}
}

uint64_t gopm__type_descriptor(struct gopm__types *types, const struct gopm__type *type)
{
	if ((type->id & GOPM__ID_NO_DIE) != 0) {
		return gopm__type_id_descriptor(type->id);
	}
	/* The linker makes a typedef of each defined type. The DIE that the typedef refers to has the descriptor
	 * (cmd/link/internal/ld/dwarf.go). */
	for (unsigned depth = 0; depth < 8 && type->class_ == GOPM__TYPE_TYPEDEF && !type->has_runtime_type; depth++) {
		const struct gopm__type *target = gopm__type_target(types, type);
		if (target == NULL || target->name.size != type->name.size ||
		    memcmp(target->name.data, type->name.data, type->name.size) != 0) {
			return 0;
		}
		type = target;
	}
	/* The offset is 0 if the linker left the descriptor out. */
	return type->has_runtime_type && type->runtime_type != 0 && types->symtab != NULL &&
	               types->symtab->module_count != 0
	           ? types->symtab->modules[0].types.begin + type->runtime_type
	           : 0;
}

const struct gopm__type *gopm__type_elem(struct gopm__types *types, const struct gopm__type *type)
{
	const struct gopm__type *real = gopm__type_resolve(types, type);

	if (real == NULL) {
		return NULL;
	}
	switch (real->class_) {
	case GOPM__TYPE_SLICE: {
		const struct gopm__field *array = gopm__type_field(real, "array");
		return array == NULL
		           ? NULL
		           : gopm__type_target(types, gopm__type_resolve(types, gopm__types_at(types, array->type)));
	}
	case GOPM__TYPE_ARRAY:
	case GOPM__TYPE_POINTER:
		return gopm__type_target(types, real);
	case GOPM__TYPE_CHAN:
	case GOPM__TYPE_MAP:
		return gopm__types_at(types, real->elem);
	default:
		return NULL;
	}
}

const char *gopm__type_text(const struct gopm__type *type)
{
	return type != NULL && type->name.size != 0 ? type->name.data : "(unknown type)";
}
