/* SPDX-License-Identifier: Apache-2.0 */
/* Where a function keeps its arguments for a traceback, and which of these places hold them at a pc.
 * Source: internal/abi/symtab.go, FUNCDATA_ArgInfo (Go 1.17 to 1.27) and FUNCDATA_ArgLiveInfo (Go 1.18 to 1.27). */
#ifndef GOPM_SYMBOL_ARG_INFO_H
#define GOPM_SYMBOL_ARG_INFO_H

#include "symbol/pclntab.h"

/* FUNCDATA_ArgInfo is a sequence of offset and size, and these. */
enum {
	GOPM__ARGS_END = 0xff,
	GOPM__ARGS_OPEN = 0xfe,
	GOPM__ARGS_CLOSE = 0xfd,
	GOPM__ARGS_DOTS = 0xfc,
	GOPM__ARGS_TOO_LARGE = 0xfb,
	GOPM__ARGS_MAX_BYTES = 256,
};

/* Which spill slots hold their argument at a pc: FUNCDATA_ArgLiveInfo. */
struct gopm__arg_liveness {
	uint64_t bits; /* address of the bit map; 0: everything is live, or nothing is said */
	bool all;      /* it is said: every slot was written */
	uint8_t first; /* slots at lower offsets are always live */
};

struct gopm__arg_liveness gopm__arg_liveness(struct gopm__reader *reader, const struct gopm__func *func, uint64_t pc);
bool gopm__arg_is_live(struct gopm__reader *reader, const struct gopm__arg_liveness *live, uint8_t offset,
                       uint8_t slot);

/* A function with type arguments in its name has a dictionary, which the table leaves out by leaving out the first
 * parameter, while the bit map counts it (cmd/compile/internal/ssagen/ssa.go, EmitArgInfo; liveness/arg.go; Go 1.18 to
 * 1.27). Of a function the first one is the dictionary; of a method it is the receiver, and of a wrapper or a closure
 * perhaps another one. False: it is not known which parameter an item is of, and its bits are others.
 * *slot: number of the bit of the first item. */
bool gopm__arg_first(const struct gopm__func *func, const struct gopm__arg_liveness *live, uint8_t *slot);

/* One argument in the table, or one part of a composite one. */
struct gopm__arg_item {
	uint64_t next;  /* where the item after this one is described; set it to begin */
	uint64_t table; /* where this one is */
	uint8_t offset; /* of its first word from where arguments begin */
	uint8_t size;   /* bytes up to the end of its last word */
	bool composite;
	bool cut;  /* the table does not tell all of its words */
	bool lost; /* ... or none of them: offset and size mean nothing */
};

/* The item at item->next. False: the end, "...", the brace that closes what it is in, or damage. */
bool gopm__arg_next(struct gopm__reader *reader, struct gopm__arg_item *item);

/* Argument number `index`, from 0: its first byte from where arguments begin, and whether all of it is live at `pc`.
 * False: the tables do not tell, as of the eleventh word on. */
bool gopm__arg_place(struct gopm__reader *reader, const struct gopm__func *func, uint64_t pc, size_t index,
                     uint8_t *offset, bool *live);

#endif
