/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluates Go expressions in the scope of a frame. The result is a variable: its bytes are in the process's memory, or
 * in the arena if an operator computed them. */
#ifndef GOPM_EVAL_EVAL_H
#define GOPM_EVAL_EVAL_H

#include "eval/node.h"
#include "locals/frame_variables.h"
#include "type/synthetic.h"

/* The scope in which names are resolved. */
struct gopm__eval_scope {
	struct gopm__variable_list variables; /* of the frame; empty: package scope */
	gopm_str function;                    /* symbol of the frame's; its package is searched too */
	const struct gopm__frame *frame;      /* NULL: package scope */
	size_t index;                         /* of the frame in its stack */
	const struct gopm__arch *arch;
	uint64_t g, stack_hi; /* of the goroutine; 0: no goroutine */
	/* Gets another frame of the stack. False: no such frame, or it cannot be read. NULL: there are no others. */
	bool (*other)(void *user_data, size_t index, struct gopm__eval_scope *out);
	void *user_data;
};

/* Evaluates `expression`. *out is not loaded and lives as long as the context's arena.
 * @return GOPM_OK, or GOPM_NOT_FOUND (a map has no such key) or another failure that *error describes */
gopm_status gopm__eval(struct gopm__context *context, const struct gopm__eval_scope *scope, const char *expression,
                       struct gopm__variable *out, struct gopm__eval_error *error);

#endif
