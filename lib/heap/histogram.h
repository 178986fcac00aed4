/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of a heap, counted by type and form. */
#ifndef GOPM_HEAP_HISTOGRAM_H
#define GOPM_HEAP_HISTOGRAM_H

#include "heap/heap.h"

struct gopm__histogram_row {
	uint64_t objects, elems, bytes;    /* allocated */
	uint64_t live_objects, live_bytes; /* the others are garbage */
	uint64_t slot;                     /* bytes of one slot; 0: they differ */
	uint32_t type;                     /* number; 0: unknown, or bytes */
	uint8_t form;                      /* enum gopm__form: of all parts of a map MAP_HEADER */
	uint8_t evidence;                  /* enum gopm__evidence: the weakest */
	bool pointers;                     /* the objects may have pointers */
};

/* Makes the rows, the one with the most bytes first; the caller frees them.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__histogram(struct gopm__heap *heap, struct gopm__histogram_row **rows, size_t *count);

/* The number of values in the object of a slot. */
uint64_t gopm__object_elems(struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot);

#endif
