/* SPDX-License-Identifier: Apache-2.0 */
/* Frames that do not return to their caller on the same stack. systemstack, mcall, morestack and asmcgocall call on the
 * system stack of their m (g0); gogo goes on where a goroutine was parked. Their code says if they have switched: then
 * their CFA is unknown. Source: runtime/asm_<cpu>.s and proc.go, Go 1.16 to 1.27. */
#include "unwind/return_address.h"
#include "unwind/walk_private.h"

/* The runtime leaves at most this many bytes between the frame of goexit and the end of its stack, besides the
 * arguments that the first function gets on the stack (runtime/proc.go: newproc1 and oneNewExtraM). */
#define FIRST_FRAME_SIZE 128u

/* Functions that nothing calls. Until Go 1.16 they have no flag, but a funcID. */
static bool is_first_function(const struct gopm__pcinfo *info)
{
	return (info->func.flag & GOPM__FUNC_TOP_FRAME) != 0 || info->role == GOPM__ROLE_GOEXIT ||
	       info->role == GOPM__ROLE_MSTART;
}

/* Moves from a system stack to the goroutine that waits for it. `same_frame`: the current frame is also on the
 * goroutine's stack, and returns there normally. */
static bool switch_to_goroutine(struct gopm__walk *walk, uint64_t pc, bool same_frame)
{
	walk->may_switch = false;
	walk->has_registers = false;
	walk->resume_pc = 0;
	walk->lr = same_frame ? 0 : walk->sched_lr;
	walk->lo = walk->g_lo;
	walk->hi = walk->g_hi;
	if (!gopm__on_stack(walk->sched_sp, walk->lo, walk->hi)) {
		gopm__walk_end(walk, GOPM_STACK_END_DAMAGED, walk->sched_sp);
		return false;
	}
	gopm__walk_enter(walk, pc, walk->sched_sp, false,
	                 same_frame ? walk->flags & ~(uint32_t)GOPM_FRAME_SYSTEM_STACK : 0);
	return walk->at_frame;
}

static enum gopm__crossing resume_goroutine(struct gopm__walk *walk)
{
	if (!gopm__is_resume_point(walk, walk->sched_pc)) {
		gopm__walk_end(walk, GOPM_STACK_END_DAMAGED, walk->sched_pc);
		return GOPM__CROSSING_END;
	}
	return switch_to_goroutine(walk, walk->sched_pc, false) ? GOPM__CROSSING_DONE : GOPM__CROSSING_END;
}

/* The outermost frame is that of the function in the `go` statement, unless that one jumped to it, or the goroutine
 * ends: then goexit has called. */
static void check_start(const struct gopm__walk *walk)
{
	const struct gopm__pcinfo *start = gopm__symtab_pc(walk->rt->symtab, walk->g_start);
	const bool ends = walk->pc != walk->info->func.entry + walk->rt->core->arch->pc_quantum;

	if (walk->g_start != 0 && walk->outermost != NULL && walk->outermost->func.entry != walk->g_start &&
	    start != NULL && !start->may_jump && !ends) {
		gopm__finding_add(walk->rt->findings, GOPM_FINDING_BAD_GOROUTINE, GOPM__AT_ADDRESS(walk->g_address),
		                  "goroutine is damaged: its first function is not the outermost of its stack");
	}
}

/* True if goexit's frame is at the distance from the end of the stack that newproc1 leaves. */
static bool is_first_place(const struct gopm__walk *walk)
{
	const uint64_t distance = walk->g_hi - walk->sp;

	if (walk->g_start == 0 || walk->rt->first_arguments != 0) {
		return distance <= FIRST_FRAME_SIZE + walk->rt->first_arguments;
	}
	return distance == walk->rt->core->arch->first_frame;
}

/* The stack of a goroutine begins with goexit, at the end of its memory. A system stack has its own first function. If
 * a thread is about to run the goroutine, it is still on the system stack. */
static enum gopm__crossing end_at_first_function(struct gopm__walk *walk)
{
	if (!walk->of_goroutine) {
		gopm__walk_end(walk, GOPM_STACK_END_COMPLETE, walk->sp);
	} else if (!gopm__on_own_stack(walk)) {
		if (walk->may_switch) {
			return resume_goroutine(walk);
		}
		gopm__walk_end(walk, GOPM_STACK_END_DAMAGED, walk->sched_sp);
	} else {
		const bool first = walk->info->role == GOPM__ROLE_GOEXIT && is_first_place(walk);
		gopm__walk_end(walk, first ? GOPM_STACK_END_COMPLETE : GOPM_STACK_END_DAMAGED, walk->sp);
		if (first) {
			check_start(walk);
		}
	}
	return GOPM__CROSSING_END;
}

