/* SPDX-License-Identifier: Apache-2.0 */
/* Dominators of made graphs, compared with the definition: d dominates v if v cannot be reached without d. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "heap/dominators.h"
#include "heap/retained.h"

#define MOST_NODES 60u

/* A graph as a list of edges, grouped by source. */
struct made_graph {
	struct gopm__graph graph;
	uint32_t *first, *to; /* edges of node i: to[first[i]] to to[first[i + 1] - 1] */
	uint32_t at, end;
	uint32_t largest; /* node that was asked for its bytes last, plus 1 */
};

static void begin_made(void *user_data, uint32_t node)
{
	struct made_graph *made = user_data;
	made->at = made->first[node];
	made->end = made->first[node + 1];
}

static uint32_t next_made(void *user_data, uint32_t *to)
{
	struct made_graph *made = user_data;
	uint32_t count = 0;

	/* Fewer than a full batch, so that several are needed. */
	while (made->at < made->end && count < 3) {
		to[count++] = made->to[made->at++];
	}
	return count;
}

static uint64_t bytes_made(void *user_data, uint32_t node)
{
	struct made_graph *made = user_data;
	assert_int_equal(node, made->largest);
	made->largest = node + 1;
	return (uint64_t)(node % 7) * 8;
}

static void init_made(struct made_graph *made, uint32_t count, uint32_t edges)
{
	*made = (struct made_graph){.graph = {.count = count, .begin = begin_made, .next = next_made}};
	made->graph.user_data = made;
	made->first = calloc(count + 1, sizeof *made->first);
	made->to = calloc(edges + 1, sizeof *made->to);
	assert_non_null(made->first);
	assert_non_null(made->to);
}

static void free_made(struct made_graph *made)
{
	free(made->first);
	free(made->to);
}

static uint32_t *dominate(const struct gopm__graph *graph, struct gopm__dominators *d, size_t most_edges)
{
	const struct gopm__progress progress = {0};

	assert_int_equal(gopm__dominators_open(d, graph, most_edges, &progress), GOPM_OK);
	return d->parent;
}

/* Marks what can be reached from the root without `without`. */
static void reach(const struct made_graph *made, uint32_t without, bool *reached)
{
	uint32_t stack[MOST_NODES], count = 0;
	const uint32_t root = made->graph.count - 1;

	memset(reached, 0, MOST_NODES * sizeof *reached);
	if (root != without) {
		stack[count++] = root;
		reached[root] = true;
	}
	while (count != 0) {
		const uint32_t node = stack[--count];
		for (uint32_t i = made->first[node]; i < made->first[node + 1]; i++) {
			const uint32_t to = made->to[i];
			if (to != without && !reached[to]) {
				reached[to] = true;
				stack[count++] = to;
			}
		}
	}
}

