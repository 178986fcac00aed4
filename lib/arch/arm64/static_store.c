/* SPDX-License-Identifier: Apache-2.0 */
/* ADRP and, after it, STR of 8 bytes with an offset from its register, as the Go linker writes stores to package
 * variables. Source: Arm Architecture Reference Manual for A-profile, C6.2. */
#include "arch/arm64/arch.h"
#include "util/cursor.h"

#define ADRP_MASK UINT32_C(0x9f000000)
#define ADRP UINT32_C(0x90000000)
#define STR_MASK UINT32_C(0xffc00000)
#define STR UINT32_C(0xf9000000)
#define REGISTER 0x1fu
#define PAGE 4096u
#define SIGN (UINT64_C(1) << 20)

bool gopm__arm64_next_store(const uint8_t *code, size_t size, uint64_t pc, size_t *at, uint64_t *address)
{
	for (size_t i = (*at + 3) / 4 * 4; i + 8 <= size; i += 4) {
		const uint32_t page = gopm__load32(code + i), store = gopm__load32(code + i + 4);
		if ((page & ADRP_MASK) == ADRP && (store & STR_MASK) == STR &&
		    (page & REGISTER) == (store >> 5 & REGISTER)) {
			/* A signed number of 21 bits in pages, and an unsigned one of 12 in words. */
			const uint64_t pages = (uint64_t)(page >> 5 & 0x7ffff) << 2 | (page >> 29 & 3);
			const uint64_t from = (pc + i) & ~(uint64_t)(PAGE - 1);
			*at = i;
			*address = from + ((pages ^ SIGN) - SIGN) * PAGE + (uint64_t)(store >> 10 & 0xfff) * 8;
			return true;
		}
	}
	return false;
}
