/* SPDX-License-Identifier: Apache-2.0 */
/* The heap: the spans of runtime.mheap_ and the way from an address to its span. Found on first need, from two sides:
 * the list of all spans, and the map of arenas that leads back to the same spans.
 * Source: runtime/mheap.go, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_SPANS_H
#define GOPM_RUNTIME_SPANS_H

#include "runtime/runtime.h"

#define GOPM__PAGE_BYTES 8192u /* runtime.pageSize */

struct gopm__heap {
	uint64_t allspans;     /* address of mheap_.allspans, a slice */
	uint64_t spans, count; /* its array of *mspan, those that the core holds */
	uint64_t arenas;       /* address of mheap_.arenas[0] */
	uint64_t l2;           /* what it points to: an array of *heapArena by arena index */
	uint64_t spans_offset; /* of `spans` in runtime.heapArena */
	uint64_t base_offset;  /* runtime.arenaBaseOffset */
};

/* mspan.state, runtime/mheap.go, mSpanState. */
enum gopm__span_state { GOPM__SPAN_DEAD, GOPM__SPAN_IN_USE, GOPM__SPAN_MANUAL };

struct gopm__span {
	uint64_t address;                 /* of the mspan */
	uint64_t base, npages;            /* pages of GOPM__PAGE_BYTES */
	uint64_t elemsize;                /* bytes of one object */
	uint64_t limit;                   /* end of the objects */
	uint64_t alloc_bits, gcmark_bits; /* addresses of bitmaps of nelems bits; 0: none */
	uint32_t nelems, freeindex;
	uint8_t spanclass;
	uint8_t state; /* gopm__span_state: dead, of the collected heap, of stacks and the like */
	bool noscan;   /* its objects hold no pointers */
};

/* NULL: not found, and a finding says so. Lives as long as the runtime. Safe from many threads. */
const struct gopm__heap *gopm__heap(struct gopm__runtime *rt);

/* Span `index` of heap->count, dead ones too; false: not in the core, or no span. */
bool gopm__heap_span_at(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__heap *heap,
                        uint64_t index, struct gopm__span *out);

/* The living span that holds `address`; false: none, or what leads to it is not in the core. */
bool gopm__heap_span_of(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__heap *heap,
                        uint64_t address, struct gopm__span *out);

/* Every range of memory that the functions above and a reader of allocation bits need, in no order, some more than
 * once. Stops when `visit` does not return GOPM_OK, and returns that; else GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__heap_metadata(const struct gopm__runtime *rt, const struct gopm__heap *heap,
                                gopm_status (*visit)(void *user_data, uint64_t address, uint64_t size),
                                void *user_data);

#endif
