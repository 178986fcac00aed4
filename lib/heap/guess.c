/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/guess.h"

#include <gopm/value.h>
#include <stdlib.h>

#include "heap/evidence.h"
#include "heap/size_class.h"
#include "type/descriptor_index.h"
#include "util/allocate.h"

#define AMBIGUOUS UINT32_MAX
/* A larger object with pointers has a header. One without may be of many types. */
#define MAX_GUESSED 512u
#define MAX_ELEMENTS 1000000u /* of all static arrays */
#define MAX_ROUNDS 4u         /* what is guessed tells of other objects, which leaves fewer to guess */

struct guesses {
	struct gopm__heap *heap;
	struct gopm__map64 by_shape;   /* size of the slot and mask -> type, or AMBIGUOUS */
	struct gopm__map64 of_runtime; /* the same, of package runtime: they count if the program has no other */
	struct gopm__pointer_scan scan;
	bool *known; /* by number of the type: objects surely have it */
	size_t known_count;
	bool wanted[MAX_GUESSED / 8 + 1]; /* by size of the slot / 8: objects of this size are unknown */
};

/* The key of a size and a mask. The mask of objects without pointers is 0. */
static uint64_t shape_key(uint64_t slot_size, uint64_t mask)
{
	return (mask * UINT64_C(0x9e3779b97f4a7c15) ^ slot_size << 1) | 1;
}

/* True if the object in a slot is live and nothing but its size and mask is known. */
static bool is_unknown(const struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot)
{
	return gopm__bit(heap->live, slot) && gopm__typed_evidence(heap->typed[slot]) <= GOPM__EVIDENCE_INSIDE &&
	       gopm__typed_form(heap->typed[slot]) == GOPM__FORM_UNKNOWN && span->size <= MAX_GUESSED && !span->tiny &&
	       (span->pointers == GOPM__POINTERS_NONE || (span->pointers == GOPM__POINTERS_BITS && span->bits != NULL));
}

/* Notes the sizes of unknown objects. False: there are none. */
static bool find_unknown(struct guesses *g)
{
	const struct gopm__index *index = &g->heap->index;
	bool any = false;

	for (size_t i = 0; i < index->span_count; i++) {
		const struct gopm__slots *span = &index->spans[i];
		if (span->size > MAX_GUESSED || g->wanted[span->size / 8]) {
			continue;
		}
		for (uint32_t slot = span->first; slot < span->first + span->count; slot++) {
			if (is_unknown(g->heap, span, slot)) {
				g->wanted[span->size / 8] = any = true;
				break;
			}
		}
	}
	return any;
}

/* Types that are values of their own in the heap: structs and arrays with a name. Numbers, strings and slices without a
 * name may be parts of anything. */
static bool is_candidate(const struct gopm__object_type *type)
{
	return !type->damaged && type->typed && !type->shape && type->named &&
	       (type->kind == GOPM_KIND_STRUCT || type->kind == GOPM_KIND_ARRAY);
}

/* Notes which map the groups are of. */
static bool note_groups(struct gopm__object_types *types, uint64_t descriptor)
{
	const uint32_t map = gopm__object_type_number(types, descriptor, GOPM__KEY_DESCRIPTOR);
	const uint32_t group = gopm__object_type(types, map)->group;

	if (group != 0) {
		types->list[group].map = map;
	}
	return !types->no_memory;
}

static bool add_candidate(struct guesses *g, uint64_t descriptor)
{
	struct gopm__object_types *types = &g->heap->types;
	uint64_t size;
	unsigned kind;
	bool fresh;

	if (!gopm__typedesc_size(&types->reader, descriptor, &size, &kind)) {
		return true;
	}
	if (kind == GOPM_KIND_MAP) {
		return note_groups(types, descriptor);
	}
	const uint64_t slot_size = gopm__slot_size(size);
	if (slot_size == 0 || slot_size > MAX_GUESSED || !g->wanted[slot_size / 8]) {
		return true;
	}
	const uint32_t number = gopm__object_type_number(types, descriptor, GOPM__KEY_DESCRIPTOR);
	const struct gopm__object_type *type = gopm__object_type(types, number);
	if (number == 0 || !is_candidate(type)) {
		return !types->no_memory;
	}
	const uint64_t key = shape_key(slot_size, type->mask);
	uint64_t *known = gopm__map64_put(type->runtime ? &g->of_runtime : &g->by_shape, key, &fresh);
	if (known == NULL) {
		return false;
	}
	*known = fresh ? number : AMBIGUOUS;
	return true;
}

static bool find_candidates(struct guesses *g)
{
	struct gopm__descriptor_index index = {0};
	bool fine = gopm__descriptor_index_make(&index, g->heap->types.symtab) == GOPM_OK;
	uint64_t last = 0;

	for (size_t i = 0; fine && i < index.count; i++) {
		if (index.entries[i].address != last) {
			fine = add_candidate(g, index.entries[i].address);
			last = index.entries[i].address;
		}
	}
	gopm__descriptor_index_free(&index);
	return fine;
}

