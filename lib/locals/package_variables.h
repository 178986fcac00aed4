/* SPDX-License-Identifier: Apache-2.0 */
/* Package variables, by name. */
#ifndef GOPM_LOCALS_PACKAGE_VARIABLES_H
#define GOPM_LOCALS_PACKAGE_VARIABLES_H

#include "dwarf/names.h"
#include "locals/variable_list.h"

/* Makes the variable that the DIE at `die` declares. False: the DIE has no type. A variable without an address in
 * memory is unreadable. */
bool gopm__package_variable(struct gopm__context *context, uint64_t die, gopm_str name, struct gopm__variable *out);

/* The variables whose full names match `glob`, sorted by name. NULL: all. @return GOPM_OK, GOPM_ERR_NO_MEMORY */
gopm_status gopm__package_variables(struct gopm__context *context, const char *glob, struct gopm__variable_list *out);

#endif
