/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/mark.h"

#include <stdlib.h>

#include "heap/arena_value.h"
#include "heap/evidence.h"
#include "util/allocate.h"
#include "util/vector.h"

/* Objects that are on their way from memory while another is scanned. */
#define FETCHED 16u
#define REPORT_EVERY 65536u /* objects, between calls of the progress callback */

void gopm__marker_open(struct gopm__marker *marker, struct gopm__heap *heap)
{
	marker->heap = heap;
	marker->stack = NULL;
	marker->count = marker->capacity = 0;
	marker->scanned = 0;
	marker->status = GOPM_OK;
	gopm__pointer_scan_init(&marker->scan, heap);
	marker->values = gopm__arena_values_new(heap, &marker->status);
}

void gopm__marker_close(struct gopm__marker *marker)
{
	gopm__arena_values_free(marker->values);
	free(marker->stack);
	marker->values = NULL;
	marker->stack = NULL;
	marker->count = marker->capacity = 0;
}

/* Marks the object in `slot` of `span`, to which the edge points. */
static bool mark_object(struct gopm__marker *marker, const struct gopm__edge *edge, const struct gopm__slots *span,
                        uint32_t slot)
{
	struct gopm__heap *heap = marker->heap;
	const bool better =
	    edge->to != GOPM__TO_UNKNOWN && gopm__evidence_take(heap, &marker->scan.reader, edge, span, slot);
	const bool fresh = gopm__set_bit(heap->live, slot);

	if (fresh) {
		heap->live_objects++;
		heap->live_bytes += span->size;
	}
	if (span->user_arena && marker->values != NULL && !gopm__arena_values_add(marker->values, edge)) {
		marker->status = GOPM_ERR_NO_MEMORY;
		return false;
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

bool gopm__mark_edge(struct gopm__marker *marker, const struct gopm__edge *edge)
{
	const struct gopm__slots *span;
	const uint32_t slot = gopm__index_object(&marker->heap->index, edge->word, &span);

	return slot == GOPM__NO_SLOT || mark_object(marker, edge, span, slot);
}

/* Marks what the scan's edges point to. What is known of their objects is far apart in memory: all of it is fetched
 * before the first is used. */
static bool mark_edges(struct gopm__marker *marker)
{
	const struct gopm__heap *heap = marker->heap;
	const struct gopm__pointer_scan *scan = &marker->scan;
	const struct gopm__slots *spans[GOPM__SCAN_EDGES];
	uint32_t slots[GOPM__SCAN_EDGES];
	const size_t count = scan->count < GOPM__SCAN_EDGES ? scan->count : GOPM__SCAN_EDGES;

	for (size_t i = 0; i < count; i++) {
		slots[i] = gopm__index_object(&heap->index, scan->edges[i].word, &spans[i]);
		if (slots[i] != GOPM__NO_SLOT) {
			__builtin_prefetch(&heap->typed[slots[i]], 1);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (slots[i] != GOPM__NO_SLOT && !mark_object(marker, &scan->edges[i], spans[i], slots[i])) {
			return false;
		}
	}
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
		if (!mark_edges(marker)) {
			return false;
		}
	}
	marker->heap->unread += scan->failed;
	return true;
}

/* Starts to load an object and its pointer bits into the cache. */
static void fetch_object(const struct gopm__heap *heap, struct gopm__marked marked)
{
	const struct gopm__slots *span = &heap->index.spans[marked.span];
	const uint64_t offset = (marked.slot - span->first) * span->size;

	if (span->bytes != NULL) {
		__builtin_prefetch(span->bytes + offset);
		__builtin_prefetch(span->bytes + offset + 64 * (span->size > 64));
	}
	if (span->pointers == GOPM__POINTERS_BITS && span->bits != NULL) {
		__builtin_prefetch(span->bits + offset / 64);
	}
}

/* Scans what was marked, and all that it reaches. */
static bool mark_stack(struct gopm__marker *marker)
{
	struct gopm__heap *heap = marker->heap;
	struct gopm__marked fetched[FETCHED];
	size_t first = 0, count = 0;

	while (marker->count != 0 || count != 0) {
		while (count < FETCHED && marker->count != 0) {
			const struct gopm__marked next = marker->stack[--marker->count];
			fetch_object(heap, next);
			fetched[(first + count++) % FETCHED] = next;
		}
		const struct gopm__marked marked = fetched[first];
		first = (first + 1) % FETCHED;
		count--;
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

/* Takes what the values in arenas say of objects that are live anyway: all pointers of arenas are in their masks. */
static bool take_values(struct gopm__marker *marker)
{
	struct gopm__pointer_scan *scan = &marker->scan;

	while (gopm__arena_values_next(marker->values, scan)) {
		while (gopm__pointer_scan_next(scan)) {
			for (size_t i = 0; i < scan->count; i++) {
				const struct gopm__slots *span;
				const uint32_t slot =
				    gopm__index_object(&marker->heap->index, scan->edges[i].word, &span);
				if (slot != GOPM__NO_SLOT && gopm__bit(marker->heap->live, slot) &&
				    !mark_object(marker, &scan->edges[i], span, slot)) {
					return false;
				}
			}
		}
	}
	return true;
}

bool gopm__mark_reachable(struct gopm__marker *marker)
{
	while (mark_stack(marker)) {
		if (marker->values == NULL) {
			return true;
		}
		if (!take_values(marker)) {
			return false;
		}
		if (marker->count == 0) {
			return true;
		}
	}
	return false;
}
