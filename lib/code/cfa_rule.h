/* SPDX-License-Identifier: Apache-2.0 */
/* Where the canonical frame address (CFA) of an assembly function is at each instruction, as its code says. pclntab has
 * the stack pointer's offset only for pushes, pops and additions: a function that moves to another stack, or rounds the
 * stack pointer for C code, has kept the old one in a register or on the new stack. */
#ifndef GOPM_CODE_CFA_RULE_H
#define GOPM_CODE_CFA_RULE_H

#include <stdbool.h>

#include "arch/arch.h"

enum gopm__cfa_rule_kind {
	GOPM__CFA_UNKNOWN,  /* the code cannot be analyzed, or no path is known to the instruction */
	GOPM__CFA_SP,       /* stack pointer + offset */
	GOPM__CFA_REGISTER, /* register + offset */
	GOPM__CFA_SLOT,     /* the word at stack pointer + slot, + offset */
	GOPM__CFA_LOST,     /* the stack pointer was replaced, and the function has not kept the old one */
};

struct gopm__cfa_rule {
	uint8_t kind;
	uint8_t reg; /* its number in instructions (arch/instruction.h) */
	bool link;   /* the link register has the return address */
	int32_t slot, offset;
};

/* The code of a function. */
struct gopm__cfa_code {
	const struct gopm__arch *arch;
	uint64_t entry;
	const uint8_t *bytes;
	size_t size;
};

/* The rule before the instruction at `pc`; with `returning`, during the call that returns to `pc`: then no register is
 * known. */
struct gopm__cfa_rule gopm__cfa_rule_at(const struct gopm__cfa_code *code, uint64_t pc, bool returning);

#endif
