/* SPDX-License-Identifier: Apache-2.0 */
/* MOV of 8 bytes to memory relative to RIP, as the Go linker writes stores to package variables. Source: Intel SDM,
 * volume 2, MOV and 2.2.1.6. */
#include "arch/amd64/arch.h"
#include "util/cursor.h"

enum { REX_W = 0x48, REX_R = 4, MOV_STORE = 0x89, MODRM_MASK = 0xc7, MODRM_RIP = 0x05, LENGTH = 7 };

bool gopm__amd64_next_store(const uint8_t *code, size_t size, uint64_t pc, size_t *at, uint64_t *address)
{
	for (size_t i = *at; i + LENGTH <= size; i++) {
		if ((code[i] & ~REX_R) == REX_W && code[i + 1] == MOV_STORE &&
		    (code[i + 2] & MODRM_MASK) == MODRM_RIP) {
			*at = i;
			*address = pc + i + LENGTH + (uint64_t)(int32_t)gopm__load32(code + i + 3);
			return true;
		}
	}
	return false;
}
