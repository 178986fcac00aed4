/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/ownership.h"

/* Edges that are kept in memory: a part of the heap's bytes, or 4 MiB. */
#define KEPT_SHARE 16u
#define LEAST_KEPT ((size_t)1 << 20)

static uint64_t own_bytes(void *user_data, uint32_t node)
{
	struct gopm__object_graph *graph = user_data;

	return node < graph->first_holder && gopm__bit(graph->heap->live, node)
	           ? gopm__object_graph_span(graph, node)->size
	           : 0;
}

gopm_status gopm__ownership_open(struct gopm__ownership *ownership, struct gopm__heap *heap)
{
	*ownership = (struct gopm__ownership){.heap = heap};
	gopm_status status = gopm__holders_open(&ownership->holders, heap);
	if (status == GOPM_OK) {
		status = gopm__object_graph_open(&ownership->graph, heap, &ownership->holders);
	}
	if (status != GOPM_OK) {
		gopm__ownership_close(ownership);
	}
	return status;
}

gopm_status gopm__ownership_weigh(struct gopm__ownership *ownership)
{
	struct gopm__heap *heap = ownership->heap;
	const size_t most_edges = (size_t)(heap->index.bytes / KEPT_SHARE / sizeof(uint32_t)) + LEAST_KEPT;

	if (ownership->weighed) {
		return GOPM_OK;
	}
	gopm_status status =
	    gopm__dominators_open(&ownership->dominators, &ownership->graph.graph, most_edges, &heap->progress);
	if (status == GOPM_OK) {
		const struct gopm__retained_request request = {.parent = ownership->dominators.parent,
		                                               .count = ownership->graph.graph.count,
		                                               .bytes = own_bytes,
		                                               .user_data = &ownership->graph,
		                                               .total = heap->live_bytes,
		                                               .progress = &heap->progress};
		status = gopm__retained_open(&ownership->retained, &request);
	}
	if (status == GOPM_OK && heap->types.no_memory) {
		status = GOPM_ERR_NO_MEMORY;
	}
	if (status != GOPM_OK) {
		gopm__retained_close(&ownership->retained);
		gopm__dominators_close(&ownership->dominators);
		return status;
	}
	ownership->weighed = true;
	return status;
}

void gopm__ownership_close(struct gopm__ownership *ownership)
{
	gopm__retained_close(&ownership->retained);
	gopm__dominators_close(&ownership->dominators);
	gopm__object_graph_close(&ownership->graph);
	gopm__holders_close(&ownership->holders);
}
