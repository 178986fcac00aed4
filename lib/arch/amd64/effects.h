/* SPDX-License-Identifier: Apache-2.0 */
/* The operands of one instruction, and how they and the row of its opcode become effects. */
#ifndef GOPM_ARCH_AMD64_EFFECTS_H
#define GOPM_ARCH_AMD64_EFFECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/amd64/opcodes.h"
#include "arch/instruction.h"

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R11 = 11, R14 = 14 };

struct gopm__amd64_operands {
	bool has_rex, wide;   /* a REX prefix; its W bit */
	uint8_t full_width;   /* of general operands, in bytes */
	uint8_t mod, reg, rm; /* of the ModRM byte, extended by REX; `mod` 3: rm is a register */
	uint8_t base, index;  /* registers of the memory operand; base may be GOPM__CODE_NO_REGISTER */
	bool has_memory, indexed, rip;
	int64_t displacement, immediate;
	uint64_t end; /* address of the next instruction */
};

/* True if the instruction is valid. `size` is the width of the operands in bytes. `out` must be zero. */
bool gopm__amd64_apply(const struct gopm__amd64_operands *operands, const struct gopm__amd64_opcode *op, unsigned size,
                       struct gopm__instruction *out);

#endif
