/* SPDX-License-Identifier: Apache-2.0 */
/* The callee-saved registers that a function stores into its frame, as its code says: for assembly without call frame
 * information, as crosscall2 of runtime/cgo. */
#ifndef GOPM_CODE_SAVED_REGISTERS_H
#define GOPM_CODE_SAVED_REGISTERS_H

#include "code/cfa_rule.h"

#define GOPM__MAX_SAVED_REGISTERS 16

struct gopm__saved_register {
	uint8_t reg;    /* its number in instructions */
	int64_t offset; /* of its slot, from the stack pointer at the entry */
};

/* Reads the instructions from the entry to the first that can jump or call, or to `pc`. Returns the number of registers
 * of C's ABI, and of the link register, that they store before they change them. */
size_t gopm__saved_registers(const struct gopm__cfa_code *code, uint64_t pc,
                             struct gopm__saved_register out[GOPM__MAX_SAVED_REGISTERS]);

#endif
