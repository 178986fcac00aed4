/* SPDX-License-Identifier: Apache-2.0 */
#include "export/trace_native.h"

#include <inttypes.h>
#include <stdlib.h>

#include "unwind/native_name.h"
#include "util/allocate.h"
#include "util/escape.h"

#define MAX_FRAMES 65536u

void gopm__trace_native_free(struct gopm__trace_native *native)
{
	if (native->stack != NULL) {
		gopm__stack_clear(native->stack);
		free(native->stack);
		native->stack = NULL;
	}
}

static bool collect_stack(struct gopm__trace_native *native, const struct gopm__runtime *rt)
{
	if (native->stack != NULL) {
		return true;
	}
	native->stack = gopm__calloc(1, sizeof *native->stack);
	if (native->stack == NULL) {
		return false;
	}
	gopm__walk_joined(&native->stack->walk, rt, native->native, native->g);
	native->stack->walk.budget = native->budget;
	return gopm__stack_collect(native->stack, MAX_FRAMES) == GOPM_OK;
}

static bool on_goroutine_stack(const struct gopm__trace_native *native, const struct gopm__frame *frame)
{
	return frame->sp >= native->g->stack_lo && frame->sp <= native->g->stack_hi;
}

/* Skips the runtime's signal handlers, and C that they are called by. */
static void skip_handlers(struct gopm__trace_native *native)
{
	const struct gopm__stack *stack = native->stack;
	bool in_handler = false;

	for (size_t i = 0; i < stack->count && !on_goroutine_stack(native, &stack->frames[i]); i++) {
		const struct gopm__frame *frame = &stack->frames[i];
		if (frame->info->known) {
			in_handler = in_handler || frame->info->role == GOPM__ROLE_SIGTRAMP;
		} else if (in_handler && (frame->flags & GOPM_FRAME_INTERRUPTED) != 0) {
			native->at = i;
			in_handler = false;
		}
	}
}

bool gopm__trace_native_begin(struct gopm__trace_native *native, const struct gopm__runtime *rt)
{
	native->at = 0;
	native->gap = false;
	if (!collect_stack(native, rt)) {
		return false;
	}
	skip_handlers(native);
	return true;
}

bool gopm__trace_native_callers(struct gopm__trace_native *native, const struct gopm__walk *walk)
{
	if (!collect_stack(native, walk->rt)) {
		return false;
	}
	const struct gopm__stack *stack = native->stack;
	size_t i = 0;
	while (i < stack->count && (stack->frames[i].sp != walk->sp || stack->frames[i].pc != walk->pc)) {
		i++;
	}
	/* Inlined calls have the same pc and sp. */
	while (i < stack->count && stack->frames[i].sp == walk->sp && stack->frames[i].pc == walk->pc) {
		i++;
	}
	native->at = i;
	native->gap = false;
	return true;
}

const struct gopm__frame *gopm__trace_native_next(struct gopm__trace_native *native)
{
	const struct gopm__stack *stack = native->stack;

	for (; native->at < stack->count; native->at++) {
		const struct gopm__frame *frame = &stack->frames[native->at];
		native->gap = native->gap || (frame->flags & GOPM_FRAME_AFTER_GAP) != 0;
		if (frame->call == NULL) {
			native->at++;
			return frame;
		}
		if (on_goroutine_stack(native, frame)) {
			return NULL;
		}
	}
	native->gap = native->gap || stack->end != GOPM_STACK_END_COMPLETE;
	return NULL;
}

void gopm__trace_native_print(const struct gopm__frame *frame, struct gopm__text *out)
{
	const struct gopm__native_call *call =
	    frame->native != NULL ? &frame->native->calls[frame->native->count - 1 - frame->inline_depth] : NULL;

	if (call != NULL && call->function.size != 0) {
		gopm__text_escaped(out, call->function, 0);
	} else {
		gopm__text_str(out, "non-Go function");
	}
	gopm__text_str(out, "\n\t");
	if (call != NULL && call->file.size != 0) {
		gopm__text_escaped(out, call->file, 0);
		gopm__text_printf(out, ":%" PRIu32 " ", call->line);
	}
	gopm__text_printf(out, "pc=0x%" PRIx64 "%s\n", frame->pc,
	                  (frame->flags & GOPM_FRAME_GUESSED) != 0 ? " (guessed)" : "");
}
