/* SPDX-License-Identifier: Apache-2.0 */
/* The pointers of one object, precise as the collector finds them, each with what its type says of its target. The one
 * walker of the heap: marking, referrers, paths and dominators use it. */
#ifndef GOPM_HEAP_POINTER_SCAN_H
#define GOPM_HEAP_POINTER_SCAN_H

#include "heap/heap.h"

/* Pointers that own their targets, besides those of gopm__points_to. */
enum {
	GOPM__TO_MAP_DIRECTORY = GOPM__TO_CLOSURE + 1,
	GOPM__TO_MAP_TABLE,
	GOPM__TO_MAP_GROUPS,
	GOPM__TO_MAP_EXTRA,
	GOPM__TO_CHAN_BUFFER,
};

struct gopm__edge {
	uint64_t offset; /* of the pointer in the object */
	uint64_t word;   /* the pointer */
	uint64_t elems;  /* TO_ELEMENTS, TO_BYTES, TO_CHAN_BUFFER: length of the target from there on, in elements */
	uint64_t used;   /* TO_ELEMENTS, TO_BYTES: the slice's or string's length; elems is its capacity */
	uint32_t type;   /* as in struct gopm__plan_entry; of a dynamic value its type */
	uint8_t to;      /* enum gopm__points_to, or one of the above */
};

#define GOPM__UNKNOWN_ELEMS UINT64_MAX /* of TO_ELEMENTS: the slice's capacity is not known */

#define GOPM__SCAN_EDGES 32u /* of one call */
#define GOPM__SCAN_WINDOW 512u

struct gopm__root; /* root.h */

struct gopm__pointer_scan {
	struct gopm__heap *heap;
	struct gopm__reader reader;
	struct gopm__edge edges[GOPM__SCAN_EDGES];
	size_t count;
	uint64_t searched; /* entries of plans, for pointers of variables */
	bool bare;         /* the caller needs only `offset` and `word` of the edges */

	/* Of the current object. */
	const struct gopm__slots *span;
	uint64_t address, size;
	const uint8_t *data; /* NULL: read by window */
	uint64_t window;     /* offset of the bytes in `copy` */
	size_t window_size;
	uint32_t type;        /* of the elements that its plan is of; 0: only its bits are known */
	uint32_t header_type; /* number of the type in its header; 0: it has none */
	uint32_t owner;       /* the type of the map or channel that it is a part of */
	uint8_t form;
	uint8_t pointers;        /* enum gopm__pointers; NONE: done */
	bool failed;             /* a part of it could not be read */
	uint64_t element;        /* offset of the current element */
	uint32_t entry;          /* of the plan */
	uint64_t repeat;         /* of the entry */
	uint64_t bit, bits_left; /* the next word of the object whose bit is looked at; words left */
	uint64_t arena;          /* address of the heapArena bitmap's byte of the object */
	uint8_t copy[GOPM__SCAN_WINDOW];
};

void gopm__pointer_scan_init(struct gopm__pointer_scan *scan, struct gopm__heap *heap);

/* Starts with an object. */
void gopm__pointer_scan_object(struct gopm__pointer_scan *scan, const struct gopm__slots *span, uint32_t slot);

/* Starts with `bytes` bytes at `address` of a slot: values of type `number`, whatever the slot is known to have. */
void gopm__pointer_scan_part(struct gopm__pointer_scan *scan, const struct gopm__slots *span, uint64_t address,
                             uint64_t bytes, uint32_t number);

/* Fills scan->edges with the next pointers that are not nil. False: there are no more. */
bool gopm__pointer_scan_next(struct gopm__pointer_scan *scan);

/* The pointer at `offset` of a value of a numbered type that is not in the heap: of a variable at `address`. False: its
 * plan has none there, or it is nil. Then scan->edges[0] is it. */
bool gopm__pointer_scan_value(struct gopm__pointer_scan *scan, uint64_t address, uint32_t type, uint64_t offset);

/* The edge of a root, with the type that its variable has. */
struct gopm__edge gopm__pointer_scan_root(struct gopm__pointer_scan *scan, const struct gopm__root *root);

#endif
