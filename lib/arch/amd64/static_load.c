/* SPDX-License-Identifier: Apache-2.0 */
/* MOV of 4 or 8 bytes from memory relative to RIP, as the Go linker writes loads of package variables. Source: Intel
 * SDM, volume 2, MOV and 2.2.1.6. */
#include "arch/amd64/arch.h"

#include "util/cursor.h"

enum { REX = 0x40, REX_W = 8, MOV_LOAD = 0x8b, MODRM_MASK = 0xc7, MODRM_RIP = 0x05 };

unsigned gopm__amd64_static_load(const uint8_t *code, size_t size, uint64_t pc, const uint64_t *constants,
                                 uint64_t *address)
{
	const size_t rex = size != 0 && (code[0] & 0xf0) == REX ? 1 : 0, length = rex + 6;

	(void)constants;
	if (size < length || code[rex] != MOV_LOAD || (code[rex + 1] & MODRM_MASK) != MODRM_RIP) {
		return 0;
	}
	*address = pc + length + (uint64_t)(int32_t)gopm__load32(code + rex + 2);
	return rex != 0 && (code[0] & REX_W) != 0 ? 8 : 4;
}
