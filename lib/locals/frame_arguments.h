/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of a frame without DWARF: the words that the runtime's traceback prints. Some have a known type: the
 * receiver by the function's name, the arguments of a method by the method's type, a channel by its header. */
#ifndef GOPM_LOCALS_FRAME_ARGUMENTS_H
#define GOPM_LOCALS_FRAME_ARGUMENTS_H

#include "locals/variable_list.h"
#include "unwind/frame.h"

struct gopm__stack_state; /* stack_state.h */

/* "arg0", "arg1" and so on, not loaded. Inlined calls have none. `stack_state` is NULL if the stack is not known.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY */
gopm_status gopm__frame_arguments(struct gopm__context *context, struct gopm__stack_state *stack_state,
                                  const struct gopm__arch *arch, const struct gopm__frame *frame,
                                  struct gopm__variable_list *out);

#endif
