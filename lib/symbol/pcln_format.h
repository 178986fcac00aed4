/* SPDX-License-Identifier: Apache-2.0 */
/* The layout of pclntab for each magic number; a new layout is a new row. Source: runtime/symtab.go and
 * runtime/runtime2.go of the versions in the row. */
#ifndef GOPM_SYMBOL_PCLN_FORMAT_H
#define GOPM_SYMBOL_PCLN_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

/* Offsets in a runtime._func; -1: this version has no such field. */
struct gopm__pcln_format {
	uint32_t magic;
	const char *versions;
	uint8_t ftab_word;        /* bytes of each of the two numbers in a row of ftab */
	bool entry_is_address;    /* ftab and _func have addresses, not offsets from text */
	bool funcdata_is_address; /* 8 bytes each, aligned, not offsets from gofunc */
	/* Go passes arguments in registers on every CPU that has a gopm__code_desc. */
	bool register_arguments;
	int8_t name, args, deferreturn, pcsp, pcfile, pcln, npcdata, cu, start_line, id, flag, nfuncdata;
	uint8_t func_size;
	/* A row of FUNCDATA_InlTree. */
	uint8_t inlined_size;
	/* Index of the word `types` in moduledata. It is only used to find the descriptor of moduledata, which must
	 * confirm it. `etypes` is the next word, since Go 1.27 the one after. */
	uint8_t types_word;
	int8_t inlined_id, inlined_name, inlined_parent_pc, inlined_start_line;
};

/* NULL: unknown magic number. */
const struct gopm__pcln_format *gopm__pcln_format(uint32_t magic);

#endif
