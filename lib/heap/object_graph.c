/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/object_graph.h"

#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"

#define SLOTS_PER_HINT 64u

const struct gopm__slots *gopm__object_graph_span(struct gopm__object_graph *graph, uint32_t slot)
{
	const struct gopm__slots *span = graph->span;

	if (slot - span->first >= span->count) {
		span = graph->heap->index.spans + graph->hints[slot / SLOTS_PER_HINT];
		while (slot - span->first >= span->count) {
			span++;
		}
		graph->span = span;
	}
	return span;
}

void gopm__object_graph_fetch(const struct gopm__object_graph *graph, uint32_t node)
{
	if (node >= graph->first_holder) {
		return;
	}
	const struct gopm__slots *span = graph->heap->index.spans + graph->hints[node / SLOTS_PER_HINT];
	while (node - span->first >= span->count) {
		span++;
	}
	if (span->pointers == GOPM__POINTERS_NONE || span->bytes == NULL) {
		return;
	}
	const uint64_t offset = (uint64_t)(node - span->first) * span->size;
	__builtin_prefetch(span->bytes + offset);
	__builtin_prefetch(span->bytes + offset + 64);
	if (span->bits != NULL) {
		__builtin_prefetch(span->bits + offset / 64);
	}
}

static gopm_status make_hints(struct gopm__object_graph *graph)
{
	const struct gopm__index *index = &graph->heap->index;
	const size_t count = index->slot_count / SLOTS_PER_HINT + 1;
	size_t span = 0;

	graph->hints = gopm__malloc(count * sizeof *graph->hints);
	if (graph->hints == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		while (span + 1 < index->span_count &&
		       i * SLOTS_PER_HINT - index->spans[span].first >= index->spans[span].count) {
			span++;
		}
		graph->hints[i] = (uint32_t)span;
	}
	return GOPM_OK;
}

static void scan_slot(struct gopm__object_graph *graph, uint32_t slot)
{
	const struct gopm__slots *span = gopm__object_graph_span(graph, slot);

	graph->scanning = span->pointers != GOPM__POINTERS_NONE;
	if (graph->scanning) {
		graph->scan.bare = true;
		gopm__pointer_scan_object(&graph->scan, span, slot);
	}
}

/* True if the object in `slot` may have specials. */
static bool may_have_specials(struct gopm__object_graph *graph, uint32_t slot)
{
	return graph->heap->specials.count != 0 && gopm__object_graph_span(graph, slot)->specials != 0;
}

static void begin_node(void *user_data, uint32_t node)
{
	struct gopm__object_graph *graph = user_data;
	const struct gopm__holders *h = graph->holders;

	graph->list_count = 0;
	graph->attached = graph->attached_end = 0;
	graph->scanning = false;
	graph->special = GOPM__NO_SLOT;
	if (node < graph->first_holder) {
		if (!gopm__bit(graph->heap->live, node)) {
			return;
		}
		if (!gopm__bit(h->cut, node)) {
			scan_slot(graph, node);
		}
		graph->special = may_have_specials(graph, node) ? node : GOPM__NO_SLOT;
	} else if (node < graph->first_group) {
		const uint32_t i = node - graph->first_holder;
		graph->list = h->targets + h->list[i].target;
		graph->list_count = gopm__holder_targets_end(h, i) - h->list[i].target;
		graph->attached = h->list[i].attached;
		graph->attached_end = gopm__holder_attached_end(h, i);
	} else {
		const uint32_t i = node - graph->first_group;
		const uint32_t begin = i != 0 ? graph->below_end[i - 1] : 0;
		graph->list = graph->below + begin;
		graph->list_count = graph->below_end[i] - begin;
	}
}

/* The live objects that the current edges of the scan point to. */
static uint32_t take_scanned(struct gopm__object_graph *graph, uint32_t *to)
{
	const struct gopm__index *index = &graph->heap->index;
	uint32_t count = 0;

	for (size_t i = 0; i < graph->scan.count; i++) {
		const struct gopm__slots *span;
		const uint32_t slot = gopm__index_object(index, graph->scan.edges[i].word, &span);
		if (slot != GOPM__NO_SLOT && gopm__bit(graph->heap->live, slot)) {
			to[count++] = slot;
		}
	}
	return count;
}

static uint32_t next_listed(struct gopm__object_graph *graph, uint32_t *to)
{
	const uint32_t count = graph->list_count < GOPM__GRAPH_BATCH ? graph->list_count : GOPM__GRAPH_BATCH;

	memcpy(to, graph->list, count * sizeof *to);
	graph->list += count;
	graph->list_count -= count;
	return count;
}

