/* SPDX-License-Identifier: Apache-2.0 */
#include "why/variable_index.h"

#include <stdlib.h>

#include "dwarf/names.h"
#include "dwarf/static_address.h"
#include "util/percent.h"
#include "util/search.h"
#include "util/vector.h"

#define MOST_VARIABLES ((size_t)1 << 23)

static bool add_variable(struct gopm__variable_index *index, struct gopm__indexed_variable variable)
{
	if (variable.size == 0 || variable.begin + variable.size < variable.begin) {
		return true;
	}
	if (index->count == MOST_VARIABLES) {
		return false;
	}
	if (!GOPM__VECTOR_RESERVE(index->list, index->count, index->capacity, 1)) {
		index->no_memory = true;
		return false;
	}
	index->list[index->count++] = variable;
	return true;
}

static bool add_symbol(void *user_data, gopm_str name, uint64_t address, uint64_t size)
{
	struct gopm__variable_index *index = user_data;

	name = gopm__percent_decoded(&index->arena, name);
	index->no_memory = index->no_memory || name.data == NULL;
	return name.data != NULL &&
	       add_variable(index, (struct gopm__indexed_variable){.begin = address, .size = size, .name = name});
}

static void add_dwarf_variables(struct gopm__variable_index *index, struct gopm__program *program)
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
		const uint64_t size = type != NULL ? gopm__type_size(types, type) : 0;
		if (!add_variable(index, (struct gopm__indexed_variable){address, size, name->text, id})) {
			return;
		}
	}
}

static int compare_variables(const void *a, const void *b)
{
	const struct gopm__indexed_variable *x = a, *y = b;
	return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Of variables that overlap, as those of a damaged executable, the first stays. */
static void sort_variables(struct gopm__variable_index *index)
{
	size_t kept = 0;

	if (index->count == 0) {
		return;
	}
	qsort(index->list, index->count, sizeof *index->list, compare_variables);
	for (size_t i = 0; i < index->count; i++) {
		const struct gopm__indexed_variable *last = kept != 0 ? &index->list[kept - 1] : NULL;
		if (last == NULL || index->list[i].begin - last->begin >= last->size) {
			index->list[kept++] = index->list[i];
		}
	}
	index->count = kept;
}

gopm_status gopm__variable_index_open(struct gopm__variable_index *index, struct gopm__program *program)
{
	*index = (struct gopm__variable_index){0};
	if (gopm__program_has_dwarf(program)) {
		add_dwarf_variables(index, program);
	}
	if (index->count == 0 && !index->no_memory) {
		gopm__executable_variables(&program->exe, add_symbol, index);
	}
	if (index->no_memory) {
		gopm__variable_index_close(index);
		return GOPM_ERR_NO_MEMORY;
	}
	sort_variables(index);
	return GOPM_OK;
}

void gopm__variable_index_close(struct gopm__variable_index *index)
{
	gopm__arena_free(&index->arena);
	free(index->list);
	*index = (struct gopm__variable_index){0};
}

const struct gopm__indexed_variable *gopm__variable_at(const struct gopm__variable_index *index, uint64_t address)
{
	size_t i;

	GOPM__LOWER_BOUND(i, index->count, index->list[i].begin <= address);
	return i != 0 && address - index->list[i - 1].begin < index->list[i - 1].size ? &index->list[i - 1] : NULL;
}
