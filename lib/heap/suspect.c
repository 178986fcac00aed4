/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/suspect.h"

#include <stdlib.h>

#include "heap/retained_type.h"
#include "util/allocate.h"
#include "util/vector.h"

/* FindLeaksQuery of the Memory Analyzer: big_drop_ratio is 0.7. */
#define MOST_OF_PERCENT 70u
/* Nodes on the way to an accumulation point. Each is one pass over all nodes. */
#define MOST_STEPS 32u
#define MOST_MAP_PARTS 8u /* header, directory, table, groups */

struct suspicion {
	const struct gopm__ownership *ownership;
	const struct gopm__retained *retained;
	uint64_t least; /* bytes of a suspect */
	struct gopm__suspect *list;
	size_t count, capacity;
	struct gopm__map64 types; /* gopm__retained_type_of() + 1 -> index of `by_type` */
	struct gopm__suspect *by_type;
	size_t type_count, type_capacity;
};

static bool add_suspect(struct suspicion *s, enum gopm__suspect_kind kind, uint32_t node, uint64_t instances)
{
	if (!GOPM__VECTOR_RESERVE(s->list, s->count, s->capacity, 1)) {
		return false;
	}
	s->list[s->count++] = (struct gopm__suspect){
	    .kind = (uint8_t)kind,
	    .node = node,
	    .objects = s->retained->objects[node],
	    .bytes = gopm__retained_bytes(s->retained, node),
	    .instances = instances,
	    .point = node,
	    .point_bytes = gopm__retained_bytes(s->retained, node),
	};
	return true;
}

/* Adds holders, and groups of goroutines or timers in which no single one is a suspect. */
static bool add_holders(struct suspicion *s)
{
	const struct gopm__object_graph *graph = &s->ownership->graph;
	const struct gopm__holders *h = graph->holders;

	for (uint32_t i = 0; i < h->count; i++) {
		if (gopm__retained_bytes(s->retained, graph->first_holder + i) >= s->least &&
		    !add_suspect(s, GOPM__SUSPECT_HOLDER, graph->first_holder + i, 1)) {
			return false;
		}
	}
	const size_t holders = s->count;
	for (uint32_t i = 0; i < h->group_count; i++) {
		const uint32_t node = graph->first_group + i;
		const uint8_t kind = h->groups[i].kind;
		bool single = kind == GOPM__HOLDER_VARIABLE || gopm__retained_bytes(s->retained, node) < s->least;
		for (size_t k = 0; k < holders && !single; k++) {
			single = h->list[s->list[k].node - graph->first_holder].group == i;
		}
		const uint32_t begin = i != 0 ? graph->below_end[i - 1] : 0;
		if (!single && !add_suspect(s, GOPM__SUSPECT_GROUP, node, graph->below_end[i] - begin)) {
			return false;
		}
	}
	return true;
}

/* Counts an object at the top with others of its type. */
static bool count_by_type(struct suspicion *s, uint32_t node)
{
	const uint32_t typed = gopm__retained_type_of(s->ownership->heap, node);
	bool fresh;
	uint64_t *index = typed != 0 ? gopm__map64_put(&s->types, (uint64_t)typed + 1, &fresh) : NULL;

	if (typed == 0) {
		return true;
	}
	if (index == NULL || (fresh && !GOPM__VECTOR_RESERVE(s->by_type, s->type_count, s->type_capacity, 1))) {
		return false;
	}
	if (fresh) {
		*index = s->type_count;
		s->by_type[s->type_count++] =
		    (struct gopm__suspect){.kind = GOPM__SUSPECT_TYPE, .node = node, .point = GOPM__NO_NODE};
	}
	struct gopm__suspect *row = &s->by_type[*index];
	row->instances++;
	row->objects += s->retained->objects[node];
	row->bytes += gopm__retained_bytes(s->retained, node);
	return true;
}

/* Adds objects that no single holder has, and types of those. */
static bool add_objects(struct suspicion *s)
{
	const struct gopm__object_graph *graph = &s->ownership->graph;

	for (uint32_t node = 0; node < graph->first_holder; node++) {
		const uint32_t parent = s->retained->parent[node];
		/* Of a group that is a suspect the objects are not. */
		if (parent == GOPM__NO_NODE || parent < graph->first_kind) {
			continue;
		}
		if (gopm__retained_bytes(s->retained, node) >= s->least ? !add_suspect(s, GOPM__SUSPECT_OBJECT, node, 1)
		                                                        : !count_by_type(s, node)) {
			return false;
		}
	}
	for (size_t i = 0; i < s->type_count; i++) {
		if (s->by_type[i].bytes < s->least) {
			continue;
		}
		if (!GOPM__VECTOR_RESERVE(s->list, s->count, s->capacity, 1)) {
			return false;
		}
		s->list[s->count++] = s->by_type[i];
	}
	return true;
}

/* True if `child` is only the next of a list that `node` is in: the list begins further up. */
static bool is_same_type(const struct suspicion *s, uint32_t node, uint32_t child)
{
	const uint32_t slots = s->ownership->graph.first_holder;

	return node < slots && child < slots &&
	       gopm__retained_type_of(s->ownership->heap, node) == gopm__retained_type_of(s->ownership->heap, child);
}

