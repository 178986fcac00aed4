/* SPDX-License-Identifier: Apache-2.0 */
/* Table of offsets by Go version, for programs whose type descriptors and DWARF are lost. tests/matrix/layout_table.py
 * generates it from the type descriptors of real programs. */
#ifndef GOPM_RUNTIME_LAYOUT_TABLE_H
#define GOPM_RUNTIME_LAYOUT_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct gopm__layout_row {
	uint8_t which;        /* enum gopm__layout_struct */
	uint16_t first, last; /* range of gopm__layout_versions */
	uint16_t offset, size;
	const char *path; /* "": the struct itself, `size` is its size */
	const char *cpu;  /* NULL: the same on all CPUs */
};

/* Versions of the table, ascending: 2304 is Go 1.23.4. */
extern const uint16_t gopm__layout_versions[];
extern const size_t gopm__layout_version_count;

extern const struct gopm__layout_row gopm__layout_rows[];
extern const size_t gopm__layout_row_count;

#endif
