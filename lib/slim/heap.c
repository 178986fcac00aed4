/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the heap's metadata and the spans whose objects may contain pointers. */
#include "runtime/spans.h"
#include "slim/keep.h"

static gopm_status keep_metadata(void *user_data, uint64_t address, uint64_t size)
{
	gopm__keep_range(user_data, address, size);
	return GOPM_OK;
}

gopm_status gopm__keep_heap(struct gopm__keep *keep)
{
	struct gopm__reader reader = gopm__reader(&keep->rt->core->memory), spans = reader;
	const struct gopm__mheap *heap = gopm__mheap(keep->rt);

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
	return status;
}
