/* SPDX-License-Identifier: Apache-2.0 */
#include "why/variable_index.h"

#include <stdlib.h>

#include "program/variables.h"
#include "util/search.h"
#include "util/str.h"
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
	if (variable.name.data == NULL || !GOPM__VECTOR_RESERVE(index->list, index->count, index->capacity, 1)) {
		index->no_memory = true;
		return false;
	}
	index->list[index->count++] = variable;
	return true;
}

static bool add_package_variable(void *user_data, const struct gopm__program_variable *variable)
{
	return add_variable(user_data, (struct gopm__indexed_variable){.begin = variable->address,
	                                                               .size = variable->size,
	                                                               .name = variable->name,
	                                                               .type = variable->type});
}

static bool is_static_value(const struct gopm__symtab *symtab, uint64_t begin, uint64_t size)
{
	for (size_t i = 0; i < symtab->module_count; i++) {
		const struct gopm__module *m = &symtab->modules[i];
		const uint64_t sections[][2] = {
		    {m->data, m->edata}, {m->bss, m->ebss}, {m->noptrdata, m->enoptrdata}, {m->noptrbss, m->enoptrbss}};
		for (size_t k = 0; k < sizeof sections / sizeof sections[0]; k++) {
			if (begin >= sections[k][0] && begin < sections[k][1] && size <= sections[k][1] - begin) {
				return true;
			}
		}
	}
	return false;
}

/* Adds the static value that a variable points to, unless it is a part of a variable. The list is sorted up to
 * `sorted`. False: stop. */
static bool add_pointed_value(struct gopm__variable_index *index, struct gopm__program *program,
                              struct gopm__types *types, size_t sorted, size_t i)
{
	const struct gopm__indexed_variable pointer = index->list[i];
	const struct gopm__type *type = pointer.size == 8 ? gopm__types_at(types, pointer.type) : NULL;
	struct gopm__reader reader = gopm__reader(&program->file.memory);
	uint64_t begin;

	type = type != NULL ? gopm__type_resolve(types, type) : NULL;
	const struct gopm__type *target =
	    type != NULL && type->class_ == GOPM__TYPE_POINTER ? gopm__type_target(types, type) : NULL;
	const uint64_t size = target != NULL ? gopm__type_size(types, target) : 0;
	if (size == 0 || !gopm__read_u64(&reader, pointer.begin, &begin) ||
	    !is_static_value(&program->symtab, begin, size)) {
		return true;
	}
	const struct gopm__variable_index known = {.list = index->list, .count = sorted};
	return gopm__variable_at(&known, begin) != NULL ||
	       add_variable(index, (struct gopm__indexed_variable){begin, size, pointer.name, target->id, true});
}

static int compare_variables(const void *a, const void *b)
{
	const struct gopm__indexed_variable *x = a, *y = b;

	if (x->begin != y->begin) {
		return x->begin < y->begin ? -1 : 1;
	}
	return gopm__str_compare(x->name, y->name);
}

/* Of variables that overlap, as those of a damaged executable, the first stays. Two variables may point to one value.
 */
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
		gopm__dwarf_variables(program, add_package_variable, index);
	}
	if (index->count == 0 && !index->no_memory) {
		gopm__symbol_variables(program, &index->arena, add_package_variable, index);
	}
	sort_variables(index);
	struct gopm__types *types;
	const size_t sorted = index->count;
	if (gopm__program_types(program, &types, NULL) == GOPM_OK) {
		for (size_t i = 0; i < sorted && add_pointed_value(index, program, types, sorted, i); i++) {
		}
		sort_variables(index);
	}
	if (index->no_memory) {
		gopm__variable_index_close(index);
		return GOPM_ERR_NO_MEMORY;
	}
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
