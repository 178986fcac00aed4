/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of the pcs that a stack holds. A damaged one must not make a frame. */
#ifndef GOPM_UNWIND_RETURN_ADDRESS_H
#define GOPM_UNWIND_RETURN_ADDRESS_H

#include "unwind/walk.h"

static inline bool gopm__on_stack(uint64_t sp, uint64_t lo, uint64_t hi)
{
	return lo != 0 && sp >= lo && sp <= hi;
}

/* True if the current frame is on the stack of the goroutine that the walk began with. */
static inline bool gopm__on_own_stack(const struct gopm__walk *walk)
{
	return walk->of_goroutine && gopm__on_stack(walk->sp, walk->g_lo, walk->g_hi);
}

/* True if a goroutine that does not run can continue at its saved pc: after a call, at the entry of the function that
 * it starts with, or in assembly that switches stacks. */
bool gopm__is_resume_point(const struct gopm__walk *walk, uint64_t pc);

/* True if `to` can be the return address of the current frame: after a call that can be one of its function. Two other
 * places can be returned to: goexit, which newproc1 puts below the first frame, and the call of deferreturn, if it runs
 * again after each deferred function. */
bool gopm__is_return_address(const struct gopm__walk *walk, const struct gopm__pcinfo *to);

#endif
