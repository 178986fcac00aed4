/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/retained_type.h"

#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"
#include "util/vector.h"

#define REPORT_EVERY 65536u /* nodes, between calls of the progress callback */

/* A walk of the dominator tree from the root, without a stack: nodes know their parents. */
struct tree_walk {
	const struct gopm__ownership *ownership;
	uint32_t *child;   /* the first child of each node */
	uint32_t *sibling; /* the next */
	struct gopm__retained_type *rows;
	uint32_t *depth; /* of each row: nodes of its type from the root to the current node */
	size_t count, capacity, depth_capacity;
	struct gopm__map64 by_type; /* typed + 1 -> row */
	gopm_status status;
};

uint32_t gopm__retained_type_of(const struct gopm__heap *heap, uint32_t slot)
{
	const uint32_t typed = heap->typed[slot];
	enum gopm__form form = gopm__typed_form(typed);

	if (gopm__typed_evidence(typed) <= GOPM__EVIDENCE_INSIDE) {
		return 0;
	}
	form = form >= GOPM__FORM_MAP_HEADER && form <= GOPM__FORM_MAP_EXTRA ? GOPM__FORM_MAP_HEADER : form;
	return gopm__typed(gopm__typed_type(typed), form, GOPM__EVIDENCE_NONE);
}

/* The row of a node; SIZE_MAX: it is no object, or out of memory. */
static size_t row_of_node(struct tree_walk *w, uint32_t node)
{
	bool fresh;

	if (node >= w->ownership->graph.first_holder) {
		return SIZE_MAX;
	}
	const uint32_t typed = gopm__retained_type_of(w->ownership->heap, node);
	uint64_t *row = gopm__map64_put(&w->by_type, (uint64_t)typed + 1, &fresh);
	if (row == NULL || (fresh && (!GOPM__VECTOR_RESERVE(w->rows, w->count, w->capacity, 1) ||
	                              !GOPM__VECTOR_RESERVE(w->depth, w->count, w->depth_capacity, 1)))) {
		w->status = GOPM_ERR_NO_MEMORY;
		return SIZE_MAX;
	}
	if (fresh) {
		*row = w->count;
		w->depth[w->count] = 0;
		w->rows[w->count++] = (struct gopm__retained_type){.typed = typed};
	}
	return (size_t)*row;
}

static void enter_node(struct tree_walk *w, uint32_t node)
{
	const struct gopm__retained *r = &w->ownership->retained;
	const size_t row = row_of_node(w, node);

	if (row == SIZE_MAX) {
		return;
	}
	if (w->depth[row]++ == 0) {
		w->rows[row].objects += r->objects[node];
		w->rows[row].bytes += gopm__retained_bytes(r, node);
	}
	w->rows[row].instances++;
	w->rows[row].own_bytes += gopm__index_span_of_slot(&w->ownership->heap->index, node)->size;
}

static void leave_node(struct tree_walk *w, uint32_t node)
{
	const size_t row = row_of_node(w, node);

	if (row != SIZE_MAX) {
		w->depth[row]--;
	}
}

static void link_children(struct tree_walk *w)
{
	const struct gopm__retained *r = &w->ownership->retained;

	memset(w->child, 0xff, (size_t)r->count * sizeof *w->child);
	for (uint32_t i = r->count; i-- > 0;) {
		const uint32_t parent = r->parent[i];
		w->sibling[i] = GOPM__NO_NODE;
		if (parent != GOPM__NO_NODE) {
			w->sibling[i] = w->child[parent];
			w->child[parent] = i;
		}
	}
}

static void walk_tree(struct tree_walk *w)
{
	const struct gopm__retained *r = &w->ownership->retained;
	uint32_t node = r->count - 1;
	uint64_t done = 0;

	enter_node(w, node);
	while (w->status == GOPM_OK) {
		if (w->child[node] != GOPM__NO_NODE) {
			node = w->child[node];
		} else {
			leave_node(w, node);
			while (node != r->count - 1 && w->sibling[node] == GOPM__NO_NODE) {
				node = r->parent[node];
				leave_node(w, node);
			}
			if (node == r->count - 1) {
				return;
			}
			node = w->sibling[node];
		}
		enter_node(w, node);
		if (++done % REPORT_EVERY == 0 &&
		    !gopm__progress_report(&w->ownership->heap->progress, 0, done, r->count)) {
			w->status = GOPM_ERR_CANCELLED;
		}
	}
}

static int compare_types(const void *a, const void *b)
{
	const struct gopm__retained_type *x = a, *y = b;

	if (x->bytes != y->bytes) {
		return x->bytes < y->bytes ? 1 : -1;
	}
	return (x->typed > y->typed) - (x->typed < y->typed);
}

gopm_status gopm__retained_by_type(const struct gopm__ownership *ownership, struct gopm__retained_type **rows,
                                   size_t *count)
{
	const size_t nodes = ownership->retained.count;
	struct tree_walk w = {.ownership = ownership};

	w.child = gopm__malloc(nodes * sizeof *w.child);
	w.sibling = gopm__malloc(nodes * sizeof *w.sibling);
	if (w.child == NULL || w.sibling == NULL) {
		w.status = GOPM_ERR_NO_MEMORY;
	} else {
		link_children(&w);
		walk_tree(&w);
	}
	free(w.child);
	free(w.sibling);
	free(w.depth);
	gopm__map64_free(&w.by_type);
	if (w.status != GOPM_OK) {
		free(w.rows);
		w.rows = NULL;
		w.count = 0;
	} else if (w.count != 0) {
		qsort(w.rows, w.count, sizeof *w.rows, compare_types);
	}
	*rows = w.rows;
	*count = w.count;
	return w.status;
}