/* Guesses the type of one object. 0: none, or several are possible. */
static uint32_t guess_type(const struct guesses *g, const struct gopm__slots *span, uint32_t slot)
{
	const uint64_t mask = span->pointers == GOPM__POINTERS_BITS ? gopm__slot_mask(span, slot) : 0;
	const uint64_t key = shape_key(span->size, mask);
	const uint64_t *type = gopm__map64_get(&g->by_shape, key);

	type = type != NULL ? type : gopm__map64_get(&g->of_runtime, key);
	return type != NULL && *type != AMBIGUOUS ? (uint32_t)*type : 0;
}

/* True if a value of the type can be `offset` bytes into the object. It may be a field of something larger: a
 * *time.Timer points to a runtime.timeTimer, since Go 1.23. */
static bool fits_inside(const struct gopm__slots *span, uint32_t slot, const struct gopm__object_type *type,
                        uint64_t offset)
{
	const uint64_t size = gopm__object_bytes(span), words = type->size / 8;

	if (offset >= size || type->size > size - offset || (type->pointer_bytes != 0 && offset % 8 != 0)) {
		return false;
	}
	if (type->pointer_bytes == 0 || span->pointers == GOPM__POINTERS_NONE) {
		return type->pointer_bytes == 0;
	}
	if (span->pointers != GOPM__POINTERS_BITS || type->words == UINT32_MAX || span->bits == NULL) {
		return true;
	}
	const uint64_t whole = words < GOPM__SMALL_WORDS ? (UINT64_C(1) << words) - 1 : UINT64_MAX;
	return (gopm__slot_mask(span, slot) >> offset / 8 & whole) == type->mask;
}

/* True if the object that a pointer leads to can be what its type says. */
static bool can_point_to(struct gopm__heap *heap, const struct gopm__edge *edge, const struct gopm__slots *span,
                         uint32_t slot)
{
	const struct gopm__object_type *type = gopm__object_type(&heap->types, edge->type);
	const uint64_t address = gopm__object_address(span, slot), size = gopm__object_bytes(span);
	const uint64_t offset = edge->word - address;

	switch (edge->to) {
	case GOPM__TO_VALUE:
		return edge->type != 0 && fits_inside(span, slot, type, offset);
	case GOPM__TO_ELEMENTS:
		return edge->type != 0 && type->size != 0 && edge->elems != 0 && offset < size &&
		       edge->elems <= (size - offset) / type->size &&
		       (type->pointer_bytes == 0) == (span->pointers == GOPM__POINTERS_NONE);
	case GOPM__TO_BYTES:
		return span->pointers == GOPM__POINTERS_NONE && offset < size && edge->elems != 0 &&
		       edge->elems <= size - offset;
	case GOPM__TO_DYNAMIC:
		return edge->type != 0 && !type->damaged && type->kind != 0;
	default:
		return true;
	}
}

/* True if all pointers of the object lead to what the type says, and there is one that does. */
static bool is_consistent(struct guesses *g, const struct gopm__slots *span, uint32_t slot, uint32_t type)
{
	struct gopm__heap *heap = g->heap;
	const uint32_t before = heap->typed[slot];
	bool fits = true, any = false;

	heap->typed[slot] = gopm__typed(type, GOPM__FORM_ONE, GOPM__EVIDENCE_GUESS);
	gopm__pointer_scan_object(&g->scan, span, slot);
	while (fits && gopm__pointer_scan_next(&g->scan)) {
		for (size_t i = 0; i < g->scan.count && fits; i++) {
			const struct gopm__edge *edge = &g->scan.edges[i];
			const struct gopm__slots *other;
			const uint32_t target = gopm__index_object(&heap->index, edge->word, &other);
			if (target != GOPM__NO_SLOT) {
				fits = can_point_to(heap, edge, other, target);
				any = true;
			}
		}
	}
	heap->typed[slot] = before;
	return fits && any;
}

/* True if the object may be of the type that has been found for its size and mask. Without pointers nothing can be
 * compared. But if other objects of the type are known by pointers to them, this one would be known as well. */
static bool is_plausible_guess(struct guesses *g, const struct gopm__slots *span, uint32_t slot, uint32_t type)
{
	if (span->pointers == GOPM__POINTERS_NONE) {
		return type < g->known_count && !g->known[type];
	}
	return is_consistent(g, span, slot, type);
}

/* Notes the types that objects surely have. False: out of memory. */
static bool note_known(struct guesses *g)
{
	const struct gopm__heap *heap = g->heap;

	g->known_count = heap->types.count;
	g->known = gopm__calloc(g->known_count + 1, sizeof *g->known);
	if (g->known == NULL) {
		return false;
	}
	for (uint32_t slot = 0; slot < heap->index.slot_count; slot++) {
		const uint32_t typed = heap->typed[slot];
		if (gopm__typed_evidence(typed) >= GOPM__EVIDENCE_POINTER && gopm__typed_type(typed) < g->known_count) {
			g->known[gopm__typed_type(typed)] = true;
		}
	}
	return true;
}

