/* SPDX-License-Identifier: Apache-2.0 */
/* Names of variables: the data symbols of .symtab, sorted by address. A program may have DWARF and no .symtab; then the
 * names are those of its package variables. */
#include <stdlib.h>

#include "heap/root.h"
#include "program/variables.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"

#define MAX_NAMES ((size_t)1 << 23)

struct root_name {
	uint64_t begin, size;
	gopm_str name;
};

struct gopm__root_names {
	const struct gopm__symtab *symtab;
	struct gopm__arena arena; /* decoded names */
	struct root_name *list;   /* sorted by `begin`, disjoint */
	size_t count, capacity;
	bool no_memory;
};

/* The module whose data or bss has the address; NULL: none. */
static const struct gopm__module *module_of_variable(const struct gopm__symtab *symtab, uint64_t address, bool *bss)
{
	for (size_t i = 0; i < symtab->module_count; i++) {
		const struct gopm__module *m = &symtab->modules[i];
		*bss = address >= m->bss && address < m->ebss;
		if (*bss || (address >= m->data && address < m->edata)) {
			return m;
		}
	}
	return NULL;
}

/* Adds a name, unless it is outside of data and bss. False: stop. */
static bool add_root_name(void *user_data, const struct gopm__program_variable *variable)
{
	struct gopm__root_names *names = user_data;
	const uint64_t address = variable->address, size = variable->size;
	bool bss;

	if (size == 0 || address + size < address || module_of_variable(names->symtab, address, &bss) == NULL) {
		return true;
	}
	if (names->count == MAX_NAMES) {
		return false;
	}
	if (variable->name.data == NULL || !GOPM__VECTOR_RESERVE(names->list, names->count, names->capacity, 1)) {
		names->no_memory = true;
		return false;
	}
	names->list[names->count++] = (struct root_name){address, size, variable->name};
	return true;
}

static int compare_root_names(const void *a, const void *b)
{
	const struct root_name *x = a, *y = b;
	return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Sorts the names. Of names that overlap, the first stays, and only its own bytes. */
static void sort_root_names(struct gopm__root_names *names)
{
	size_t kept = 0;

	if (names->count == 0) {
		return;
	}
	qsort(names->list, names->count, sizeof *names->list, compare_root_names);
	for (size_t i = 0; i < names->count; i++) {
		const struct root_name *last = kept != 0 ? &names->list[kept - 1] : NULL;
		if (last == NULL || names->list[i].begin - last->begin >= last->size) {
			names->list[kept++] = names->list[i];
		}
	}
	names->count = kept;
}

gopm_status gopm__root_names_open(struct gopm__program *program, struct gopm__root_names **out)
{
	struct gopm__root_names *names = gopm__calloc(1, sizeof *names);

	*out = names;
	if (names == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	const uint64_t failures = gopm__failed_allocations();
	names->symtab = &program->symtab;
	gopm__symbol_variables(program, &names->arena, add_root_name, names);
	if (names->count == 0 && !names->no_memory && gopm__program_has_dwarf(program)) {
		gopm__program_lock(program);
		gopm__dwarf_variables(program, add_root_name, names);
		gopm__program_unlock(program);
	}
	if (names->no_memory || !gopm__is_cacheable(failures)) {
		gopm__root_names_close(names);
		*out = NULL;
		return GOPM_ERR_NO_MEMORY;
	}
	sort_root_names(names);
	return GOPM_OK;
}

void gopm__root_names_close(struct gopm__root_names *names)
{
	if (names != NULL) {
		gopm__arena_free(&names->arena);
		free(names->list);
		free(names);
	}
}

bool gopm__root_variable(const struct gopm__root_names *names, uint64_t address, struct gopm__root_variable *out)
{
	size_t i;
	bool bss;
	const struct gopm__module *module = module_of_variable(names->symtab, address, &bss);

	if (module == NULL) {
		return false;
	}
	const uint64_t section = bss ? module->bss : module->data;
	const uint64_t word = address - (address - section) % 8;
	*out = (struct gopm__root_variable){
	    .section = bss ? ".bss" : ".data", .offset = word - section, .begin = word, .size = 8};
	GOPM__LOWER_BOUND(i, names->count, names->list[i].begin <= address);
	if (i != 0 && address - names->list[i - 1].begin < names->list[i - 1].size) {
		out->name = names->list[i - 1].name;
		out->begin = names->list[i - 1].begin;
		out->size = names->list[i - 1].size;
		out->offset = out->begin - section;
	}
	return true;
}
