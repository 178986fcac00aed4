/* SPDX-License-Identifier: Apache-2.0 */
/* Solves a dataflow analysis over a control flow graph with a worklist. values.c and liveness.c use it.
 *
 * A further analysis, such as the set of locks held at each instruction, is a struct with its facts at the start of
 * each reachable block (indexed by the block's rank) and one set of facts in work, and two functions:
 * - transfer() copies the facts of a block to those in work, and applies the block's instructions to them;
 * - join() merges the facts in work into those of another block: the union for "on some path", the intersection for
 *   "on every path".
 * Set the facts of the entry before, and mark all other blocks as not reached yet: the first join copies. */
#ifndef GOPM_CODE_DATAFLOW_H
#define GOPM_CODE_DATAFLOW_H

#include "code/cfg.h"

/* Transfers that a block may need on average. The bound is for hostile code only: real code needs fewer than 10. */
#define GOPM__DATAFLOW_VISITS 64u

struct gopm__dataflow {
	const struct gopm__cfg *cfg;
	bool backward; /* facts move from a block to its predecessors, and "start" means its end */
	void (*transfer)(void *user_data, size_t block);
	/* True if the facts of `to` changed. Facts must only move down a lattice of finite height: this is why the
	 * analysis terminates. */
	bool (*join)(void *user_data, size_t to);
	void *user_data;
};

/* Visits every reachable block in reverse postorder (backward: in postorder), then again each whose facts changed,
 * until none does. False: out of memory, or more visits than GOPM__DATAFLOW_VISITS allows. */
bool gopm__dataflow_solve(const struct gopm__dataflow *analysis);

#endif
