/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of one frame: which are in scope, where they lie, what they hold. */
#ifndef GOPM_LOCALS_FRAME_VARIABLES_H
#define GOPM_LOCALS_FRAME_VARIABLES_H

#include "unwind/frame.h"
#include "value/variable.h"

struct gopm__frame_variables {
	struct gopm__variable *list; /* not loaded; arguments and results as declared, then locals */
	size_t count;
};

/* @param line where the innermost frame at the pc stands
 * @return GOPM_OK, GOPM_NOT_FOUND (the DWARF knows no function here), GOPM_ERR_FORMAT, GOPM_ERR_LIMIT,
 *   GOPM_ERR_NO_MEMORY. */
gopm_status gopm__frame_variables(struct gopm__context *context, const struct gopm__arch *arch,
                                  const struct gopm__frame *frame, int64_t line, struct gopm__frame_variables *out);

#endif
