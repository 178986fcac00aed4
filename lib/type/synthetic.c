/* SPDX-License-Identifier: Apache-2.0 */
#include "type/synthetic.h"

#include <inttypes.h>
#include <stdio.h>

#include <gopm/value.h>

#include "util/str.h"

/* DIE numbers that no file has. */
#define MADE_BASE (UINT64_C(1) << 61)
#define MAX_MADE_NAME 4096

enum made_kind { MADE_POINTER, MADE_SLICE, MADE_BASIC, MADE_NOWHERE };
_Static_assert(MADE_NOWHERE == GOPM__SYNTHETIC_KINDS, "a map for each kind");

static gopm_str make_name(struct gopm__dwarf *dwarf, const char *prefix, gopm_str name)
{
	char text[MAX_MADE_NAME];

	if (name.size + strlen(prefix) >= sizeof text) {
		return (gopm_str){NULL, 0};
	}
	(void)snprintf(text, sizeof text, "%s%.*s", prefix, (int)name.size, name.data);
	return gopm__arena_str(&dwarf->arena, text, strlen(text));
}

/* Gives the type its DIE and enters it; under `key` of its kind too, unless that is MADE_NOWHERE. */
static const struct gopm__type *enter(struct gopm__dwarf *dwarf, enum made_kind kind, uint64_t key,
                                      const struct gopm__type *made)
{
	bool fresh;

	if (made->name.data == NULL) {
		return NULL;
	}
	struct gopm__type *type = gopm__arena_alloc(&dwarf->arena, sizeof *type);
	if (type == NULL) {
		return NULL;
	}
	*type = *made;
	type->die = MADE_BASE + dwarf->synthetic_count;
	uint64_t *slot = gopm__map64_put(&dwarf->types, type->die, &fresh);
	if (slot == NULL) {
		return NULL;
	}
	*slot = (uint64_t)(uintptr_t)type;
	dwarf->synthetic_count++;
	if (kind != MADE_NOWHERE) {
		slot = gopm__map64_put(&dwarf->synthetic[kind], key, &fresh);
		if (slot == NULL) {
			return NULL;
		}
		*slot = (uint64_t)(uintptr_t)type;
	}
	return type;
}

static const struct gopm__type *known(const struct gopm__dwarf *dwarf, enum made_kind kind, uint64_t key)
{
	const uint64_t *slot = gopm__map64_get(&dwarf->synthetic[kind], key);

	return slot != NULL ? (const struct gopm__type *)(uintptr_t)*slot : NULL;
}

const struct gopm__type *gopm__types_pointer_to(struct gopm__dwarf *dwarf, const struct gopm__type *to)
{
	if (to == NULL || to->die == 0) {
		return NULL;
	}
	const struct gopm__type *type = known(dwarf, MADE_POINTER, to->die);
	if (type != NULL) {
		return type;
	}
	const struct gopm__type made = {.class_ = GOPM__TYPE_POINTER,
	                                .name = make_name(dwarf, "*", to->name),
	                                .byte_size = 8,
	                                .target = to->die,
	                                .count = -1,
	                                .kind = GOPM_KIND_POINTER,
	                                .go = true};
	return enter(dwarf, MADE_POINTER, to->die, &made);
}

static const struct gopm__field *header_fields(struct gopm__dwarf *dwarf, const char *first,
                                               const struct gopm__type *pointer, size_t count)
{
	const struct gopm__type *integer = gopm__types_basic(dwarf, (gopm_str){"int", 3});
	struct gopm__field *fields = gopm__arena_alloc(&dwarf->arena, count * sizeof *fields);

	if (integer == NULL || pointer == NULL || fields == NULL) {
		return NULL;
	}
	fields[0] = (struct gopm__field){{first, strlen(first)}, pointer->die, 0, false};
	fields[1] = (struct gopm__field){{"len", 3}, integer->die, 8, false};
	if (count > 2) {
		fields[2] = (struct gopm__field){{"cap", 3}, integer->die, 16, false};
	}
	return fields;
}

