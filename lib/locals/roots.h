/* SPDX-License-Identifier: Apache-2.0 */
/* The GC roots on one goroutine's stack, by the stack maps of the runtime.
 *
 * A root's target has not been freed: a word that is a root now has been one since it was assigned. The target of any
 * other pointer may have been freed and reused, even if a root holds the same address: that root may point to the new
 * object. Sources: runtime/stkframe.go, getStackMap; runtime/mgcmark.go, scanframeworker (Go 1.17 to 1.27). */
#ifndef GOPM_LOCALS_ROOTS_H
#define GOPM_LOCALS_ROOTS_H

#include "unwind/stack.h"
#include "value/variable.h"

struct gopm__stack_state; /* stack_state.h */

/* Zeroed is empty and ready. Gathered on the first query, under gopm__program_lock(). */
struct gopm__stack_roots {
	uint64_t *words; /* their addresses, sorted; free() */
	size_t count, capacity;
	bool gathered;
};

/* Makes it ready for another stack. */
void gopm__stack_roots_clear(struct gopm__stack_roots *roots);

/* True if the word at `address` is a root of the stack. */
bool gopm__is_root(struct gopm__stack_state *stack_state, uint64_t address);

/* True if the address is static: in a segment of the executable or of a module. Such memory is never freed. */
bool gopm__is_static(struct gopm__context *context, uint64_t address);

#endif
