/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the value that a value number denotes. It may be in its frame, in a callee or caller that has it as an
 * argument, in a closure, or in an object of the runtime. */
#ifndef GOPM_LOCALS_VALUE_SEARCH_H
#define GOPM_LOCALS_VALUE_SEARCH_H

#include "locals/stack_state.h"

struct gopm__found_value {
	uint64_t value;
	char origin[128];
	bool runtime;  /* true if the search read an object of the runtime */
	bool dangling; /* true if the search followed a pointer that may dangle */
};

/* Finds the `size` low bytes (1, 2, 4 or 8) of a value of frame `frame`. Sets `runtime` and `dangling` on failure too.
 */
bool gopm__find_value(struct gopm__stack_state *stack_state, size_t frame, const struct gopm__value_number *number,
                      unsigned size, struct gopm__found_value *out);

/* True if a GC root, a register or something that lives as long as the frame has the value. Then its target has not
 * been freed. */
bool gopm__has_live_alias(struct gopm__stack_state *stack_state, size_t frame, const struct gopm__value_number *number);

#endif
