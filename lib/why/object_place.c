/* SPDX-License-Identifier: Apache-2.0 */
#include "why/object_place.h"

#include <stdlib.h>

#include "dwarf/names.h"
#include "util/str.h"

/* Adds the heap object that contains a lock. */
static void add_object(struct gopm__places *places, uint32_t index)
{
	struct gopm__heap *heap = places->heap;
	const uint64_t address = places->list[index].address;
	struct gopm__place_candidate candidate = {.place = index};
	const struct gopm__slots *span;

	if (heap == NULL || places->list[index].part == GOPM__PART_WORD) {
		return;
	}
	const uint32_t slot = gopm__index_object(&heap->index, address, &span);
	if (slot == GOPM__NO_SLOT || address < gopm__object_address(span, slot)) {
		return;
	}
	candidate.type = gopm__place_object_part(heap, span, slot, address, &candidate);
	candidate.rank =
	    gopm__typed_evidence(heap->typed[slot]) > GOPM__EVIDENCE_GUESS ? GOPM__PLACE_OBJECT : GOPM__PLACE_GUESS;
	if (candidate.type != 0) {
		(void)gopm__place_add(places, &candidate);
	}
}

/* Adds the package variable that contains a lock. */
static void add_containing_variable(struct gopm__places *places, uint32_t index)
{
	const uint64_t address = places->list[index].address;
	const struct gopm__indexed_variable *variable = gopm__variable_at(&places->variables, address);

	/* A statically made value ("main..stmp_7") is known by what points to it. */
	if (variable == NULL || gopm__str_contains(variable->name, "..")) {
		return;
	}
	(void)gopm__place_add(places, &(struct gopm__place_candidate){
	                                  .base = variable->begin,
	                                  .offset = address - variable->begin,
	                                  .type = variable->type,
	                                  .variable = variable->name,
	                                  .place = index,
	                                  .rank = variable->type != 0 ? GOPM__PLACE_VARIABLE : GOPM__PLACE_SYMBOL});
}

static const struct gopm__type *candidate_type(struct gopm__places *places, struct gopm__types *types,
                                               const struct gopm__place_candidate *candidate)
{
	if (candidate->rank == GOPM__PLACE_SYMBOL || candidate->rank == GOPM__PLACE_VARIABLE ||
	    candidate->rank == GOPM__PLACE_HOLDER_VARIABLE) {
		return candidate->type != 0 ? gopm__types_at(types, candidate->type) : NULL;
	}
	return gopm__place_heap_type(places->heap, types, (uint32_t)candidate->type);
}

static bool open_types(struct gopm__places *places, struct gopm__types **types)
{
	struct gopm__dwarf *dwarf;
	gopm_status status = gopm__program_types(places->program, types, NULL);

	if (status == GOPM_OK && gopm__program_dwarf(places->program, &dwarf, NULL) == GOPM_OK) {
		status = gopm__dwarf_read_names(dwarf);
	}
	if (status == GOPM_OK) {
		status = gopm__variable_index_open(&places->variables, places->program);
	}
	places->status = status;
	return status == GOPM_OK;
}

static void take_candidates(struct gopm__places *places, struct gopm__types *types)
{
	for (size_t i = 0; i < places->candidate_count; i++) {
		const struct gopm__type *type = candidate_type(places, types, &places->candidates[i]);
		const unsigned rank = places->candidates[i].rank;
		if (type != NULL || rank == GOPM__PLACE_SYMBOL || rank == GOPM__PLACE_HOLDER_VARIABLE) {
			gopm__place_take(places, types, &places->candidates[i], type);
		}
	}
}

gopm_status gopm__places_find(struct gopm__places *places)
{
	struct gopm__types *types;

	places->status = GOPM_OK;
	gopm__program_lock(places->program);
	const bool open = open_types(places, &types);
	gopm__program_unlock(places->program);
	if (open) {
		for (uint32_t i = 0; i < places->count; i++) {
			add_object(places, i);
			add_containing_variable(places, i);
		}
		gopm__place_scan(places);
	}
	if (places->status == GOPM_OK) {
		gopm__program_lock(places->program);
		take_candidates(places, types);
		gopm__place_contexts(places, types);
		gopm__place_frames(places, types);
		gopm__program_unlock(places->program);
	}
	gopm__variable_index_close(&places->variables);
	free(places->candidates);
	places->candidates = NULL;
	return places->status;
}
