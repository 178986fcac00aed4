/* SPDX-License-Identifier: Apache-2.0 */
#include "hostile/places.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TYPES 16
#define MAX_LEAVES 600

/* A scalar field of a struct, by its path. */
struct leaf {
	uint64_t offset;
	uint32_t size;
	const char *name;
};

struct shape {
	const char *type;
	uint64_t size;
	struct leaf leaves[MAX_LEAVES];
	size_t count;
};

void place_add(struct places *places, uint8_t *at, size_t size, uint32_t owner, const char *field)
{
	size = size < 8 ? size : 8;
	/* A field may be cut by the end of its file. */
	if (at == NULL || size == 0 ||
	    (!file_contains(&core_file, at + size - 1) && !file_contains(&exe_file, at + size - 1))) {
		return;
	}
	if (places->count == places->capacity) {
		places->capacity = places->capacity * 2 + 1024;
		places->list = realloc(places->list, places->capacity * sizeof places->list[0]);
		require(places->list != NULL, "memory");
	}
	places->list[places->count++] = (struct place){at, (uint32_t)size, owner, field};
}

void place_add_region(struct places *places, uint8_t *at, size_t size, uint32_t owner, const char *field)
{
	for (size_t i = 0; at != NULL && i < size; i += 8) {
		place_add(places, at + i, size - i, owner, field);
	}
}

static int compare_places(const void *x, const void *y)
{
	const struct place *a = x, *b = y;

	return a->at < b->at ? -1 : a->at > b->at;
}

void places_sort(struct places *places)
{
	if (places->count != 0) {
		qsort(places->list, places->count, sizeof places->list[0], compare_places);
	}
}

/* The first known place that ends after `at`; no place has more than 8 bytes. */
static size_t first_known(const struct places *known, const uint8_t *at)
{
	size_t low = 0, high = known->count;

	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (known->list[middle].at + 8 <= at) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

void place_add_page(struct places *places, const struct target *target, uint8_t *page, const struct places *known,
                    const char *field)
{
	for (uint8_t *word = page; word < page + PAGE_BYTES; word += 8) {
		bool named = false;
		for (size_t i = first_known(known, word); i < known->count && known->list[i].at < word + 8; i++) {
			const struct place *place = &known->list[i];
			if (place->at + place->size <= word) {
				continue;
			}
			named = true;
			/* A place is in the page and word that it begins in. */
			if (place->at >= word) {
				place_add(places, place->at, place->size, place->owner, place->field);
			}
		}
		if (!named) {
			place_add(places, word, 8, ALWAYS, table_at(target, word, field));
		}
	}
}

const char *keep_text(const char *format, ...)
{
	static struct kept {
		struct kept *next;
		char text[120];
	} * all; /* reachable, so that no leak is reported */
	va_list args;

	struct kept *kept = calloc(1, sizeof *kept);
	require(kept != NULL, "memory");
	kept->next = all;
	all = kept;
	va_start(args, format);
	(void)vsnprintf(kept->text, sizeof kept->text, format, args);
	va_end(args);
	return kept->text;
}

static void add_leaf(struct shape *shape, uint64_t offset, uint64_t size, const char *name, const char *suffix)
{
	if (shape->count < MAX_LEAVES && size != 0) {
		shape->leaves[shape->count++] =
		    (struct leaf){offset, (uint32_t)(size < 8 ? size : 8), keep_text("%s%s", name, suffix)};
	}
}

static void add_leaves(struct shape *shape, const gopm_type *type, uint64_t offset, const char *name, int depth)
{
	gopm_type_info info = {.struct_size = sizeof info};
	gopm_type *other = NULL;

	if (depth == 0 || gopm_type_get_info(type, &info) != GOPM_OK) {
		return;
	}
	switch (info.kind) {
	case GOPM_KIND_STRUCT:
		for (uint64_t i = 0; i < info.field_count; i++) {
			gopm_type_field field;
			if (gopm_type_get_field(type, i, &field, sizeof field, &other) == GOPM_OK) {
				add_leaves(shape, other, offset + field.offset,
				           keep_text("%s.%.*s", name, (int)field.name.size, field.name.data),
				           depth - 1);
				gopm_type_free(other);
			}
		}
		break;
	case GOPM_KIND_ARRAY:
		if (gopm_type_elem(type, &other) == GOPM_OK) {
			for (uint64_t i = 0; i < info.length && i < 4; i++) {
				add_leaves(shape, other, offset + i * (info.size / info.length),
				           keep_text("%s[]", name), depth - 1);
			}
			gopm_type_free(other);
		}
		break;
	case GOPM_KIND_STRING:
	case GOPM_KIND_SLICE:
		add_leaf(shape, offset, 8, name, ".ptr");
		add_leaf(shape, offset + 8, 8, name, ".len");
		add_leaf(shape, offset + 16, info.size - 16, name, ".cap");
		break;
	case GOPM_KIND_INTERFACE:
		add_leaf(shape, offset, 8, name, ".tab");
		add_leaf(shape, offset + 8, 8, name, ".data");
		break;
	default:
		add_leaf(shape, offset, info.size, name, "");
	}
}

static const struct shape *shape_of(const struct target *target, const char *name)
{
	static struct shape *shapes[MAX_TYPES];
	gopm_type_info info = {.struct_size = sizeof info};
	gopm_type *type;

	for (size_t i = 0; i < MAX_TYPES; i++) {
		if (shapes[i] == NULL) {
			shapes[i] = calloc(1, sizeof *shapes[i]);
			require(shapes[i] != NULL, "memory");
			shapes[i]->type = name;
			if (gopm_type_by_name(target->core, name, &type, NULL) == GOPM_OK) {
				(void)gopm_type_get_info(type, &info);
				shapes[i]->size = info.size;
				add_leaves(shapes[i], type, 0, name, 8);
				gopm_type_free(type);
			}
		}
		if (strcmp(shapes[i]->type, name) == 0) {
			return shapes[i];
		}
	}
	require(false, "too many types");
	return NULL;
}

void place_add_struct(struct places *places, const struct target *target, const char *type, uint64_t address,
                      uint32_t owner)
{
	const struct shape *shape = shape_of(target, type);
	uint8_t *at = bytes_at(address, shape->size);

	for (size_t i = 0; at != NULL && i < shape->count; i++) {
		place_add(places, at + shape->leaves[i].offset, shape->leaves[i].size, owner, shape->leaves[i].name);
	}
}

bool read_field(const struct target *target, const char *type, const char *field, uint64_t address, uint64_t *value)
{
	const struct shape *shape = shape_of(target, type);
	const size_t prefix = strlen(type) + 1;

	for (size_t i = 0; i < shape->count; i++) {
		const struct leaf *leaf = &shape->leaves[i];
		if (strcmp(leaf->name + prefix, field) == 0) {
			const uint8_t *at = bytes_at(address + leaf->offset, leaf->size);
			*value = at != NULL ? word_at(at, leaf->size) : 0;
			return at != NULL;
		}
	}
	return false;
}
