/* SPDX-License-Identifier: Apache-2.0 */
/* Open-coded defers: deferred calls that a function makes itself when it returns, without a record. A byte in the frame
 * has a bit for each that is pending, and a slot has its closure. Source: FUNCDATA_OpenCodedDeferInfo in
 * cmd/compile/internal/ssagen/ssa.go, emitOpenDeferInfo; runtime/panic.go, initOpenCodedDefers, until Go 1.21
 * runOpenDeferFrame (Go 1.16 to 1.27). */
#ifndef GOPM_SYMBOL_OPEN_DEFER_H
#define GOPM_SYMBOL_OPEN_DEFER_H

#include "symbol/pclntab.h"

#define GOPM__OPEN_DEFERS 8u

/* How the table lists the slots. */
enum gopm__open_defer_format {
	GOPM__OPEN_DEFER_ARRAY,     /* the first of adjacent slots: since Go 1.22 */
	GOPM__OPEN_DEFER_LIST,      /* each slot, the last one first: Go 1.18 to 1.21 */
	GOPM__OPEN_DEFER_ARGUMENTS, /* likewise, with the arguments of the calls: until Go 1.17 */
};

struct gopm__open_defers {
	uint32_t bits;                     /* offset of the byte, below the end of the locals */
	uint32_t slots[GOPM__OPEN_DEFERS]; /* of the slot of each bit, likewise; 0: none, or its call has arguments */
};

/* Reads the table of a function. False: it has none, or it is damaged or not in the core. */
bool gopm__open_defers(struct gopm__reader *reader, const struct gopm__func *func, enum gopm__open_defer_format format,
                       struct gopm__open_defers *out);

#endif