/* Compares dominators and retained sizes with the definition. */
static void check_made(struct made_graph *made, size_t most_edges)
{
	const uint32_t count = made->graph.count;
	const struct gopm__progress progress = {0};
	bool all[MOST_NODES], reached[MOST_NODES], dominates[MOST_NODES][MOST_NODES];
	struct gopm__dominators d;
	struct gopm__retained r;
	const uint32_t *parent = dominate(&made->graph, &d, most_edges);
	const struct gopm__retained_request request = {.parent = parent,
	                                               .count = count,
	                                               .bytes = bytes_made,
	                                               .user_data = made,
	                                               .total = 1 << 20,
	                                               .progress = &progress};

	assert_int_equal(gopm__retained_open(&r, &request), GOPM_OK);
	reach(made, GOPM__NO_NODE, all);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t bytes = 0, objects = 0;
		reach(made, i, reached);
		for (uint32_t v = 0; v < count; v++) {
			dominates[i][v] = all[v] && !reached[v];
			bytes += dominates[i][v] ? (v % 7) * 8 : 0;
			objects += dominates[i][v] && v % 7 != 0;
		}
		if (all[i]) {
			assert_int_equal(gopm__retained_bytes(&r, i), bytes);
			assert_int_equal(r.objects[i], objects);
		}
	}
	for (uint32_t v = 0; v < count; v++) {
		if (!all[v] || v == count - 1) {
			assert_true(parent[v] == GOPM__NO_NODE || !all[parent[v]]);
			continue;
		}
		assert_true(parent[v] < count && parent[v] != v);
		assert_true(dominates[parent[v]][v]);
		/* Every other dominator of v dominates its parent. */
		for (uint32_t i = 0; i < count; i++) {
			assert_true(i == v || !dominates[i][v] || dominates[i][parent[v]]);
		}
	}
	gopm__retained_close(&r);
	gopm__dominators_close(&d);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void random_graphs(void **state)
{
	uint64_t random = 0x9e3779b97f4a7c15;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		const uint32_t count = 1 + (uint32_t)(next_random(&random) % MOST_NODES);
		/* From forests with a few more edges to dense graphs. */
		const uint32_t edges = (uint32_t)(next_random(&random) % (count * (round % 3 == 0 ? 5 : 2) + 1));
		const bool chain = round % 4 == 0;
		struct made_graph made;
		bool matrix[MOST_NODES][MOST_NODES] = {0};

		init_made(&made, count, edges + count);
		for (uint32_t i = 0; i < edges; i++) {
			matrix[next_random(&random) % count][next_random(&random) % count] = true;
		}
		for (uint32_t i = 1; chain && i < count; i++) {
			matrix[i][i - 1] = true;
		}
		uint32_t at = 0;
		for (uint32_t i = 0; i < count; i++) {
			made.first[i] = at;
			for (uint32_t k = 0; k < count; k++) {
				if (matrix[i][k]) {
					made.to[at++] = k;
				}
			}
		}
		made.first[count] = at;
		check_made(&made, round % 2 == 0 ? 0 : 10000);
		free_made(&made);
	}
}

/* Node i points to i + 1 and i - 1: a list with links both ways; each also to a value that a table has too. */
static void long_list_with_table(void **state)
{
	const uint32_t length = 1000000, table = length * 2, root = table + 1;
	struct made_graph made;
	struct gopm__dominators d;
	uint32_t at = 0;

	(void)state;
	init_made(&made, root + 1, length * 5);
	for (uint32_t i = 0; i < length; i++) {
		made.first[i] = at;
		if (i + 1 < length) {
			made.to[at++] = i + 1;
		}
		if (i != 0) {
			made.to[at++] = i - 1;
		}
		made.to[at++] = length + i;
	}
	for (uint32_t i = length; i < table; i++) {
		made.first[i] = at;
	}
	made.first[table] = at;
	for (uint32_t i = 0; i < length; i++) {
		made.to[at++] = length + i;
	}
	made.first[root] = at;
	made.to[at++] = table;
	made.to[at++] = 0;
	made.first[root + 1] = at;
	const uint32_t *parent = dominate(&made.graph, &d, SIZE_MAX / 2);
	for (uint32_t i = 0; i < length; i++) {
		assert_int_equal(parent[i], i != 0 ? i - 1 : root);
		assert_int_equal(parent[length + i], root);
	}
	assert_int_equal(parent[table], root);
	assert_int_equal(parent[root], GOPM__NO_NODE);
	gopm__dominators_close(&d);
	free_made(&made);
}

/* A chain of a million nodes goes through no algorithm: each has one predecessor. */
static void long_chain(void **state)
{
	const uint32_t length = 1000000;
	const struct gopm__progress progress = {0};
	struct made_graph made;
	struct gopm__dominators d;
	struct gopm__retained r;

	(void)state;
	init_made(&made, length, length);
	for (uint32_t i = 0; i < length; i++) {
		made.first[i + 1] = i;
		made.to[i] = i;
	}
	made.first[0] = 0;
	const uint32_t *parent = dominate(&made.graph, &d, SIZE_MAX / 2);
	const struct gopm__retained_request request = {.parent = parent,
	                                               .count = length,
	                                               .bytes = bytes_made,
	                                               .user_data = &made,
	                                               .total = (uint64_t)1 << 40,
	                                               .progress = &progress};
	assert_int_equal(d.core, 1);
	assert_int_equal(gopm__retained_open(&r, &request), GOPM_OK);
	uint64_t bytes = 0;
	for (uint32_t i = 0; i < length; i++) {
		bytes += (uint64_t)(i % 7) * 8;
		assert_int_equal(parent[i], i + 1 < length ? i + 1 : GOPM__NO_NODE);
		assert_int_equal(gopm__retained_bytes(&r, i), bytes);
	}
	gopm__retained_close(&r);
	gopm__dominators_close(&d);
	free_made(&made);
}

