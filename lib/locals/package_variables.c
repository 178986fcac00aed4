/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/package_variables.h"

#include "dwarf/names.h"
#include "locals/fixed_variable.h"
#include "util/glob.h"
#include "util/percent.h"

bool gopm__package_variable(struct gopm__context *context, uint64_t offset, gopm_str name, struct gopm__variable *out)
{
	struct gopm__die die;

	if (gopm__dwarf_die(context->types->dwarf, offset, &die) != GOPM_OK) {
		return false;
	}
	uint64_t type = gopm__attribute_reference(&die.type);
	if (type == 0) {
		return false;
	}
	gopm__fixed_variable(context, &die, name, gopm__types_at(context->types, type), out);
	return true;
}

gopm_status gopm__package_variables(struct gopm__context *context, const char *glob, struct gopm__variable_list *out)
{
	struct gopm__dwarf *dwarf = context->types->dwarf;
	size_t count = 0;

	*out = (struct gopm__variable_list){0};
	gopm_status st = gopm__dwarf_read_names(dwarf);
	if (st != GOPM_OK) {
		return st;
	}
	if (glob != NULL) {
		/* Names may be written with the linker's escapes too. No byte that is special in a glob is escaped. */
		glob = gopm__percent_decoded(context->arena, (gopm_str){glob, strlen(glob)}).data;
		if (glob == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
	}
	for (size_t i = 0; i < dwarf->name_count; i++) {
		const struct gopm__name *name = &dwarf->names[i];
		count += name->kind == GOPM__NAME_VARIABLE && (glob == NULL || gopm__glob(glob, name->text)) ? 1 : 0;
	}
	out->list = gopm__arena_alloc(context->arena, count * sizeof *out->list);
	if (out->list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < dwarf->name_count && out->count < count; i++) {
		const struct gopm__name *name = &dwarf->names[i];
		if (name->kind != GOPM__NAME_VARIABLE || (glob != NULL && !gopm__glob(glob, name->text))) {
			continue;
		}
		if (gopm__package_variable(context, name->die, name->text, &out->list[out->count])) {
			out->list[out->count].symbol =
			    name->symbol.data != name->text.data ? name->symbol : (gopm_str){"", 0};
			out->count++;
		}
	}
	return context->no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}
