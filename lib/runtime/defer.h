/* SPDX-License-Identifier: Apache-2.0 */
/* Deferred calls with a record, the newest first: runtime._defer. Calls that a function makes itself when it returns
 * have none (symbol/open_defer.h). Source: runtime/panic.go, deferproc, deferprocStack, deferprocat, deferconvert;
 * runtime/runtime2.go (Go 1.16 to 1.27). */
#ifndef GOPM_RUNTIME_DEFER_H
#define GOPM_RUNTIME_DEFER_H

#include "runtime/g.h"
#include "util/cycle.h"

struct gopm__defer {
	uint64_t record;  /* address of the _defer */
	uint64_t sp;      /* stack pointer of the frame that deferred the call */
	uint64_t closure; /* address of the function value; 0: none */
};

struct gopm__defers {
	struct gopm__reader *reader;
	const struct gopm__layout *layout;
	uint64_t next;       /* record on g._defer; 0: none */
	uint64_t inner_next; /* record on the list of a loop over a function */
	uint64_t inner_sp;   /* of the frame that has the loop */
	struct gopm__cycle cycle, inner_cycle;
	bool damaged; /* a record is not in the core, or the list is cyclic: older calls are unknown */
};

/* Starts with the newest call of the goroutine at `g`. `layout` and `reader` must outlive the list. */
struct gopm__defers gopm__defers(const struct gopm__layout *layout, struct gopm__reader *reader, uint64_t g);

/* The next call that is pending and has not begun. False: there is none, or the list is damaged. */
bool gopm__defer_next(struct gopm__defers *list, struct gopm__defer *out);

#endif
