/* SPDX-License-Identifier: Apache-2.0 */
/* The frames of a stack, in an array: all, or a window of a deep stack. An inlined call is a frame of its own. The
 * array is reused for the next stack. */
#ifndef GOPM_UNWIND_STACK_H
#define GOPM_UNWIND_STACK_H

#include "unwind/walk.h"

/* One set for the innermost frame of a thread, and one for each nested signal. */
#define GOPM__STACK_REGISTER_SETS 8

/* Frames to collect, by their index in the whole stack. */
struct gopm__stack_window {
	uint64_t first; /* 0: the innermost */
	uint32_t count; /* at most */
	bool outer;     /* the last `count` frames; `first` is ignored */
};

struct gopm__stack {
	struct gopm__frame *frames;
	size_t count, capacity;
	/* The first frames are before the window: variables of its first frame may need those that it called. */
	size_t hidden;
	uint64_t base;        /* index of frames[0] in the whole stack */
	uint64_t depth;       /* frames of the whole stack; 0: unknown, as the walk did not reach its end */
	uint32_t end;         /* GOPM_STACK_END_* */
	uint64_t end_address; /* the pc or sp at the end */
	struct gopm__registers registers[GOPM__STACK_REGISTER_SETS];
	size_t register_sets;
	struct gopm__arena native_registers; /* of native frames */
	struct gopm__walk walk;              /* the caller starts it */
};

/* Frees the frames. */
void gopm__stack_clear(struct gopm__stack *stack);

/* Collects the frames of `stack->walk`, which was just started. Frames outside of the window take no memory.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__stack_collect_window(struct gopm__stack *stack, const struct gopm__stack_window *window);

/* The same for the first `max_frames` frames. */
gopm_status gopm__stack_collect(struct gopm__stack *stack, uint32_t max_frames);

#endif
