/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of one frame that are in scope, with their values and how sure each is. */
#ifndef GOPM_LOCALS_FRAME_VARIABLES_H
#define GOPM_LOCALS_FRAME_VARIABLES_H

#include "locals/variable_list.h"
#include "unwind/frame.h"

struct gopm__stack_state; /* stack_state.h */

/* @param stack_state NULL: nothing is checked or recovered, every listed location counts as exact
 * @param line of the innermost frame at the pc
 * @return GOPM_OK, GOPM_NOT_FOUND (the DWARF has no function at the pc), GOPM_ERR_FORMAT, GOPM_ERR_LIMIT,
 *   GOPM_ERR_NO_MEMORY */
gopm_status gopm__frame_variables(struct gopm__context *context, struct gopm__stack_state *stack_state,
                                  const struct gopm__arch *arch, const struct gopm__frame *frame, int64_t line,
                                  struct gopm__variable_list *out);

#endif
