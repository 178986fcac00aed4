/* SPDX-License-Identifier: Apache-2.0 */
/* The ELF executable: sections (unpacked on demand), symbols, build ID and where it was
 * loaded. Sections live as long as the executable; asking is safe from many threads. */
#ifndef GOPM_EXE_EXECUTABLE_H
#define GOPM_EXE_EXECUTABLE_H

#include "core/corefile.h"

struct gopm__executable_private;

struct gopm__executable {
	struct gopm__source source;
	gopm_str build_id;      /* hex of the GNU build ID; empty: none */
	gopm_str core_build_id; /* hex, as the core's copy of the ELF header says; empty: unknown */
	uint64_t bias;          /* address in the process minus address in the ELF file */
	bool pie, from_core;
	bool mismatch; /* of the one that was named, even where the right one was found instead */
	struct gopm__executable_private *private_;
};

struct gopm__section {
	const uint8_t *data; /* unpacked, NULL and size 0 for SHT_NOBITS; padded by at least 16 zero bytes behind `size`
	                        when it was copied */
	uint64_t size;
	uint64_t address; /* in the process (bias added); 0 where it is not loaded */
};

struct gopm__executable_request {
	struct gopm__source_request source; /* nothing set: search */
	const char *sysroot;
	bool search;
	uint64_t max_section_size;
};

/* Opens or finds the executable, checks it against the core, adds its file-backed pages to
 * core->memory where the core lacks them. One that does not match and whose code differs from
 * what the core has is replaced by the right one, or by the core's own copy; GOPM_ERR_NO_EXECUTABLE
 * where there is neither. The other Go files that NT_FILE names are opened for their pages when files may be
 * searched for; of a program that is not Go, its library of Go becomes the executable. */
gopm_status gopm__executable_open(struct gopm__executable *exe, struct gopm__corefile *core,
                                  const struct gopm__executable_request *request, gopm_error **err);
void gopm__executable_close(struct gopm__executable *exe);

/* The PT_LOADs, at their addresses in the process; lives as long as the executable. */
const struct gopm__load *gopm__executable_loads(const struct gopm__executable *exe, size_t *count);

/* By name; those of DWARF and the symbols also from a separate debug file, when files may be searched
 * for. ".debug_info" also finds SHF_COMPRESSED and old ".zdebug_info".
 * @return GOPM_OK, GOPM_NOT_FOUND, GOPM_ERR_LIMIT, GOPM_ERR_FORMAT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__executable_section(struct gopm__executable *exe, const char *name, struct gopm__section *out);

/* True when a section of this name exists, without unpacking it. */
bool gopm__executable_has_section(struct gopm__executable *exe, const char *name);

/* Looks up many names in .symtab in one pass: addresses in the process, 0 where there is none;
 * `sizes` may be NULL. Returns how many were found. */
size_t gopm__executable_symbols(struct gopm__executable *exe, const char *const *names, size_t count,
                                uint64_t *addresses, uint64_t *sizes);

/* Name of the function symbol that starts at `address` of the process, from .symtab; empty: none.
 * The first call sorts the table. Lives as long as the executable. */
gopm_str gopm__executable_symbol_at(struct gopm__executable *exe, uint64_t address);

#endif
