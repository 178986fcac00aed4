/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over all pointers finds which part of each array slices and strings use. Then arrays and strings are looked
 * at one by one, and maps by their headers. */
#include "heap/waste.h"

#include <stdlib.h>

#include "heap/pointer_scan.h"
#include "heap/root.h"
#include "util/allocate.h"
#include "util/vector.h"

#define LEAST_WASTE 64u /* bytes of one object that are worth a line */
#define PART 4u         /* an array is kept by a part if less than a fourth of it is used */
#define LEAST_STRING 16u
#define MAX_TABLES ((uint64_t)1 << 24) /* of one map */
#define GROUP_SLOTS 8u

/* The bytes of an object that slices and strings use. */
struct used_part {
	uint32_t begin, end;
};

struct string_hash {
	uint64_t hash;
	uint32_t slot;
};

struct waste_search {
	struct gopm__heap *heap;
	struct gopm__pointer_scan scan;
	struct gopm__reader reader;
	struct used_part *parts; /* by slot; end 0: none is known */
	uint64_t *sliced;        /* a bit a slot: slices refer to it, so that its bytes may change */
	uint64_t *whole;         /* a bit a slot: something else than slices and strings refers to it */
	struct gopm__waste *rows;
	size_t count, capacity;
	struct gopm__map64 by_key; /* kind and type -> index of rows */
	struct string_hash *strings;
	size_t string_count, string_capacity;
	gopm_status status;
};

/* Notes what an edge uses of its target. */
static void note_use(struct waste_search *s, const struct gopm__edge *edge)
{
	const struct gopm__slots *span;
	const uint32_t slot = gopm__index_object(&s->heap->index, edge->word, &span);

	if (slot == GOPM__NO_SLOT) {
		return;
	}
	const uint64_t offset = edge->word - gopm__object_address(span, slot), size = gopm__object_bytes(span);
	const bool slice = edge->to == GOPM__TO_ELEMENTS && edge->type != 0;
	uint64_t bytes = edge->used;
	if ((!slice && edge->to != GOPM__TO_BYTES) || edge->elems == GOPM__UNKNOWN_ELEMS || size > UINT32_MAX ||
	    (slice && __builtin_mul_overflow(bytes, gopm__object_type(&s->heap->types, edge->type)->size, &bytes)) ||
	    offset > size || bytes > size - offset) {
		gopm__set_bit(s->whole, slot);
		return;
	}
	if (slice) {
		gopm__set_bit(s->sliced, slot);
	}
	struct used_part *part = &s->parts[slot];
	const uint32_t begin = (uint32_t)offset, end = (uint32_t)(offset + bytes);
	/* An empty slice keeps the array, and uses nothing of it. */
	if (part->end == 0) {
		*part = (struct used_part){begin, end != 0 ? end : 1};
	} else {
		part->begin = begin < part->begin ? begin : part->begin;
		part->end = end > part->end ? end : part->end;
	}
}

static bool note_root(void *user_data, const struct gopm__root *root)
{
	struct waste_search *s = user_data;

	if (!root->contents) {
		const struct gopm__edge edge = gopm__pointer_scan_root(&s->scan, root);
		note_use(s, &edge);
	}
	return true;
}

static gopm_status note_objects(struct waste_search *s)
{
	const struct gopm__index *index = &s->heap->index;

	for (size_t i = 0; i < index->span_count; i++) {
		const struct gopm__slots *span = &index->spans[i];
		if (i % 1024 == 0 &&
		    !gopm__progress_report(&s->heap->progress, GOPM_PROGRESS_HEAP, span->first, index->slot_count)) {
			return GOPM_ERR_CANCELLED;
		}
		if (span->pointers == GOPM__POINTERS_NONE) {
			continue;
		}
		for (uint32_t slot = span->first; slot < span->first + span->count; slot++) {
			if (!gopm__bit(s->heap->live, slot)) {
				continue;
			}
			gopm__pointer_scan_object(&s->scan, span, slot);
			while (gopm__pointer_scan_next(&s->scan)) {
				for (size_t k = 0; k < s->scan.count; k++) {
					note_use(s, &s->scan.edges[k]);
				}
			}
		}
	}
	return GOPM_OK;
}

/* Adds the waste of one object to the row of its kind and type. */
static bool add_waste(struct waste_search *s, enum gopm__waste_kind kind, uint32_t type, uint64_t address,
                      uint64_t bytes)
{
	bool fresh;
	uint64_t *index = gopm__map64_put(&s->by_key, (uint64_t)type << 8 | (uint64_t)kind | 128, &fresh);

	if (index == NULL || !GOPM__VECTOR_RESERVE(s->rows, s->count, s->capacity, 1)) {
		return false;
	}
	if (fresh) {
		*index = s->count;
		s->rows[s->count++] = (struct gopm__waste){.type = type, .kind = (uint8_t)kind};
	}
	struct gopm__waste *row = &s->rows[*index];
	row->count++;
	row->bytes += bytes;
	if (bytes > row->most) {
		row->most = bytes;
		row->example = address;
	}
	return true;
}

