/* SPDX-License-Identifier: Apache-2.0 */
/* The ELF executable of a core: its sections, symbols, build ID and load address. Sections are decompressed when first
 * needed, and valid until the executable is closed. Lookups are thread-safe. */
#ifndef GOPM_EXE_EXECUTABLE_H
#define GOPM_EXE_EXECUTABLE_H

#include "core/corefile.h"

struct gopm__executable_private;

struct gopm__executable {
	struct gopm__source source;
	gopm_str build_id;      /* hex of the GNU build ID; empty: none */
	gopm_str core_build_id; /* hex of the GNU build ID in the core's copy of the ELF header; empty: unknown */
	uint64_t bias;          /* address in the process minus address in the ELF file */
	bool pie;               /* position-independent (ET_DYN) */
	bool from_core;         /* its bytes are the copy in the core: no file was found */
	bool mismatch;          /* the file that the caller named does not match, even if the right one was found */
	struct gopm__executable_private *private_;
};

struct gopm__section {
	const uint8_t *data; /* NULL and size 0 if SHT_NOBITS. If it was decompressed, at least 16 zero bytes follow. */
	uint64_t size;
	uint64_t address; /* in the process (bias added); 0: not loaded */
};

struct gopm__executable_request {
	struct gopm__source_request source; /* none of its sources set: search */
	const char *sysroot;                /* put before paths of the core; NULL: none */
	bool search;                        /* may open files that the caller did not name */
	uint64_t max_section_size;          /* bytes of one decompressed section; 0: 1 GiB */
};

/* Opens or finds the executable, compares it with the core, and adds the pages that the core lacks to core->memory.
 *
 * If the named file does not match and its code differs, the right file is searched for, then the copy in the core. If
 * there is neither, fails with GOPM_ERR_NO_EXECUTABLE. If request->search, the other Go files of the process (NT_FILE)
 * are opened for their pages. If the program is not Go, its first Go library becomes the executable. */
gopm_status gopm__executable_open(struct gopm__executable *exe, struct gopm__corefile *core,
                                  const struct gopm__executable_request *request, gopm_error **err);
/* Closes what gopm__executable_open() opened. A zero-initialized executable is accepted. */
void gopm__executable_close(struct gopm__executable *exe);

/* Returns the PT_LOAD segments with their addresses in the process. Valid until the executable is closed. */
const struct gopm__load *gopm__executable_loads(const struct gopm__executable *exe, size_t *count);

/* Bytes of its block of thread-local storage (PT_TLS), rounded up to its alignment; 0: it has none. */
uint64_t gopm__executable_tls_size(const struct gopm__executable *exe);

/* True if it is a Go library of the process, not its program. */
bool gopm__executable_is_library(const struct gopm__executable *exe);

/* Reads a section by name, decompressed if it is SHF_COMPRESSED. ".debug_*" sections may also be in the old form
 * ".zdebug_*", or in a separate debug file if files may be searched for.
 * A closed executable has none.
 * @return GOPM_OK, GOPM_NOT_FOUND, GOPM_ERR_LIMIT, GOPM_ERR_FORMAT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__executable_section(struct gopm__executable *exe, const char *name, struct gopm__section *out);

/* The bytes of the first program header of this type (PT_*). @return GOPM_OK, GOPM_NOT_FOUND. */
gopm_status gopm__executable_segment(struct gopm__executable *exe, uint32_t type, struct gopm__section *out);

/* The bytes from `address` in the process to the end of what its segment has in the file. @return as above. */
gopm_status gopm__executable_from(struct gopm__executable *exe, uint64_t address, struct gopm__section *out);

/* True if gopm__executable_section() would find the section. Does not decompress it. */
bool gopm__executable_has_section(struct gopm__executable *exe, const char *name);

/* Looks up `count` names in .symtab in one pass. Sets their addresses in the process and their sizes, 0 if a name has
 * no symbol. `sizes` may be NULL. Returns the number of names found. */
size_t gopm__executable_symbols(struct gopm__executable *exe, const char *const *names, size_t count,
                                uint64_t *addresses, uint64_t *sizes);

/* Returns the name of the function symbol at exactly `address` in the process, or empty. The first call sorts the
 * symbols. Valid until the executable is closed. */
gopm_str gopm__executable_symbol_at(struct gopm__executable *exe, uint64_t address);

/* Calls `visit` with the name, the address in the process and the size in bytes of each data symbol (STT_OBJECT) of
 * .symtab, in its order, until it returns false. The names are valid until the executable is closed. */
void gopm__executable_variables(struct gopm__executable *exe,
                                bool (*visit)(void *user_data, gopm_str name, uint64_t address, uint64_t size),
                                void *user_data);

#endif
