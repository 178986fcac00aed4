/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of an ELF file (64 bits, little endian), copied to arrays. Their offsets and sizes are not checked: use
 * gopm__source_span() to read what they describe. */
#ifndef GOPM_CORE_ELF_H
#define GOPM_CORE_ELF_H

#include <gelf.h>

#include "core/source.h"

struct gopm__elf {
	GElf_Ehdr header;
	GElf_Phdr *segments;
	size_t segment_count;
	GElf_Shdr *sections; /* the first one is the null section */
	size_t section_count;
	size_t names;       /* index of the section with the section names; 0: none */
	bool sections_lost; /* the file declares sections, but their headers are missing or invalid */
};

/* Reads the headers. `what` is the type of file expected: "core" or "executable". */
gopm_status gopm__elf_open(struct gopm__elf *elf, const struct gopm__source *source, const char *what,
                           gopm_error **err);
void gopm__elf_close(struct gopm__elf *elf);

#endif
