/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols of .symtab, in the executable or in its debug file. */
#include <stdlib.h>
#include <string.h>

#include "exe/executable_private.h"
#include "util/allocate.h"
#include "util/search.h"

/* Symbols that are read. The largest browsers have a million. */
#define MAX_SYMBOLS ((uint64_t)1 << 23)

struct symbol_tables {
	struct gopm__section symbols, names;
	uint64_t count;
};

static bool open_symbol_tables(struct gopm__executable *exe, struct symbol_tables *t)
{
	size_t index = gopm__section_index(exe, ".symtab");
	bool ok = false;

	if (index == 0) {
		struct gopm__executable *debug = gopm__executable_debug(exe);
		if (debug == NULL) {
			return false;
		}
		exe = debug;
		index = gopm__section_index(exe, ".symtab");
	}
	const struct gopm__elf *elf = &exe->private_->elf;

	if (index == 0 || elf->sections[index].sh_type != SHT_SYMTAB || elf->sections[index].sh_link == 0 ||
	    elf->sections[index].sh_link >= elf->section_count) {
		return false;
	}
	(void)pthread_mutex_lock(&exe->private_->lock);
	ok = gopm__section_load(exe, index, false, &t->symbols) == GOPM_OK &&
	     gopm__section_load(exe, elf->sections[index].sh_link, false, &t->names) == GOPM_OK;
	(void)pthread_mutex_unlock(&exe->private_->lock);
	t->count = t->symbols.size / sizeof(Elf64_Sym);
	if (ok && t->count > MAX_SYMBOLS) {
		gopm__finding_add(exe->private_->findings, GOPM_FINDING_LIMIT, GOPM__AT_FILE(exe->source.name),
		                  "more than %llu symbols; the rest is ignored", (unsigned long long)MAX_SYMBOLS);
		t->count = MAX_SYMBOLS;
	}
	return ok && t->names.data != NULL && t->symbols.data != NULL;
}

static bool read_symbol(const struct gopm__executable *exe, const struct symbol_tables *t, uint64_t i,
                        Elf64_Sym *symbol)
{
	memcpy(symbol, t->symbols.data + i * sizeof *symbol, sizeof *symbol);
	if (symbol->st_shndx == SHN_UNDEF || symbol->st_name == 0 || symbol->st_name >= t->names.size) {
		return false;
	}
	if (symbol->st_shndx != SHN_ABS) {
		symbol->st_value += exe->bias;
	}
	return true;
}

static uint32_t hash_start(void)
{
	return 2166136261U;
}

static uint32_t hash_byte(uint32_t h, uint8_t b)
{
	return (h ^ b) * 16777619U;
}

size_t gopm__executable_symbols(struct gopm__executable *exe, const char *const *names, size_t count,
                                uint64_t *addresses, uint64_t *sizes)
{
	struct symbol_tables t;
	size_t found = 0, mask = 15, longest = 0;
	uint32_t *slots = NULL;

	memset(addresses, 0, count * sizeof *addresses);
	if (sizes != NULL) {
		memset(sizes, 0, count * sizeof *sizes);
	}
	if (count == 0 || count > UINT32_MAX / 4 || !open_symbol_tables(exe, &t)) {
		return 0;
	}
	while (mask < count * 2) {
		mask = mask * 2 + 1;
	}
	slots = gopm__calloc(mask + 1, sizeof *slots);
	if (slots == NULL) {
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t h = hash_start();
		for (const char *p = names[i]; *p != '\0'; p++) {
			h = hash_byte(h, (uint8_t)*p);
		}
		size_t length = strlen(names[i]);
		longest = length > longest ? length : longest;
		size_t at = h & mask;
		while (slots[at] != 0) {
			at = (at + 1) & mask;
		}
		slots[at] = (uint32_t)i + 1;
	}
	for (uint64_t i = 0; i < t.count && found < count; i++) {
		Elf64_Sym symbol;
		if (!read_symbol(exe, &t, i, &symbol)) {
			continue;
		}
		const uint8_t *name = t.names.data + symbol.st_name;
		size_t room = (size_t)(t.names.size - symbol.st_name), size = 0;
		uint32_t h = hash_start();
		/* Stop at the longest name wanted: a hostile table of long, overlapping names would take quadratic
		 * time. */
		room = room < longest + 1 ? room : longest + 1;
		while (size < room && name[size] != '\0') {
			h = hash_byte(h, name[size++]);
		}
		for (size_t at = h & mask; size < room && slots[at] != 0; at = (at + 1) & mask) {
			size_t k = slots[at] - 1;
			if (addresses[k] == 0 && strcmp(names[k], (const char *)name) == 0 && symbol.st_value != 0) {
				addresses[k] = symbol.st_value;
				if (sizes != NULL) {
					sizes[k] = symbol.st_size;
				}
				found++;
			}
		}
	}
	free(slots);
	return found;
}

