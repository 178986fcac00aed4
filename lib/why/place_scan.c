/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the words of package variables and the pointers of live heap objects. A pointer to an object says which
 * field or variable holds it. A typed pointer to the value that has the object says what that value is. */
#include <stdlib.h>

#include "heap/pointer_scan.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/str.h"
#include "why/object_place.h"

#define REPORT_EVERY 1024u /* spans, between calls of the progress callback */
#define MOST_VALUE 65536u  /* bytes from the beginning of a value to a lock in it */
#define MOST_CANDIDATES 64u
#define MOST_LOCKS 64u /* objects in one value that a pointer is looked at for */

struct place_scan {
	struct gopm__places *places;
	struct gopm__pointer_scan scan;
	uint64_t low, high; /* all pointers of interest are in this range */
	uint8_t *counts;    /* candidates that point to each object */
	bool cancelled;
};

/* True if a candidate with the same type and offset is there. */
static bool is_repeated(const struct gopm__places *places, const struct gopm__place_candidate *candidate)
{
	const size_t count = places->candidate_count;

	for (size_t i = count > MOST_CANDIDATES ? count - MOST_CANDIDATES : 0; i < count; i++) {
		const struct gopm__place_candidate *other = &places->candidates[i];
		if (other->place == candidate->place && other->type == candidate->type &&
		    other->rank == candidate->rank && other->offset == candidate->offset &&
		    other->variable.data == candidate->variable.data) {
			return true;
		}
	}
	return false;
}

static void add_once(struct place_scan *s, const struct gopm__place_candidate *candidate)
{
	if (s->counts[candidate->place] >= MOST_CANDIDATES || is_repeated(s->places, candidate)) {
		return;
	}
	s->counts[candidate->place]++;
	(void)gopm__place_add(s->places, candidate);
}

/* The holder: where the pointer is. */
struct pointer_place {
	uint64_t place; /* address of the pointer */
	uint32_t slot;  /* of the heap object with it; GOPM__NO_SLOT: a variable */
	const struct gopm__slots *span;
};

static void add_holder(struct place_scan *s, const struct pointer_place *at, uint32_t index)
{
	struct gopm__heap *heap = s->places->heap;
	struct gopm__place_candidate candidate = {.place = index};

	if (at->slot == GOPM__NO_SLOT) {
		const struct gopm__indexed_variable *variable = gopm__variable_at(&s->places->variables, at->place);
		if (variable == NULL || gopm__str_contains(variable->name, "..")) {
			return;
		}
		candidate.base = variable->begin;
		candidate.offset = at->place - variable->begin;
		candidate.type = variable->type;
		candidate.variable = variable->name;
		candidate.rank = GOPM__PLACE_HOLDER_VARIABLE;
	} else {
		candidate.type = gopm__place_object_part(heap, at->span, at->slot, at->place, &candidate);
		candidate.rank = gopm__typed_evidence(heap->typed[at->slot]) > GOPM__EVIDENCE_GUESS
		                     ? GOPM__PLACE_HOLDER_FIELD
		                     : GOPM__PLACE_HOLDER_GUESS;
		/* The runtime's structures, as the sudogs that wait, hold nothing for the program. */
		if (candidate.type == 0 || gopm__object_type(&heap->types, (uint32_t)candidate.type)->runtime) {
			return;
		}
	}
	add_once(s, &candidate);
}

/* Adds the value that a typed pointer points to, and that has the lock. */
static void add_pointed(struct place_scan *s, const struct gopm__edge *edge, const struct pointer_place *at,
                        uint32_t index)
{
	struct gopm__places *places = s->places;
	uint64_t offset = places->list[index].address - edge->word;

	if (places->list[index].part == GOPM__PART_WORD || edge->type == 0 ||
	    (edge->to != GOPM__TO_VALUE && edge->to != GOPM__TO_ELEMENTS && edge->to != GOPM__TO_DYNAMIC &&
	     edge->to != GOPM__TO_DYNAMIC_I)) {
		return;
	}
	const uint64_t size = gopm__object_type(&places->heap->types, edge->type)->size;
	const bool elements = edge->to == GOPM__TO_ELEMENTS && edge->elems != GOPM__UNKNOWN_ELEMS;
	const uint64_t count = elements ? edge->elems : 1;
	if (size == 0 || offset / size >= count) {
		return;
	}
	struct gopm__place_candidate candidate = {.base = edge->word + offset / size * size,
	                                          .offset = offset % size,
	                                          .type = edge->type,
	                                          .place = index,
	                                          .rank = GOPM__PLACE_POINTED};
	const struct gopm__indexed_variable *variable =
	    at->slot == GOPM__NO_SLOT && !elements ? gopm__variable_at(&places->variables, at->place) : NULL;
	/* "main.health.mu" of a variable that is the pointer. */
	if (variable != NULL && variable->size == 8 && !gopm__str_contains(variable->name, "..")) {
		candidate.variable = variable->name;
	}
	add_once(s, &candidate);
}

