/* SPDX-License-Identifier: Apache-2.0 */
/* Each is a copy of a draft on the stack, stored under the next synthetic id. */
#include "type/synthetic.h"

#include <inttypes.h>
#include <stdio.h>

#include <gopm/value.h>

#include "dwarf/names.h"
#include "util/str.h"

#define MAX_NAME 4096

static gopm_str prefixed_name(struct gopm__types *types, const char *prefix, gopm_str name)
{
	char text[MAX_NAME];

	if (name.size + strlen(prefix) >= sizeof text) {
		return (gopm_str){NULL, 0};
	}
	(void)snprintf(text, sizeof text, "%s%.*s", prefix, (int)name.size, name.data);
	return gopm__arena_str(&types->arena, text, strlen(text));
}

/* Empty if the DWARF has the same name. */
static gopm_str prefixed_symbol(struct gopm__types *types, const char *prefix, const struct gopm__type *of)
{
	return of->symbol.size != 0 ? prefixed_name(types, prefix, of->symbol) : of->symbol;
}

/* Copies `draft` into the store under the next synthetic id. NULL: `draft` has no name, or out of memory. */
static struct gopm__type *store_type(struct gopm__types *types, const struct gopm__type *draft)
{
	bool fresh;

	if (draft->name.data == NULL) {
		return NULL;
	}
	struct gopm__type *type = gopm__arena_alloc(&types->arena, sizeof *type);
	if (type == NULL) {
		return NULL;
	}
	*type = *draft;
	type->store = types;
	type->id = GOPM__ID_SYNTHETIC + types->synthetic_count;
	uint64_t *slot = gopm__map64_put(&types->by_id, type->id, &fresh);
	if (slot == NULL) {
		return NULL;
	}
	*slot = (uint64_t)(uintptr_t)type;
	types->synthetic_count++;
	return type;
}

/* The same, and find_stored() finds it from now on. */
static const struct gopm__type *store_type_of(struct gopm__types *types, enum gopm__synthetic kind, uint64_t key,
                                              const struct gopm__type *draft)
{
	bool fresh;
	struct gopm__type *type = store_type(types, draft);
	uint64_t *slot = type != NULL ? gopm__map64_put(&types->synthetic[kind], key, &fresh) : NULL;

	if (slot == NULL) {
		return NULL;
	}
	*slot = (uint64_t)(uintptr_t)type;
	return type;
}

static const struct gopm__type *find_stored(const struct gopm__types *types, enum gopm__synthetic kind, uint64_t key)
{
	const uint64_t *slot = gopm__map64_get(&types->synthetic[kind], key);

	return slot != NULL ? (const struct gopm__type *)(uintptr_t)*slot : NULL;
}

const struct gopm__type *gopm__types_pointer_to(struct gopm__types *types, const struct gopm__type *to)
{
	if (to == NULL || to->id == 0) {
		return NULL;
	}
	const struct gopm__type *type = find_stored(types, GOPM__SYNTHETIC_POINTER, to->id);
	if (type != NULL) {
		return type;
	}
	const struct gopm__type draft = {.class_ = GOPM__TYPE_POINTER,
	                                 .name = prefixed_name(types, "*", to->name),
	                                 .symbol = prefixed_symbol(types, "*", to),
	                                 .byte_size = 8,
	                                 .target = to->id,
	                                 .count = -1,
	                                 .kind = GOPM_KIND_POINTER,
	                                 .go = true};
	return store_type_of(types, GOPM__SYNTHETIC_POINTER, to->id, &draft);
}

static const struct gopm__field *header_fields(struct gopm__types *types, const char *first,
                                               const struct gopm__type *pointer, size_t count)
{
	const struct gopm__type *integer = gopm__types_basic(types, (gopm_str){"int", 3});
	struct gopm__field *fields = gopm__arena_alloc(&types->arena, count * sizeof *fields);

	if (integer == NULL || pointer == NULL || fields == NULL) {
		return NULL;
	}
	fields[0] = (struct gopm__field){.name = {first, strlen(first)}, .type = pointer->id};
	fields[1] = (struct gopm__field){.name = {"len", 3}, .type = integer->id, .offset = 8};
	if (count > 2) {
		fields[2] = (struct gopm__field){.name = {"cap", 3}, .type = integer->id, .offset = 16};
	}
	return fields;
}

