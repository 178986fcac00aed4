/* SPDX-License-Identifier: Apache-2.0 */
/* Retained sizes: what each node of a dominator tree dominates, itself included. */
#ifndef GOPM_HEAP_RETAINED_H
#define GOPM_HEAP_RETAINED_H

#include <gopm/core.h>

#include "heap/graph.h"
#include "util/progress.h"

/* Bytes are counted in units of 8: every size class is a multiple. */
#define GOPM__RETAINED_UNIT 8u

struct gopm__retained {
	const uint32_t *parent; /* of gopm__dominators */
	uint32_t count;         /* nodes */
	uint32_t *objects;      /* by node */
	uint32_t *units;        /* by node: the lower 32 bits of the bytes / 8 */
	uint8_t *more_units;    /* by node: the bits above; NULL: all are 0 */
};

struct gopm__retained_request {
	const uint32_t *parent;
	uint32_t count;
	/* The bytes of a node itself; 0: it is no object. Called for each node, in ascending order. */
	uint64_t (*bytes)(void *user_data, uint32_t node);
	void *user_data;
	uint64_t total; /* bytes of all nodes, at most */
	const struct gopm__progress *progress;
};

/* @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__retained_open(struct gopm__retained *retained, const struct gopm__retained_request *request);
void gopm__retained_close(struct gopm__retained *retained);

static inline uint64_t gopm__retained_bytes(const struct gopm__retained *retained, uint32_t node)
{
	const uint64_t more = retained->more_units != NULL ? retained->more_units[node] : 0;
	return (more << 32 | retained->units[node]) * GOPM__RETAINED_UNIT;
}

/* A child of a node in the dominator tree. */
struct gopm__retained_child {
	uint32_t of; /* index of the node it is a child of */
	uint32_t node;
	uint64_t bytes;
};

struct gopm__retained_children {
	struct gopm__retained_child *list; /* by `of`, then the one with the most bytes first */
	size_t count, capacity;
	uint64_t *left_out; /* of each node: children that the limit left out */
};

/* Finds the `limit` largest children of each of `count` nodes, in one pass over all. The caller frees the list and
 * left_out. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__retained_children(const struct gopm__retained *retained, const uint32_t *nodes, size_t count,
                                    size_t limit, struct gopm__retained_children *out);

#endif
