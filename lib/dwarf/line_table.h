/* SPDX-License-Identifier: Apache-2.0 */
/* Line number tables: .debug_line of DWARF 2 to 5 (6.2 of DWARF 5). For code that is not Go: Go's lines are in pclntab.
 * Callers hold the lock of the DWARF. */
#ifndef GOPM_DWARF_LINE_TABLE_H
#define GOPM_DWARF_LINE_TABLE_H

#include "dwarf/dwarf.h"
#include "util/text.h"

/* The header of a unit's table. */
struct gopm__line_table {
	struct gopm__cursor program; /* from its first instruction to the end of the table */
	struct gopm__cursor files;   /* from the folders to the first instruction */
	uint8_t offset_size;
	uint16_t version;
	uint8_t minimum_length, maximum_operations, line_range, opcode_base;
	int8_t line_base;
	bool default_is_statement;
	const uint8_t *operand_counts; /* of standard instructions, from the first */
	gopm_str folder;               /* in which the unit was compiled */
	const struct gopm__dwarf *dwarf;
};

/* Reads the header of a unit's table. @return GOPM_OK, GOPM_NOT_FOUND (it has none), GOPM_ERR_FORMAT. */
gopm_status gopm__line_table_open(struct gopm__dwarf *dwarf, const struct gopm__unit *unit,
                                  struct gopm__line_table *out);

/* The number of the file, and the line, of `pc`, an address of the file. A line of 0 is code of no line.
 * @return GOPM_OK, GOPM_NOT_FOUND, GOPM_ERR_FORMAT. */
gopm_status gopm__line_table_find(const struct gopm__line_table *table, uint64_t pc, uint64_t *file, uint32_t *line);

/* Appends the path of a file. False: there is no such file, or the table is damaged. */
bool gopm__line_table_file(const struct gopm__line_table *table, uint64_t number, struct gopm__text *out);

#endif
