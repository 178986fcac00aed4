/* SPDX-License-Identifier: Apache-2.0 */
/* A whole stack: the walk's frames, inlined calls spread out, in an array that is used again. */
#ifndef GOPM_UNWIND_STACK_H
#define GOPM_UNWIND_STACK_H

#include "unwind/walk.h"

/* Innermost of a thread, and one for each nested signal. */
#define GOPM__STACK_REGISTER_SETS 8

struct gopm__stack {
	struct gopm__frame *frames;
	size_t count, capacity;
	uint32_t end;
	uint64_t end_address;
	struct gopm__registers registers[GOPM__STACK_REGISTER_SETS];
	size_t register_sets;
	struct gopm__walk walk;
};

void gopm__stack_clear(struct gopm__stack *stack);

/* Collects what `stack->walk`, just started, still has. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__stack_collect(struct gopm__stack *stack, uint32_t max_frames);

#endif