/* The slots of a map of Go 1.24 and later for entries; 0: not known. */
static uint64_t swiss_slots(struct waste_search *s, uint64_t header)
{
	const struct gopm__map_header *maps = &s->heap->maps;
	uint64_t directory, length, table, last = 0, capacity, slots = 0;

	if (!gopm__read_u64(&s->reader, header + maps->directory, &directory) ||
	    !gopm__read_u64(&s->reader, header + maps->directory_length, &length) || directory == 0 ||
	    length > MAX_TABLES || (length != 0 && maps->table_capacity == UINT64_MAX)) {
		return 0;
	}
	if (length == 0) {
		return GROUP_SLOTS;
	}
	/* A table may have several entries, which follow each other. */
	for (uint64_t i = 0; i < length; i++) {
		if (!gopm__read_u64(&s->reader, directory + i * 8, &table)) {
			return 0;
		}
		if (table != last && gopm__read_word(&s->reader, table + maps->table_capacity, 2, &capacity)) {
			slots += capacity;
		}
		last = table;
	}
	return slots;
}

static bool look_at_map(struct waste_search *s, uint64_t address, uint32_t number)
{
	const struct gopm__object_type *map = gopm__object_type(&s->heap->types, number);
	const bool swiss = map->swiss;
	const uint64_t group = gopm__object_type(&s->heap->types, map->group)->size;
	uint64_t used, log = 0, slots;

	const struct gopm__map_header *maps = &s->heap->maps;
	if (maps->size == 0 || maps->swiss != swiss || !gopm__read_u64(&s->reader, address + maps->used, &used)) {
		return true;
	}
	if (swiss) {
		slots = swiss_slots(s, address);
	} else {
		slots = gopm__read_word(&s->reader, address + maps->log, 1, &log) && log < 40 ? GROUP_SLOTS << log : 0;
	}
	const uint64_t entry = group / GROUP_SLOTS;
	return slots <= used || (slots - used) * entry < LEAST_WASTE ||
	       add_waste(s, GOPM__WASTE_MAP, number, address, (slots - used) * entry);
}

/* A hash of the used bytes of an object. 0: they cannot be read. */
static uint64_t hash_bytes(struct waste_search *s, uint64_t address, uint64_t size)
{
	uint8_t buffer[512];
	uint64_t hash = size * UINT64_C(0x9e3779b97f4a7c15);

	for (uint64_t at = 0; at < size;) {
		const size_t take = size - at < sizeof buffer ? (size_t)(size - at) : sizeof buffer;
		if (gopm__read_copy(&s->reader, address + at, buffer, take) != take) {
			return 0;
		}
		for (size_t i = 0; i < take; i += 8) {
			uint64_t word = 0;
			memcpy(&word, buffer + i, take - i < 8 ? take - i : 8);
			hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
			hash ^= hash >> 32;
		}
		at += take;
	}
	return hash | 1;
}

static bool note_string(struct waste_search *s, const struct gopm__slots *span, uint32_t slot)
{
	const struct used_part part = s->parts[slot];

	if (part.end - part.begin < LEAST_STRING) {
		return true;
	}
	const uint64_t hash = hash_bytes(s, gopm__object_address(span, slot) + part.begin, part.end - part.begin);
	if (hash == 0) {
		return true;
	}
	if (!GOPM__VECTOR_RESERVE(s->strings, s->string_count, s->string_capacity, 1)) {
		return false;
	}
	s->strings[s->string_count++] = (struct string_hash){hash, slot};
	return true;
}

/* An array, or the bytes of a string. */
static bool look_at_array(struct waste_search *s, const struct gopm__slots *span, uint32_t slot, uint32_t type)
{
	const struct used_part part = s->parts[slot];
	const uint64_t size = gopm__object_bytes(span), used = part.end - part.begin;
	const uint64_t address = gopm__object_address(span, slot);

	if (part.end == 0 || gopm__bit(s->whole, slot)) {
		return true;
	}
	if (type == 0 && !gopm__bit(s->sliced, slot) && !note_string(s, span, slot)) {
		return false;
	}
	if (used < size / PART && size - used >= LEAST_WASTE) {
		return add_waste(s, GOPM__WASTE_PART, type, address, size - used);
	}
	return size - part.end < LEAST_WASTE || add_waste(s, GOPM__WASTE_UNUSED, type, address, size - part.end);
}

static bool look_at_objects(struct waste_search *s)
{
	const struct gopm__index *index = &s->heap->index;

	for (size_t i = 0; i < index->span_count; i++) {
		const struct gopm__slots *span = &index->spans[i];
		for (uint32_t slot = span->first; slot < span->first + span->count; slot++) {
			const uint32_t typed = s->heap->typed[slot], type = gopm__typed_type(typed);
			bool fine = true;
			if (!gopm__bit(s->heap->live, slot)) {
				continue;
			}
			switch (gopm__typed_form(typed)) {
			case GOPM__FORM_MAP_HEADER:
				fine = look_at_map(s, gopm__object_address(span, slot), type);
				break;
			case GOPM__FORM_BYTES:
			case GOPM__FORM_ARRAY:
				fine = look_at_array(s, span, slot, type);
				break;
			default:
				break;
			}
			if (!fine) {
				return false;
			}
		}
	}
	return true;
}

