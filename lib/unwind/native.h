/* SPDX-License-Identifier: Apache-2.0 */
/* Native code: the code of C, C++ or Rust that a process has besides Go. Nothing is read until a pc is in no Go
 * function. Many threads may use it at the same time. */
#ifndef GOPM_UNWIND_NATIVE_H
#define GOPM_UNWIND_NATIVE_H

#include "dwarf/cfi.h"
#include "exe/code_symbols.h"
#include "exe/data_symbols.h"
#include "exe/mapped_module.h"
#include "symbol/symtab.h"
#include "util/map64.h"

/* What was read of one module. */
struct gopm__native_module {
	bool tables_read;
	struct gopm__cfi_table tables[2]; /* .eh_frame and .debug_frame */
	bool symbols_read;
	struct gopm__code_symbols symbols;
	bool data_read;
	struct gopm__data_symbols data;
	bool dwarf_tried;
	struct gopm__dwarf *dwarf; /* NULL: it has none, or was not tried */
};

struct gopm__dwarf; /* dwarf/dwarf.h */

struct gopm__native {
	const struct gopm__corefile *core; /* NULL: not initialized */
	struct gopm__executable *exe;
	struct gopm__symtab *symtab;
	struct gopm__mapped_modules modules; /* open if `opened` */
	struct gopm__native_module *read;    /* of each module of the list */
	struct gopm__map64 rows;             /* by pc: struct gopm__cfi_row *, or NO_ROW (native_row.c) */
	struct gopm__map64 places;           /* by pc: struct gopm__native_place * */
	struct gopm__arena arena;
	bool no_dwarf; /* the caller asked not to read DWARF */
	bool opened;
	pthread_mutex_t lock; /* guards what is here, but for the list of modules once it is open */
};

/* Reads nothing. The pointers are borrowed. */
void gopm__native_init(struct gopm__native *native, const struct gopm__corefile *core, struct gopm__executable *exe,
                       struct gopm__symtab *symtab, bool no_dwarf);
/* A zero-initialized struct is accepted. */
void gopm__native_close(struct gopm__native *native);

/* The modules of the process. NULL: out of memory. */
struct gopm__mapped_modules *gopm__native_modules(struct gopm__native *native);

#endif