/* The type of an element of a static array whose elements the code stores by an index, if what the word points to can
 * be one. */
static bool guess_element(struct guesses *g, struct gopm__marker *marker, uint64_t word, uint32_t type)
{
	struct gopm__heap *heap = g->heap;
	const struct gopm__slots *span;
	const uint32_t slot = gopm__index_object(&heap->index, word, &span);

	if (slot == GOPM__NO_SLOT || word != gopm__object_address(span, slot)) {
		return false;
	}
	const struct gopm__object_type *of = gopm__object_type(&heap->types, type);
	const uint32_t known = heap->typed[slot];
	if (gopm__typed_evidence(known) != GOPM__EVIDENCE_NONE) {
		return gopm__typed_type(known) == type;
	}
	if (of->damaged || span->pointers == GOPM__POINTERS_HEADER || span->pointers == GOPM__POINTERS_TYPE ||
	    gopm__slot_size(of->size) != span->size || !gopm__fits_mask(span, slot, of, 1) ||
	    (span->pointers != GOPM__POINTERS_NONE && !is_consistent(g, span, slot, type))) {
		return false;
	}
	heap->typed[slot] = gopm__typed(type, GOPM__FORM_ONE, GOPM__EVIDENCE_GUESS);
	return span->pointers == GOPM__POINTERS_NONE ||
	       (gopm__mark_contents(marker, span, slot) && gopm__mark_reachable(marker));
}

/* Where an array ends is not known: the first word that cannot be an element ends it. */
static void guess_arrays(struct guesses *g, struct gopm__marker *marker)
{
	struct gopm__heap *heap = g->heap;
	const struct gopm__stored_types *stored = &heap->stored;
	uint64_t word, left = MAX_ELEMENTS;

	for (size_t i = 0; i < stored->array_count && left != 0; i++) {
		const struct gopm__stored_array *array = &stored->arrays[i];
		const uint32_t type = array->descriptor != 0 ? gopm__object_type_number(&heap->types, array->descriptor,
		                                                                        GOPM__KEY_DESCRIPTOR)
		                                             : 0;
		for (uint64_t at = array->address;
		     type != 0 && left != 0 && gopm__stored_array_may_have(stored, array, at) &&
		     gopm__read_u64(&g->scan.reader, at, &word) && guess_element(g, marker, word, type);
		     at += sizeof word) {
			left--;
		}
	}
}

static bool guess_objects(struct guesses *g, struct gopm__marker *marker, uint64_t *guessed)
{
	struct gopm__heap *heap = g->heap;

	for (size_t i = 0; i < heap->index.span_count; i++) {
		const struct gopm__slots *span = &heap->index.spans[i];
		if (span->size > MAX_GUESSED || !g->wanted[span->size / 8]) {
			continue;
		}
		for (uint32_t slot = span->first; slot < span->first + span->count; slot++) {
			const uint32_t type = is_unknown(heap, span, slot) ? guess_type(g, span, slot) : 0;
			if (type == 0 || !is_plausible_guess(g, span, slot, type)) {
				continue;
			}
			heap->typed[slot] = gopm__typed(type, GOPM__FORM_ONE, GOPM__EVIDENCE_GUESS);
			++*guessed;
			if (span->pointers != GOPM__POINTERS_NONE &&
			    (!gopm__mark_contents(marker, span, slot) || !gopm__mark_reachable(marker))) {
				return false;
			}
		}
	}
	return true;
}

/* By size and mask. False: out of memory. */
static bool guess_by_shape(struct guesses *g, struct gopm__marker *marker)
{
	bool fine = find_candidates(g) && note_known(g);
	uint64_t guessed = 1;

	if (!fine) {
		marker->status = GOPM_ERR_NO_MEMORY;
	}
	for (unsigned round = 0; fine && guessed != 0 && round < MAX_ROUNDS; round++) {
		guessed = 0;
		fine = guess_objects(g, marker, &guessed);
	}
	return fine;
}

bool gopm__guess_types(struct gopm__marker *marker)
{
	struct guesses g = {.heap = marker->heap};

	gopm__pointer_scan_init(&g.scan, marker->heap);
	marker->heap->strongest = GOPM__EVIDENCE_GUESS;
	guess_arrays(&g, marker);
	const bool fine = marker->status == GOPM_OK && (!find_unknown(&g) || guess_by_shape(&g, marker));
	marker->heap->strongest = GOPM__EVIDENCE_HEADER;
	gopm__map64_free(&g.by_shape);
	gopm__map64_free(&g.of_runtime);
	free(g.known);
	return fine;
}
