/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GOPM_LOCALS_PLAUSIBLE_H
#define GOPM_LOCALS_PLAUSIBLE_H

#include "value/variable.h"

/* True if the bytes can be a value of the variable's type: a bool is 0 or 1, a pointer points to memory, a slice is not
 * longer than its capacity. Called for bytes that may be those of something else. */
bool gopm__is_plausible(struct gopm__context *context, const struct gopm__variable *v);

#endif
