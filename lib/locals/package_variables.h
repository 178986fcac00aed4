/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of packages: found by name, wherever the program stands. */
#ifndef GOPM_LOCALS_PACKAGE_VARIABLES_H
#define GOPM_LOCALS_PACKAGE_VARIABLES_H

#include "dwarf/names.h"
#include "locals/frame_variables.h"

/* Makes the variable that the DIE describes, under `name`. False: it is none (a declaration without a type).
 * Where it has no place in memory, it is there and not readable. */
bool gopm__package_variable(struct gopm__context *context, uint64_t die, gopm_str name, struct gopm__variable *out);

/* Those whose full name matches `glob` (NULL: all), by name. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__package_variables(struct gopm__context *context, const char *glob, struct gopm__frame_variables *out);

#endif
