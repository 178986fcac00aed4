/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks of the same shape: the same pcs at the same distances. A program may have a million parked goroutines, of
 * which most have one of a few shapes. What a walk finds out about a stack, up to the values in it, is found once a
 * shape: to tell the shape of a stack takes one load and one comparison a frame. */
#ifndef GOPM_UNWIND_SHAPE_H
#define GOPM_UNWIND_SHAPE_H

#include "runtime/g.h"

struct gopm__shape {
	const void *note; /* the caller's; NULL at first */
};

struct gopm__shape_node; /* shape.c */

/* Zero-initialized is empty. One thread at a time. */
struct gopm__shapes {
	struct gopm__shape_node *nodes; /* frames: a tree, whose roots are innermost ones */
	size_t count, capacity;
	struct gopm__map64 edges; /* pc and the node that was called -> index of the caller's, plus 1 */
	uint32_t missed;          /* stacks that no shape was made of, though they were walked */
};

void gopm__shapes_free(struct gopm__shapes *shapes);

/* The shape of the stack of `g`: a walk from its innermost frame reaches its first function, and meets only frames of
 * compiled Go code. All goroutines with this shape have the same frames, moved by the difference of their sched_sp.
 * NULL: it has none, as it runs, or is in a system call, or its stack is damaged, or unusual; or out of memory.
 * Valid until the next call. */
struct gopm__shape *gopm__shape_of(struct gopm__shapes *shapes, const struct gopm__runtime *rt,
                                   struct gopm__reader *reader, const struct gopm__g *g);

/* The same, without a walk: NULL if no stack with this shape was seen before. Several threads may ask at a time. */
const struct gopm__shape *gopm__shape_seen(const struct gopm__shapes *shapes, struct gopm__reader *reader,
                                           const struct gopm__g *g);

#endif
