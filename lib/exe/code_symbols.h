/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of a file by address: .symtab of the file or of its debug file; else .dynsym, and the symbols in
 * .gnu_debugdata (xz). */
#ifndef GOPM_EXE_CODE_SYMBOLS_H
#define GOPM_EXE_CODE_SYMBOLS_H

#include "exe/executable.h"

struct gopm__code_symbol {
	uint64_t address, size; /* in the process; size 0: unknown */
	gopm_str name;          /* as the linker writes it; as long as the symbols and the executable */
	uint32_t rank;          /* of symbols at one address the lowest counts */
};

struct gopm__code_symbols {
	struct gopm__code_symbol *list; /* by address */
	size_t count, capacity;
	struct gopm__executable *unpacked; /* .gnu_debugdata; owned; NULL: none */
	uint8_t *unpacked_bytes;
};

/* @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__code_symbols_open(struct gopm__code_symbols *symbols, struct gopm__executable *exe);
void gopm__code_symbols_close(struct gopm__code_symbols *symbols);

/* The symbol of the function that `address` is in, or that is the nearest before it if its size is not known. NULL:
 * none. */
const struct gopm__code_symbol *gopm__code_symbols_at(const struct gopm__code_symbols *symbols, uint64_t address);

#endif
