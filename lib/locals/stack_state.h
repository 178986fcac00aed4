/* SPDX-License-Identifier: Apache-2.0 */
/* The analyzed frames of one stack: for each, the code of its function, the abstract state at its pc (code/values.h),
 * and the call edge to its neighbour. */
#ifndef GOPM_LOCALS_STACK_STATE_H
#define GOPM_LOCALS_STACK_STATE_H

#include "code/code.h"
#include "unwind/stack.h"
#include "value/variable.h"

#define GOPM__STACK_STATES 16

struct gopm__stack_roots; /* roots.h */

/* Of one stack at a time: call gopm__stack_state_clear() between two. */
struct gopm__stack_state {
	struct gopm__context *context; /* of the values of its frames */
	struct gopm__runtime *rt;
	struct gopm__code_cache *code_cache;
	const struct gopm__stack *stack;
	struct gopm__stack_roots *roots; /* of the stack; NULL: unknown, so every pointer may dangle */
	const uint64_t *captured;        /* addresses of words of closures on the stack, which nothing writes to */
	size_t captured_count;
	struct {
		size_t frame;
		bool known;
		struct gopm__code *code;
		struct gopm__abstract_state state;
	} states[GOPM__STACK_STATES]; /* of the frames queried so far */
	size_t state_count;
};

void gopm__stack_state_clear(struct gopm__stack_state *stack_state);

/* Index of `frame` in the stack. False: it is a frame of another stack. */
bool gopm__stack_state_index(const struct gopm__stack_state *stack_state, const struct gopm__frame *frame,
                             size_t *index);

/* The abstract state of a frame, and the code of its function. NULL: unknown. Valid until gopm__stack_state_clear(). */
const struct gopm__abstract_state *gopm__frame_state(struct gopm__stack_state *stack_state, size_t frame,
                                                     struct gopm__code **code);

/* The physical frame that called `frame`, or with `caller` false, that `frame` called. Frames of inlined calls are
 * skipped. False: there is none. */
bool gopm__frame_neighbour(const struct gopm__stack *stack, size_t frame, bool caller, size_t *out);

/* True if the call at the pc of `caller` entered the function of `callee` at its first instruction. *exact: a direct
 * call, so that `callee` received all argument registers unchanged. Otherwise the call may have gone through a wrapper,
 * which replaces the receiver in argument register 0 and jumps to the method. */
bool gopm__call_edge(struct gopm__stack_state *stack_state, size_t caller, size_t callee, bool *exact);

#endif
