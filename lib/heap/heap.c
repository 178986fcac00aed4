/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/heap.h"

#include <inttypes.h>
#include <stdlib.h>

#include "heap/evidence.h"
#include "heap/guess.h"
#include "heap/mark.h"
#include "heap/root.h"
#include "util/allocate.h"

/* Marks what a root refers to. */
static bool mark_root(void *user_data, const struct gopm__root *root)
{
	struct gopm__marker *marker = user_data;
	const struct gopm__edge edge = gopm__pointer_scan_root(&marker->scan, root);
	bool taken;

	if (!gopm__special_roots_take(&marker->heap->specials, marker, root, &taken) || taken) {
		return taken;
	}
	if (root->contents) {
		const struct gopm__slots *span;
		const uint32_t slot = gopm__index_object(&marker->heap->index, root->word, &span);
		return slot == GOPM__NO_SLOT || span->pointers == GOPM__POINTERS_NONE ||
		       gopm__mark_contents(marker, span, slot);
	}
	return gopm__mark_edge(marker, &edge);
}

/* Types garbage by its headers. What refers to it is not looked at: it may have been freed and used again. */
static void type_garbage(struct gopm__heap *heap)
{
	struct gopm__reader reader = gopm__reader(&heap->program->file.memory);

	for (size_t i = 0; i < heap->index.span_count; i++) {
		const struct gopm__slots *span = &heap->index.spans[i];
		if (span->pointers != GOPM__POINTERS_HEADER && span->pointers != GOPM__POINTERS_TYPE) {
			continue;
		}
		for (uint32_t slot = span->first; slot < span->first + span->count; slot++) {
			uint64_t descriptor = span->large_type;
			if (!gopm__bit(heap->index.allocated, slot) || gopm__bit(heap->live, slot) ||
			    (span->header != 0 &&
			     !gopm__read_u64(&reader, gopm__slot_address(span, slot), &descriptor))) {
				continue;
			}
			const uint32_t type = gopm__object_type_number(&heap->types, descriptor, GOPM__KEY_DESCRIPTOR);
			if (type != 0 && gopm__object_type(&heap->types, type)->typed) {
				gopm__evidence_header(heap, span, slot, type);
			}
		}
	}
}

/* Values of several types are in a chunk of an arena. */
static void type_arenas(struct gopm__heap *heap)
{
	for (size_t i = 0; i < heap->index.span_count; i++) {
		const struct gopm__slots *span = &heap->index.spans[i];
		for (uint32_t slot = span->first; span->user_arena && slot < span->first + span->count; slot++) {
			heap->typed[slot] = gopm__typed(0, GOPM__FORM_ARENA, GOPM__EVIDENCE_HEADER);
		}
	}
}

/* Finds out how maps look. The names of the DWARF have been read with the package variables. */
static void find_maps(struct gopm__heap *heap)
{
	struct gopm__types *store;

	gopm__program_lock(heap->program);
	if (gopm__program_types(heap->program, &store, NULL) == GOPM_OK) {
		(void)gopm__map_header_find(store, &heap->maps);
	}
	gopm__program_unlock(heap->program);
}

static gopm_status mark_heap(struct gopm__heap *heap)
{
	struct gopm__marker marker;
	const struct gopm__root_request request = {.program = heap->program,
	                                           .visit = mark_root,
	                                           .user_data = &marker,
	                                           .progress = &heap->progress,
	                                           .phase = GOPM_PROGRESS_GOROUTINES};

	gopm__marker_open(&marker, heap);
	gopm_status status = gopm__roots_visit(&request);
	if (status == GOPM_OK) {
		status = marker.status;
	}
	if (status == GOPM_OK && (!gopm__special_roots_mark(&heap->specials, &marker) || !gopm__guess_types(&marker))) {
		status = marker.status;
	}
	gopm__marker_close(&marker);
	if (status == GOPM_OK) {
		type_garbage(heap);
		status = heap->types.no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
	}
	if (heap->unread != 0) {
		gopm__finding_add(heap->program->runtime.findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "the pointers of %" PRIu64
		                  " live objects of the heap cannot be read: what only they refer to counts as garbage",
		                  heap->unread);
	}
	return status;
}

gopm_status gopm__heap_open(struct gopm__heap *heap, struct gopm__program *program,
                            const struct gopm__progress *progress)
{
	*heap = (struct gopm__heap){.program = program, .progress = *progress, .strongest = GOPM__EVIDENCE_HEADER};
	gopm_status status = gopm__index_open(&heap->index, &program->runtime);
	if (status != GOPM_OK) {
		return status;
	}
	const size_t slots = heap->index.slot_count;
	heap->live = gopm__calloc(slots / 64 + 1, sizeof *heap->live);
	heap->typed = gopm__calloc(slots + 1, sizeof *heap->typed);
	heap->elems = gopm__calloc(slots + 1, sizeof *heap->elems);
	status = heap->live == NULL || heap->typed == NULL || heap->elems == NULL
	             ? GOPM_ERR_NO_MEMORY
	             : gopm__object_types_open(&heap->types, &program->symtab, &program->file);
	if (status == GOPM_OK) {
		status = gopm__static_types_open(&heap->statics, program, &heap->types);
	}
	if (status == GOPM_OK && !gopm__program_has_dwarf(program)) {
		status = gopm__stored_types_find(&heap->stored, program, &heap->index);
	}
	if (status == GOPM_OK) {
		type_arenas(heap);
		find_maps(heap);
		status = mark_heap(heap);
	}
	if (status != GOPM_OK) {
		gopm__heap_close(heap);
	}
	return status;
}

void gopm__heap_close(struct gopm__heap *heap)
{
	gopm__static_types_close(&heap->statics);
	gopm__stored_types_free(&heap->stored);
	gopm__object_types_close(&heap->types);
	gopm__index_close(&heap->index);
	free(heap->live);
	free(heap->typed);
	free(heap->elems);
	gopm__special_roots_free(&heap->specials);
	*heap = (struct gopm__heap){0};
}
