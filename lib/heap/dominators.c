/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/dominators.h"

#include <stdlib.h>
#include <string.h>

#include "heap/link_eval.h"
#include "util/allocate.h"
#include "util/vector.h"

#define REPORT_EVERY 65536u /* nodes, between calls of the progress callback */
/* Predecessors in memory at once: as many as this, as half of the nodes, or as an eighth of all. */
#define LEAST_EDGES ((uint64_t)1 << 20)
#define MOST_CHUNKS 8u

/* The edges of the core, as far as they end there too. */
struct core_edges {
	uint32_t *to; /* nodes, by source */
	size_t count, capacity;
	uint32_t *end;   /* of each source, by its number in the order of nodes; NULL: the edges are not kept */
	size_t at, stop; /* of the current source */
};

struct domination {
	const struct gopm__graph *graph;
	struct core_edges kept;
	size_t most_edges;
	const struct gopm__progress *progress;
	/* Of a node of the core: its number, first by node, then in preorder; GOPM__NO_NODE: the search did not find
	 * it. Of any other its parent. */
	uint32_t *parent;
	uint64_t *several; /* a bit a node: it has several predecessors */
	uint64_t *core;    /* a bit a node: it goes through the algorithm */
	uint32_t *order;   /* the node of each number in the order of nodes; after the search, of le */
	uint32_t count;    /* nodes of the core; after the search, those that it found */
	uint32_t size;     /* nodes of the core */
	uint32_t *arrays[3];
	struct gopm__link_eval le;
	uint64_t edges; /* to nodes of the core with several predecessors */
	uint64_t scans, done;
	gopm_status status;
};

static bool test_bit(const uint64_t *bits, uint32_t i)
{
	return (bits[i / 64] >> (i % 64) & 1) != 0;
}

static void set_bit(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= UINT64_C(1) << (i % 64);
}

/* Counts a node. False: cancelled. */
static bool report_node(struct domination *d)
{
	if (++d->done % REPORT_EVERY == 0 && !gopm__progress_report(d->progress, 0, d->done, d->graph->count)) {
		d->status = GOPM_ERR_CANCELLED;
		return false;
	}
	return true;
}

/* Takes an edge: the first is the parent, until there is one from another node. */
static void take_edge(struct domination *d, uint32_t from, uint32_t to)
{
	const uint32_t parent = d->parent[to];

	if (parent == GOPM__NO_NODE) {
		d->parent[to] = from;
	} else if (parent != from) {
		set_bit(d->several, to);
		set_bit(d->core, parent);
		set_bit(d->core, from);
	}
}

/* Finds the nodes with several predecessors; marks those as core that have an edge to one. */
static bool scan_all(struct domination *d)
{
	const struct gopm__graph *graph = d->graph;
	const uint32_t root = graph->count - 1;
	uint32_t to[GOPM__GRAPH_BATCH];

	for (uint32_t node = 0; node < graph->count; node++) {
		graph->begin(graph->user_data, node);
		for (uint32_t n; (n = graph->next(graph->user_data, to)) != 0;) {
			for (uint32_t i = 0; i < n; i++) {
				__builtin_prefetch(&d->parent[to[i]], 1);
			}
			for (uint32_t i = 0; i < n; i++) {
				if (to[i] != node && to[i] != root) {
					take_edge(d, node, to[i]);
				}
			}
		}
		if (!report_node(d)) {
			return false;
		}
	}
	return true;
}

