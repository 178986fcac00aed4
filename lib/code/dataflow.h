/* SPDX-License-Identifier: Apache-2.0 */
/* Solves a dataflow analysis over a control flow graph with a worklist.
 *
 * To add an analysis, make a struct. It has the facts at the start of each reachable block, by rank, and one working
 * set of facts. It needs two functions:
 * - transfer() copies the facts of a block to the working set, then applies the block's instructions to it;
 * - join() merges the working set into the facts of another block. Facts that hold on every path are intersected, facts
 *   that hold on some path are united.
 * Before gopm__dataflow_solve(), set the facts of the entry. If facts are intersected, mark all other blocks as not
 * reached: the first join copies. Afterwards, to get the facts before an instruction, apply the instructions before it
 * to the facts of its block. values.c intersects, liveness.c unites, sync_flow.c does both. */
#ifndef GOPM_CODE_DATAFLOW_H
#define GOPM_CODE_DATAFLOW_H

#include "code/cfg.h"

/* The most visits of a block, on average. The bound is for hostile code only: of 9000 functions none needed 4. */
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
