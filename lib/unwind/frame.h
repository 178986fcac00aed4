/* A frame as the unwinder leaves it: numbers only, names are looked up when asked. */
#ifndef GOPM_UNWIND_FRAME_H
#define GOPM_UNWIND_FRAME_H

#include "core/arch/arch.h"

struct gopm__frame {
	uint64_t pc;          /* as stored: return address or exact */
	uint64_t lookup_pc;   /* inside the call: pc - 1 for a return address, else pc; for the caller of an
	                         inlined call the pc of that call in the physical function */
	uint64_t sp, cfa, fp; /* fp: value of the frame pointer register in this frame; 0: unknown */
	uint64_t entry;       /* of the physical function; 0: not Go code */
	const struct gopm__registers *registers; /* NULL: only pc, sp and fp are known; of the unwinder */
	int32_t inline_index;                    /* row of FUNCDATA_InlTree, -1: the physical function */
	uint32_t inline_depth;                   /* 0: the physical function, 1: inlined into it, ... */
	uint32_t flags;                          /* GOPM_FRAME_* */
};

#endif
