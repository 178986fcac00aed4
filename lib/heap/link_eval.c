/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/link_eval.h"

#include "heap/graph.h"

void gopm__link_eval_begin(struct gopm__link_eval *le)
{
	for (uint32_t i = 0; i < le->count; i++) {
		le->label[i] = i;
		le->idom[i] = GOPM__NO_NODE;
	}
}

/* Makes every node on the path from `v` to the root of its tree a child of the root. `w` is the last node that is
 * linked: nodes before it are roots. The way back is kept in the pointers themselves, so that a path of any length
 * takes no memory. */
static void compress_path(struct gopm__link_eval *le, uint32_t v, uint32_t w)
{
	uint32_t *const ancestor = le->ancestor;
	uint32_t below = GOPM__NO_NODE, node = v;

	while (ancestor[node] >= w) {
		const uint32_t up = ancestor[node];
		ancestor[node] = below;
		below = node;
		node = up;
	}
	while (below != GOPM__NO_NODE) {
		const uint32_t next = ancestor[below];
		if (le->semi[le->label[node]] < le->semi[le->label[below]]) {
			le->label[below] = le->label[node];
		}
		ancestor[below] = ancestor[node];
		node = below;
		below = next;
	}
}

void gopm__link_eval_start(struct gopm__link_eval *le, uint32_t w)
{
	le->semi[w] = le->ancestor[w];
}

void gopm__link_eval_predecessor(struct gopm__link_eval *le, uint32_t w, uint32_t predecessor)
{
	uint32_t semi = predecessor;

	if (predecessor > w) {
		compress_path(le, predecessor, w + 1);
		semi = le->semi[le->label[predecessor]];
	}
	if (semi < le->semi[w]) {
		le->semi[w] = semi;
	}
}

void gopm__link_eval_link(struct gopm__link_eval *le, uint32_t w)
{
	const uint32_t parent = le->ancestor[w], semi = le->semi[w];

	if (semi == parent) {
		le->idom[w] = parent;
	} else {
		le->idom[w] = le->idom[semi];
		le->idom[semi] = w;
	}
	for (uint32_t v = le->idom[parent]; v != GOPM__NO_NODE;) {
		const uint32_t next = le->idom[v];
		compress_path(le, v, w);
		const uint32_t u = le->label[v];
		le->idom[v] = le->semi[u] < le->semi[v] ? u : parent;
		v = next;
	}
	le->idom[parent] = GOPM__NO_NODE;
}

void gopm__link_eval_end(struct gopm__link_eval *le)
{
	for (uint32_t i = 1; i < le->count; i++) {
		if (le->idom[i] != le->semi[i]) {
			le->idom[i] = le->idom[le->idom[i]];
		}
	}
	le->idom[0] = GOPM__NO_NODE;
}
