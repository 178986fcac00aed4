/* SPDX-License-Identifier: Apache-2.0 */
/* gopm__types_at() looks up the id. If it is new, the type is read from the origin that the id names. */
#include "type/types.h"

#include <stdio.h>

#include "dwarf/names.h"
#include "type/from_descriptor.h"
#include "type/from_dwarf.h"
#include "util/allocate.h"

/* Levels of nameless C types that a composed name spells out. */
#define MAX_NAME_DEPTH 8

void gopm__types_init(struct gopm__types *types, struct gopm__dwarf *dwarf, struct gopm__symtab *symtab)
{
	*types = (struct gopm__types){.dwarf = dwarf, .symtab = symtab};
}

void gopm__types_free(struct gopm__types *types)
{
	for (size_t i = 0; i < GOPM__SYNTHETIC_COUNT; i++) {
		gopm__map64_free(&types->synthetic[i]);
	}
	gopm__descriptor_index_free(&types->descriptors);
	gopm__dwarf_index_free(&types->dies);
	gopm__map64_free(&types->by_id);
	gopm__arena_free(&types->arena);
	*types = (struct gopm__types){0};
}

static const struct gopm__type *type_at_depth(struct gopm__types *types, uint64_t id, unsigned depth);

/* Composes the name of a C type that DWARF leaves nameless: "*char", "[4]int". */
static void compose_name(struct gopm__types *types, struct gopm__type *type, unsigned depth)
{
	char text[512];
	const char *inner = "void";

	if (type->name.size != 0) {
		return;
	}
	if (type->target != 0 && depth < MAX_NAME_DEPTH) {
		const struct gopm__type *target = type_at_depth(types, type->target, depth + 1);
		inner = target != NULL && target->name.size != 0 ? target->name.data : "?";
	}
	switch (type->class_) {
	case GOPM__TYPE_POINTER:
		(void)snprintf(text, sizeof text, type->target == 0 && type->go ? "unsafe.Pointer" : "*%s", inner);
		break;
	case GOPM__TYPE_ARRAY:
		(void)snprintf(text, sizeof text, "[%lld]%s", (long long)type->count, inner);
		break;
	case GOPM__TYPE_STRUCT:
		(void)snprintf(text, sizeof text, type->is_union ? "union {...}" : "struct {...}");
		break;
	case GOPM__TYPE_FUNC:
	case GOPM__TYPE_CODE:
		(void)snprintf(text, sizeof text, "func()");
		break;
	case GOPM__TYPE_VOID:
		(void)snprintf(text, sizeof text, "void");
		break;
	default:
		(void)snprintf(text, sizeof text, "%s", inner);
		break;
	}
	gopm_str name = gopm__arena_str(&types->arena, text, strlen(text));
	type->name = name.data != NULL ? name : (gopm_str){"", 0};
}

static gopm_status fill_type(struct gopm__types *types, uint64_t id, struct gopm__type *type)
{
	if ((id & GOPM__ID_NO_DIE) != 0) {
		return gopm__type_from_descriptor(types, id, type);
	}
	if (types->dwarf == NULL) {
		return GOPM_ERR_FORMAT;
	}
	gopm_status status = gopm__type_from_dwarf(types, id, type);
	if (status != GOPM_OK && status != GOPM_ERR_NO_MEMORY) {
		gopm__dwarf_damage(types->dwarf, id, "a type is damaged");
	}
	return status;
}

static const struct gopm__type *type_at_depth(struct gopm__types *types, uint64_t id, unsigned depth)
{
	bool fresh;

	if (id == 0) {
		return NULL;
	}
	const uint64_t *known = gopm__map64_get(&types->by_id, id);
	if (known != NULL && *known != 0) {
		return (const struct gopm__type *)(uintptr_t)*known;
	}
	struct gopm__type *type = gopm__arena_alloc(&types->arena, sizeof *type);
	if (type == NULL) {
		return NULL;
	}
	const uint64_t failures = gopm__failed_allocations();
	gopm_status status = fill_type(types, id, type);
	if (!gopm__is_cacheable(failures)) {
		return NULL;
	}
	if (status != GOPM_OK) {
		*type = (struct gopm__type){.id = id, .name = {"", 0}, .byte_size = -1, .count = -1};
	}
	type->store = types;
	uint64_t *slot = gopm__map64_put(&types->by_id, id, &fresh);
	if (slot == NULL) {
		return NULL;
	}
	*slot = (uint64_t)(uintptr_t)type;
	/* The type is in the map by now, so that a cycle of nameless types ends. */
	compose_name(types, type, depth);
	if (!gopm__is_cacheable(failures)) {
		/* Its name may be incomplete: the next caller reads it again. */
		slot = gopm__map64_put(&types->by_id, id, &fresh);
		if (slot != NULL) {
			*slot = 0;
		}
		return NULL;
	}
	return type;
}

const struct gopm__type *gopm__types_at(struct gopm__types *types, uint64_t id)
{
	return type_at_depth(types, id, 0);
}

const struct gopm__type *gopm__types_of_descriptor(struct gopm__types *types, uint64_t descriptor)
{
	return gopm__types_at(types, gopm__type_id_of_descriptor(types, descriptor));
}

const struct gopm__type *gopm__types_named(struct gopm__types *types, gopm_str name)
{
	const struct gopm__name *named = gopm__dwarf_name(types->dwarf, GOPM__NAME_TYPE, name);

	return named != NULL ? gopm__types_at(types, named->die)
	                     : gopm__types_of_descriptor(types, gopm__types_find_descriptor(types, name));
}
