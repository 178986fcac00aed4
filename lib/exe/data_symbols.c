/* SPDX-License-Identifier: Apache-2.0 */
#include "exe/data_symbols.h"

#include <stdlib.h>
#include <string.h>

#include "exe/executable_private.h"
#include "util/search.h"
#include "util/str.h"
#include "util/vector.h"

#define MAX_DATA_SYMBOLS ((uint64_t)1 << 20)

static bool is_shared_variable(const Elf64_Sym *symbol)
{
	const unsigned bind = ELF64_ST_BIND(symbol->st_info);

	return ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT && (bind == STB_GLOBAL || bind == STB_WEAK) &&
	       ELF64_ST_VISIBILITY(symbol->st_other) == STV_DEFAULT && symbol->st_shndx != SHN_UNDEF &&
	       symbol->st_shndx != SHN_ABS && symbol->st_value != 0;
}

static bool is_symbolic(struct gopm__executable *exe)
{
	struct gopm__section dynamic;

	if (gopm__executable_section(exe, ".dynamic", &dynamic) != GOPM_OK || dynamic.data == NULL) {
		return false;
	}
	for (uint64_t i = 0; i < dynamic.size / sizeof(Elf64_Dyn); i++) {
		Elf64_Dyn entry;
		memcpy(&entry, dynamic.data + i * sizeof entry, sizeof entry);
		if (entry.d_tag == DT_NULL) {
			break;
		}
		if (entry.d_tag == DT_SYMBOLIC || (entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_SYMBOLIC) != 0)) {
			return true;
		}
	}
	return false;
}

static int symbols_by_name(const void *a, const void *b)
{
	const struct gopm__data_symbol *x = a, *y = b;

	return gopm__str_compare(x->name, y->name);
}

gopm_status gopm__data_symbols_open(struct gopm__data_symbols *symbols, struct gopm__executable *exe)
{
	struct gopm__section list, names;

	*symbols = (struct gopm__data_symbols){0};
	if (exe->private_ == NULL || gopm__executable_section(exe, ".dynsym", &list) != GOPM_OK || list.data == NULL ||
	    gopm__executable_section(exe, ".dynstr", &names) != GOPM_OK || names.data == NULL) {
		return GOPM_OK;
	}
	symbols->symbolic = is_symbolic(exe);
	/* A table of long, overlapping names would take quadratic time. */
	uint64_t bytes = names.size * 2;
	for (uint64_t i = 0; i < list.size / sizeof(Elf64_Sym) && symbols->count < MAX_DATA_SYMBOLS; i++) {
		Elf64_Sym symbol;
		memcpy(&symbol, list.data + i * sizeof symbol, sizeof symbol);
		if (!is_shared_variable(&symbol) || symbol.st_name == 0 || symbol.st_name >= names.size) {
			continue;
		}
		const char *name = (const char *)names.data + symbol.st_name;
		const size_t room = (size_t)(names.size - symbol.st_name), size = strnlen(name, room);
		if (size > bytes) {
			break;
		}
		bytes -= size;
		if (size == room) {
			continue;
		}
		if (!GOPM__VECTOR_RESERVE(symbols->list, symbols->count, symbols->capacity, 1)) {
			gopm__data_symbols_close(symbols);
			return GOPM_ERR_NO_MEMORY;
		}
		symbols->list[symbols->count++] = (struct gopm__data_symbol){{name, size}, symbol.st_value + exe->bias};
	}
	if (symbols->count != 0) {
		qsort(symbols->list, symbols->count, sizeof *symbols->list, symbols_by_name);
	}
	return GOPM_OK;
}

void gopm__data_symbols_close(struct gopm__data_symbols *symbols)
{
	free(symbols->list);
	*symbols = (struct gopm__data_symbols){0};
}

const struct gopm__data_symbol *gopm__data_symbols_find(const struct gopm__data_symbols *symbols, gopm_str name)
{
	size_t at;

	GOPM__LOWER_BOUND(at, symbols->count, gopm__str_compare(symbols->list[at].name, name) < 0);
	return at < symbols->count && gopm__str_equal(symbols->list[at].name, name) ? &symbols->list[at] : NULL;
}
