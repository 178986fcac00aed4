/* SPDX-License-Identifier: Apache-2.0 */
/* The places of a function's arguments in its frame, and which of these slots are live at a pc. Source:
 * internal/abi/symtab.go, FUNCDATA_ArgInfo (Go 1.17 to 1.27) and FUNCDATA_ArgLiveInfo (Go 1.18 to 1.27). */
#ifndef GOPM_SYMBOL_ARG_INFO_H
#define GOPM_SYMBOL_ARG_INFO_H

#include "symbol/pclntab.h"

/* FUNCDATA_ArgInfo is a sequence of offset and size pairs, and these bytes. */
enum {
	GOPM__ARGS_END = 0xff,
	GOPM__ARGS_OPEN = 0xfe,
	GOPM__ARGS_CLOSE = 0xfd,
	GOPM__ARGS_DOTS = 0xfc,
	GOPM__ARGS_TOO_LARGE = 0xfb,
	GOPM__ARGS_MAX_BYTES = 256,
};

/* The spill slots that have their argument at a pc: FUNCDATA_ArgLiveInfo. */
struct gopm__arg_liveness {
	uint64_t bits; /* address of the bitmap; 0: none, every slot counts as live */
	bool all;      /* the table says that every slot was written */
	uint8_t first; /* slots at lower offsets are always live */
};

struct gopm__arg_liveness gopm__arg_liveness(struct gopm__reader *reader, const struct gopm__func *func, uint64_t pc);
bool gopm__arg_is_live(struct gopm__reader *reader, const struct gopm__arg_liveness *live, uint8_t offset,
                       uint8_t slot);

/* Sets *slot to the bit of the first item. False: the parameter of each item is unknown, and so are its bits.
 *
 * A function with type arguments in its name has a dictionary. The table omits it by omitting the first parameter, but
 * the bitmap counts it (cmd/compile/internal/ssagen/ssa.go, EmitArgInfo; liveness/arg.go; Go 1.18 to 1.27). For a
 * function the first parameter is the dictionary; for a method it is the receiver, for a wrapper or a closure it may be
 * another one. */
bool gopm__arg_first(const struct gopm__func *func, const struct gopm__arg_liveness *live, uint8_t *slot);

/* One argument in the table, or one part of a composite one. */
struct gopm__arg_item {
	uint64_t next;  /* address of the next item; to start, set it to the table */
	uint64_t table; /* address of this item */
	uint8_t offset; /* of its first word, from the start of the arguments */
	uint8_t size;   /* bytes up to the end of its last word */
	bool composite;
	bool cut;  /* the table does not have all of its words */
	bool lost; /* the table has none of them: offset and size are not set */
};

/* Reads the item at item->next. False: the end of the table or of the enclosing item, "...", or damage. */
bool gopm__arg_next(struct gopm__reader *reader, struct gopm__arg_item *item);

/* Sets *offset to the first byte of argument `index` (from 0), counted from the start of the arguments, and *live if
 * all of it is live at `pc`. False: not in the table, which ends after ten words. */
bool gopm__arg_place(struct gopm__reader *reader, const struct gopm__func *func, uint64_t pc, size_t index,
                     uint8_t *offset, bool *live);

#endif
