/* SPDX-License-Identifier: Apache-2.0 */
/* A shortest path of pointers from a holder to an object: why it is live.
 *
 * Holders that a person wrote come first: variables, then goroutines, timers, what the runtime keeps for finalizers,
 * and at last variables of the runtime. A later kind is looked at only for objects that no earlier one reaches. */
#ifndef GOPM_HEAP_PATH_H
#define GOPM_HEAP_PATH_H

#include "heap/object_graph.h"

/* A pointer on the path. */
struct gopm__path_step {
	uint32_t slot;          /* the object with the pointer; GOPM__NO_SLOT: the holder itself */
	uint32_t target;        /* the slot that it points to */
	struct gopm__edge edge; /* its offset in the object; in a variable from its beginning */
	uint64_t inside;        /* bytes from the target's beginning to what it points to */
	bool special;           /* of a finalizer, cleanup or weak pointer of the object: edge.offset is unknown */
};

struct gopm__path {
	uint32_t holder; /* number */
	struct gopm__root
	    root; /* FRAME, GOROUTINE: of the first step, kind, pc and frame; else only its place is set */
	struct gopm__path_step *steps; /* from the holder on */
	size_t count, capacity;
};

/* The search of paths. It goes only as far as was asked for. */
struct gopm__paths {
	struct gopm__object_graph *graph;
	uint32_t *from;  /* of each slot: the node before it, from the nearest holder; GOPM__NO_NODE: not reached yet */
	uint32_t *queue; /* nodes that were reached, in order */
	size_t queue_count, queue_capacity, queue_at;
	uint32_t next_rank; /* of holders that are not in the queue yet */
};

/* @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__paths_open(struct gopm__paths *paths, struct gopm__object_graph *graph);
void gopm__paths_close(struct gopm__paths *paths);

/* Finds a path to the object in `slot`. The caller frees it.
 * @return GOPM_OK; GOPM_NOT_FOUND (nothing holds it); GOPM_ERR_NO_MEMORY; GOPM_ERR_CANCELLED. */
gopm_status gopm__paths_find(struct gopm__paths *paths, uint32_t slot, struct gopm__path *path);
void gopm__path_free(struct gopm__path *path);

#endif
