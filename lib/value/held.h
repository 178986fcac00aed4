/* What the collector kept for one goroutine: what its frames' live words point to, by the runtime's own stack maps.
 * What no live word points to may have been freed, and be something else by now, whatever still leads to it. Source:
 * runtime/stkframe.go, getStackMap; runtime/mgcmark.go, scanframeworker (Go 1.17 to 1.27). */
#ifndef GOPM_VALUE_HELD_H
#define GOPM_VALUE_HELD_H

#include "unwind/stack.h"
#include "value/variable.h"

/* The live words of a stack, gathered on first need. Zeroed is empty and ready. Under the dwarf_lock. */
struct gopm__held {
	uint64_t *words; /* sorted; free() */
	size_t count, capacity;
	bool gathered;
};

/* For another stack. */
void gopm__held_clear(struct gopm__held *held);

/* Whether what `pointer` leads to is still what it led to. `context` has a recovery, and that a place for live words.
 */
bool gopm__is_held(struct gopm__context *context, uint64_t pointer);

/* Finds the words of a readable variable of a frame that lead to what is not held: sets v->unheld, and makes a value
 * stale that shows what is behind such a word. */
void gopm__mark_unheld(struct gopm__context *context, struct gopm__variable *v);

#endif
