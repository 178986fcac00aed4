/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/pcln_format.h"

#include <stddef.h>

static const struct gopm__pcln_format formats[] = {
    {
        .magic = UINT32_C(0xfffffff1),
        .versions = "Go 1.20 to 1.27",
        .ftab_word = 4,
        .register_arguments = true,
        .name = 4,
        .args = 8,
        .deferreturn = 12,
        .pcsp = 16,
        .pcfile = 20,
        .pcln = 24,
        .npcdata = 28,
        .cu = 32,
        .start_line = 36,
        .id = 40,
        .flag = 41,
        .nfuncdata = 43,
        .func_size = 44,
        .inlined_size = 16,
        .inlined_id = 0,
        .inlined_name = 4,
        .inlined_parent_pc = 8,
        .types_word = 37,
        .inlined_start_line = 12,
    },
    {
        .magic = UINT32_C(0xfffffff0),
        .versions = "Go 1.18 and 1.19",
        .ftab_word = 4,
        .register_arguments = true,
        .name = 4,
        .args = 8,
        .deferreturn = 12,
        .pcsp = 16,
        .pcfile = 20,
        .pcln = 24,
        .npcdata = 28,
        .cu = 32,
        .start_line = -1,
        .id = 36,
        .flag = 37,
        .nfuncdata = 39,
        .func_size = 40,
        .inlined_size = 20,
        .inlined_id = 2,
        .inlined_name = 12,
        .inlined_parent_pc = 16,
        .types_word = 35,
        .inlined_start_line = -1,
    },
    {
        /* Until Go 1.16 the byte after id is padding, and zero. */
        .magic = UINT32_C(0xfffffffa),
        .versions = "Go 1.16 and 1.17",
        .ftab_word = 8,
        .entry_is_address = true,
        .funcdata_is_address = true,
        .name = 8,
        .args = 12,
        .deferreturn = 16,
        .pcsp = 20,
        .pcfile = 24,
        .pcln = 28,
        .npcdata = 32,
        .cu = 36,
        .start_line = -1,
        .id = 40,
        .flag = 41,
        .nfuncdata = 43,
        .func_size = 44,
        .inlined_size = 20,
        .inlined_id = 2,
        .inlined_name = 12,
        .inlined_parent_pc = 16,
        .types_word = 35,
        .inlined_start_line = -1,
    },
};

const struct gopm__pcln_format *gopm__pcln_format(uint32_t magic)
{
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		if (formats[i].magic == magic) {
			return &formats[i];
		}
	}
	return NULL;
}
