/* SPDX-License-Identifier: Apache-2.0 */
#include "program/variables.h"

#include "dwarf/names.h"
#include "dwarf/static_address.h"
#include "util/percent.h"

void gopm__dwarf_variables(struct gopm__program *program, gopm__program_variable_visit *visit, void *user_data)
{
	struct gopm__dwarf *dwarf;
	struct gopm__types *types;

	if (gopm__program_dwarf(program, &dwarf, NULL) != GOPM_OK ||
	    gopm__program_types(program, &types, NULL) != GOPM_OK || gopm__dwarf_read_names(dwarf) != GOPM_OK) {
		return;
	}
	for (size_t i = 0; i < dwarf->name_count; i++) {
		const struct gopm__name *name = &dwarf->names[i];
		struct gopm__die die;
		const char *why;
		if (name->kind != GOPM__NAME_VARIABLE || gopm__dwarf_die(dwarf, name->die, &die) != GOPM_OK) {
			continue;
		}
		const uint64_t id = gopm__attribute_reference(&die.type);
		const uint64_t address = gopm__static_address(&die, program->exe.bias, &why);
		const struct gopm__type *type = id != 0 && address != 0 ? gopm__types_at(types, id) : NULL;
		const struct gopm__program_variable variable = {
		    address, type != NULL ? gopm__type_size(types, type) : 0, name->text, id};
		if (address != 0 && !visit(user_data, &variable)) {
			return;
		}
	}
}

struct symbol_visit {
	struct gopm__arena *arena;
	gopm__program_variable_visit *visit;
	void *user_data;
};

static bool visit_symbol(void *user_data, gopm_str name, uint64_t address, uint64_t size)
{
	const struct symbol_visit *symbols = user_data;
	const struct gopm__program_variable variable = {
	    .address = address, .size = size, .name = gopm__percent_decoded(symbols->arena, name)};

	return symbols->visit(symbols->user_data, &variable);
}

void gopm__symbol_variables(struct gopm__program *program, struct gopm__arena *arena,
                            gopm__program_variable_visit *visit, void *user_data)
{
	struct symbol_visit symbols = {arena, visit, user_data};

	gopm__executable_variables(&program->exe, visit_symbol, &symbols);
}
