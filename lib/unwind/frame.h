/* SPDX-License-Identifier: Apache-2.0 */
/* A frame of a stack: addresses and function data. Names are looked up later, if needed. */
#ifndef GOPM_UNWIND_FRAME_H
#define GOPM_UNWIND_FRAME_H

#include "arch/arch.h"

struct gopm__pcinfo; /* symbol/symtab.h */
struct gopm__call;
struct gopm__native_place; /* unwind/native_name.h */

struct gopm__frame {
	uint64_t pc;        /* as stored: a return address, or the exact pc */
	uint64_t lookup_pc; /* within the call: pc - 1 for a return address, otherwise pc. Inlined calls have that of
	                     * their physical function. */
	uint64_t sp, cfa;   /* cfa 0: unknown */
	const struct gopm__registers *registers; /* valid as long as the stack; NULL: only pc and sp are known */
	const struct gopm__pcinfo *info;         /* at lookup_pc */
	const struct gopm__call *call;           /* one of info's calls; NULL: not Go code */
	const struct gopm__native_place *native; /* of native code; its calls count from inline_depth; NULL: unknown */
	uint32_t inline_depth;                   /* 0: the physical function; 1: inlined into it; ... */
	uint32_t flags;                          /* GOPM_FRAME_* */
};

#endif
