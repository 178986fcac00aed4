/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets of the runtime's fields by Go version, for programs that do not say them: generated from the type descriptors
 * of real programs by tests/matrix/layout_table.py. */
#ifndef GOPM_RUNTIME_LAYOUT_TABLE_H
#define GOPM_RUNTIME_LAYOUT_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct gopm__layout_row {
	uint8_t which;        /* enum gopm__layout_struct */
	uint16_t first, last; /* the versions it holds for, of those that are known */
	uint16_t offset, size;
	const char *path; /* "": the struct itself */
	const char *cpu;  /* NULL: the same on all */
};

/* Versions that the table knows, as numbers (2304 is Go 1.23.4), in order. Releases of one minor differ. */
extern const uint16_t gopm__layout_versions[];
extern const size_t gopm__layout_version_count;

extern const struct gopm__layout_row gopm__layout_rows[];
extern const size_t gopm__layout_row_count;

#endif
