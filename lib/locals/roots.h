/* SPDX-License-Identifier: Apache-2.0 */
/* What the collector kept for one goroutine: what its frames' live words point to, by the runtime's own stack maps. A
 * word that is live now has been since it got its value, so that what it points to is what it was then. What another
 * word points to may have been freed, and be something else by now, even if a live word has the same address: that may
 * be of what was made there since. Source: runtime/stkframe.go, getStackMap; runtime/mgcmark.go, scanframeworker
 * (Go 1.17 to 1.27). */
#ifndef GOPM_LOCALS_ROOTS_H
#define GOPM_LOCALS_ROOTS_H

#include "unwind/stack.h"
#include "value/variable.h"

/* Where the live words of a stack are, gathered on first need. Zeroed is empty and ready. Use under
 * gopm__program_lock(). */
struct gopm__held {
	uint64_t *words; /* their addresses, sorted; free() */
	size_t count, capacity;
	bool gathered;
};

/* For another stack. */
void gopm__held_clear(struct gopm__held *held);

/* Whether the word at `address` is live. `context` has a recovery. */
bool gopm__is_live_word(struct gopm__context *context, uint64_t address);

/* Laid out by the linker: it is never freed. */
bool gopm__is_laid_out(struct gopm__context *context, uint64_t pointer);

/* Finds the words of a readable variable of frame `frame` of the recovery's stack that lead to what is not held: sets
 * v->unheld, and makes a value stale that shows what is behind such a word. `proof`: what else is known to have the
 * variable's words; NULL: nothing, or v->bytes. */
void gopm__mark_unheld(struct gopm__context *context, size_t frame, struct gopm__variable *v,
                       const struct gopm__bytes *proof);

#endif
