/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluates expressions in the frames of an unwound stack. */
#ifndef GOPM_EVAL_SCOPE_H
#define GOPM_EVAL_SCOPE_H

#include "eval/eval.h"
#include "locals/stack_variables.h"

/* Evaluates `expression` in frame `index` of the scope's stack; without a stack, in package scope. *out is not loaded
 * and lives as long as the scope's arena. The caller holds the program's lock.
 * @return GOPM_OK; GOPM_NOT_FOUND (a map has no such key); as gopm__eval(); as gopm__stack_variables(). */
gopm_status gopm__eval_in_frame(const struct gopm__stack_scope *scope, size_t index, const char *expression,
                                struct gopm__variable *out, gopm_error **err);

#endif
