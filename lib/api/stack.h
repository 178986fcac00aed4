/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a stack handle that other calls use. */
#ifndef GOPM_API_STACK_H
#define GOPM_API_STACK_H

#include "api/handle.h"
#include "locals/roots.h"
#include "unwind/stack.h"

/* Frame `index`; NULL: the stack has fewer. Lives until the stack is freed or reopened. */
const struct gopm__frame *gopm__stack_frame(const gopm_stack *stack, size_t index);

/* Index in gopm__stack_frames() of the caller's frame `index`. The stack may be NULL. */
size_t gopm__stack_index(const gopm_stack *stack, size_t index);

/* Lives until the stack is freed. */
const struct gopm__stack *gopm__stack_frames(const gopm_stack *stack);

/* The stack's GC roots. The caller holds the program's lock. */
struct gopm__stack_roots *gopm__stack_roots_of(const gopm_stack *stack);

gopm_core *gopm__stack_core(const gopm_stack *stack);

#endif