const struct gopm__type *gopm__types_slice_of(struct gopm__dwarf *dwarf, const struct gopm__type *elem)
{
	if (elem == NULL || elem->die == 0) {
		return NULL;
	}
	const struct gopm__type *type = known(dwarf, MADE_SLICE, elem->die);
	if (type != NULL) {
		return type;
	}
	const struct gopm__field *fields = header_fields(dwarf, "array", gopm__types_pointer_to(dwarf, elem), 3);
	if (fields == NULL) {
		return NULL;
	}
	const struct gopm__type made = {.class_ = GOPM__TYPE_SLICE,
	                                .name = make_name(dwarf, "[]", elem->name),
	                                .byte_size = 24,
	                                .elem = elem->die,
	                                .fields = fields,
	                                .field_count = 3,
	                                .count = -1,
	                                .kind = GOPM_KIND_SLICE,
	                                .go = true};
	return enter(dwarf, MADE_SLICE, elem->die, &made);
}

const struct gopm__type *gopm__types_array_of(struct gopm__dwarf *dwarf, const struct gopm__type *elem, uint64_t count)
{
	char prefix[32];
	uint64_t size;

	if (elem == NULL || elem->die == 0 || count > INT64_MAX ||
	    __builtin_mul_overflow(gopm__type_size(dwarf, elem), count, &size) || size > INT64_MAX) {
		return NULL;
	}
	(void)snprintf(prefix, sizeof prefix, "[%" PRIu64 "]", count);
	gopm_str name = make_name(dwarf, prefix, elem->name);
	if (name.data == NULL) {
		return NULL;
	}
	const struct gopm__name *there = gopm__dwarf_name(dwarf, GOPM__NAME_TYPE, name);
	if (there != NULL) {
		return gopm__types_at(dwarf, there->die);
	}
	const struct gopm__type made = {.class_ = GOPM__TYPE_ARRAY,
	                                .name = name,
	                                .byte_size = (int64_t)size,
	                                .target = elem->die,
	                                .count = (int64_t)count,
	                                .kind = GOPM_KIND_ARRAY,
	                                .go = true};
	return enter(dwarf, MADE_NOWHERE, 0, &made);
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

const struct gopm__type *gopm__types_basic(struct gopm__dwarf *dwarf, gopm_str name)
{
	for (size_t i = 0; i < sizeof basics / sizeof basics[0]; i++) {
		const struct basic *b = &basics[i];
		if (name.size != strlen(b->name) || memcmp(name.data, b->name, name.size) != 0) {
			continue;
		}
		const char *real = b->real != NULL ? b->real : b->name;
		const struct gopm__name *there =
		    gopm__dwarf_name(dwarf, GOPM__NAME_TYPE, (gopm_str){real, strlen(real)});
		if (there != NULL) {
			return gopm__types_at(dwarf, there->die);
		}
		if (b->real != NULL) {
			return gopm__types_basic(dwarf, (gopm_str){real, strlen(real)});
		}
		const struct gopm__type *type = known(dwarf, MADE_BASIC, i + 1);
		if (type != NULL) {
			return type;
		}
		struct gopm__type made = {.class_ = b->class_,
		                          .name = {b->name, strlen(b->name)},
		                          .byte_size = b->size,
		                          .count = -1,
		                          .kind = b->kind,
		                          .go = true};
		if (b->class_ == GOPM__TYPE_STRING) {
			const struct gopm__type *byte = gopm__types_basic(dwarf, (gopm_str){"uint8", 5});
			made.fields = header_fields(dwarf, "str", gopm__types_pointer_to(dwarf, byte), 2);
			made.field_count = 2;
			if (made.fields == NULL) {
				return NULL;
			}
		}
		return enter(dwarf, MADE_BASIC, i + 1, &made);
	}
	return NULL;
}

static const struct gopm__field string_fields[] = {{{"str", 3}, 0, 0, false}, {{"len", 3}, 0, 8, false}};

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
