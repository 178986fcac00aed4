/* SPDX-License-Identifier: Apache-2.0 */
/* All frames of a stack, in an array. An inlined call is a frame of its own. The array is reused for the next stack. */
#ifndef GOPM_UNWIND_STACK_H
#define GOPM_UNWIND_STACK_H

#include "unwind/walk.h"

/* One set for the innermost frame of a thread, and one for each nested signal. */
#define GOPM__STACK_REGISTER_SETS 8

struct gopm__stack {
	struct gopm__frame *frames;
	size_t count, capacity;
	uint32_t end;         /* GOPM_STACK_END_* */
	uint64_t end_address; /* the pc or sp at the end */
	struct gopm__registers registers[GOPM__STACK_REGISTER_SETS];
	size_t register_sets;
	struct gopm__walk walk; /* the caller starts it */
};

/* Frees the frames. */
void gopm__stack_clear(struct gopm__stack *stack);

/* Collects the frames of `stack->walk`, which was just started. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__stack_collect(struct gopm__stack *stack, uint32_t max_frames);

#endif
