/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/retained.h"

#include <stdlib.h>

#include "util/allocate.h"
#include "util/map64.h"
#include "util/vector.h"

#define REPORT_EVERY 65536u /* nodes, between calls of the progress callback */

/* Children that are not counted yet, a byte a node. Few nodes have more than fit. */
#define PENDING_DONE 254u
#define PENDING_MANY 255u /* `many` has the number */

struct accumulation {
	const struct gopm__retained *retained;
	uint8_t *pending;
	struct gopm__map64 many; /* node + 1 -> number */
};

/* Counts a child of `node`. False: out of memory. */
static bool count_child(struct accumulation *a, uint32_t node)
{
	uint8_t *const pending = &a->pending[node];
	bool fresh;

	if (*pending < PENDING_DONE - 1) {
		(*pending)++;
		return true;
	}
	uint64_t *many = gopm__map64_put(&a->many, (uint64_t)node + 1, &fresh);
	if (many == NULL) {
		return false;
	}
	*many = fresh ? PENDING_DONE : *many + 1;
	*pending = PENDING_MANY;
	return true;
}

/* Takes a child of `node` off the count. True if it was the last. */
static bool release_child(struct accumulation *a, uint32_t node)
{
	bool fresh;

	if (a->pending[node] != PENDING_MANY) {
		return --a->pending[node] == 0;
	}
	return --*gopm__map64_put(&a->many, (uint64_t)node + 1, &fresh) == 0;
}

static void add_to_parent(const struct gopm__retained *r, uint32_t parent, uint32_t node)
{
	r->objects[parent] += r->objects[node];
	const uint64_t sum = (uint64_t)r->units[parent] + r->units[node];
	r->units[parent] = (uint32_t)sum;
	if (r->more_units != NULL) {
		r->more_units[parent] = (uint8_t)(r->more_units[parent] + r->more_units[node] + (sum >> 32));
	}
}

/* Adds each node to its parent, after all of its own children: from the leaves up, without a stack. */
static gopm_status add_up(struct accumulation *a, const struct gopm__progress *progress)
{
	const struct gopm__retained *r = a->retained;

	for (uint32_t i = 0; i < r->count; i++) {
		if (r->parent[i] != GOPM__NO_NODE && !count_child(a, r->parent[i])) {
			return GOPM_ERR_NO_MEMORY;
		}
	}
	for (uint32_t i = 0; i < r->count; i++) {
		if (i % REPORT_EVERY == 0 && !gopm__progress_report(progress, 0, i, r->count)) {
			return GOPM_ERR_CANCELLED;
		}
		if (a->pending[i] != 0) {
			continue;
		}
		for (uint32_t node = i, parent; (parent = r->parent[node]) != GOPM__NO_NODE; node = parent) {
			add_to_parent(r, parent, node);
			if (!release_child(a, parent)) {
				break;
			}
			a->pending[parent] = PENDING_DONE;
		}
	}
	return GOPM_OK;
}

gopm_status gopm__retained_open(struct gopm__retained *retained, const struct gopm__retained_request *request)
{
	const size_t count = request->count;
	struct accumulation a = {.retained = retained};
	gopm_status status = GOPM_ERR_NO_MEMORY;

	*retained = (struct gopm__retained){.parent = request->parent, .count = request->count};
	retained->objects = gopm__malloc(count * sizeof *retained->objects + 1);
	retained->units = gopm__malloc(count * sizeof *retained->units + 1);
	if (request->total / GOPM__RETAINED_UNIT > UINT32_MAX) {
		retained->more_units = gopm__calloc(count, sizeof *retained->more_units);
	}
	a.pending = gopm__calloc(count + 1, 1);
	if (retained->objects == NULL || retained->units == NULL || a.pending == NULL ||
	    (request->total / GOPM__RETAINED_UNIT > UINT32_MAX && retained->more_units == NULL)) {
		goto out;
	}
	for (uint32_t i = 0; i < request->count; i++) {
		const uint64_t bytes = request->bytes(request->user_data, i);
		retained->objects[i] = bytes != 0;
		retained->units[i] = (uint32_t)(bytes / GOPM__RETAINED_UNIT);
		if (retained->more_units != NULL) {
			retained->more_units[i] = (uint8_t)(bytes / GOPM__RETAINED_UNIT >> 32);
		}
	}
	status = add_up(&a, request->progress);
out:
	free(a.pending);
	gopm__map64_free(&a.many);
	if (status != GOPM_OK) {
		gopm__retained_close(retained);
	}
	return status;
}

void gopm__retained_close(struct gopm__retained *retained)
{
	free(retained->objects);
	free(retained->units);
	free(retained->more_units);
	*retained = (struct gopm__retained){0};
}

static int compare_children(const void *a, const void *b)
{
	const struct gopm__retained_child *x = a, *y = b;

	if (x->of != y->of) {
		return x->of < y->of ? -1 : 1;
	}
	if (x->bytes != y->bytes) {
		return x->bytes < y->bytes ? 1 : -1;
	}
	return (x->node > y->node) - (x->node < y->node);
}

/* Keeps the first `limit` children of each node. */
static void limit_children(struct gopm__retained_children *out, size_t limit)
{
	size_t kept = 0, of_this = 0;

	if (out->count == 0) {
		return;
	}
	qsort(out->list, out->count, sizeof *out->list, compare_children);
	for (size_t i = 0; i < out->count; i++) {
		of_this = i != 0 && out->list[i].of == out->list[i - 1].of ? of_this + 1 : 0;
		if (of_this < limit) {
			out->list[kept++] = out->list[i];
		} else {
			out->left_out[out->list[i].of]++;
		}
	}
	out->count = kept;
}

gopm_status gopm__retained_children(const struct gopm__retained *retained, const uint32_t *nodes, size_t count,
                                    size_t limit, struct gopm__retained_children *out)
{
	uint64_t *wanted = gopm__calloc((size_t)retained->count / 64 + 1, sizeof *wanted);
	struct gopm__map64 index = {0}; /* node + 1 -> index */
	gopm_status status = GOPM_ERR_NO_MEMORY;

	*out = (struct gopm__retained_children){0};
	out->left_out = gopm__calloc(count + 1, sizeof *out->left_out);
	if (wanted == NULL || out->left_out == NULL) {
		goto out;
	}
	for (size_t i = 0; i < count; i++) {
		bool fresh;
		uint64_t *at = gopm__map64_put(&index, (uint64_t)nodes[i] + 1, &fresh);
		if (at == NULL) {
			goto out;
		}
		*at = i;
		wanted[nodes[i] / 64] |= UINT64_C(1) << (nodes[i] % 64);
	}
	for (uint32_t i = 0; i < retained->count; i++) {
		const uint32_t parent = retained->parent[i];
		if (parent == GOPM__NO_NODE || (wanted[parent / 64] >> (parent % 64) & 1) == 0) {
			continue;
		}
		if (!GOPM__VECTOR_RESERVE(out->list, out->count, out->capacity, 1)) {
			goto out;
		}
		out->list[out->count++] = (struct gopm__retained_child){
		    (uint32_t)*gopm__map64_get(&index, (uint64_t)parent + 1), i, gopm__retained_bytes(retained, i)};
	}
	limit_children(out, limit);
	status = GOPM_OK;
out:
	free(wanted);
	gopm__map64_free(&index);
	if (status != GOPM_OK) {
		free(out->list);
		free(out->left_out);
		*out = (struct gopm__retained_children){0};
	}
	return status;
}
