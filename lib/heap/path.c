/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/path.h"

#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"
#include "util/vector.h"

#define REPORT_EVERY 65536u /* nodes, between calls of the progress callback */
#define FETCH_AHEAD 8u      /* nodes, whose objects are loaded into the cache before they are expanded */

/* Order of holders: the first are preferred. */
static uint32_t holder_rank(const struct gopm__holders *h, uint32_t holder)
{
	static const uint8_t ranks[GOPM__HOLDER_KINDS] = {
	    [GOPM__HOLDER_VARIABLE] = 0,  [GOPM__HOLDER_GOROUTINE] = 1, [GOPM__HOLDER_TIMER] = 2,
	    [GOPM__HOLDER_FINALIZER] = 3, [GOPM__HOLDER_CLEANUP] = 3,   [GOPM__HOLDER_WEAK] = 3,
	    [GOPM__HOLDER_RUNTIME] = 4,
	};
	const struct gopm__holder_group *group = &h->groups[h->list[holder].group];

	return group->kind == GOPM__HOLDER_VARIABLE && group->runtime ? 4 : ranks[group->kind];
}

#define RANKS 5u

gopm_status gopm__paths_open(struct gopm__paths *paths, struct gopm__object_graph *graph)
{
	*paths = (struct gopm__paths){.graph = graph};
	paths->from = gopm__malloc(((size_t)graph->first_holder + 1) * sizeof *paths->from);
	if (paths->from == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	memset(paths->from, 0xff, (size_t)graph->first_holder * sizeof *paths->from);
	return GOPM_OK;
}

void gopm__paths_close(struct gopm__paths *paths)
{
	free(paths->from);
	free(paths->queue);
	*paths = (struct gopm__paths){0};
}

void gopm__path_free(struct gopm__path *path)
{
	free(path->steps);
	*path = (struct gopm__path){0};
}

static bool enqueue(struct gopm__paths *paths, uint32_t node)
{
	/* What was expanded needs no place any more: the queue is at most twice as long as what is left. */
	if (paths->queue_count == paths->queue_capacity && paths->queue_at > paths->queue_count / 2) {
		paths->queue_count -= paths->queue_at;
		memmove(paths->queue, paths->queue + paths->queue_at, paths->queue_count * sizeof *paths->queue);
		paths->queue_at = 0;
	}
	if (!GOPM__VECTOR_RESERVE(paths->queue, paths->queue_count, paths->queue_capacity, 1)) {
		return false;
	}
	paths->queue[paths->queue_count++] = node;
	return true;
}

/* Adds the holders of the next rank. */
static bool enqueue_holders(struct gopm__paths *paths)
{
	const struct gopm__holders *h = paths->graph->holders;

	/* What was reached needs no place in the queue any more. */
	paths->queue_count = paths->queue_at = 0;
	for (uint32_t i = 0; i < h->count; i++) {
		if (holder_rank(h, i) == paths->next_rank && !enqueue(paths, paths->graph->first_holder + i)) {
			return false;
		}
	}
	paths->next_rank++;
	return true;
}

/* Reaches what a node points to. */
static bool expand_node(struct gopm__paths *paths, uint32_t node)
{
	const struct gopm__graph *graph = &paths->graph->graph;
	uint32_t to[GOPM__GRAPH_BATCH];

	graph->begin(graph->user_data, node);
	for (uint32_t n; (n = graph->next(graph->user_data, to)) != 0;) {
		for (uint32_t i = 0; i < n; i++) {
			__builtin_prefetch(&paths->from[to[i]], 1);
		}
		for (uint32_t i = 0; i < n; i++) {
			if (paths->from[to[i]] != GOPM__NO_NODE) {
				continue;
			}
			paths->from[to[i]] = node;
			if (!enqueue(paths, to[i])) {
				return false;
			}
		}
	}
	return true;
}

/* Goes on until the object is reached. */
static gopm_status reach_slot(struct gopm__paths *paths, uint32_t slot)
{
	const struct gopm__heap *heap = paths->graph->heap;
	uint64_t done = 0;

	while (paths->from[slot] == GOPM__NO_NODE) {
		if (paths->queue_at == paths->queue_count) {
			if (paths->next_rank == RANKS) {
				return GOPM_NOT_FOUND;
			}
			if (!enqueue_holders(paths)) {
				return GOPM_ERR_NO_MEMORY;
			}
			continue;
		}
		if (paths->queue_count - paths->queue_at > FETCH_AHEAD) {
			gopm__object_graph_fetch(paths->graph, paths->queue[paths->queue_at + FETCH_AHEAD]);
		}
		if (!expand_node(paths, paths->queue[paths->queue_at++])) {
			return GOPM_ERR_NO_MEMORY;
		}
		if (++done % REPORT_EVERY == 0 &&
		    !gopm__progress_report(&heap->progress, 0, done, heap->live_objects)) {
			return GOPM_ERR_CANCELLED;
		}
	}
	return GOPM_OK;
}

/* Fills a step with the first pointer from the object in `slot` to `target`. False: there is none. */
static bool find_edge(struct gopm__object_graph *graph, uint32_t slot, uint32_t target, struct gopm__path_step *step)
{
	const struct gopm__index *index = &graph->heap->index;
	const struct gopm__slots *span = NULL;
	struct gopm__pointer_scan *scan = &graph->scan;

	scan->bare = false;
	gopm__pointer_scan_object(scan, gopm__object_graph_span(graph, slot), slot);
	while (gopm__pointer_scan_next(scan)) {
		for (size_t i = 0; i < scan->count; i++) {
			const uint32_t found = gopm__index_object(index, scan->edges[i].word, &span);
			if (found == target && found != GOPM__NO_SLOT) {
				step->edge = scan->edges[i];
				step->inside = step->edge.word - gopm__object_address(span, target);
				return true;
			}
		}
	}
	return false;
}

struct root_search {
	struct gopm__object_graph *graph;
	const struct gopm__holder *holder;
	uint32_t target;
	struct gopm__root found;
};

static bool is_root_of_holder(void *user_data, const struct gopm__root *root)
{
	struct root_search *s = user_data;
	const struct gopm__slots *span;

	if (root->owner != s->holder->key || (root->kind != GOPM__ROOT_FRAME && root->kind != GOPM__ROOT_GOROUTINE) ||
	    gopm__index_object(&s->graph->heap->index, root->word, &span) != s->target) {
		return true;
	}
	/* A live word of a frame says more than a conservative one. */
	if (s->found.word == 0 || s->found.conservative) {
		s->found = *root;
	}
	return s->found.conservative;
}

/* Notes what a root points to, if the type of its variable says that. */
static void type_first_step(struct gopm__object_graph *graph, const struct gopm__root *root,
                            struct gopm__path_step *step)
{
	graph->scan.bare = false;
	const struct gopm__edge edge = gopm__pointer_scan_root(&graph->scan, root);

	step->edge.to = edge.to;
	step->edge.type = edge.type;
	step->edge.elems = edge.elems;
}

/* Finds the word of a variable that points to the first object. */
static void find_variable_word(struct gopm__object_graph *graph, uint64_t begin, uint64_t size, struct gopm__path *path)
{
	struct gopm__reader reader = gopm__reader(&graph->heap->program->file.memory);
	struct gopm__path_step *step = &path->steps[0];
	const struct gopm__slots *span = NULL;
	uint64_t word;

	for (uint64_t offset = 0; offset + 8 <= size; offset += 8) {
		if (!gopm__read_u64(&reader, begin + offset, &word)) {
			return;
		}
		const uint32_t found = gopm__index_object(&graph->heap->index, word, &span);
		if (found == step->target && found != GOPM__NO_SLOT) {
			path->root.place = begin + offset;
			step->edge = (struct gopm__edge){.offset = offset, .word = word};
			step->inside = word - gopm__object_address(span, step->target);
			const struct gopm__root root = {
			    .kind = GOPM__ROOT_VARIABLE, .place = begin + offset, .word = word};
			type_first_step(graph, &root, step);
			return;
		}
	}
}

/* Finds the root from which the path starts. */
static gopm_status find_root(struct gopm__object_graph *graph, struct gopm__path *path)
{
	const struct gopm__holders *h = graph->holders;
	struct gopm__path_step *step = &path->steps[0];
	struct root_search search = {.graph = graph, .holder = &h->list[path->holder], .target = step->target};
	const struct gopm__root_request request = {.program = graph->heap->program,
	                                           .visit = is_root_of_holder,
	                                           .user_data = &search,
	                                           .goroutine = search.holder->key,
	                                           .progress = &graph->heap->progress};
	struct gopm__root_variable variable;

	switch (h->groups[search.holder->group].kind) {
	case GOPM__HOLDER_VARIABLE:
		if (gopm__root_variable(h->names, search.holder->key, &variable)) {
			find_variable_word(graph, variable.begin, variable.size, path);
		}
		return GOPM_OK;
	case GOPM__HOLDER_GOROUTINE: {
		const gopm_status status = gopm__roots_visit(&request);
		const struct gopm__slots *span = gopm__object_graph_span(graph, step->target);
		path->root = search.found;
		step->edge.word = search.found.word;
		step->inside =
		    search.found.word != 0 ? search.found.word - gopm__object_address(span, step->target) : 0;
		type_first_step(graph, &search.found, step);
		return status;
	}
	default:
		return GOPM_OK;
	}
}

/* Fills the steps, from the object back to its holder. */
static gopm_status trace_back(struct gopm__paths *paths, uint32_t slot, struct gopm__path *path)
{
	struct gopm__object_graph *graph = paths->graph;
	uint32_t target = slot;

	for (;;) {
		const uint32_t node = paths->from[target];
		if (!GOPM__VECTOR_RESERVE(path->steps, path->count, path->capacity, 1)) {
			return GOPM_ERR_NO_MEMORY;
		}
		struct gopm__path_step *step = &path->steps[path->count++];
		*step = (struct gopm__path_step){.slot = node < graph->first_holder ? node : GOPM__NO_SLOT,
		                                 .target = target};
		if (node >= graph->first_holder) {
			path->holder = node - graph->first_holder;
			break;
		}
		step->special = !find_edge(graph, node, target, step);
		target = node;
	}
	for (size_t i = 0; i < path->count / 2; i++) {
		const struct gopm__path_step step = path->steps[i];
		path->steps[i] = path->steps[path->count - 1 - i];
		path->steps[path->count - 1 - i] = step;
	}
	return GOPM_OK;
}

gopm_status gopm__paths_find(struct gopm__paths *paths, uint32_t slot, struct gopm__path *path)
{
	*path = (struct gopm__path){0};
	gopm_status status = reach_slot(paths, slot);
	if (status == GOPM_OK) {
		status = trace_back(paths, slot, path);
	}
	if (status == GOPM_OK) {
		status = find_root(paths->graph, path);
	}
	if (status != GOPM_OK) {
		gopm__path_free(path);
	}
	return status;
}
