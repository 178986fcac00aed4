/* Expressions of Go on a frame: the evaluator. What it gives is a variable like others; its bytes are those of the
 * process, or, where an operator made them, bytes in the arena (gopm__bytes.made). */
#ifndef GOPM_VALUE_EVAL_H
#define GOPM_VALUE_EVAL_H

#include "dwarf/type_made.h"
#include "value/eval_node.h"
#include "value/frame_variables.h"

/* Where names are looked up. */
struct gopm__eval_scope {
	struct gopm__frame_variables variables; /* of the frame; none: package scope */
	gopm_str function;                      /* of the frame, for its package; empty: none */
};

/* Evaluates `expression`; *out is not loaded and lives as long as the context's arena.
 * @return GOPM_OK; GOPM_NOT_FOUND (a map has no such key), else what *error says. */
gopm_status gopm__eval(struct gopm__context *context, const struct gopm__eval_scope *scope, const char *expression,
                       struct gopm__variable *out, struct gopm__eval_error *error);

#endif
