/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of Go on a frame: the evaluator. What it gives is a variable like others; its bytes are those of the
 * process, or, where an operator made them, bytes in the arena (gopm__bytes.made). */
#ifndef GOPM_EVAL_EVAL_H
#define GOPM_EVAL_EVAL_H

#include "eval/node.h"
#include "locals/frame_variables.h"
#include "type/synthetic.h"

/* Where names are looked up. */
struct gopm__eval_scope {
	struct gopm__frame_variables variables; /* of the frame; none: package scope */
	gopm_str function;                      /* of the frame, for its package; empty: none */
	const struct gopm__frame *frame;        /* NULL: package scope */
	size_t index;                           /* of it in its stack */
	const struct gopm__arch *arch;
	uint64_t g, stack_hi; /* of the goroutine; 0: none */
	/* Another frame of the same stack; false: there is none, or it cannot be read. NULL: no other. */
	bool (*other)(void *user_data, size_t index, struct gopm__eval_scope *out);
	void *user_data;
};

/* Evaluates `expression`; *out is not loaded and lives as long as the context's arena.
 * @return GOPM_OK; GOPM_NOT_FOUND (a map has no such key), else what *error says. */
gopm_status gopm__eval(struct gopm__context *context, const struct gopm__eval_scope *scope, const char *expression,
                       struct gopm__variable *out, struct gopm__eval_error *error);

#endif