const struct gopm__type *gopm__types_slice_of(struct gopm__types *types, const struct gopm__type *elem)
{
	if (elem == NULL || elem->id == 0) {
		return NULL;
	}
	const struct gopm__type *type = find_stored(types, GOPM__SYNTHETIC_SLICE, elem->id);
	if (type != NULL) {
		return type;
	}
	const struct gopm__field *fields = header_fields(types, "array", gopm__types_pointer_to(types, elem), 3);
	if (fields == NULL) {
		return NULL;
	}
	const struct gopm__type draft = {.class_ = GOPM__TYPE_SLICE,
	                                 .name = prefixed_name(types, "[]", elem->name),
	                                 .symbol = prefixed_symbol(types, "[]", elem),
	                                 .byte_size = 24,
	                                 .elem = elem->id,
	                                 .fields = fields,
	                                 .field_count = 3,
	                                 .count = -1,
	                                 .kind = GOPM_KIND_SLICE,
	                                 .go = true};
	return store_type_of(types, GOPM__SYNTHETIC_SLICE, elem->id, &draft);
}

const struct gopm__type *gopm__types_array_of(struct gopm__types *types, const struct gopm__type *elem, uint64_t count)
{
	char prefix[32];
	uint64_t size;

	if (elem == NULL || elem->id == 0 || count > INT64_MAX ||
	    __builtin_mul_overflow(gopm__type_size(types, elem), count, &size) || size > INT64_MAX) {
		return NULL;
	}
	(void)snprintf(prefix, sizeof prefix, "[%" PRIu64 "]", count);
	gopm_str name = prefixed_name(types, prefix, elem->name);
	if (name.data == NULL) {
		return NULL;
	}
	const struct gopm__name *named = gopm__dwarf_name(types->dwarf, GOPM__NAME_TYPE, name);
	if (named != NULL) {
		return gopm__types_at(types, named->die);
	}
	const struct gopm__type draft = {.class_ = GOPM__TYPE_ARRAY,
	                                 .name = name,
	                                 .symbol = prefixed_symbol(types, prefix, elem),
	                                 .byte_size = (int64_t)size,
	                                 .target = elem->id,
	                                 .count = (int64_t)count,
	                                 .kind = GOPM_KIND_ARRAY,
	                                 .go = true};
	return store_type(types, &draft);
}

static const struct basic {
	const char *name, *real;
	enum gopm__type_class class_;
	uint32_t kind;
	uint8_t size;
} basics[] = {
    {"bool", NULL, GOPM__TYPE_BOOL, GOPM_KIND_BOOL, 1},
    {"int", NULL, GOPM__TYPE_INT, GOPM_KIND_INT, 8},
    {"int8", NULL, GOPM__TYPE_INT, GOPM_KIND_INT8, 1},
    {"int16", NULL, GOPM__TYPE_INT, GOPM_KIND_INT16, 2},
    {"int32", NULL, GOPM__TYPE_INT, GOPM_KIND_INT32, 4},
    {"rune", "int32", GOPM__TYPE_INT, GOPM_KIND_INT32, 4},
    {"int64", NULL, GOPM__TYPE_INT, GOPM_KIND_INT64, 8},
    {"uint", NULL, GOPM__TYPE_UINT, GOPM_KIND_UINT, 8},
    {"uint8", NULL, GOPM__TYPE_UINT, GOPM_KIND_UINT8, 1},
    {"byte", "uint8", GOPM__TYPE_UINT, GOPM_KIND_UINT8, 1},
    {"uint16", NULL, GOPM__TYPE_UINT, GOPM_KIND_UINT16, 2},
    {"uint32", NULL, GOPM__TYPE_UINT, GOPM_KIND_UINT32, 4},
    {"uint64", NULL, GOPM__TYPE_UINT, GOPM_KIND_UINT64, 8},
    {"uintptr", NULL, GOPM__TYPE_UINT, GOPM_KIND_UINTPTR, 8},
    {"float32", NULL, GOPM__TYPE_FLOAT, GOPM_KIND_FLOAT32, 4},
    {"float64", NULL, GOPM__TYPE_FLOAT, GOPM_KIND_FLOAT64, 8},
    {"complex64", NULL, GOPM__TYPE_COMPLEX, GOPM_KIND_COMPLEX64, 8},
    {"complex128", NULL, GOPM__TYPE_COMPLEX, GOPM_KIND_COMPLEX128, 16},
    {"string", NULL, GOPM__TYPE_STRING, GOPM_KIND_STRING, 16},
    {"unsafe.Pointer", NULL, GOPM__TYPE_POINTER, GOPM_KIND_UNSAFE_POINTER, 8},
};

