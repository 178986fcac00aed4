/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a stack, one physical frame at a time, with the stack deltas of pclntab. A step takes a few loads and allocates
 * nothing. The rules are those of runtime/traceback.go (Go 1.16 to 1.27). If a thread is on a system stack, the walk
 * continues from there to the stack of its goroutine.
 *
 *	struct gopm__walk walk;
 *	gopm__walk_goroutine(&walk, rt, g, false, NULL);
 *	for (bool more = walk.at_frame; more; more = gopm__walk_next(&walk)) {
 *		... walk.pc, walk.info
 *	}
 *	... walk.end says why the walk ended
 */
#ifndef GOPM_UNWIND_WALK_H
#define GOPM_UNWIND_WALK_H

#include <gopm/stack.h>

#include "runtime/g.h"
#include "unwind/frame.h"
#include "unwind/native_frame.h"

struct gopm__walk {
	const struct gopm__runtime *rt;
	struct gopm__reader reader;

	/* The current frame; valid if `at_frame`. */
	const struct gopm__pcinfo *info; /* at lookup_pc; NULL or not `known`: not Go code */
	uint64_t pc, lookup_pc, sp, cfa;
	uint32_t flags; /* GOPM_FRAME_* of the physical frame */
	bool at_frame;
	bool returns_wrong;
	bool has_registers; /* `registers` are those of this frame */

	uint32_t end; /* GOPM_STACK_END_*, once at_frame is false */
	uint64_t end_address;
	uint64_t bad_return; /* if `returns_wrong`: the impossible return address that is at end_address */

	uint64_t g_address; /* of its g; 0: there is no goroutine */
	bool moved_on; /* the innermost frame was saved at the start of a system call, and may have continued since */

	/* Private: */
	uint64_t lo, hi; /* bounds of the current stack; 0: unknown */
	const struct gopm__m *m;
	uint64_t g_pc, g_sp;                  /* where the goroutine starts, unless a thread runs it */
	uint64_t sched_pc, sched_sp;          /* where the walk continues after a system stack */
	uint64_t sched_lr;                    /* link register there */
	uint64_t g_lo, g_hi;                  /* bounds of the goroutine's stack */
	uint64_t g_start;                     /* entry of its first function */
	const struct gopm__pcinfo *outermost; /* of the frames so far that another one called */
	bool of_goroutine;                    /* the walk began with a goroutine, whose first function it must reach */
	bool may_switch;                      /* from a system stack to that of the goroutine */
	bool scheduling; /* the thread took the goroutine after it left the one that called mcall or morestack */
	bool left_vdso;  /* m.vdsoSP is used */
	bool lost_sp;    /* the end is in assembly that has replaced its stack pointer */
	bool user_only;
	uint64_t lr; /* link register: the return address of the frame; 0: it is on the stack */
	uint32_t steps;
	/* A joined walk: also through native code. */
	struct gopm__native *native;   /* NULL: the walk ends there */
	uint64_t callback_sp;          /* g0's stack pointer in the next call from C to Go; 0: there is none */
	uint64_t resume_pc, resume_sp; /* where the goroutine's own stack continues after native code; 0: unknown */
	const char *gap;               /* why native frames are missing; NULL: none are */
	uint64_t gap_pc;               /* of the last frame before the first gap */
	uint64_t *budget;              /* frames left for all walks that share it; NULL: no limit */

	/* Last, and not cleared at the start of a walk: most walks do not use them. */
	struct gopm__registers registers;
	struct gopm__native_caller caller; /* of the current frame, if that is native */
};

/* More frames than all stacks of a valid core have, each walked a few times: no frame is smaller than a word. A hostile
 * core may have a million goroutines on one stack, which must not take hours. */
static inline uint64_t gopm__walk_budget(const struct gopm__runtime *rt)
{
	return rt->core->memory_size / 2 + ((uint64_t)1 << 20);
}

/* Starts at the innermost frame of a goroutine. `user_only`: skips the frames on system stacks of its thread. `budget`
 * may be NULL. */
void gopm__walk_goroutine(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__g *g,
                          bool user_only, uint64_t *budget);

/* Starts at the innermost frame, in C too if the goroutine has called C, and joins its frames of Go and of native code
 * in one stack. Native frames that cannot be unwound are left out: the next frame has GOPM_FRAME_AFTER_GAP, and no
 * frame of Go is lost. */
void gopm__walk_joined(struct gopm__walk *walk, const struct gopm__runtime *rt, struct gopm__native *native,
                       const struct gopm__g *g);

/* Starts at the registers of a thread, and continues through native code. */
void gopm__walk_thread_joined(struct gopm__walk *walk, const struct gopm__runtime *rt, struct gopm__native *native,
                              const struct gopm__thread *thread);

/* Starts as Delve 1.27 does: at the registers of the thread that has the goroutine, in any status. The innermost frame
 * of a parked goroutine is looked up at its pc, callers right before their return address. */
void gopm__walk_delve(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__g *g, bool user_only,
                      uint64_t *budget);

/* Starts at the registers of a thread, on any stack. */
void gopm__walk_thread(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__thread *thread);

/* Starts at a call of the thread that it left at `pc` with this sp, on any of its stacks. */
void gopm__walk_thread_at(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__thread *thread,
                          uint64_t pc, uint64_t sp);

/* Moves to the caller. Returns false, and sets `end`, if there is none. */
bool gopm__walk_next(struct gopm__walk *walk);

/* If the current frame is the runtime's signal handler: the address of what the kernel saved, as gopm__siginfo_read()
 * takes it. 0: it is not, or that is not known. */
uint64_t gopm__walk_signal_frame(struct gopm__walk *walk);

/* The end of the locals of the current frame, whose CFA is known. The saved frame pointer or the return address is
 * there: varp of runtime/traceback.go, resolveInternal. */
static inline uint64_t gopm__walk_locals_end(const struct gopm__walk *walk)
{
	const struct gopm__arch *arch = walk->rt->core->arch;
	const uint64_t end = walk->cfa - (arch->return_address_on_stack ? arch->pointer_size : 0);

	return end - (end > walk->sp ? arch->pointer_size : 0);
}

/* True if the current frame is native code. */
static inline bool gopm__walk_in_native(const struct gopm__walk *walk)
{
	return walk->native != NULL && walk->at_frame && !walk->info->known;
}

/* True if the walk ended before the first function: the outer frames are unknown. The stack of a thread may begin in
 * code that is not Go. */
static inline bool gopm__walk_is_cut(const struct gopm__walk *walk)
{
	return !walk->at_frame && walk->end != GOPM_STACK_END_COMPLETE && walk->end != GOPM_STACK_END_NO_STACK &&
	       (walk->of_goroutine || walk->end != GOPM_STACK_END_NOT_GO);
}

/* Why a walk was cut. Static. */
const char *gopm__walk_reason(const struct gopm__walk *walk);

/* Adds a finding if the walk was cut. */
void gopm__walk_report(const struct gopm__walk *walk);

#endif
