/* SPDX-License-Identifier: Apache-2.0 */
/* pclntab: finds the function at a pc and looks up its tables. Reads change nothing, and every offset is checked.
 * Source: runtime/symtab.go, Go 1.16 to 1.27. */
#ifndef GOPM_SYMBOL_PCLNTAB_H
#define GOPM_SYMBOL_PCLNTAB_H

#include "symbol/funcdata.h"
#include "symbol/moduledata.h"

enum { GOPM__FUNC_TOP_FRAME = 1, GOPM__FUNC_SP_WRITE = 2, GOPM__FUNC_ASM = 4 };

/* A runtime._func, decoded. */
struct gopm__func {
	const struct gopm__module *module;                  /* NULL: none */
	const uint8_t *at;                                  /* the _func in pclntable */
	uint64_t index;                                     /* in order of address */
	uint64_t entry, end;                                /* of the code, with padding: [entry, end) */
	uint32_t name, cu, pcsp, pcfile, pcln, deferreturn; /* offsets as stored */
	int32_t args, start_line;
	uint32_t pcdata_count;
	uint8_t funcdata_count, id, flag;
};

/* One row of FUNCDATA_InlTree. */
struct gopm__inlined_call {
	uint32_t name;
	int32_t parent_pc; /* offset from the physical function's entry */
	int32_t start_line;
	uint8_t id;
};

/* Finds the function with `pc` in its code. False: none. */
bool gopm__func_find(const struct gopm__module *modules, size_t count, uint64_t pc, struct gopm__func *out);

/* Reads function `index` of a module, in order of address. False: past the end, or damaged. */
bool gopm__func_at(const struct gopm__module *module, uint64_t index, struct gopm__func *out);

/* The offset in pclntable of the _func of function `index`. False: past the end. */
bool gopm__func_offset(const struct gopm__module *module, uint64_t index, uint64_t *offset);

/* Looks up `pc` in a table of pctab. False: no table (offset 0), or it does not cover `pc`. */
bool gopm__pcvalue(const struct gopm__func *func, uint32_t table, uint64_t pc, int32_t *value);

/* True if `pc` is in the first row of the table. */
bool gopm__pcvalue_is_first(const struct gopm__func *func, uint32_t table, uint64_t pc);

/* The greatest value in a table; -1: no table. */
int32_t gopm__pcvalue_max(const struct gopm__func *func, uint32_t table);
/* The pc at which the table ends; 0: there is none. */
uint64_t gopm__pcvalue_end(const struct gopm__func *func, uint32_t table);

/* The offset of a PCDATA table in pctab; 0: none. */
uint32_t gopm__pcdata(const struct gopm__func *func, unsigned which);

/* The address of a FUNCDATA table; 0: none. */
uint64_t gopm__funcdata(const struct gopm__func *func, unsigned which);

bool gopm__inlined_call(struct gopm__reader *reader, const struct gopm__func *func, int32_t index,
                        struct gopm__inlined_call *out);

/* True if the row can be in the tree of the function: its name is one of the table, and its parent comes before it. */
bool gopm__inlined_call_fits(struct gopm__reader *reader, const struct gopm__func *func, int32_t index,
                             const struct gopm__inlined_call *call);

/* NUL-terminated inside funcnametab; empty: damaged. */
gopm_str gopm__func_name(const struct gopm__module *module, uint32_t offset);

/* File number `file` (a value of pcfile) of the function's unit. */
gopm_str gopm__func_file(const struct gopm__func *func, int32_t file);

#endif
