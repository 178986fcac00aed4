/* SPDX-License-Identifier: Apache-2.0 */
/* From what the code of a function says a value is to the value itself: in a slot that still holds it, in a register,
 * in a slot of a callee that it was passed to, in what the caller passed. Each step is proved (code/values.h). */
#ifndef GOPM_LOCALS_VALUE_SEARCH_H
#define GOPM_LOCALS_VALUE_SEARCH_H

#include "code/code.h"
#include "unwind/stack.h"
#include "value/variable.h"

#define GOPM__RESOLVE_STATES 16

struct gopm__held; /* held.h */

/* What recovery needs of the stack around a frame. The states are of one stack: gopm__recovery_clear() between two. */
struct gopm__recovery {
	struct gopm__runtime *rt;
	struct gopm__code_cache *code_cache;
	const struct gopm__stack *stack;
	struct gopm__held *held; /* of the stack; NULL: what words lead to is never sure */
	struct {
		size_t frame;
		bool known;
		struct gopm__code *code;
		struct gopm__abstract_state state;
	} states[GOPM__RESOLVE_STATES];
	size_t state_count;
	bool runtime; /* gopm__resolve() took something from an object of the runtime; its caller makes it false */
	bool astray;  /* what was resolved was read through a pointer to what may have been freed */
};

void gopm__recovery_clear(struct gopm__recovery *recovery);

/* Index of `frame` in the recovery's stack; false: it is not of it. */
bool gopm__recovery_frame(const struct gopm__recovery *recovery, const struct gopm__frame *frame, size_t *index);

/* What is where in a frame, and by which code; NULL: nothing is proved. Until gopm__recovery_clear(). */
const struct gopm__abstract_state *gopm__recovery_state(struct gopm__context *context, size_t frame,
                                                        struct gopm__code **code);

/* The `size` low bytes of a value of frame `frame`. `origin`, of `origin_size` bytes, gets where they were found. */
bool gopm__resolve(struct gopm__context *context, size_t frame, const struct gopm__value_number *id, unsigned size,
                   uint64_t *value, char *origin, size_t origin_size);

/* Whether a word that is live (held.h) has that value, or what cannot go while the frame is there: then what it points
 * to has not been freed. */
bool gopm__is_kept(struct gopm__context *context, size_t frame, const struct gopm__value_number *id);

#endif
