/* SPDX-License-Identifier: Apache-2.0 */
/* The variables that a file shares with the other files of its process, by name (.dynsym). The dynamic linker takes the
 * first of those that have one name: the program's, before those of its libraries. */
#ifndef GOPM_EXE_DATA_SYMBOLS_H
#define GOPM_EXE_DATA_SYMBOLS_H

#include "exe/executable.h"

struct gopm__data_symbol {
	gopm_str name;    /* as long as the executable */
	uint64_t address; /* in the process */
};

struct gopm__data_symbols {
	struct gopm__data_symbol *list; /* by name */
	size_t count, capacity;
	bool symbolic; /* the file prefers its own variables (-Bsymbolic) */
};

/* @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__data_symbols_open(struct gopm__data_symbols *symbols, struct gopm__executable *exe);
void gopm__data_symbols_close(struct gopm__data_symbols *symbols);

/* The variable `name`; NULL: there is none. */
const struct gopm__data_symbol *gopm__data_symbols_find(const struct gopm__data_symbols *symbols, gopm_str name);

#endif
