/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of live objects that the program could do without. */
#ifndef GOPM_HEAP_WASTE_H
#define GOPM_HEAP_WASTE_H

#include "heap/heap.h"

enum gopm__waste_kind {
	GOPM__WASTE_EQUAL,  /* strings with the same bytes */
	GOPM__WASTE_PART,   /* arrays that are kept by a quarter of them, or less */
	GOPM__WASTE_UNUSED, /* arrays with capacity past the lengths of all slices of them */
	GOPM__WASTE_MAP,    /* free places in maps */
};

struct gopm__waste {
	uint64_t count, bytes; /* objects; what is wasted of them */
	uint64_t example;      /* address of the object that wastes most; of EQUAL, of one of the strings */
	uint64_t length;       /* EQUAL: bytes of the string */
	uint64_t most;         /* bytes that the example wastes */
	uint32_t type;         /* of the elements or the map; 0: bytes */
	uint8_t kind;          /* enum gopm__waste_kind */
};

/* Finds waste, the most first; the caller frees the rows. Of equal strings at most `most_strings` rows.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__waste(struct gopm__heap *heap, size_t most_strings, struct gopm__waste **rows, size_t *count);

#endif
