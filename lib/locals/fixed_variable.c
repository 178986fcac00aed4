/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/fixed_variable.h"

#include "dwarf/static_address.h"

void gopm__fixed_variable(struct gopm__context *context, const struct gopm__die *die, gopm_str name,
                          const struct gopm__type *type, struct gopm__variable *out)
{
	const char *why = NULL;
	const uint64_t address = gopm__static_address(die, context->exe->bias, &why);
	const int64_t line = gopm__attribute_number(&die->decl_line, 0);

	gopm__variable_init(context, out, name, address, type, NULL);
	out->unreadable = why != NULL ? why : out->unreadable;
	out->decl_line = line > 0 ? line : 0;
}
