/* SPDX-License-Identifier: Apache-2.0 */
/* A node is a frame, with its distance from the innermost sp. The word at the place of its return address says which
 * node is its caller. An edge is added after a walk went there, and only if the walk would do the same with every stack
 * that has this word: what it decides depends on the pc, and on nothing else in the stack or the goroutine. */
#include "unwind/shape.h"

#include <stdlib.h>

#include "unwind/return_address.h"
#include "unwind/walk.h"
#include "util/vector.h"

#define MOST_FRAMES 128u
#define MOST_NODES ((size_t)1 << 16)
/* After so many stacks that have no shape, no other ones are looked at: the walks would be in vain. */
#define MOST_MISSED 4096u
/* Index of no node. */
#define NO_NODE UINT32_MAX

struct gopm__shape_node {
	uint64_t pc;     /* as stored */
	uint64_t start;  /* of goexit: entry of the goroutine's first function; else 0 */
	uint32_t called; /* index of the node that it called; NO_NODE: it is the innermost */
	uint32_t back;   /* place of its return address, from the innermost sp; of goexit, of the end of the stack */
	uint32_t caller; /* index of one of its callers; NO_NODE: not known */
	struct gopm__shape shape; /* of goexit */
};

/* The frames of one walk. */
struct shape_path {
	struct gopm__shape_node nodes[MOST_FRAMES];
	size_t count;
};

void gopm__shapes_free(struct gopm__shapes *shapes)
{
	free(shapes->nodes);
	gopm__map64_free(&shapes->edges);
	*shapes = (struct gopm__shapes){0};
}

static uint64_t edge_key(uint32_t called, uint64_t pc)
{
	const uint64_t key = pc + ((uint64_t)called + 1) * UINT64_C(0xff51afd7ed558ccd);

	return key != 0 ? key : 1;
}

static bool is_edge(const struct gopm__shapes *shapes, uint32_t node, uint32_t called, uint64_t pc)
{
	return shapes->nodes[node].pc == pc && shapes->nodes[node].called == called;
}

/* The node of the caller at `pc` of node `called`; NO_NODE: not known. */
static uint32_t find_caller(const struct gopm__shapes *shapes, uint32_t called, uint64_t pc)
{
	const uint32_t last = called != NO_NODE ? shapes->nodes[called].caller : NO_NODE;

	if (last != NO_NODE && shapes->nodes[last].pc == pc) {
		return last;
	}
	const uint64_t *index = gopm__map64_get(&shapes->edges, edge_key(called, pc));
	return index != NULL && is_edge(shapes, (uint32_t)(*index - 1), called, pc) ? (uint32_t)(*index - 1) : NO_NODE;
}

/* True if the goroutine is parked, and a walk would begin at its saved pc. */
static bool is_parked(const struct gopm__g *g)
{
	return (g->status == GOPM_G_WAITING || g->status == GOPM_G_LEAKED) && g->syscall_sp == 0 && g->thread == NULL &&
	       g->stack_hi > g->sched_sp && g->stack_lo != 0 && g->sched_sp >= g->stack_lo &&
	       g->stack_hi - g->sched_sp < UINT32_MAX;
}

/* The node of goexit, if the stack has a shape that is known. */
static uint32_t find_shape(const struct gopm__shapes *shapes, struct gopm__reader *reader, const struct gopm__g *g)
{
	const uint64_t size = g->stack_hi - g->sched_sp;
	const uint8_t *stack = gopm__read_peek(reader, g->sched_sp, size);
	uint32_t node = stack != NULL ? find_caller(shapes, NO_NODE, g->sched_pc) : NO_NODE;

	while (node != NO_NODE && shapes->nodes[node].start == 0) {
		const uint32_t back = shapes->nodes[node].back;
		if (back >= size || size - back < 8) {
			return NO_NODE;
		}
		node = find_caller(shapes, node, gopm__load64(stack + back));
	}
	return node != NO_NODE && shapes->nodes[node].start == g->startpc && shapes->nodes[node].back == size ? node
	                                                                                                      : NO_NODE;
}

/* True if all that a walk does in the frame depends on its pc alone. */
static bool is_plain(const struct gopm__walk *walk)
{
	const struct gopm__pcinfo *info = walk->info;
	const struct gopm__arch *arch = walk->rt->core->arch;
	const bool role =
	    info != NULL && info->known &&
	    (info->role == GOPM__ROLE_NORMAL || info->role == GOPM__ROLE_WRAPPER || info->role >= GOPM__ROLE_CHANSEND);

	return role && (info->func.flag & (GOPM__FUNC_TOP_FRAME | GOPM__FUNC_SP_WRITE)) == 0 && !info->assembly &&
	       info->sp_delta > 0 &&
	       walk->cfa ==
	           walk->sp + (uint64_t)info->sp_delta + (arch->return_address_on_stack ? arch->pointer_size : 0);
}