/* What the specials of a live object refer to. */
static uint32_t next_special(struct gopm__object_graph *graph, uint32_t *to)
{
	const struct gopm__special_roots *specials = &graph->heap->specials;
	uint32_t count = 0;

	for (size_t i = gopm__special_roots_of(specials, graph->special);
	     i < specials->count && specials->list[i].owner == graph->special && count < GOPM__GRAPH_BATCH; i++) {
		const struct gopm__special_root *special = &specials->list[i];
		const struct gopm__slots *span;
		const uint32_t slot = special->owned && !special->contents
		                          ? gopm__index_object(&graph->heap->index, special->word, &span)
		                          : GOPM__NO_SLOT;
		if (slot != GOPM__NO_SLOT && gopm__bit(graph->heap->live, slot)) {
			to[count++] = slot;
		}
	}
	graph->special = GOPM__NO_SLOT;
	return count;
}

static uint32_t next_node(void *user_data, uint32_t *to)
{
	struct gopm__object_graph *graph = user_data;

	if (graph->list_count != 0) {
		return next_listed(graph, to);
	}
	for (;;) {
		while (graph->scanning) {
			graph->scanning = gopm__pointer_scan_next(&graph->scan);
			const uint32_t count = graph->scanning ? take_scanned(graph, to) : 0;
			if (count != 0) {
				return count;
			}
		}
		if (graph->attached == graph->attached_end) {
			break;
		}
		scan_slot(graph, graph->holders->attached[graph->attached++]);
	}
	return graph->special != GOPM__NO_SLOT ? next_special(graph, to) : 0;
}

/* The node above a holder, group or kind. */
static uint32_t node_above(const struct gopm__object_graph *graph, uint32_t node)
{
	const struct gopm__holders *h = graph->holders;

	if (node < graph->first_group) {
		return graph->first_group + h->list[node - graph->first_holder].group;
	}
	return node < graph->first_kind ? graph->first_kind + h->groups[node - graph->first_group].kind : graph->root;
}

/* Sorts the nodes by those above them. */
static gopm_status sort_nodes(struct gopm__object_graph *graph)
{
	const uint32_t count = graph->root - graph->first_holder;

	graph->below = gopm__malloc(((size_t)count + 1) * sizeof *graph->below);
	graph->below_end = gopm__calloc((size_t)(graph->root - graph->first_group) + 2, sizeof *graph->below_end);
	if (graph->below == NULL || graph->below_end == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	/* First the beginning of each part, which moves to its end as the part is filled. */
	uint32_t *const begin = graph->below_end;
	uint32_t sum = 0;
	for (uint32_t node = graph->first_holder; node < graph->root; node++) {
		begin[node_above(graph, node) - graph->first_group]++;
	}
	for (uint32_t i = 0; i <= graph->root - graph->first_group; i++) {
		const uint32_t size = begin[i];
		begin[i] = sum;
		sum += size;
	}
	for (uint32_t node = graph->first_holder; node < graph->root; node++) {
		graph->below[begin[node_above(graph, node) - graph->first_group]++] = node;
	}
	return GOPM_OK;
}

gopm_status gopm__object_graph_open(struct gopm__object_graph *graph, struct gopm__heap *heap,
                                    const struct gopm__holders *holders)
{
	*graph = (struct gopm__object_graph){.heap = heap, .holders = holders, .span = heap->index.spans};
	graph->first_holder = heap->index.slot_count;
	graph->first_group = graph->first_holder + (uint32_t)holders->count;
	graph->first_kind = graph->first_group + (uint32_t)holders->group_count;
	graph->root = graph->first_kind + GOPM__HOLDER_KINDS;
	graph->graph =
	    (struct gopm__graph){.count = graph->root + 1, .begin = begin_node, .next = next_node, .user_data = graph};
	gopm__pointer_scan_init(&graph->scan, heap);
	gopm_status status = sort_nodes(graph);
	if (status == GOPM_OK) {
		status = make_hints(graph);
	}
	if (status != GOPM_OK) {
		gopm__object_graph_close(graph);
	}
	return status;
}

void gopm__object_graph_close(struct gopm__object_graph *graph)
{
	free(graph->below);
	free(graph->below_end);
	free(graph->hints);
	graph->below = graph->below_end = graph->hints = NULL;
}