/* From mcall or morestack. Behind schedule() the goroutine that called is no longer on this thread, and the new one is
 * where it was parked. Its frames are not the callers of the thread's. */
static enum gopm__crossing cross_to_parked(struct gopm__walk *walk)
{
	if (!walk->may_switch || walk->sched_sp == 0 || (walk->scheduling && !walk->of_goroutine)) {
		return GOPM__CROSSING_NONE;
	}
	return resume_goroutine(walk);
}

/* The child of clone() starts at the end of its stack, with the registers of its parent. */
static bool is_child(const struct gopm__walk *walk)
{
	return (walk->flags & GOPM_FRAME_INNERMOST) != 0 &&
	       (walk->cfa == 0 || ((walk->flags & GOPM_FRAME_SYSTEM_STACK) != 0 && walk->sp == walk->hi));
}

/* From a function that is on another stack than its caller. */
static enum gopm__crossing cross_by_role(struct gopm__walk *walk)
{
	const bool system = (walk->flags & GOPM_FRAME_SYSTEM_STACK) != 0;

	switch (walk->info->role) {
	case GOPM__ROLE_GOGO:
		if (walk->cfa == 0 && gopm__on_own_stack(walk)) {
			walk->sched_sp = walk->sp; /* the runtime has already cleared it */
			return resume_goroutine(walk);
		}
		return GOPM__CROSSING_NONE;
	case GOPM__ROLE_MCALL:
	case GOPM__ROLE_MORESTACK:
		/* On CPUs with a link register, they overwrite that before they switch. */
		return walk->cfa == 0 ? cross_to_parked(walk) : GOPM__CROSSING_NONE;
	case GOPM__ROLE_SYSTEMSTACK:
	case GOPM__ROLE_ASMCGOCALL:
		if (walk->cfa == 0 && system && walk->may_switch && walk->sched_sp != 0 &&
		    !switch_to_goroutine(walk, walk->pc, true)) {
			return GOPM__CROSSING_END;
		}
		return GOPM__CROSSING_NONE;
	case GOPM__ROLE_CGOCALLBACK:
		return walk->native != NULL && gopm__walk_leave_callback(walk) ? GOPM__CROSSING_DONE
		                                                               : GOPM__CROSSING_NONE;
	case GOPM__ROLE_CLONE:
		if (is_child(walk)) {
			gopm__walk_end(walk, GOPM_STACK_END_COMPLETE, walk->sp);
			return GOPM__CROSSING_END;
		}
		return GOPM__CROSSING_NONE;
	default:
		return GOPM__CROSSING_NONE;
	}
}

enum gopm__crossing gopm__walk_cross(struct gopm__walk *walk)
{
	const struct gopm__pcinfo *info = walk->info;

	for (uint32_t i = 0; (walk->flags & GOPM_FRAME_SYSTEM_STACK) != 0 && i < info->call_count; i++) {
		walk->scheduling = walk->scheduling || info->calls[i].role == GOPM__ROLE_SCHEDULE;
	}
	enum gopm__crossing crossing = cross_by_role(walk);
	if (crossing != GOPM__CROSSING_NONE) {
		return crossing;
	}
	if (info->role == GOPM__ROLE_SIGRETURN) {
		return gopm__walk_leave_signal(walk, walk->sp, 0) ? GOPM__CROSSING_DONE : GOPM__CROSSING_END;
	}
	const uint64_t frame = gopm__walk_signal_frame(walk);
	if (frame != 0) {
		return gopm__walk_leave_signal(walk, frame, 0) ? GOPM__CROSSING_DONE : GOPM__CROSSING_END;
	}
	/* C called it. */
	if (info->role == GOPM__ROLE_SIGTRAMP && (walk->flags & GOPM_FRAME_SIGNAL_STACK) != 0) {
		return GOPM__CROSSING_NONE;
	}
	return is_first_function(info) ? end_at_first_function(walk) : GOPM__CROSSING_NONE;
}
