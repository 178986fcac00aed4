/* SPDX-License-Identifier: Apache-2.0 */
/* Semidominators and dominators of nodes that are numbered in preorder of a depth-first search: the second half of the
 * algorithm of Lengauer and Tarjan. The caller brings the predecessors, from the last node to the first. */
#ifndef GOPM_HEAP_LINK_EVAL_H
#define GOPM_HEAP_LINK_EVAL_H

#include <stdint.h>

/* Arrays by number; the root's is 0. */
struct gopm__link_eval {
	/* The parents in the search tree at first; then of the forest of the nodes that were linked. Paths in it are
	 * compressed. */
	uint32_t *ancestor;
	uint32_t *label; /* the node with the least semidominator on the way to `ancestor` */
	uint32_t *semi;  /* semidominators. Of a node before its gopm__link_eval_start() it is not used */
	/* Of a node that is not linked yet, the first in its bucket: the nodes with it as semidominator. Of a node in a
	 * bucket, the next. After that, the dominator. */
	uint32_t *idom;
	uint32_t count;
};

/* Sets label and idom, before the last node. */
void gopm__link_eval_begin(struct gopm__link_eval *le);

/* Begins with node `w`, after the one with the next number. Its parent counts as a predecessor. */
void gopm__link_eval_start(struct gopm__link_eval *le, uint32_t w);

/* Takes another predecessor of node `w`. */
void gopm__link_eval_predecessor(struct gopm__link_eval *le, uint32_t w, uint32_t predecessor);

/* Links node `w` to its parent, after all of its predecessors. */
void gopm__link_eval_link(struct gopm__link_eval *le, uint32_t w);

/* Fills idom, after node 1. The root's is GOPM__NO_NODE. */
void gopm__link_eval_end(struct gopm__link_eval *le);

#endif
