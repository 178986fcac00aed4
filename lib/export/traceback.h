/* SPDX-License-Identifier: Apache-2.0 */
/* Prints goroutines exactly as the runtime's own traceback does. Source: runtime/traceback.go, Go 1.16 to 1.27. */
#ifndef GOPM_EXPORT_TRACEBACK_H
#define GOPM_EXPORT_TRACEBACK_H

#include <gopm/traceback.h>

#include "unwind/walk.h"
#include "util/text.h"

struct gopm__death; /* program/death.h */

/* The block of one goroutine. */
struct gopm__trace {
	const struct gopm__runtime *rt;
	const struct gopm__g *g;
	uint32_t level;   /* GOPM_TRACEBACK_* */
	bool frames_only; /* no header, no "created by", no ancestors */
	uint64_t *budget; /* the walk's; NULL: no limit */

	struct gopm__native *native; /* print frames of C too; NULL: only those of Go */

	/* Frames from the one at which the runtime itself began, as it died; NULL: from the innermost one. */
	const struct gopm__death *death;
	bool saved; /* frames from the saved registers: those on its thread's system stack are printed elsewhere */
};

/* Appends the block: the header, the frames, "created by" and the ancestors. */
void gopm__traceback_goroutine(const struct gopm__trace *trace, struct gopm__text *out);

/* Appends only the frames on the system stack of the thread that the process died of: the section "runtime stack:". */
void gopm__traceback_system_stack(const struct gopm__trace *trace, struct gopm__text *out);

/* True if the runtime would print the goroutine at this level. */
bool gopm__traceback_shows(const struct gopm__runtime *rt, const struct gopm__g *g, uint32_t level);

#endif
