/* SPDX-License-Identifier: Apache-2.0 */
/* LDR with an offset, and LDAR, of 4 or 8 bytes, from a register with a known value: ADRP and ADD set it. Source: Arm
 * Architecture Reference Manual for A-profile, C6.2. */
#include "arch/arm64/arch.h"

#include "util/cursor.h"

#define LDR_MASK UINT32_C(0xbfc00000)
#define LDR UINT32_C(0xb9400000)
#define LDAR_MASK UINT32_C(0xbffffc00)
#define LDAR UINT32_C(0x88dffc00)
#define WIDE (UINT32_C(1) << 30)

unsigned gopm__arm64_static_load(const uint8_t *code, size_t size, uint64_t pc, const uint64_t *constants,
                                 uint64_t *address)
{
	(void)pc;
	if (size < 4) {
		return 0;
	}
	const uint32_t w = gopm__load32(code);
	const uint64_t base = constants[w >> 5 & 31];
	const unsigned bytes = (w & WIDE) != 0 ? 8 : 4;
	if (base == 0 || ((w & LDR_MASK) != LDR && (w & LDAR_MASK) != LDAR)) {
		return 0;
	}
	*address = base + ((w & LDR_MASK) == LDR ? (uint64_t)(w >> 10 & 0xfff) * bytes : 0);
	return bytes;
}
