/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of a frame without DWARF: words, as the runtime's traceback prints them, and what can be said of their
 * types: a receiver by the function's name, all of a method by its type, a channel by the channel itself. */
#ifndef GOPM_LOCALS_FRAME_ARGUMENTS_H
#define GOPM_LOCALS_FRAME_ARGUMENTS_H

#include "locals/frame_variables.h"

/* "arg0", "arg1", ..., not loaded; none for inlined calls. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__frame_arguments(struct gopm__context *context, const struct gopm__arch *arch,
                                  const struct gopm__frame *frame, struct gopm__frame_variables *out);

#endif