static const struct gopm__type *stored_basic(struct gopm__types *types, size_t index)
{
	const struct basic *b = &basics[index];
	const struct gopm__type *type = find_stored(types, GOPM__SYNTHETIC_BASIC, index + 1);

	if (type != NULL) {
		return type;
	}
	struct gopm__type draft = {.class_ = b->class_,
	                           .name = {b->name, strlen(b->name)},
	                           .byte_size = b->size,
	                           .count = -1,
	                           .kind = b->kind,
	                           .go = true};
	if (b->class_ == GOPM__TYPE_STRING) {
		const struct gopm__type *byte = gopm__types_basic(types, (gopm_str){"uint8", 5});
		draft.fields = header_fields(types, "str", gopm__types_pointer_to(types, byte), 2);
		draft.field_count = 2;
		if (draft.fields == NULL) {
			return NULL;
		}
	}
	return store_type_of(types, GOPM__SYNTHETIC_BASIC, index + 1, &draft);
}

const struct gopm__type *gopm__types_basic(struct gopm__types *types, gopm_str name)
{
	for (size_t i = 0; i < sizeof basics / sizeof basics[0]; i++) {
		const struct basic *b = &basics[i];
		if (name.size != strlen(b->name) || memcmp(name.data, b->name, name.size) != 0) {
			continue;
		}
		const char *real = b->real != NULL ? b->real : b->name;
		const gopm_str wanted = {real, strlen(real)};
		const struct gopm__name *named = gopm__dwarf_name(types->dwarf, GOPM__NAME_TYPE, wanted);
		if (named != NULL) {
			return gopm__types_at(types, named->die);
		}
		return b->real != NULL ? gopm__types_basic(types, wanted) : stored_basic(types, i);
	}
	return NULL;
}

static const struct gopm__field string_fields[] = {{.name = {"str", 3}}, {.name = {"len", 3}, .offset = 8}};

static const struct gopm__type untyped[] = {
    {.class_ = GOPM__TYPE_BOOL, .name = {"", 0}, .byte_size = 1, .kind = GOPM_KIND_BOOL},
    {.class_ = GOPM__TYPE_INT, .name = {"", 0}, .byte_size = 8, .kind = GOPM_KIND_INT64},
    {.class_ = GOPM__TYPE_UINT, .name = {"", 0}, .byte_size = 8, .kind = GOPM_KIND_UINT64},
    {.class_ = GOPM__TYPE_FLOAT, .name = {"", 0}, .byte_size = 8, .kind = GOPM_KIND_FLOAT64},
    {.class_ = GOPM__TYPE_COMPLEX, .name = {"", 0}, .byte_size = 16, .kind = GOPM_KIND_COMPLEX128},
    {.class_ = GOPM__TYPE_STRING,
     .name = {"", 0},
     .byte_size = 16,
     .kind = GOPM_KIND_STRING,
     .fields = string_fields,
     .field_count = 2},
};

const struct gopm__type *gopm__type_untyped(uint32_t kind)
{
	for (size_t i = 0; i < sizeof untyped / sizeof untyped[0]; i++) {
		if (untyped[i].kind == kind) {
			return &untyped[i];
		}
	}
	return NULL;
}