/* Many nodes with many predecessors each: their predecessors are read in several parts, and one node has more than a
 * part. */
static void many_predecessors(void **state)
{
	const uint32_t wide = 3000, shared = 1000, root = wide + shared;
	struct made_graph made;
	struct gopm__dominators d;
	uint32_t at = 0;

	(void)state;
	init_made(&made, root + 1, wide * (shared + 1000) + wide);
	for (uint32_t i = 0; i < wide; i++) {
		made.first[i] = at;
		for (uint32_t k = 0; k < shared; k++) {
			made.to[at++] = wide + k;
		}
		for (uint32_t k = 0; k < 1000; k++) {
			made.to[at++] = wide;
		}
	}
	for (uint32_t i = wide; i < root; i++) {
		made.first[i] = at;
	}
	made.first[root] = at;
	for (uint32_t i = 0; i < wide; i++) {
		made.to[at++] = i;
	}
	made.first[root + 1] = at;
	const uint32_t *parent = dominate(&made.graph, &d, SIZE_MAX / 2);
	for (uint32_t i = 0; i < root; i++) {
		assert_int_equal(parent[i], root);
	}
	assert_true(d.scans > 3 && d.scans < 20);
	gopm__dominators_close(&d);
	free_made(&made);
}

/* More than 2^32 units of 8 bytes. */
static uint64_t huge_bytes(void *user_data, uint32_t node)
{
	(void)user_data;
	return (uint64_t)(node + 1) << 34;
}

static void huge_sizes(void **state)
{
	static const uint32_t parent[] = {3, 3, 0, GOPM__NO_NODE, 0};
	static const uint64_t expected[] = {9, 2, 3, 15, 5};
	static const uint32_t nodes[] = {0, 3};
	const struct gopm__progress progress = {0};
	const struct gopm__retained_request request = {
	    .parent = parent, .count = 5, .bytes = huge_bytes, .total = (uint64_t)15 << 34, .progress = &progress};
	struct gopm__retained r;
	struct gopm__retained_children children;

	(void)state;
	assert_int_equal(gopm__retained_open(&r, &request), GOPM_OK);
	for (uint32_t i = 0; i < 5; i++) {
		assert_true(gopm__retained_bytes(&r, i) == expected[i] << 34);
	}
	assert_int_equal(gopm__retained_children(&r, nodes, 2, 1, &children), GOPM_OK);
	assert_int_equal(children.count, 2);
	assert_int_equal(children.list[0].node, 4);
	assert_int_equal(children.list[1].node, 0);
	assert_int_equal(children.left_out[0], 1);
	assert_int_equal(children.left_out[1], 1);
	free(children.list);
	free(children.left_out);
	gopm__retained_close(&r);
}

static int cancel(void *user_data, uint32_t phase, uint64_t done, uint64_t total)
{
	(void)user_data;
	(void)phase;
	(void)done;
	(void)total;
	return 1;
}

static void cancelled(void **state)
{
	const struct gopm__progress progress = {cancel, NULL};
	struct gopm__dominators d;
	struct made_graph made;

	(void)state;
	init_made(&made, 200000, 0);
	assert_int_equal(gopm__dominators_open(&d, &made.graph, 0, &progress), GOPM_ERR_CANCELLED);
	assert_null(d.parent);
	free_made(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_graphs),     cmocka_unit_test(long_list_with_table), cmocka_unit_test(long_chain),
	    cmocka_unit_test(many_predecessors), cmocka_unit_test(huge_sizes),           cmocka_unit_test(cancelled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