/* Moves each suspect's point down by one, to a child that has most of it. *moved: one was moved. */
static gopm_status move_points(struct suspicion *s, bool *moved)
{
	uint32_t *nodes = gopm__malloc((s->count + 1) * sizeof *nodes);
	size_t *of = gopm__malloc((s->count + 1) * sizeof *of), count = 0;
	struct gopm__retained_children children = {0};
	gopm_status status = GOPM_ERR_NO_MEMORY;

	*moved = false;
	if (nodes != NULL && of != NULL) {
		for (size_t i = 0; i < s->count; i++) {
			if (s->list[i].kind != GOPM__SUSPECT_TYPE) {
				of[count] = i;
				nodes[count++] = s->list[i].point;
			}
		}
		status = gopm__retained_children(s->retained, nodes, count, 1, &children);
	}
	for (size_t i = 0; i < children.count; i++) {
		struct gopm__suspect *suspect = &s->list[of[children.list[i].of]];
		const uint32_t child = children.list[i].node;
		if (children.list[i].bytes / MOST_OF_PERCENT * 100 >= suspect->point_bytes &&
		    !is_same_type(s, suspect->point, child)) {
			suspect->point = child;
			suspect->point_bytes = children.list[i].bytes;
			*moved = true;
		}
	}
	free(children.list);
	free(children.left_out);
	free(nodes);
	free(of);
	return status;
}

/* True if the node is a part of a map. What that has, the map has. */
static bool is_map_part(const struct suspicion *s, uint32_t node)
{
	return node < s->ownership->graph.first_holder &&
	       gopm__typed_form(gopm__retained_type_of(s->ownership->heap, node)) == GOPM__FORM_MAP_HEADER;
}

/* The point that a node is a child of, as an index of `points`; NULL: none. */
static const uint64_t *point_above(const struct suspicion *s, const struct gopm__map64 *points, uint32_t node)
{
	uint32_t parent = s->retained->parent[node];

	for (unsigned i = 0; i < MOST_MAP_PARTS && parent != GOPM__NO_NODE; i++) {
		const uint64_t *point = gopm__map64_get(points, (uint64_t)parent + 1);
		const bool holder =
		    parent >= s->ownership->graph.first_holder && parent < s->ownership->graph.first_group;
		/* The children of a group's holders are the group's. */
		if (point != NULL || !(holder || is_map_part(s, parent))) {
			return point;
		}
		parent = s->retained->parent[parent];
	}
	return NULL;
}

struct child_type {
	uint64_t objects, bytes;
	uint32_t typed, suspect;
};

/* Finds what each point has most of. */
static gopm_status count_children(struct suspicion *s)
{
	struct gopm__map64 points = {0}, types = {0}; /* node + 1 -> suspect; suspect and type -> index */
	struct child_type *rows = NULL;
	size_t count = 0, capacity = 0;
	gopm_status status = GOPM_ERR_NO_MEMORY;
	bool fresh;

	for (size_t i = 0; i < s->count; i++) {
		uint64_t *at = s->list[i].kind != GOPM__SUSPECT_TYPE
		                   ? gopm__map64_put(&points, (uint64_t)s->list[i].point + 1, &fresh)
		                   : NULL;
		if (at == NULL && s->list[i].kind != GOPM__SUSPECT_TYPE) {
			goto out;
		}
		if (at != NULL) {
			*at = i;
		}
	}
	for (uint32_t node = 0; node < s->ownership->graph.first_holder && s->count != 0; node++) {
		const uint64_t *suspect = is_map_part(s, node) ? NULL : point_above(s, &points, node);
		if (suspect == NULL) {
			continue;
		}
		const uint32_t typed = gopm__retained_type_of(s->ownership->heap, node);
		uint64_t *at = gopm__map64_put(&types, (*suspect + 1) << 32 | typed, &fresh);
		if (at == NULL || (fresh && !GOPM__VECTOR_RESERVE(rows, count, capacity, 1))) {
			goto out;
		}
		if (fresh) {
			*at = count;
			rows[count++] = (struct child_type){.typed = typed, .suspect = (uint32_t)*suspect};
		}
		rows[*at].objects++;
		rows[*at].bytes += gopm__retained_bytes(s->retained, node);
	}
	for (size_t i = 0; i < count; i++) {
		struct gopm__suspect *suspect = &s->list[rows[i].suspect];
		if (rows[i].bytes > suspect->child_bytes) {
			suspect->child_typed = rows[i].typed;
			suspect->child_objects = rows[i].objects;
			suspect->child_bytes = rows[i].bytes;
		}
	}
	status = GOPM_OK;
out:
	gopm__map64_free(&points);
	gopm__map64_free(&types);
	free(rows);
	return status;
}

static int compare_suspects(const void *a, const void *b)
{
	const struct gopm__suspect *x = a, *y = b;

	if (x->bytes != y->bytes) {
		return x->bytes < y->bytes ? 1 : -1;
	}
	return (x->node > y->node) - (x->node < y->node);
}

gopm_status gopm__suspects(const struct gopm__ownership *ownership, uint32_t percent, struct gopm__suspect **suspects,
                           size_t *count)
{
	const uint64_t live = ownership->heap->live_bytes;
	struct suspicion s = {.ownership = ownership, .retained = &ownership->retained, .least = live / 100 * percent};
	gopm_status status = add_holders(&s) && add_objects(&s) ? GOPM_OK : GOPM_ERR_NO_MEMORY;
	bool moved = s.count != 0;

	for (unsigned i = 0; i < MOST_STEPS && moved && status == GOPM_OK; i++) {
		status = move_points(&s, &moved);
	}
	if (status == GOPM_OK) {
		status = count_children(&s);
	}
	gopm__map64_free(&s.types);
	free(s.by_type);
	if (status != GOPM_OK) {
		free(s.list);
		s.list = NULL;
		s.count = 0;
	} else if (s.count != 0) {
		qsort(s.list, s.count, sizeof *s.list, compare_suspects);
	}
	*suspects = s.list;
	*count = s.count;
	return status;
}
