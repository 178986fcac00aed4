/* SPDX-License-Identifier: Apache-2.0 */
/* Suspects: what retains a large part of the live heap, as the Memory Analyzer of Eclipse finds leak suspects.
 *
 * A suspect is at the top of the dominator tree: a holder, a group of holders, an object that several hold, or many
 * such objects of one type. Its accumulation point is the last node of the way down to which most of it still belongs.
 */
#ifndef GOPM_HEAP_SUSPECT_H
#define GOPM_HEAP_SUSPECT_H

#include "heap/ownership.h"

enum gopm__suspect_kind {
	GOPM__SUSPECT_HOLDER,
	GOPM__SUSPECT_GROUP,  /* of goroutines or timers, none of which is a suspect itself */
	GOPM__SUSPECT_OBJECT, /* that several holders reach */
	GOPM__SUSPECT_TYPE,   /* many objects of one type that several holders reach */
};

struct gopm__suspect {
	uint8_t kind;            /* enum gopm__suspect_kind */
	uint32_t node;           /* of the graph; TYPE: one of the objects */
	uint64_t objects, bytes; /* retained */
	uint64_t instances;      /* TYPE: objects of the type; GROUP: holders; else 1 */
	uint32_t point;          /* node of the accumulation point; TYPE: GOPM__NO_NODE */
	uint64_t point_bytes;    /* that it retains */
	/* What the accumulation point has most of: its children in the dominator tree of one type. */
	uint32_t child_typed; /* gopm__retained_type_of() */
	uint64_t child_objects, child_bytes;
};

/* Finds suspects that retain at least `percent` of the live bytes, the largest first; the caller frees them.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__suspects(const struct gopm__ownership *ownership, uint32_t percent, struct gopm__suspect **suspects,
                           size_t *count);

#endif
