/* SPDX-License-Identifier: Apache-2.0 */
/* Who retains what: the dominator tree of all live objects and their holders, with retained sizes.
 *
 *	holder.h        what can be named, and what it points to
 *	object_graph.h  objects, holders and groups as one graph; the numbers of its nodes
 *	dominators.h    its dominator tree
 *	retained.h      sums over the tree
 *
 * An object that two holders reach belongs to neither; if they are of one group, it belongs to the group. */
#ifndef GOPM_HEAP_OWNERSHIP_H
#define GOPM_HEAP_OWNERSHIP_H

#include "heap/dominators.h"
#include "heap/object_graph.h"
#include "heap/retained.h"

struct gopm__ownership {
	struct gopm__heap *heap;
	struct gopm__holders holders;
	struct gopm__object_graph graph;
	struct gopm__dominators dominators;
	struct gopm__retained retained;
	bool weighed; /* dominators and retained sizes are known */
};

/* Finds the holders. @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED, GOPM_ERR_LIMIT. */
gopm_status gopm__ownership_open(struct gopm__ownership *ownership, struct gopm__heap *heap);
/* Finds dominators and retained sizes, if that was not done. @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED.
 */
gopm_status gopm__ownership_weigh(struct gopm__ownership *ownership);
void gopm__ownership_close(struct gopm__ownership *ownership);

#endif
