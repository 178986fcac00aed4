/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf/language.h"

#include <gopm/stack.h>

#include "dwarf/constants.h"

/* Source: DWARF 5, table 7.17, and the numbers that were assigned later. */
uint32_t gopm__dwarf_language(int64_t dwarf)
{
	switch (dwarf) {
	case 0x01: /* C89, C, C99, C11, C17, C23 */
	case 0x02:
	case 0x0c:
	case 0x1d:
	case 0x2c:
	case 0x3e:
		return GOPM_LANGUAGE_C;
	case 0x04: /* C++, C++03, C++11, C++14, C++17, C++20, C++23 */
	case 0x19:
	case 0x1a:
	case 0x21:
	case 0x2a:
	case 0x2b:
	case 0x3a:
		return GOPM_LANGUAGE_CPP;
	case 0x1c:
		return GOPM_LANGUAGE_RUST;
	case 0x8001: /* Mips assembler, which GNU as writes for all assembly */
		return GOPM_LANGUAGE_ASSEMBLY;
	case GOPM__LANGUAGE_GO:
		return GOPM_LANGUAGE_GO;
	default:
		return GOPM_LANGUAGE_OTHER;
	}
}
