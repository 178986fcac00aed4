/* SPDX-License-Identifier: Apache-2.0 */
/* What other calls need of a stack handle. */
#ifndef GOPM_API_STACK_H
#define GOPM_API_STACK_H

#include "api/handle.h"
#include "locals/roots.h"
#include "unwind/stack.h"

/* NULL: past the end. Lives as long as the stack, or until it is opened again. */
const struct gopm__frame *gopm__stack_frame(const gopm_stack *stack, size_t index);

/* Lives as long as the stack. */
const struct gopm__stack *gopm__stack_frames(const gopm_stack *stack);

/* The stack's GC roots. The caller holds the program's lock. */
struct gopm__stack_roots *gopm__stack_roots_of(const gopm_stack *stack);

gopm_core *gopm__stack_core(const gopm_stack *stack);

#endif
