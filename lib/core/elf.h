/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of an ELF file, read whole into arrays, so that nothing later depends on
 * bytes that were not checked. 64 bits, little endian. */
#ifndef GOPM_CORE_ELF_H
#define GOPM_CORE_ELF_H

#include <gelf.h>

#include "core/source.h"

struct gopm__elf {
	GElf_Ehdr header;
	GElf_Phdr *segments;
	size_t segment_count;
	GElf_Shdr *sections; /* from 0, the null section */
	size_t section_count;
	size_t names;       /* index of the section of section names; 0: none */
	bool sections_lost; /* the file declares sections, but their table is not there or absurd */
};

/* What it is for: "core" or "executable", which are not each other. */
gopm_status gopm__elf_open(struct gopm__elf *elf, const struct gopm__source *source, const char *what,
                           gopm_error **err);
void gopm__elf_close(struct gopm__elf *elf);

#endif
