/* SPDX-License-Identifier: Apache-2.0 */
#include "exe/code_symbols.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#include "exe/executable_private.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"

#define MAX_CODE_SYMBOLS ((uint64_t)1 << 23)
/* Bytes of unpacked .gnu_debugdata, and of memory to unpack it. */
#define MAX_DEBUGDATA ((size_t)64 << 20)
/* Bytes of a name that are compared and given. */
#define MAX_NAME ((size_t)1 << 16)

/* Functions come before labels of assembly, and global ones before local ones. */
static uint32_t symbol_rank(const Elf64_Sym *symbol)
{
	const unsigned type = ELF64_ST_TYPE(symbol->st_info), bind = ELF64_ST_BIND(symbol->st_info);
	const uint32_t kind = type == STT_NOTYPE ? 4 : 0;

	return kind + (bind == STB_GLOBAL ? 0u : bind == STB_WEAK ? 1u : 2u);
}

static bool is_code_symbol(const struct gopm__executable *exe, const Elf64_Sym *symbol)
{
	const struct gopm__elf *elf = &exe->private_->elf;
	const unsigned type = ELF64_ST_TYPE(symbol->st_info);

	if (symbol->st_shndx == SHN_UNDEF || symbol->st_name == 0) {
		return false;
	}
	return type == STT_FUNC || type == STT_GNU_IFUNC ||
	       (type == STT_NOTYPE && symbol->st_shndx < elf->section_count &&
	        (elf->sections[symbol->st_shndx].sh_flags & SHF_EXECINSTR) != 0);
}

static gopm_status add_table(struct gopm__code_symbols *symbols, struct gopm__executable *exe, const char *table,
                             const char *strings)
{
	struct gopm__section list, names;

	if (gopm__executable_section(exe, table, &list) != GOPM_OK || list.data == NULL ||
	    gopm__executable_section(exe, strings, &names) != GOPM_OK || names.data == NULL) {
		return GOPM_NOT_FOUND;
	}
	for (uint64_t i = 0; i < list.size / sizeof(Elf64_Sym) && symbols->count < MAX_CODE_SYMBOLS; i++) {
		Elf64_Sym symbol;
		memcpy(&symbol, list.data + i * sizeof symbol, sizeof symbol);
		if (!is_code_symbol(exe, &symbol) || symbol.st_name >= names.size) {
			continue;
		}
		const char *name = (const char *)names.data + symbol.st_name;
		size_t room = (size_t)(names.size - symbol.st_name);
		room = room < MAX_NAME ? room : MAX_NAME;
		const void *end = memchr(name, 0, room);
		/* "$x" and "$d" of arm64 mark code and data. */
		if (end == NULL || name[0] == '$') {
			continue;
		}
		if (!GOPM__VECTOR_RESERVE(symbols->list, symbols->count, symbols->capacity, 1)) {
			return GOPM_ERR_NO_MEMORY;
		}
		symbols->list[symbols->count++] = (struct gopm__code_symbol){
		    symbol.st_value + exe->bias,
		    symbol.st_size,
		    {name, (size_t)((const char *)end - name)},
		    symbol_rank(&symbol),
		};
	}
	return GOPM_OK;
}

/* Unpacks .gnu_debugdata, an ELF file. NULL: there is none, or it is damaged. */
static uint8_t *unpack_debugdata(struct gopm__executable *exe, size_t *size)
{
	struct gopm__section section;
	uint8_t *bytes = NULL;

	if (gopm__executable_section(exe, ".gnu_debugdata", &section) != GOPM_OK || section.data == NULL) {
		return NULL;
	}
	for (size_t room = (size_t)1 << 20; room <= MAX_DEBUGDATA; room *= 4) {
		uint64_t limit = MAX_DEBUGDATA;
		size_t in = 0, out = 0;
		uint8_t *larger = gopm__realloc(bytes, room);
		if (larger == NULL) {
			break;
		}
		bytes = larger;
		gopm__library_begin();
		const lzma_ret result = lzma_stream_buffer_decode(&limit, 0, NULL, section.data, &in,
		                                                  (size_t)section.size, bytes, &out, room);
		if (result == LZMA_OK) {
			*size = out;
			return bytes;
		}
		if (result != LZMA_BUF_ERROR) {
			break;
		}
	}
	free(bytes);
	return NULL;
}

static void add_debugdata(struct gopm__code_symbols *symbols, struct gopm__executable *exe)
{
	size_t size = 0;
	uint8_t *bytes = unpack_debugdata(exe, &size);
	struct gopm__executable *file = bytes != NULL ? gopm__calloc(1, sizeof *file) : NULL;
	const struct gopm__source_request request = {
	    .fd = -1, .what = ".gnu_debugdata", .data = bytes, .data_size = size};

	if (file == NULL || gopm__executable_init(file, NULL, exe->private_->io, 0) != GOPM_OK) {
		free(file);
		free(bytes);
		return;
	}
	file->private_->debug_tried = true;
	if (gopm__executable_load(file, &request, NULL) != GOPM_OK) {
		gopm__executable_free(file);
		free(bytes);
		return;
	}
	file->bias = exe->bias;
	(void)add_table(symbols, file, ".symtab", ".strtab");
	symbols->unpacked = file;
	symbols->unpacked_bytes = bytes;
}

static int symbols_by_place(const void *a, const void *b)
{
	const struct gopm__code_symbol *x = a, *y = b;

	if (x->address != y->address) {
		return x->address < y->address ? -1 : 1;
	}
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

gopm_status gopm__code_symbols_open(struct gopm__code_symbols *symbols, struct gopm__executable *exe)
{
	gopm_status status = exe->private_ != NULL ? add_table(symbols, exe, ".symtab", ".strtab") : GOPM_OK;

	if (status == GOPM_NOT_FOUND) {
		struct gopm__executable *debug = gopm__executable_debug(exe);
		status = debug != NULL ? add_table(symbols, debug, ".symtab", ".strtab") : status;
	}
	if (status == GOPM_NOT_FOUND) {
		status = add_table(symbols, exe, ".dynsym", ".dynstr");
		add_debugdata(symbols, exe);
	}
	if (status == GOPM_ERR_NO_MEMORY) {
		gopm__code_symbols_close(symbols);
		return status;
	}
	if (symbols->count != 0) {
		qsort(symbols->list, symbols->count, sizeof *symbols->list, symbols_by_place);
	}
	return GOPM_OK;
}

void gopm__code_symbols_close(struct gopm__code_symbols *symbols)
{
	free(symbols->list);
	if (symbols->unpacked != NULL) {
		gopm__executable_free(symbols->unpacked);
	}
	free(symbols->unpacked_bytes);
	*symbols = (struct gopm__code_symbols){0};
}

const struct gopm__code_symbol *gopm__code_symbols_at(const struct gopm__code_symbols *symbols, uint64_t address)
{
	size_t after;

	GOPM__LOWER_BOUND(after, symbols->count, symbols->list[after].address <= address);
	/* A few steps back, past labels and aliases; the first of those at one address has the lowest rank. */
	const struct gopm__code_symbol *found = NULL;
	for (size_t i = after, tries = 0; i > 0 && tries < 16; i--, tries++) {
		const struct gopm__code_symbol *s = &symbols->list[i - 1];
		const bool covers = s->size != 0 ? address - s->address < s->size : found == NULL;
		if (found != NULL && s->address != found->address) {
			/* A label inside of a function that has a size. */
			if (found->size == 0 && s->size != 0 && address - s->address < s->size) {
				found = s;
			}
			break;
		}
		found = covers ? s : found;
	}
	return found;
}
