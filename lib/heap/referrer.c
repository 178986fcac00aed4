/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/referrer.h"

#include <stdlib.h>

#include "util/vector.h"

#define REPORT_EVERY 1024u /* spans, between calls of the progress callback */

struct referrer_search {
	struct gopm__heap *heap;
	struct gopm__referrers *out;
	uint64_t begin, end; /* addresses of the target */
	size_t limit;
	gopm_status status;
};

static bool add_referrer(struct referrer_search *s, const struct gopm__referrer *referrer)
{
	struct gopm__referrers *out = s->out;

	if (out->count == s->limit) {
		out->left_out++;
		return true;
	}
	if (!GOPM__VECTOR_RESERVE(out->list, out->count, out->capacity, 1)) {
		s->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	out->list[out->count++] = *referrer;
	return true;
}

static bool take_referring_root(void *user_data, const struct gopm__root *root)
{
	struct referrer_search *s = user_data;

	/* The contents of an object are not the object. */
	if (root->contents || root->word < s->begin || root->word >= s->end) {
		return true;
	}
	return add_referrer(
	    s, &(struct gopm__referrer){.slot = GOPM__NO_SLOT, .root = *root, .inside = root->word - s->begin});
}

static bool scan_referring_object(struct referrer_search *s, struct gopm__pointer_scan *scan,
                                  const struct gopm__slots *span, uint32_t slot)
{
	gopm__pointer_scan_object(scan, span, slot);
	while (gopm__pointer_scan_next(scan)) {
		for (size_t i = 0; i < scan->count; i++) {
			const struct gopm__edge *edge = &scan->edges[i];
			if (edge->word >= s->begin && edge->word < s->end &&
			    !add_referrer(s, &(struct gopm__referrer){
			                         .slot = slot, .edge = *edge, .inside = edge->word - s->begin})) {
				return false;
			}
		}
	}
	return true;
}

static gopm_status scan_referring_objects(struct referrer_search *s)
{
	struct gopm__heap *heap = s->heap;
	struct gopm__pointer_scan scan;

	gopm__pointer_scan_init(&scan, heap);
	for (size_t i = 0; i < heap->index.span_count; i++) {
		const struct gopm__slots *span = &heap->index.spans[i];
		if (i % REPORT_EVERY == 0 && !gopm__progress_report(&heap->progress, 0, i, heap->index.span_count)) {
			return GOPM_ERR_CANCELLED;
		}
		if (span->pointers == GOPM__POINTERS_NONE) {
			continue;
		}
		for (uint32_t slot = span->first; slot < span->first + span->count; slot++) {
			if (gopm__bit(heap->live, slot) && !scan_referring_object(s, &scan, span, slot)) {
				return s->status;
			}
		}
	}
	return GOPM_OK;
}

gopm_status gopm__referrers(struct gopm__heap *heap, uint32_t slot, size_t limit, struct gopm__referrers *out)
{
	const struct gopm__slots *span = gopm__index_span_of_slot(&heap->index, slot);
	struct referrer_search s = {.heap = heap,
	                            .out = out,
	                            .begin = gopm__object_address(span, slot),
	                            .end = gopm__slot_address(span, slot) + span->size,
	                            .limit = limit};
	const struct gopm__root_request request = {
	    .program = heap->program, .visit = take_referring_root, .user_data = &s, .progress = &heap->progress};

	*out = (struct gopm__referrers){0};
	gopm_status status = gopm__roots_visit(&request);
	if (status == GOPM_OK) {
		status = s.status;
	}
	if (status == GOPM_OK) {
		status = scan_referring_objects(&s);
	}
	if (status != GOPM_OK) {
		free(out->list);
		*out = (struct gopm__referrers){0};
	}
	return status;
}
