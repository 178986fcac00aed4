/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the heap's metadata, the spans whose objects may contain pointers, and what roots and types are read from. */
#include <stdlib.h>

#include "heap/histogram.h"
#include "heap/ownership.h"
#include "heap/pointer_scan.h"
#include "heap/root.h"
#include "runtime/page_alloc.h"
#include "slim/keep.h"

static gopm_status keep_metadata(void *user_data, uint64_t address, uint64_t size)
{
	gopm__keep_range(user_data, address, size);
	return GOPM_OK;
}

static bool drop_root(void *user_data, const struct gopm__root *root)
{
	(void)user_data;
	(void)root;
	return true;
}

/* Reads the types in headers of objects and in spans. reflect makes some in the heap, with masks that are objects
 * without pointers. */
static gopm_status keep_types(struct gopm__keep *keep)
{
	struct gopm__heap heap = {.program = keep->program};
	struct gopm__reader reader = gopm__reader(&keep->rt->core->memory);

	gopm_status status = gopm__index_open(&heap.index, keep->rt);
	if (status != GOPM_OK) {
		return status == GOPM_NOT_FOUND ? GOPM_OK : status;
	}
	status = gopm__object_types_open(&heap.types, &keep->program->symtab, &keep->program->file);
	for (size_t i = 0; i < heap.index.span_count && status == GOPM_OK; i++) {
		const struct gopm__slots *span = &heap.index.spans[i];
		uint64_t descriptor = span->large_type;
		for (uint32_t k = 0; span->pointers == GOPM__POINTERS_HEADER && k < span->count; k++) {
			if (gopm__bit(heap.index.allocated, span->first + k) &&
			    gopm__read_u64(&reader, span->base + k * span->size, &descriptor)) {
				(void)gopm__object_type_number(&heap.types, descriptor, GOPM__KEY_DESCRIPTOR);
			}
		}
		(void)gopm__object_type_number(&heap.types, descriptor, GOPM__KEY_DESCRIPTOR);
	}
	/* A plan numbers the types that its pointers point to. */
	for (uint32_t i = 1; i < heap.types.count; i++) {
		(void)gopm__object_type(&heap.types, i);
		(void)gopm__runtime_type_name(keep->rt, heap.types.list[i].key);
	}
	status = heap.types.no_memory ? GOPM_ERR_NO_MEMORY : status;
	gopm__object_types_close(&heap.types);
	gopm__index_close(&heap.index);
	return status;
}

gopm_status gopm__keep_heap(struct gopm__keep *keep)
{
	struct gopm__reader reader = gopm__reader(&keep->rt->core->memory), spans = reader;
	const struct gopm__mheap *heap = gopm__mheap(keep->rt);
	const struct gopm__root_request roots = {.program = keep->program, .visit = drop_root};
	struct gopm__page_totals totals;

	if (heap == NULL) {
		gopm__finding_add(keep->rt->findings, GOPM_FINDING_SLIM, GOPM__NOWHERE,
		                  "heap not found: the small core has none of it");
		return GOPM_OK;
	}
	gopm_status status = gopm__mheap_metadata(keep->rt, heap, keep_metadata, &reader);
	for (uint64_t i = 0; i < heap->count && status == GOPM_OK; i++) {
		struct gopm__span span;
		if (gopm__mheap_span_at(keep->rt, &spans, heap, i, &span) && span.state == GOPM__SPAN_IN_USE &&
		    !span.noscan) {
			gopm__keep_range(&reader, span.base, span.npages * GOPM__PAGE_BYTES);
		}
	}
	(void)gopm__page_totals(keep->rt, heap, &totals);
	if (status == GOPM_OK) {
		status = gopm__roots_visit(&roots);
	}
	return status == GOPM_OK ? keep_types(keep) : status;
}

gopm_status gopm__keep_heap_answers(struct gopm__keep *keep)
{
	const struct gopm__progress progress = {0};
	struct gopm__histogram_row *rows = NULL;
	struct gopm__ownership ownership;
	struct gopm__heap heap;
	size_t count = 0;

	gopm_status status = gopm__heap_open(&heap, keep->program, &progress);
	if (status != GOPM_OK) {
		return status == GOPM_ERR_NO_MEMORY ? status : GOPM_OK;
	}
	status = gopm__histogram(&heap, &rows, &count);
	for (size_t i = 0; i < count && status == GOPM_OK; i++) {
		(void)gopm__runtime_type_name(keep->rt, heap.types.list[rows[i].type].key);
	}
	free(rows);
	if (status == GOPM_OK) {
		status = gopm__ownership_open(&ownership, &heap);
		if (status == GOPM_OK) {
			gopm__ownership_close(&ownership);
		}
	}
	gopm__heap_close(&heap);
	return status == GOPM_ERR_NO_MEMORY ? status : GOPM_OK;
}
