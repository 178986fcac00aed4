/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of a goroutine that was stopped amid its code, to let others run: runtime.asyncPreempt saved them. */
#ifndef GOPM_LOCALS_PREEMPTED_REGISTERS_H
#define GOPM_LOCALS_PREEMPTED_REGISTERS_H

#include "locals/value_search.h"

struct gopm__preempted {
	struct gopm__registers registers;
	uint64_t known; /* a bit for each register */
};

/* False: `frame` was not stopped so, or what was saved is not found. */
bool gopm__preempted(struct gopm__context *context, const struct gopm__frame *frame, struct gopm__preempted *out);

#endif