/* Adds to the core all nodes between it and the root, or a node that has several predecessors. */
static void mark_core(struct domination *d)
{
	const uint32_t root = d->graph->count - 1;
	const size_t words = (size_t)d->graph->count / 64 + 1;

	set_bit(d->core, root);
	for (size_t i = 0; i < words; i++) {
		/* A climb sets bits in words before and after this one. Those need no climb of their own. */
		for (uint64_t bits = d->core[i]; bits != 0; bits &= bits - 1) {
			uint32_t node = (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(bits);
			while (node != root && !test_bit(d->several, node) && d->parent[node] != GOPM__NO_NODE &&
			       !test_bit(d->core, d->parent[node])) {
				node = d->parent[node];
				set_bit(d->core, node);
			}
		}
	}
}

/* Numbers the core. */
static bool number_core(struct domination *d)
{
	const size_t words = (size_t)d->graph->count / 64 + 1;
	uint32_t count = 0;

	for (size_t i = 0; i < words; i++) {
		d->core[i] |= d->several[i];
		count += (uint32_t)__builtin_popcountll(d->core[i]);
	}
	d->order = gopm__malloc((size_t)count * sizeof *d->order);
	if (d->order == NULL) {
		d->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	for (uint32_t node = 0; node < d->graph->count; node++) {
		if (test_bit(d->core, node)) {
			d->parent[node] = d->count;
			d->order[d->count++] = node;
		}
	}
	return true;
}

/* The number of a node of the core; GOPM__NO_NODE: it is not of the core, or was not found. */
static uint32_t number_of(const struct domination *d, uint32_t node)
{
	return test_bit(d->core, node) ? d->parent[node] : GOPM__NO_NODE;
}

/* Keeps the edges within the core, unless there are too many. */
static bool keep_edges(struct domination *d)
{
	const struct gopm__graph *graph = d->graph;
	struct core_edges *kept = &d->kept;
	uint32_t to[GOPM__GRAPH_BATCH];
	uint32_t *const end = gopm__malloc((size_t)d->count * sizeof *end);

	if (end == NULL) {
		d->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	for (uint32_t i = 0; i < d->count; i++) {
		graph->begin(graph->user_data, d->order[i]);
		for (uint32_t n; (n = graph->next(graph->user_data, to)) != 0;) {
			if (kept->count + n > d->most_edges) {
				free(end);
				free(kept->to);
				*kept = (struct core_edges){0};
				return true;
			}
			if (!GOPM__VECTOR_RESERVE(kept->to, kept->count, kept->capacity, n)) {
				free(end);
				d->status = GOPM_ERR_NO_MEMORY;
				return false;
			}
			for (uint32_t k = 0; k < n; k++) {
				kept->to[kept->count] = to[k];
				kept->count += number_of(d, to[k]) != GOPM__NO_NODE && to[k] != d->order[i];
			}
		}
		end[i] = (uint32_t)kept->count;
		if (!report_node(d)) {
			free(end);
			return false;
		}
	}
	kept->end = end;
	return true;
}

/* Starts with the edges of `node`, which is `number` in the order of nodes. */
static void begin_edges(struct domination *d, uint32_t number, uint32_t node)
{
	if (d->kept.end != NULL) {
		d->kept.at = number != 0 ? d->kept.end[number - 1] : 0;
		d->kept.stop = d->kept.end[number];
	} else {
		d->graph->begin(d->graph->user_data, node);
	}
}

/* As the graph's `next`; but the edges may be in an array. */
static uint32_t next_edges(struct domination *d, uint32_t *buffer, const uint32_t **to)
{
	struct core_edges *kept = &d->kept;

	if (kept->end == NULL) {
		*to = buffer;
		return d->graph->next(d->graph->user_data, buffer);
	}
	const size_t left = kept->stop - kept->at;
	const uint32_t count = left < GOPM__GRAPH_BATCH ? (uint32_t)left : GOPM__GRAPH_BATCH;
	*to = kept->to + kept->at;
	kept->at += count;
	return count;
}

/* A stack of nodes as a list, so that a node that is pushed again moves to the top. */
struct search_stack {
	uint32_t *below, *above;
	uint32_t top;
};

static void stack_push(struct search_stack *stack, uint32_t node)
{
	stack->below[node] = stack->top;
	stack->above[node] = GOPM__NO_NODE;
	if (stack->top != GOPM__NO_NODE) {
		stack->above[stack->top] = node;
	}
	stack->top = node;
}

static void stack_remove(struct search_stack *stack, uint32_t node)
{
	const uint32_t below = stack->below[node], above = stack->above[node];

	if (above != GOPM__NO_NODE) {
		stack->below[above] = below;
	} else {
		stack->top = below;
	}
	if (below != GOPM__NO_NODE) {
		stack->above[below] = above;
	}
}

/* Gives the nodes of the core their numbers in preorder. Fills le.ancestor. What the search has no use for any more is
 * memory for le. */
static void number_in_preorder(struct domination *d, const uint64_t *visited, uint32_t found)
{
	uint32_t *const from = d->arrays[0], *const ancestor = d->arrays[1], *const preorder = d->arrays[2];

	for (uint32_t i = 0; i < d->count; i++) {
		const bool known = test_bit(visited, i);
		d->parent[d->order[i]] = known ? preorder[i] : GOPM__NO_NODE;
		if (known) {
			ancestor[preorder[i]] = from[i] != GOPM__NO_NODE ? preorder[from[i]] : 0;
		}
	}
	d->count = found;
	d->le = (struct gopm__link_eval){ancestor, from, preorder, d->order, found};
}

/* Searches the core depth first, and numbers what it finds in preorder. A node that was visited is not on the stack:
 * its place there has its number. */
static bool search_core(struct domination *d, uint64_t *visited)
{
	uint32_t *const from = d->arrays[0], *const preorder = d->arrays[2];
	struct search_stack stack = {d->arrays[1], d->arrays[2], GOPM__NO_NODE};
	uint32_t buffer[GOPM__GRAPH_BATCH], found = 0;
	const uint32_t *to;

	memset(from, 0xff, (size_t)d->count * sizeof *from);
	stack_push(&stack, d->count - 1);
	while (stack.top != GOPM__NO_NODE) {
		const uint32_t node = stack.top;
		stack_remove(&stack, node);
		preorder[node] = found++;
		set_bit(visited, node);
		begin_edges(d, node, d->order[node]);
		for (uint32_t n; (n = next_edges(d, buffer, &to)) != 0;) {
			for (uint32_t i = 0; i < n; i++) {
				const uint32_t t = number_of(d, to[i]);
				if (t == GOPM__NO_NODE || test_bit(visited, t)) {
					continue;
				}
				if (from[t] != GOPM__NO_NODE) {
					stack_remove(&stack, t);
				}
				stack_push(&stack, t);
				from[t] = node;
			}
		}
		if (!report_node(d)) {
			return false;
		}
	}
	number_in_preorder(d, visited, found);
	return true;
}

/* A part of the core, whose predecessors are read at once. */
struct chunk {
	uint32_t low, high; /* numbers [low, high) */
	uint32_t *edges;    /* predecessors, grouped by node; NULL: count them, or take them as they are read */
	bool count;
};

/* Takes one edge of the core. le.semi has for the nodes that are not started yet: the number of predecessors, and for
 * those of the chunk the end of their predecessors in chunk->edges so far. */
static void take_core_edge(struct domination *d, const struct chunk *chunk, uint32_t from, uint32_t to)
{
	if (chunk->count) {
		d->le.semi[to] += d->le.semi[to] != UINT32_MAX;
		d->edges++;
	} else if (chunk->edges != NULL) {
		chunk->edges[d->le.semi[to]++] = from;
	} else {
		gopm__link_eval_predecessor(&d->le, to, from);
	}
}

/* Reads the edges to nodes of the chunk that have several predecessors. */
static bool scan_core(struct domination *d, const struct chunk *chunk)
{
	uint32_t buffer[GOPM__GRAPH_BATCH], number = 0;
	const uint32_t *to;

	d->scans++;
	for (uint32_t node = 0; node < d->graph->count; node++) {
		if (!test_bit(d->core, node)) {
			continue;
		}
		const uint32_t from = d->parent[node];
		begin_edges(d, number++, node);
		if (from == GOPM__NO_NODE) {
			continue;
		}
		for (uint32_t n; (n = next_edges(d, buffer, &to)) != 0;) {
			for (uint32_t i = 0; i < n; i++) {
				const uint32_t t = number_of(d, to[i]);
				if (t != GOPM__NO_NODE && t >= chunk->low && t < chunk->high && t != from &&
				    test_bit(d->several, to[i])) {
					take_core_edge(d, chunk, from, t);
				}
			}
		}
		if (!report_node(d)) {
			return false;
		}
	}
	return true;
}

/* Chooses the next chunk, which ends at number `high`, and makes offsets of its counts. */
static void begin_chunk(struct domination *d, struct chunk *chunk, uint32_t high, uint64_t room)
{
	uint32_t *const semi = d->le.semi;
	uint64_t sum = semi[high - 1];
	uint32_t low = high - 1;

	chunk->high = high;
	if (sum <= room) {
		while (low > 1 && sum + semi[low - 1] <= room) {
			sum += semi[--low];
		}
		uint32_t at = 0;
		for (uint32_t i = low; i < high; i++) {
			const uint32_t count = semi[i];
			semi[i] = at;
			at += count;
		}
	}
	chunk->low = low;
}

static void end_chunk(struct domination *d, const struct chunk *chunk)
{
	struct gopm__link_eval *le = &d->le;

	for (uint32_t w = chunk->high; w-- > chunk->low;) {
		if (chunk->edges != NULL) {
			const uint32_t end = le->semi[w], begin = w > chunk->low ? le->semi[w - 1] : 0;
			gopm__link_eval_start(le, w);
			for (uint32_t i = begin; i < end; i++) {
				gopm__link_eval_predecessor(le, w, chunk->edges[i]);
			}
		}
		gopm__link_eval_link(le, w);
	}
}

/* Finds the dominators within the core. */
static bool dominate_core(struct domination *d)
{
	struct chunk chunk = {.low = 1, .high = d->count, .count = true};

	memset(d->le.semi, 0, (size_t)d->count * sizeof *d->le.semi);
	gopm__link_eval_begin(&d->le);
	if (d->count < 2 || !scan_core(d, &chunk)) {
		return d->status == GOPM_OK;
	}
	chunk.count = false;
	uint64_t room = d->edges / MOST_CHUNKS;
	room = room > LEAST_EDGES ? room : LEAST_EDGES;
	room = room > d->count / 2 ? room : d->count / 2;
	room = room < d->edges ? room : d->edges;
	room = room < UINT32_MAX ? room : UINT32_MAX - 1;
	uint32_t *const edges = gopm__malloc((size_t)(room + 1) * sizeof *edges);
	if (edges == NULL) {
		d->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	for (uint32_t high = d->count; high > 1 && d->status == GOPM_OK; high = chunk.low) {
		const bool single = d->le.semi[high - 1] > room;
		chunk.edges = single ? NULL : edges;
		begin_chunk(d, &chunk, high, room);
		if (single) {
			gopm__link_eval_start(&d->le, chunk.low);
		}
		if (scan_core(d, &chunk)) {
			end_chunk(d, &chunk);
		}
	}
	free(edges);
	return d->status == GOPM_OK;
}

/* From numbers in preorder to nodes. */
static void set_parents(struct domination *d)
{
	uint32_t *const node_of = d->le.label; /* not used any more */

	for (uint32_t node = 0; node < d->graph->count; node++) {
		if (number_of(d, node) != GOPM__NO_NODE) {
			node_of[d->parent[node]] = node;
		}
	}
	for (uint32_t i = 0; i < d->count; i++) {
		d->parent[node_of[i]] = i != 0 ? node_of[d->le.idom[i]] : GOPM__NO_NODE;
	}
}

static void dominate(struct domination *d)
{
	uint64_t *const visited = gopm__calloc((size_t)d->count / 64 + 1, sizeof *visited);
	bool made = visited != NULL;

	d->size = d->count;
	for (size_t i = 0; i < sizeof d->arrays / sizeof d->arrays[0]; i++) {
		d->arrays[i] = gopm__malloc((size_t)d->count * sizeof *d->arrays[i]);
		made = made && d->arrays[i] != NULL;
	}
	if (!made) {
		d->status = GOPM_ERR_NO_MEMORY;
	}
	made = made && search_core(d, visited);
	free(visited);
	if (made && dominate_core(d)) {
		gopm__link_eval_end(&d->le);
		set_parents(d);
	}
}

gopm_status gopm__dominators_open(struct gopm__dominators *dominators, const struct gopm__graph *graph,
                                  size_t most_edges, const struct gopm__progress *progress)
{
	struct domination d = {
	    .graph = graph, .progress = progress, .most_edges = most_edges < UINT32_MAX ? most_edges : UINT32_MAX};
	const size_t count = graph->count;

	*dominators = (struct gopm__dominators){0};
	d.parent = gopm__malloc(count * sizeof *d.parent);
	d.several = gopm__calloc(count / 64 + 1, sizeof *d.several);
	d.core = gopm__calloc(count / 64 + 1, sizeof *d.core);
	if (d.parent == NULL || d.several == NULL || d.core == NULL) {
		d.status = GOPM_ERR_NO_MEMORY;
	} else {
		memset(d.parent, 0xff, count * sizeof *d.parent);
		if (scan_all(&d)) {
			mark_core(&d);
			if (number_core(&d) && keep_edges(&d)) {
				dominate(&d);
			}
		}
	}
	for (size_t i = 0; i < sizeof d.arrays / sizeof d.arrays[0]; i++) {
		free(d.arrays[i]);
	}
	free(d.several);
	free(d.core);
	free(d.order);
	free(d.kept.to);
	free(d.kept.end);
	if (d.status != GOPM_OK) {
		free(d.parent);
		d.parent = NULL;
	}
	dominators->parent = d.parent;
	dominators->core = d.size;
	dominators->scans = d.scans;
	return d.status;
}

void gopm__dominators_close(struct gopm__dominators *dominators)
{
	free(dominators->parent);
	*dominators = (struct gopm__dominators){0};
}
