/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of NT_FILE, file by file: which bytes of which file the process had mapped, and at which load address. */
#ifndef GOPM_EXE_FILE_ROWS_H
#define GOPM_EXE_FILE_ROWS_H

#include "exe/executable_private.h"

/* Rows of one file that are compared. The dynamic loader makes about five. */
#define GOPM__MAX_FILE_ROWS ((size_t)32)

/* Sorted by path, then by address. */
struct gopm__file_rows {
	const struct gopm__file_mapping **all; /* free() those of gopm__rows_collect() */
	size_t count;
};

/* Collects the rows of the core. `program_too`: also those of the main program. @return GOPM_OK or
 * GOPM_ERR_NO_MEMORY. */
gopm_status gopm__rows_collect(struct gopm__file_rows *rows, const struct gopm__corefile *core, bool program_too);

/* The rows that have the same path as row `from`, the first of them. Borrowed from `rows`. */
struct gopm__file_rows gopm__rows_of_path(const struct gopm__file_rows *rows, size_t from);

/* True if the row maps a part of `load`. */
bool gopm__row_maps(const struct gopm__file_mapping *r, const struct gopm__load *load);

/* Address minus file offset, of a row and of a load. */
uint64_t gopm__row_shift(const struct gopm__file_mapping *r);
uint64_t gopm__load_shift(const struct gopm__load *load);

/* Finds the bias that most rows agree with. False: there is none, as the file was mapped, but not loaded. */
bool gopm__rows_bias(const struct gopm__executable *exe, const struct gopm__file_rows *rows, uint64_t *bias);

/* Compares the file with the one that the process loaded: the build IDs, or the pages. Fills `image` with the core's
 * copy of the headers; the caller frees it. */
gopm_status gopm__rows_verify(struct gopm__executable *exe, const struct gopm__corefile *core, uint64_t bias,
                              struct gopm__core_image *image, enum gopm__match *match);

#endif
