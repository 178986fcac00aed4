/* SPDX-License-Identifier: Apache-2.0 */
/* One physical frame after the other, by pclntab's stack deltas: a few loads a frame, nothing is
 * allocated. The rules are those of runtime/traceback.go (Go 1.16 to 1.27), and for threads that
 * stand on a system stack also the way from there to the goroutine. */
#ifndef GOPM_UNWIND_WALK_H
#define GOPM_UNWIND_WALK_H

#include <gopm/stack.h>

#include "runtime/g.h"
#include "unwind/frame.h"

struct gopm__walk {
	const struct gopm__runtime *rt;
	struct gopm__reader reader;

	/* The frame at hand; valid while `at_frame`. */
	const struct gopm__pcinfo *info; /* at lookup_pc; NULL or not known: not Go code */
	uint64_t pc, lookup_pc, sp, cfa;
	uint32_t flags; /* GOPM_FRAME_* of the physical frame */
	bool at_frame;
	bool has_registers; /* `registers` are those of this frame */

	uint32_t end; /* GOPM_STACK_END_*, once at_frame is false */
	uint64_t end_address;

	uint64_t g_address; /* of the goroutine; 0: none */
	bool moved_on;      /* its innermost frame was noted before a system call, and has done more since */

	/* private */
	uint64_t lo, hi; /* of the stack it is on; 0: unknown */
	const struct gopm__m *m;
	uint64_t g_pc, g_sp; /* where to go on behind a system stack */
	uint64_t g_lo, g_hi;
	bool may_jump, user_only;
	uint64_t lr; /* on CPUs that keep it in a register: the frame's return address; 0: it is on the stack */
	uint32_t steps;
	uint64_t
	    *budget; /* frames that may still be walked, of all walks that share it; NULL: no bound but the stack */

	/* Last, and not cleared at the start of a walk: most walks have no use for them. */
	struct gopm__registers registers;
};

/* Frames that all stacks of a sound core can have together, each walked a few times: none is smaller than a word. A
 * hostile core may name one stack a million times, and must not take hours for it. */
static inline uint64_t gopm__walk_budget(const struct gopm__runtime *rt)
{
	return rt->core->memory_size / 2 + ((uint64_t)1 << 20);
}

/* Starts at the innermost frame of a goroutine. With `user_only` the frames on its thread's system stacks are
 * passed over. `budget` may be NULL. */
void gopm__walk_goroutine(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__g *g,
                          bool user_only, uint64_t *budget);

/* Starts at a thread's registers, whatever stack it is on. */
void gopm__walk_thread(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__thread *thread);

/* To the caller; false: there is none, see `end`. */
bool gopm__walk_next(struct gopm__walk *walk);

#endif
