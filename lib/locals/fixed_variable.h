/* SPDX-License-Identifier: Apache-2.0 */
/* Variables at a fixed address: of packages of Go, and of C. */
#ifndef GOPM_LOCALS_FIXED_VARIABLE_H
#define GOPM_LOCALS_FIXED_VARIABLE_H

#include "dwarf/die.h"
#include "value/variable.h"

/* Sets up `out` as the variable of `die`, with its line. If it has no address, the value says why. */
void gopm__fixed_variable(struct gopm__context *context, const struct gopm__die *die, gopm_str name,
                          const struct gopm__type *type, struct gopm__variable *out);

#endif