static int symbols_by_address(const void *a, const void *b)
{
	const struct gopm__function_symbol *x = a, *y = b;

	if (x->address != y->address) {
		return x->address < y->address ? -1 : 1;
	}
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Collects the function symbols and sorts them by address. The caller holds the lock. */
static void sort_symbols(struct gopm__executable *exe, const struct symbol_tables *t)
{
	struct gopm__executable_private *p = exe->private_;

	p->symbols = gopm__malloc((size_t)(t->count + 1) * sizeof *p->symbols);
	p->sorted = p->symbols != NULL;
	if (p->symbols == NULL) {
		return;
	}
	for (uint64_t i = 0; i < t->count; i++) {
		Elf64_Sym symbol;
		if (read_symbol(exe, t, i, &symbol) && ELF64_ST_TYPE(symbol.st_info) == STT_FUNC) {
			p->symbols[p->symbol_count++] =
			    (struct gopm__function_symbol){symbol.st_value, symbol.st_name, (uint32_t)i};
		}
	}
	qsort(p->symbols, p->symbol_count, sizeof *p->symbols, symbols_by_address);
}

gopm_str gopm__executable_symbol_at(struct gopm__executable *exe, uint64_t address)
{
	struct gopm__executable_private *p = exe->private_;
	struct symbol_tables t;

	if (!open_symbol_tables(exe, &t)) {
		return (gopm_str){NULL, 0};
	}
	(void)pthread_mutex_lock(&p->lock);
	if (!p->sorted) {
		sort_symbols(exe, &t);
	}
	(void)pthread_mutex_unlock(&p->lock);
	size_t at;
	GOPM__LOWER_BOUND(at, p->symbol_count, p->symbols[at].address < address);
	if (at == p->symbol_count || p->symbols[at].address != address) {
		return (gopm_str){NULL, 0};
	}
	const char *name = (const char *)t.names.data + p->symbols[at].name;
	size_t room = (size_t)(t.names.size - p->symbols[at].name), size = strnlen(name, room);
	return size < room ? (gopm_str){name, size} : (gopm_str){NULL, 0};
}

void gopm__executable_variables(struct gopm__executable *exe,
                                bool (*visit)(void *user_data, gopm_str name, uint64_t address, uint64_t size),
                                void *user_data)
{
	struct symbol_tables t;

	if (exe->private_ == NULL || !open_symbol_tables(exe, &t)) {
		return;
	}
	/* A table of long, overlapping names would take quadratic time. */
	uint64_t bytes = t.names.size * 2;
	for (uint64_t i = 0; i < t.count; i++) {
		Elf64_Sym symbol;
		if (!read_symbol(exe, &t, i, &symbol) || ELF64_ST_TYPE(symbol.st_info) != STT_OBJECT) {
			continue;
		}
		const char *name = (const char *)t.names.data + symbol.st_name;
		const size_t room = (size_t)(t.names.size - symbol.st_name), size = strnlen(name, room);
		if (size > bytes ||
		    (size < room && !visit(user_data, (gopm_str){name, size}, symbol.st_value, symbol.st_size))) {
			return;
		}
		bytes -= size;
	}
}
