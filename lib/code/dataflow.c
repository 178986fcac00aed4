/* SPDX-License-Identifier: Apache-2.0 */
/* The worklist is a flag for each block, swept in order of rank. In reverse postorder a block comes after its
 * predecessors, except along the back edge of a loop: most functions need two sweeps. */
#include "code/dataflow.h"

#include <stdlib.h>

#include "util/allocate.h"

struct worklist {
	bool *pending; /* by position in the order of the analysis */
	size_t count;  /* of those */
};

static size_t position_of(const struct gopm__dataflow *analysis, size_t rank)
{
	return analysis->backward ? analysis->cfg->reachable_count - 1 - rank : rank;
}

static void join_edges(const struct gopm__dataflow *analysis, const struct gopm__cfg_block *block,
                       struct worklist *list)
{
	const struct gopm__cfg *cfg = analysis->cfg;
	const uint32_t *to = analysis->backward ? &cfg->predecessors[block->predecessors] : block->successors;
	uint32_t count = analysis->backward ? block->predecessor_count : block->successor_count;

	for (uint32_t i = 0; i < count; i++) {
		size_t position = position_of(analysis, cfg->blocks[to[i]].rank);
		if (analysis->join(analysis->user_data, to[i]) && !list->pending[position]) {
			list->pending[position] = true;
			list->count++;
		}
	}
}

bool gopm__dataflow_solve(const struct gopm__dataflow *analysis)
{
	const struct gopm__cfg *cfg = analysis->cfg;
	const size_t count = cfg->reachable_count;
	struct worklist list = {gopm__calloc(count, sizeof *list.pending), count};
	size_t visits = 0;

	if (list.pending == NULL) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		list.pending[i] = true;
	}
	while (list.count > 0 && visits <= count * GOPM__DATAFLOW_VISITS) {
		for (size_t i = 0; i < count; i++) {
			if (list.pending[i]) {
				uint32_t block = cfg->order[position_of(analysis, i)];
				list.pending[i] = false;
				list.count--;
				visits++;
				analysis->transfer(analysis->user_data, block);
				join_edges(analysis, &cfg->blocks[block], &list);
			}
		}
	}
	free(list.pending);
	return list.count == 0;
}
