/* SPDX-License-Identifier: Apache-2.0 */
/* Spans of the heap: the list of runtime.mheap_, and the map from an address to its span.
 * Source: runtime/mheap.go, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_SPANS_H
#define GOPM_RUNTIME_SPANS_H

#include "runtime/runtime.h"

#define GOPM__PAGE_BYTES 8192u /* runtime.pageSize */

/* What is known of runtime.mheap_. */
struct gopm__mheap {
	uint64_t allspans;     /* address of mheap_.allspans, a slice */
	uint64_t spans, count; /* its array of *mspan, up to the first that the core lacks */
	uint64_t arenas;       /* address of mheap_.arenas[0] */
	uint64_t l2;           /* its target: an array of *heapArena by arena index */
	uint64_t spans_offset; /* of the field `spans` in runtime.heapArena */
	uint64_t base_offset;  /* runtime.arenaBaseOffset */
};

/* mspan.state: mSpanDead, mSpanInUse (objects), mSpanManual (stacks and others that are not collected). */
enum gopm__span_state { GOPM__SPAN_DEAD, GOPM__SPAN_IN_USE, GOPM__SPAN_MANUAL };

struct gopm__span {
	uint64_t address;                 /* of the mspan */
	uint64_t base, npages;            /* first address; pages of GOPM__PAGE_BYTES */
	uint64_t elemsize;                /* bytes of one object */
	uint64_t limit;                   /* end of the objects */
	uint64_t alloc_bits, gcmark_bits; /* addresses of bitmaps of nelems bits; 0: none */
	uint64_t specials;                /* address of the first special; 0: none */
	uint64_t large_type;              /* descriptor of the one object's elements, if it is large; 0: none */
	uint32_t nelems, freeindex, alloc_count, sweepgen;
	uint8_t spanclass;
	bool user_arena; /* a chunk of an arena of package arena */
	uint8_t state;   /* enum gopm__span_state */
	bool noscan;     /* its objects have no pointers */
};

/* Found on first use, and valid as long as the runtime. NULL: not found, and a finding says so. Thread-safe. */
const struct gopm__mheap *gopm__mheap(struct gopm__runtime *rt);

/* Reads span `index` of heap->count; it may be dead. False: not in the core, or not a span. */
bool gopm__mheap_span_at(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__mheap *heap,
                         uint64_t index, struct gopm__span *out);

/* Reads the span of `address`, if it is not dead. False: there is none, or the core lacks a part of the map. */
bool gopm__mheap_span_of(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__mheap *heap,
                         uint64_t address, struct gopm__span *out);

/* The address of the heapArena with `address`; 0: none, or not in the core. */
uint64_t gopm__mheap_arena(struct gopm__reader *reader, const struct gopm__mheap *heap, uint64_t address);

/* Visits all memory that the functions above and a reader of allocation bits need, in no order; a range may come twice.
 * Stops if `visit` does not return GOPM_OK, and returns its status. Else GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__mheap_metadata(const struct gopm__runtime *rt, const struct gopm__mheap *heap,
                                 gopm_status (*visit)(void *user_data, uint64_t address, uint64_t size),
                                 void *user_data);

#endif
