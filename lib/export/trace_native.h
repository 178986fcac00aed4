/* SPDX-License-Identifier: Apache-2.0 */
/* The frames of C in the traceback of a goroutine, where the runtime prints those that a function of
 * runtime.SetCgoTraceback gives it. Source: runtime/traceback.go, printOneCgoTraceback, Go 1.16 to 1.27. */
#ifndef GOPM_EXPORT_TRACE_NATIVE_H
#define GOPM_EXPORT_TRACE_NATIVE_H

#include "unwind/stack.h"
#include "util/text.h"

/* The frames of a goroutine, joined. Zero-initialized but for the first three members. */
struct gopm__trace_native {
	struct gopm__native *native; /* NULL: no frames of C are printed */
	const struct gopm__g *g;
	uint64_t *budget;          /* frames left for all walks; NULL: no limit */
	struct gopm__stack *stack; /* NULL: not collected */
	size_t at;                 /* the frame to look at next */
	bool gap;                  /* frames of C are missing before it */
};

void gopm__trace_native_free(struct gopm__trace_native *native);

/* Moves to the frames of C that the goroutine runs now. False: out of memory. */
bool gopm__trace_native_begin(struct gopm__trace_native *native, const struct gopm__runtime *rt);

/* Moves to the frames of C that called the frame of Go of `walk`, which is cgocallback. False: out of memory. */
bool gopm__trace_native_callers(struct gopm__trace_native *native, const struct gopm__walk *walk);

/* The next frame of C. NULL: Go is next, or the stack ends; then `gap` is set. */
const struct gopm__frame *gopm__trace_native_next(struct gopm__trace_native *native);

/* Appends "function\n\tfile:line pc=0x4a1e98\n". */
void gopm__trace_native_print(const struct gopm__frame *frame, struct gopm__text *out);

#endif
