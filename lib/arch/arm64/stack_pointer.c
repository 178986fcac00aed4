/* SPDX-License-Identifier: Apache-2.0 */
/* Additions to SP, moves to it, and loads and stores that write their base back. Source: Arm Architecture Reference
 * Manual for A-profile, C4. */
#include "arch/arm64/arch.h"

#include "arch/instruction.h"

enum { SP = 31 };

static uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
	return word >> low & ((UINT32_C(2) << (high - low)) - 1);
}

static int64_t sign_extend(uint32_t value, unsigned width)
{
	return (int64_t)((uint64_t)value << (64 - width)) >> (64 - width);
}

struct gopm__sp_change gopm__arm64_sp_change(const uint8_t *code, size_t size)
{
	struct gopm__sp_change change = {GOPM__SP_DECODED, 0, 0};

	if (size < 4) {
		return change;
	}
	uint32_t w = (uint32_t)code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
	unsigned to = bits(w, 4, 0), base = bits(w, 9, 5);
	if (bits(w, 28, 23) == 0x22 && bits(w, 29, 29) == 0 && to == SP) { /* ADD, SUB of an immediate value */
		int64_t value = (int64_t)bits(w, 21, 10) << (bits(w, 22, 22) != 0 ? 12 : 0);
		change.kind = bits(w, 31, 31) != 0 ? base == SP ? GOPM__SP_ADDED : GOPM__SP_SET : GOPM__SP_LOST;
		change.base = (uint8_t)base;
		change.value = bits(w, 30, 30) != 0 ? -value : value;
	} else if (bits(w, 28, 21) == 0x59 && bits(w, 29, 29) == 0 && to == SP) { /* of a register */
		change.kind = GOPM__SP_LOST;
	} else if (bits(w, 28, 23) == 0x24 && bits(w, 30, 29) != 3 && to == SP) { /* AND, ORR, EOR */
		change.kind = GOPM__SP_LOST;
	} else if (bits(w, 29, 27) == 5 && bits(w, 23, 23) != 0 && base == SP) { /* pairs; before or after the access */
		unsigned scale = bits(w, 26, 26) != 0 ? 2 + bits(w, 31, 30) : bits(w, 31, 31) != 0 ? 3 : 2;
		change.kind = GOPM__SP_ADDED;
		change.value = sign_extend(bits(w, 21, 15), 7) * (INT64_C(1) << scale);
	} else if (bits(w, 29, 27) == 7 && bits(w, 25, 24) == 0 && bits(w, 21, 21) == 0 && bits(w, 10, 10) != 0 &&
	           base == SP) { /* one register */
		change.kind = GOPM__SP_ADDED;
		change.value = sign_extend(bits(w, 20, 12), 9);
	} else if (bits(w, 29, 26) == 3 && bits(w, 23, 23) != 0 && base == SP) { /* several vectors */
		change.kind = GOPM__SP_LOST;
	}
	return change;
}
