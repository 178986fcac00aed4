/* SPDX-License-Identifier: Apache-2.0 */
#include "export/heap_access.h"

#include <inttypes.h>

#include "type/types.h"
#include "util/str.h"

#define MAX_DEPTH 64u /* of fields in fields */

/* The type with this number. The caller holds the program's lock. NULL: it is not known. */
static const struct gopm__type *stored_type(struct gopm__types *store, const struct gopm__object_type *type)
{
	switch (type->key_kind) {
	case GOPM__KEY_DESCRIPTOR:
		return gopm__types_of_descriptor(store, type->key);
	case GOPM__KEY_TYPE:
		return gopm__types_at(store, type->key & ~GOPM__TYPE_KEY);
	default:
		return NULL;
	}
}

/* The field of a struct that contains `offset`; NULL: none. */
static const struct gopm__field *field_at(struct gopm__types *store, const struct gopm__type *type, uint64_t offset)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const struct gopm__field *field = &type->fields[i];
		if (offset >= field->offset &&
		    offset - field->offset < gopm__type_size(store, gopm__types_at(store, field->type))) {
			return field;
		}
	}
	return NULL;
}

static bool is_trie_map(const struct gopm__type *type)
{
	static const char name[] = "sync.Map";

	return gopm__str_equal(type->name, (gopm_str){name, sizeof name - 1}) ||
	       gopm__str_has_prefix(type->name, "internal/sync.HashTrieMap[");
}

static void add_offset(struct gopm__text *text, uint64_t offset)
{
	if (offset != 0) {
		gopm__text_printf(text, "+0x%" PRIx64, offset);
	}
}

static void add_access(struct gopm__text *text, struct gopm__types *store, const struct gopm__type *type,
                       uint64_t offset, bool whole_map)
{
	for (unsigned depth = 0; depth < MAX_DEPTH; depth++) {
		const struct gopm__type *real = gopm__type_resolve(store, type);
		if (real == NULL || (whole_map && (is_trie_map(type) || is_trie_map(real)))) {
			add_offset(text, real == NULL ? offset : 0);
			return;
		}
		if (real->class_ == GOPM__TYPE_STRUCT) {
			const struct gopm__field *field = field_at(store, real, offset);
			if (field == NULL) {
				add_offset(text, offset);
				return;
			}
			gopm__text_str(text, ".");
			gopm__text_add(text, field->name.data, field->name.size);
			offset -= field->offset;
			type = gopm__types_at(store, field->type);
		} else if (real->class_ == GOPM__TYPE_ARRAY) {
			type = gopm__type_target(store, real);
			const uint64_t size = gopm__type_size(store, type);
			if (size == 0) {
				add_offset(text, offset);
				return;
			}
			gopm__text_printf(text, "[%" PRIu64 "]", offset / size);
			offset %= size;
		} else {
			return;
		}
	}
}

void gopm__access_text(struct gopm__text *text, struct gopm__heap *heap, uint32_t number, uint64_t offset,
                       bool whole_map)
{
	struct gopm__types *store;

	gopm__program_lock(heap->program);
	const struct gopm__type *type = gopm__program_types(heap->program, &store, NULL) == GOPM_OK
	                                    ? stored_type(store, &heap->types.list[number])
	                                    : NULL;
	if (type != NULL) {
		add_access(text, store, type, offset, whole_map);
	} else {
		add_offset(text, offset);
	}
	gopm__program_unlock(heap->program);
}

void gopm__access_text_of(struct gopm__text *text, struct gopm__heap *heap, uint64_t descriptor, uint64_t offset,
                          bool whole_map)
{
	const uint32_t number = gopm__object_type_number(&heap->types, descriptor, GOPM__KEY_DESCRIPTOR);

	if (number == 0) {
		/* The linker leaves out descriptors that the program does not use. */
		add_offset(text, offset);
	} else {
		gopm__access_text(text, heap, number, offset, whole_map);
	}
}

bool gopm__is_map_part(struct gopm__heap *heap, uint32_t number)
{
	static const char map[] = "internal/runtime/maps.Map", table[] = "internal/runtime/maps.table";
	struct gopm__types *store;

	gopm__program_lock(heap->program);
	const struct gopm__type *type = gopm__program_types(heap->program, &store, NULL) == GOPM_OK
	                                    ? stored_type(store, &heap->types.list[number])
	                                    : NULL;
	const bool result = type != NULL && (gopm__str_equal(type->name, (gopm_str){map, sizeof map - 1}) ||
	                                     gopm__str_equal(type->name, (gopm_str){table, sizeof table - 1}));
	gopm__program_unlock(heap->program);
	return result;
}

/* Fills the place in an entry. */
static void place_in_entry(struct gopm__types *store, const struct gopm__type *entry, uint64_t offset,
                           struct gopm__trie_place *out)
{
	const struct gopm__field *key = gopm__type_field(entry, "key"), *value = gopm__type_field(entry, "value");

	if (key == NULL || value == NULL) {
		return;
	}
	const struct gopm__type *key_type = gopm__types_at(store, key->type);
	const struct gopm__type *value_type = gopm__types_at(store, value->type);
	out->key_descriptor = key_type != NULL ? gopm__type_descriptor(store, key_type) : 0;
	out->value_descriptor = value_type != NULL ? gopm__type_descriptor(store, value_type) : 0;
	out->node = out->key_descriptor != 0 ? GOPM__TRIE_ENTRY : GOPM__NO_TRIE;
	out->key_offset = key->offset;
	out->value_offset = value->offset;
	out->in_key = offset >= key->offset && offset - key->offset < gopm__type_size(store, key_type);
	out->in_value = offset >= value->offset && offset - value->offset < gopm__type_size(store, value_type);
}

struct gopm__trie_place gopm__trie_place(struct gopm__heap *heap, uint32_t number, uint64_t offset)
{
	struct gopm__trie_place place = {.node = GOPM__NO_TRIE};
	struct gopm__types *store;

	gopm__program_lock(heap->program);
	const struct gopm__type *type = gopm__program_types(heap->program, &store, NULL) == GOPM_OK
	                                    ? stored_type(store, &heap->types.list[number])
	                                    : NULL;
	if (type != NULL && gopm__str_has_prefix(type->name, "internal/sync.indirect[")) {
		place.node = GOPM__TRIE_INDIRECT;
	} else if (type != NULL && gopm__str_has_prefix(type->name, "internal/sync.entry[")) {
		const struct gopm__type *real = gopm__type_resolve(store, type);
		if (real != NULL) {
			place_in_entry(store, real, offset, &place);
		}
	}
	gopm__program_unlock(heap->program);
	return place;
}
