/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of a goroutine that the scheduler preempted between two instructions, as runtime.asyncPreempt saved them.
 */
#ifndef GOPM_LOCALS_PREEMPTED_REGISTERS_H
#define GOPM_LOCALS_PREEMPTED_REGISTERS_H

#include "locals/stack_state.h"

struct gopm__preempted_registers {
	struct gopm__registers registers;
	uint64_t known; /* one bit for each register */
};

/* False: `frame` was not preempted, or the saved registers were not found. */
bool gopm__preempted_registers(struct gopm__stack_state *stack_state, const struct gopm__frame *frame,
                               struct gopm__preempted_registers *out);

#endif
