/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/mark.h"

#include <stdlib.h>

#include "heap/evidence.h"
#include "util/allocate.h"
#include "util/vector.h"

#define REPORT_EVERY 65536u /* objects, between calls of the progress callback */

void gopm__marker_open(struct gopm__marker *marker, struct gopm__heap *heap)
{
	marker->heap = heap;
	marker->stack = NULL;
	marker->count = marker->capacity = 0;
	marker->scanned = 0;
	marker->status = GOPM_OK;
	gopm__pointer_scan_init(&marker->scan, heap);
}

void gopm__marker_close(struct gopm__marker *marker)
{
	free(marker->stack);
	marker->stack = NULL;
	marker->count = marker->capacity = 0;
}

bool gopm__mark_edge(struct gopm__marker *marker, const struct gopm__edge *edge)
{
	struct gopm__heap *heap = marker->heap;
	const struct gopm__slots *span;
	const uint32_t slot = gopm__index_object(&heap->index, edge->word, &span);

	if (slot == GOPM__NO_SLOT) {
		return true;
	}
	const bool better =
	    edge->to != GOPM__TO_UNKNOWN && gopm__evidence_take(heap, &marker->scan.reader, edge, span, slot);
	const bool fresh = gopm__set_bit(heap->live, slot);
	if (fresh) {
		heap->live_objects++;
		heap->live_bytes += span->size;
	}
	if (span->pointers == GOPM__POINTERS_NONE || !(fresh || better)) {
		return true;
	}
	if (!GOPM__VECTOR_RESERVE(marker->stack, marker->count, marker->capacity, 1)) {
		marker->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	marker->stack[marker->count++] = (struct gopm__marked){slot, (uint32_t)(span - heap->index.spans)};
	return true;
}

bool gopm__mark_contents(struct gopm__marker *marker, const struct gopm__slots *span, uint32_t slot)
{
	struct gopm__pointer_scan *scan = &marker->scan;

	gopm__pointer_scan_object(scan, span, slot);
	if (scan->header_type != 0) {
		gopm__evidence_header(marker->heap, span, slot, scan->header_type);
	}
	while (gopm__pointer_scan_next(scan)) {
		for (size_t i = 0; i < scan->count; i++) {
			if (!gopm__mark_edge(marker, &scan->edges[i])) {
				return false;
			}
		}
	}
	marker->heap->unread += scan->failed;
	return true;
}

bool gopm__mark_reachable(struct gopm__marker *marker)
{
	struct gopm__heap *heap = marker->heap;

	while (marker->count != 0) {
		const struct gopm__marked marked = marker->stack[--marker->count];
		if (!gopm__mark_contents(marker, &heap->index.spans[marked.span], marked.slot)) {
			return false;
		}
		if (heap->types.no_memory) {
			marker->status = GOPM_ERR_NO_MEMORY;
			return false;
		}
		if (++marker->scanned % REPORT_EVERY == 0 &&
		    !gopm__progress_report(&heap->progress, GOPM_PROGRESS_HEAP, heap->live_objects,
		                           heap->index.objects)) {
			marker->status = GOPM_ERR_CANCELLED;
			return false;
		}
	}
	return true;
}
