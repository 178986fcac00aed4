/* SPDX-License-Identifier: Apache-2.0 */
/* The page allocator, runtime.mheap_.pages: how much memory the heap has, and how much of it was given back to the
 * operating system. Source: runtime/mpagealloc.go, mpallocbits.go, mranges.go; Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_PAGE_ALLOC_H
#define GOPM_RUNTIME_PAGE_ALLOC_H

#include "runtime/spans.h"

/* In bytes. */
struct gopm__page_totals {
	uint64_t mapped;   /* of all spans and free pages: MemStats.HeapSys, and spans that are managed by hand */
	uint64_t free;     /* pages of no span */
	uint64_t released; /* free pages that were given back: MemStats.HeapReleased */
};

/* False: the allocator was not found, is damaged, or is not in the core. */
bool gopm__page_totals(const struct gopm__runtime *rt, const struct gopm__mheap *mheap, struct gopm__page_totals *out);

#endif
