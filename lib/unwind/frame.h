/* SPDX-License-Identifier: Apache-2.0 */
/* A frame as the unwinder leaves it: numbers only, names are looked up when asked. */
#ifndef GOPM_UNWIND_FRAME_H
#define GOPM_UNWIND_FRAME_H

#include "arch/arch.h"

struct gopm__pcinfo; /* symbol/symtab.h */
struct gopm__call;

struct gopm__frame {
	uint64_t pc;        /* as stored: return address or exact */
	uint64_t lookup_pc; /* inside the call: pc - 1 for a return address, else pc; the same for inlined calls and the
	                       physical function they are in */
	uint64_t sp, cfa;   /* cfa 0: unknown */
	const struct gopm__registers *registers; /* NULL: only pc and sp are known; lives as long as the stack */
	const struct gopm__pcinfo *info;         /* at lookup_pc */
	const struct gopm__call *call;           /* of info's; NULL: not Go code */
	uint32_t inline_depth;                   /* 0: the physical function, 1: inlined into it, ... */
	uint32_t flags;                          /* GOPM_FRAME_* */
};

#endif
