/* SPDX-License-Identifier: Apache-2.0 */
/* The dominator tree of a graph. Node d dominates node v if every path from the root to v has d; the immediate
 * dominator is the last of them before v. What a node dominates becomes garbage with it.
 *
 * A node with one predecessor has it as immediate dominator. Only the nodes with several, the nodes with an edge to one
 * of those, and the nodes from which these hang, go through the algorithm of Lengauer and Tarjan: "A fast algorithm for
 * finding dominators in a flowgraph", TOPLAS 1979, the simple version. It takes O(m log n) for every graph. */
#ifndef GOPM_HEAP_DOMINATORS_H
#define GOPM_HEAP_DOMINATORS_H

#include <gopm/core.h>

#include "heap/graph.h"
#include "util/progress.h"

struct gopm__dominators {
	uint32_t *parent; /* immediate dominator of each node; GOPM__NO_NODE: the root, or no path from it is known */
	uint32_t core;    /* nodes that went through the algorithm */
	uint64_t scans;   /* passes over these nodes for their edges */
};

/* `most_edges` between nodes of the algorithm are kept, 4 bytes each. If there are more, the graph tells them again in
 * each pass. @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__dominators_open(struct gopm__dominators *dominators, const struct gopm__graph *graph,
                                  size_t most_edges, const struct gopm__progress *progress);
void gopm__dominators_close(struct gopm__dominators *dominators);

#endif
