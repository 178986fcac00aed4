/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.moduledata: the addresses of a module's tables. The offsets of its fields come from the program's own type
 * descriptor of the struct. Source: runtime/symtab.go, Go 1.16 to 1.27. */
#ifndef GOPM_SYMBOL_MODULEDATA_H
#define GOPM_SYMBOL_MODULEDATA_H

#include "exe/executable.h"
#include "symbol/pcln_format.h"
#include "symbol/typedesc.h"

/* A bit for each word of a section: 1 if the word has a pointer (runtime.bitvector). */
struct gopm__pointer_mask {
	uint64_t bytes; /* address of the bits */
	uint32_t count; /* of bits */
};

/* One module with its tables, which are borrowed from the core or the arena. */
struct gopm__module {
	uint64_t address;
	const struct gopm__pcln_format *format;
	uint8_t pc_quantum; /* bytes per unit of a pc delta */
	uint64_t text, etext, minpc, maxpc;
	uint64_t data, edata, bss, ebss, noptrdata, enoptrdata, noptrbss, enoptrbss;
	uint64_t gofunc; /* 0: funcdata are addresses */
	uint64_t rodata; /* masks of stack objects are offsets from here; 0: they are not, until Go 1.17 */
	struct gopm__pointer_mask data_mask, bss_mask;
	uint64_t next; /* address of the next module; 0: the last */
	struct gopm__type_section types;
	uint64_t type_links, type_link_count; /* offsets of descriptors, of 4 bytes each; 0: none, since Go 1.27 */
	uint64_t descriptors_size;            /* bytes of the descriptors, which follow each other; 0: until Go 1.26 */
	const uint8_t *names, *cutab, *filetab, *pctab, *pclntable;
	uint64_t names_size, cutab_size, filetab_size, pctab_size, pclntable_size; /* bytes */
	const uint8_t *ftab; /* rows of two numbers: entry, and offset of the _func in pclntable */
	uint64_t ftab_count; /* functions; one more row ends the table */
};

#define GOPM__MAX_MODULES 64

/* Reads the modules of a program, the main one first. `modules` has room for GOPM__MAX_MODULES. A damaged module after
 * the first is a finding and ends the list.
 * @return GOPM_OK; GOPM_ERR_NOT_GO (none found); GOPM_ERR_UNSUPPORTED (unknown pclntab); GOPM_ERR_MISSING_MEMORY,
 *   GOPM_ERR_LIMIT, GOPM_ERR_FORMAT, GOPM_ERR_NO_MEMORY, with *err. */
gopm_status gopm__modules_load(struct gopm__corefile *core, struct gopm__executable *exe, struct gopm__arena *arena,
                               struct gopm__module *modules, size_t *count, gopm_error **err);

#endif
