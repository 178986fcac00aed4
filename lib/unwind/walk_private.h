/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of a walk: walk.c, stack_switch.c, interrupted.c. */
#ifndef GOPM_UNWIND_WALK_PRIVATE_H
#define GOPM_UNWIND_WALK_PRIVATE_H

#include "unwind/walk.h"

/* Ends the walk for this reason. */
void gopm__walk_end(struct gopm__walk *walk, uint32_t end, uint64_t address);

/* Makes (pc, sp) the current frame. `exact`: pc is the next instruction, not a return address. */
void gopm__walk_enter(struct gopm__walk *walk, uint64_t pc, uint64_t sp, bool exact, uint32_t flags);

/* The same, if what is known of the pc is in `at`. */
void gopm__walk_enter_at(struct gopm__walk *walk, const struct gopm__pcinfo *at, uint64_t sp, bool exact,
                         uint32_t flags);

/* Sets the bounds of the stack that `sp` is on; both 0: unknown. Returns its GOPM_FRAME_* flag, 0 for the
 * goroutine's. */
uint32_t gopm__walk_place(struct gopm__walk *walk, uint64_t sp);

/* Address of the return address of the current frame, whose CFA is known; 0: it is in walk->lr. */
uint64_t gopm__walk_return_place(const struct gopm__walk *walk);

/* native_enter.c and native_walk.c, for joined walks */

/* The walk has entered a native frame, whose registers are in walk->registers: finds its caller and its CFA. */
void gopm__walk_meet_native(struct gopm__walk *walk);

/* Sets walk->registers to those of the caller of the current frame of Go, at (pc, sp): callee-saved registers that its
 * code has stored are known. */
void gopm__walk_set_caller_registers(struct gopm__walk *walk, uint64_t pc, uint64_t sp);

/* On a CPU with a link register: the address at which the current frame, of assembly, has stored it. Not all store it
 * at the end of their frame: crosscall2 does not. 0: unknown. */
uint64_t gopm__walk_saved_link(struct gopm__walk *walk);

/* Moves from a native frame to its caller. Returns false, and ends the walk, if there is none. */
bool gopm__walk_leave_native(struct gopm__walk *walk);

/* The walk has ended in native code, or in damage of the system stack: continues on the goroutine's own stack, if that
 * is known. Returns false if not. */
bool gopm__walk_resume(struct gopm__walk *walk);

/* The current frame is cgocallback, on the goroutine's stack: moves to its frame on the system stack, and to the caller
 * of that. Returns false, and changes nothing, if it is not known. */
bool gopm__walk_leave_callback(struct gopm__walk *walk);

/* Sets where g0's stack has the innermost call from C to Go. */
void gopm__walk_set_callback(struct gopm__walk *walk);

/* interrupted.c */

/* Starts at the registers of a thread: in Go, in the vDSO, or where a signal handler returns. */
void gopm__walk_start(struct gopm__walk *walk, const struct gopm__thread *thread);

/* Moves from a signal handler to the interrupted frame, whose registers the kernel saved at `frame`. `flags` has
 * INNERMOST if there is no inner frame. Returns false, and ends the walk, if there is none. */
bool gopm__walk_leave_signal(struct gopm__walk *walk, uint64_t frame, uint32_t flags);

/* stack_switch.c */

enum gopm__crossing {
	GOPM__CROSSING_NONE, /* the current frame returns to its caller */
	GOPM__CROSSING_DONE, /* the next frame is entered */
	GOPM__CROSSING_END,  /* the walk has ended */
};

/* Moves on from a frame that does not return to its caller: a first function, a signal frame, or one that is on another
 * stack than its caller. */
enum gopm__crossing gopm__walk_cross(struct gopm__walk *walk);

/* False for nearly all frames: gopm__walk_cross() would do nothing. */
static inline bool gopm__walk_may_cross(const struct gopm__walk *walk)
{
	return walk->info->role != GOPM__ROLE_NORMAL || walk->info->func.flag != 0 ||
	       (walk->flags & (GOPM_FRAME_SYSTEM_STACK | GOPM_FRAME_SIGNAL_STACK)) != 0;
}

#endif