/* Adds the current frame of the walk. False: the stack has no shape. */
static bool add_plain_frame(struct shape_path *path, const struct gopm__walk *walk, const struct gopm__g *g)
{
	const struct gopm__arch *arch = walk->rt->core->arch;

	if (path->count == MOST_FRAMES || !is_plain(walk)) {
		return false;
	}
	const uint64_t place = arch->return_address_on_stack ? walk->cfa - arch->pointer_size : walk->sp;
	path->nodes[path->count++] =
	    (struct gopm__shape_node){.pc = walk->pc, .back = (uint32_t)(place - g->sched_sp), .caller = NO_NODE};
	return true;
}

/* Walks the stack. False: it has no shape. */
static bool walk_path(struct shape_path *path, const struct gopm__runtime *rt, const struct gopm__g *g)
{
	struct gopm__walk walk;
	uint64_t start = 0;

	path->count = 0;
	gopm__walk_goroutine(&walk, rt, g, true, NULL);
	if (!walk.at_frame || walk.info == NULL || walk.pc != g->sched_pc || walk.sp != g->sched_sp) {
		return false;
	}
	const struct gopm__pcinfo *first = gopm__symtab_pc(rt->symtab, walk.pc);
	if (first == NULL || first->call_before != GOPM__CALL_BEFORE) {
		return false;
	}
	while (walk.info->role != GOPM__ROLE_GOEXIT) {
		const uint64_t cfa = walk.cfa;
		start = walk.info->func.entry;
		if (!add_plain_frame(path, &walk, g) || !gopm__walk_next(&walk) || walk.sp != cfa || walk.flags != 0 ||
		    walk.info == NULL) {
			return false;
		}
	}
	const uint64_t pc = walk.pc;
	if (start == 0 || start != g->startpc || path->count == MOST_FRAMES || gopm__walk_next(&walk) ||
	    walk.end != GOPM_STACK_END_COMPLETE) {
		return false;
	}
	path->nodes[path->count++] = (struct gopm__shape_node){
	    .pc = pc, .start = start, .back = (uint32_t)(g->stack_hi - g->sched_sp), .caller = NO_NODE};
	return true;
}

/* Adds the nodes of a path. The last one; NO_NODE: out of memory, or there are too many. */
static uint32_t add_path(struct gopm__shapes *shapes, const struct shape_path *path)
{
	uint32_t called = NO_NODE;
	bool fresh;

	for (size_t i = 0; i < path->count; i++) {
		const uint64_t pc = path->nodes[i].pc;
		uint32_t node = find_caller(shapes, called, pc);
		if (node == NO_NODE) {
			if (shapes->count == MOST_NODES ||
			    !GOPM__VECTOR_RESERVE(shapes->nodes, shapes->count, shapes->capacity, 1)) {
				return NO_NODE;
			}
			uint64_t *index = gopm__map64_put(&shapes->edges, edge_key(called, pc), &fresh);
			if (index == NULL || !fresh) {
				return NO_NODE;
			}
			node = (uint32_t)shapes->count++;
			*index = (uint64_t)node + 1;
			shapes->nodes[node] = path->nodes[i];
			shapes->nodes[node].called = called;
			if (called != NO_NODE) {
				shapes->nodes[called].caller = node;
			}
		}
		called = node;
	}
	return called;
}

struct gopm__shape *gopm__shape_of(struct gopm__shapes *shapes, const struct gopm__runtime *rt,
                                   struct gopm__reader *reader, const struct gopm__g *g)
{
	struct shape_path path;

	if (!is_parked(g)) {
		return NULL;
	}
	uint32_t node = find_shape(shapes, reader, g);
	if (node == NO_NODE && shapes->missed < MOST_MISSED) {
		if (walk_path(&path, rt, g)) {
			(void)add_path(shapes, &path);
			node = find_shape(shapes, reader, g);
		}
		shapes->missed += node == NO_NODE;
	}
	return node != NO_NODE ? &shapes->nodes[node].shape : NULL;
}

const struct gopm__shape *gopm__shape_seen(const struct gopm__shapes *shapes, struct gopm__reader *reader,
                                           const struct gopm__g *g)
{
	const uint32_t node = is_parked(g) ? find_shape(shapes, reader, g) : NO_NODE;

	return node != NO_NODE ? &shapes->nodes[node].shape : NULL;
}