static void take_edge(struct place_scan *s, const struct gopm__edge *edge, const struct pointer_place *at)
{
	const struct gopm__places *places = s->places;
	size_t first;

	GOPM__LOWER_BOUND(first, places->count, places->list[first].address < edge->word);
	for (size_t i = first;
	     i < places->count && i - first < MOST_LOCKS && places->list[i].address - edge->word < MOST_VALUE; i++) {
		if (places->list[i].address == edge->word) {
			add_holder(s, at, (uint32_t)i);
		}
		add_pointed(s, edge, at, (uint32_t)i);
	}
}

static bool take_root(void *user_data, const struct gopm__root *root)
{
	struct place_scan *s = user_data;

	if (root->word >= s->low && root->word <= s->high) {
		const struct gopm__edge edge = gopm__pointer_scan_root(&s->scan, root);
		take_edge(s, &edge, &(struct pointer_place){.place = root->place, .slot = GOPM__NO_SLOT});
	}
	return s->places->status == GOPM_OK;
}

static void scan_object(struct place_scan *s, const struct gopm__slots *span, uint32_t slot)
{
	gopm__pointer_scan_object(&s->scan, span, slot);
	while (gopm__pointer_scan_next(&s->scan)) {
		for (size_t i = 0; i < s->scan.count; i++) {
			const struct gopm__edge *edge = &s->scan.edges[i];
			if (edge->word >= s->low && edge->word <= s->high) {
				const struct pointer_place at = {gopm__object_address(span, slot) + edge->offset, slot,
				                                 span};
				const struct gopm__edge copy = *edge;
				take_edge(s, &copy, &at);
			}
		}
	}
}

static void scan_objects(struct place_scan *s)
{
	struct gopm__heap *heap = s->places->heap;

	for (size_t i = 0; i < heap->index.span_count && s->places->status == GOPM_OK; i++) {
		const struct gopm__slots *span = &heap->index.spans[i];
		if (i % REPORT_EVERY == 0 && !gopm__progress_report(&heap->progress, 0, i, heap->index.span_count)) {
			s->places->status = GOPM_ERR_CANCELLED;
			return;
		}
		for (uint32_t slot = span->first;
		     span->pointers != GOPM__POINTERS_NONE && slot < span->first + span->count; slot++) {
			if (gopm__bit(heap->live, slot)) {
				scan_object(s, span, slot);
			}
		}
	}
}

void gopm__place_scan(struct gopm__places *places)
{
	struct place_scan s = {.places = places};

	if (places->heap == NULL || places->count == 0) {
		return;
	}
	s.counts = gopm__calloc(places->count, 1);
	if (s.counts == NULL) {
		places->status = GOPM_ERR_NO_MEMORY;
		return;
	}
	const uint64_t first = places->list[0].address;
	s.low = first > MOST_VALUE ? first - MOST_VALUE : 0;
	s.high = places->list[places->count - 1].address;
	gopm__pointer_scan_init(&s.scan, places->heap);
	const struct gopm__root_request request = {.program = places->program,
	                                           .visit = take_root,
	                                           .user_data = &s,
	                                           .progress = &places->heap->progress,
	                                           .variables_only = true};
	const gopm_status status = gopm__roots_visit(&request);
	if (status == GOPM_OK && places->status == GOPM_OK) {
		scan_objects(&s);
	} else if (places->status == GOPM_OK) {
		places->status = status;
	}
	free(s.counts);
}
