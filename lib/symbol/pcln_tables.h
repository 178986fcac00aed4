/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of pclntab, which moduledata and the header of pclntab both describe. If one of them is damaged, the other
 * still has the table. Source: cmd/link/internal/ld/pcln.go and symtab.go, Go 1.16 to 1.27. */
#ifndef GOPM_SYMBOL_PCLN_TABLES_H
#define GOPM_SYMBOL_PCLN_TABLES_H

#include "core/memory.h"
#include "symbol/pcln_format.h"

enum gopm__pcln_table {
	GOPM__PCLN_NAMES,
	GOPM__PCLN_UNITS,
	GOPM__PCLN_FILES,
	GOPM__PCLN_VALUES,
	GOPM__PCLN_FUNCTIONS,
	GOPM__PCLN_TABLES,
};

/* A slice of moduledata, in bytes. */
struct gopm__pcln_slice {
	uint64_t address, size;
};

/* Compares the slices with the header at `header`, and replaces the one that is wrong. `ftab` has rows of two numbers
 * of `format`. Returns false if something is damaged. */
bool gopm__pcln_tables_mend(struct gopm__reader *reader, uint64_t header, const struct gopm__pcln_format *format,
                            struct gopm__pcln_slice tables[GOPM__PCLN_TABLES], struct gopm__pcln_slice *ftab);

#endif