static int compare_hashes(const void *a, const void *b)
{
	const struct string_hash *x = a, *y = b;

	if (x->hash != y->hash) {
		return x->hash < y->hash ? -1 : 1;
	}
	return (x->slot > y->slot) - (x->slot < y->slot);
}

static int compare_waste(const void *a, const void *b)
{
	const struct gopm__waste *x = a, *y = b;

	if (x->bytes != y->bytes) {
		return x->bytes < y->bytes ? 1 : -1;
	}
	return (x->example > y->example) - (x->example < y->example);
}

/* True if the used bytes of two objects are the same. */
static bool equal_bytes(struct waste_search *s, uint32_t a, uint32_t b)
{
	const struct gopm__index *index = &s->heap->index;
	const struct used_part x = s->parts[a], y = s->parts[b];
	const uint64_t size = x.end - x.begin;
	const uint64_t from = gopm__object_address(gopm__index_span_of_slot(index, a), a) + x.begin;
	const uint64_t to = gopm__object_address(gopm__index_span_of_slot(index, b), b) + y.begin;
	uint8_t first[512], second[512];

	for (uint64_t at = 0; at < size;) {
		const size_t take = size - at < sizeof first ? (size_t)(size - at) : sizeof first;
		if (gopm__read_copy(&s->reader, from + at, first, take) != take ||
		    gopm__read_copy(&s->reader, to + at, second, take) != take || memcmp(first, second, take) != 0) {
			return false;
		}
		at += take;
	}
	return size == y.end - y.begin;
}

/* Adds a row for each content that several strings have, the `most` largest. */
static bool add_equal_strings(struct waste_search *s, size_t most)
{
	const size_t first = s->count;

	if (s->string_count == 0) {
		return true;
	}
	qsort(s->strings, s->string_count, sizeof *s->strings, compare_hashes);
	for (size_t i = 0, end; i < s->string_count; i = end) {
		const struct gopm__slots *span = gopm__index_span_of_slot(&s->heap->index, s->strings[i].slot);
		const struct used_part part = s->parts[s->strings[i].slot];
		uint64_t equal = 1, bytes = 0;
		for (end = i + 1; end < s->string_count && s->strings[end].hash == s->strings[i].hash; end++) {
			if (equal_bytes(s, s->strings[i].slot, s->strings[end].slot)) {
				equal++;
				bytes += gopm__index_span_of_slot(&s->heap->index, s->strings[end].slot)->size;
			}
		}
		if (bytes < LEAST_WASTE) {
			continue;
		}
		if (!GOPM__VECTOR_RESERVE(s->rows, s->count, s->capacity, 1)) {
			return false;
		}
		s->rows[s->count++] = (struct gopm__waste){
		    .kind = GOPM__WASTE_EQUAL,
		    .count = equal,
		    .bytes = bytes,
		    .example = gopm__object_address(span, s->strings[i].slot) + part.begin,
		    .length = part.end - part.begin,
		};
	}
	if (s->count - first > most) {
		qsort(s->rows + first, s->count - first, sizeof *s->rows, compare_waste);
		s->count = first + most;
	}
	return true;
}

gopm_status gopm__waste(struct gopm__heap *heap, size_t most_strings, struct gopm__waste **rows, size_t *count)
{
	struct waste_search s = {.heap = heap, .reader = gopm__reader(&heap->program->file.memory)};
	const struct gopm__root_request request = {
	    .program = heap->program, .visit = note_root, .user_data = &s, .progress = &heap->progress};

	gopm__pointer_scan_init(&s.scan, heap);
	s.parts = gopm__calloc((size_t)heap->index.slot_count + 1, sizeof *s.parts);
	s.whole = gopm__calloc(heap->index.slot_count / 64 + 1, sizeof *s.whole);
	s.sliced = gopm__calloc(heap->index.slot_count / 64 + 1, sizeof *s.sliced);
	s.status =
	    s.parts != NULL && s.whole != NULL && s.sliced != NULL ? gopm__roots_visit(&request) : GOPM_ERR_NO_MEMORY;
	if (s.status == GOPM_OK) {
		s.status = note_objects(&s);
	}
	if (s.status == GOPM_OK &&
	    (!look_at_objects(&s) || !add_equal_strings(&s, most_strings) || heap->types.no_memory)) {
		s.status = GOPM_ERR_NO_MEMORY;
	}
	if (s.status == GOPM_OK && s.count != 0) {
		qsort(s.rows, s.count, sizeof *s.rows, compare_waste);
	}
	gopm__map64_free(&s.by_key);
	free(s.parts);
	free(s.whole);
	free(s.sliced);
	free(s.strings);
	if (s.status != GOPM_OK) {
		free(s.rows);
		s.rows = NULL;
		s.count = 0;
	}
	*rows = s.rows;
	*count = s.count;
	return s.status;
}
