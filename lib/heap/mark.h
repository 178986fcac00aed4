/* SPDX-License-Identifier: Apache-2.0 */
/* Marks the live objects, and learns their types on the way. */
#ifndef GOPM_HEAP_MARK_H
#define GOPM_HEAP_MARK_H

#include "heap/pointer_scan.h"

struct gopm__marked {
	uint32_t slot, span; /* span: its index */
};

struct gopm__arena_values; /* arena_value.h */

struct gopm__marker {
	struct gopm__heap *heap;
	struct gopm__pointer_scan scan;
	struct gopm__marked *stack; /* objects to scan */
	size_t count, capacity;
	uint64_t scanned;
	struct gopm__arena_values *values; /* NULL: there are no arenas */
	gopm_status status;                /* GOPM_OK, GOPM_ERR_NO_MEMORY or GOPM_ERR_CANCELLED */
};

void gopm__marker_open(struct gopm__marker *marker, struct gopm__heap *heap);
void gopm__marker_close(struct gopm__marker *marker);

/* Marks the object that the edge points to, if any. False: marker->status says why marking must end. */
bool gopm__mark_edge(struct gopm__marker *marker, const struct gopm__edge *edge);

/* Marks what the object in `slot` of `span` refers to, but not the object. */
bool gopm__mark_contents(struct gopm__marker *marker, const struct gopm__slots *span, uint32_t slot);

/* Scans what was marked, and all that it reaches. */
bool gopm__mark_reachable(struct gopm__marker *marker);

#endif
