/* SPDX-License-Identifier: Apache-2.0 */
/* The heap as a graph: objects, above them their holders, above these groups, kinds, and one root.
 *
 *	nodes                                    what
 *	[0, slots)                               slots: live objects have successors and predecessors, others none
 *	[holders, groups)                        holders
 *	[groups, kinds)                          groups of holders
 *	[kinds, root)                            kinds of holders
 *	root */
#ifndef GOPM_HEAP_OBJECT_GRAPH_H
#define GOPM_HEAP_OBJECT_GRAPH_H

#include "heap/graph.h"
#include "heap/holder.h"
#include "heap/pointer_scan.h"

struct gopm__object_graph {
	struct gopm__graph graph;
	struct gopm__heap *heap;
	const struct gopm__holders *holders;
	uint32_t first_holder, first_group, first_kind, root;
	uint32_t *hints;     /* number of the span with each 64th slot */
	uint32_t *below;     /* the nodes below each group, kind, and the root */
	uint32_t *below_end; /* of each of these, in `below` */

	/* Of the current node: */
	struct gopm__pointer_scan scan;
	const struct gopm__slots *span; /* of the last slot */
	const uint32_t *list;           /* its first successors */
	uint32_t list_count;
	uint32_t attached, attached_end; /* of the holder */
	uint32_t special;                /* slot whose specials come last; GOPM__NO_SLOT: none */
	bool scanning;
};

/* @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__object_graph_open(struct gopm__object_graph *graph, struct gopm__heap *heap,
                                    const struct gopm__holders *holders);
void gopm__object_graph_close(struct gopm__object_graph *graph);

/* The span of a slot. Slots in ascending order are found at once. */
const struct gopm__slots *gopm__object_graph_span(struct gopm__object_graph *graph, uint32_t slot);

/* Starts to load what the successors of a node are read from into the cache. */
void gopm__object_graph_fetch(const struct gopm__object_graph *graph, uint32_t node);

#endif
