/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of this folder. Each calls only those above it in this list:
 *
 *	rooted.c               files below a sysroot
 *	core_image.c           the program's headers in the core's memory
 *	section.c              one section of one file
 *	executable.c           the life of one file: init, load, unload, close
 *	executable_place.c     the load address; pages the core lacks
 *	executable_match.c     does a file belong to the core?
 *	executable_debug.c     the separate debug file
 *	executable_section.c   sections by name
 *	executable_symbols.c   .symtab
 *	executable_find.c      the search for the executable
 *	buildinfo.c            the Go version
 *	executable_library.c   Go libraries
 *	executable_open.c      opens all of it
 */
#ifndef GOPM_EXE_EXECUTABLE_PRIVATE_H
#define GOPM_EXE_EXECUTABLE_PRIVATE_H

#include <pthread.h>

#include "core/elf.h"
#include "exe/executable.h"
#include "util/str.h"

/* A section that was read, or the reason why it could not be. Filled once, under the lock. */
struct gopm__section_slot {
	bool ready;
	gopm_status status;
	const uint8_t *data;
	uint64_t size;
	void *owned; /* the decompressed bytes; NULL: `data` is borrowed from the source */
};

/* A symbol of type STT_FUNC. */
struct gopm__function_symbol {
	uint64_t address; /* in the process */
	uint32_t name;    /* offset in the string table */
	uint32_t order;   /* index in the symbol table; of two symbols at one address the first counts */
};

struct gopm__executable_private {
	struct gopm__arena arena;
	struct gopm__elf elf;
	struct gopm__findings *findings; /* not owned */
	struct gopm__load *loads; /* PT_LOAD segments at their addresses in the process, in the order of the file */
	size_t load_count;
	gopm_str go_build_id; /* of the note with the owner "Go" */
	uint8_t *image;       /* the headers, if they are a copy from the core; owned */
	struct gopm__io *io;  /* not owned; NULL: none */
	uint64_t max_section_size;
	bool search;      /* files that the caller did not name may be opened */
	bool has_path;    /* the name of the source is a path */
	gopm_str sysroot; /* in the arena */

	/* Other files whose pages are in memory: Go libraries, and the program if it is not Go. Owned. */
	struct gopm__executable **libraries;
	size_t library_count, library_capacity;
	gopm_str mapped_as; /* if this file is a library: its path in NT_FILE, in the arena of the core */

	pthread_mutex_t lock; /* guards the fields after it */
	struct gopm__section_slot *slots;
	bool sorted; /* `symbols` were read */
	struct gopm__function_symbol *symbols;
	size_t symbol_count;
	bool debug_tried;               /* the debug file was searched for */
	struct gopm__executable *debug; /* the separate debug file; NULL: none */
	bool debug_named;               /* by the caller, as the executable */
};

/* The core's copy of an ELF header and its program headers. */
struct gopm__core_image {
	bool found;
	uint64_t address; /* of the ELF header */
	uint64_t bias;    /* address in the process minus address in the file */
	uint8_t *bytes;   /* the headers, at their offsets in the file */
	size_t size;
	struct gopm__elf elf;
	gopm_str build_id, go_build_id; /* in the arena */
	bool has_notes;                 /* its notes are in the core */
	bool damaged;                   /* the first page of the file is in the core, but has no ELF header */
};

/* Does a file belong to the core? */
enum gopm__match {
	GOPM__MATCH_UNKNOWN, /* there is nothing to compare */
	GOPM__MATCH_YES,
	GOPM__MATCH_NO
};

/* Reads the headers of the main program. @return GOPM_OK, also if they were not found, or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__core_image_read(struct gopm__core_image *image, struct gopm__arena *arena,
                                  const struct gopm__corefile *core);
void gopm__core_image_free(struct gopm__core_image *image);

/* Makes damage of the file's headers a finding. `image`: the headers of the program in memory; NULL: they are not
 * compared, as those of a library. */
void gopm__executable_check(struct gopm__executable *exe, const struct gopm__core_image *image);

/* Reads the headers of the file that is mapped at `address`. @return as gopm__core_image_read(). */
gopm_status gopm__core_image_at(struct gopm__core_image *image, struct gopm__arena *arena,
                                const struct gopm__corefile *core, uint64_t address);

/* Sets the GNU build ID (in hex) and the Go build ID (as stored) from the notes in `data`, unless they are set. */
gopm_status gopm__build_ids(struct gopm__arena *arena, const uint8_t *data, size_t size, uint64_t align, gopm_str *gnu,
                            gopm_str *go);

/* Sets the GNU build ID from the first bytes in `data` that look like its note. Go's linker puts this note into the
 * first page of the file, but not into the PT_NOTE segment. */
gopm_status gopm__build_id_scan(struct gopm__arena *arena, const uint8_t *data, size_t size, gopm_str *gnu);

/* Allocates private_, with no file loaded. */
gopm_status gopm__executable_init(struct gopm__executable *exe, struct gopm__findings *findings, struct gopm__io *io,
                                  uint64_t max_section_size);

/* Returns the separate debug file (sections and symbols), or NULL. The first call searches for it. */
struct gopm__executable *gopm__executable_debug(struct gopm__executable *exe);

/* Closes and frees an executable that was allocated on the heap. */
void gopm__executable_free(struct gopm__executable *exe);

/* Opens a file as an executable, without comparing it with the core. exe->private_ is allocated. */
gopm_status gopm__executable_load(struct gopm__executable *exe, const struct gopm__source_request *request,
                                  gopm_error **err);
/* gopm__executable_load() of the file at `path` below `sysroot`, which may be NULL.
 * @return as gopm__executable_load(); GOPM_NOT_FOUND: there is no such regular file, or it cannot be opened. */
gopm_status gopm__executable_load_rooted(struct gopm__executable *exe, const char *sysroot, const char *path);
/* Frees what gopm__executable_load() allocated. Another file may be loaded after it. */
void gopm__executable_unload(struct gopm__executable *exe);

/* Adds `library` to the files that `exe` owns; frees it on failure. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__libraries_keep(struct gopm__executable *exe, struct gopm__executable *library);

/* True if the file contains code. A debug file (`objcopy --only-keep-debug`) has only the headers of code. */
bool gopm__executable_holds_code(const struct gopm__executable *exe);

/* `exe`, which was just loaded, is a debug file: moves it to exe->private_->debug. `exe` is as new, with no file
 * loaded.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__executable_become_debug(struct gopm__executable *exe);

/* Compares the build IDs, or the entry points if there are none. */
enum gopm__match gopm__executable_compare(const struct gopm__executable *exe, const struct gopm__corefile *core,
                                          const struct gopm__core_image *image);

/* True if the file has the same code as the core, or the same program headers if the core has no code. A program that
 * was built again from the same source matches. The first page does not count: it has the build ID. */
bool gopm__executable_same_code(const struct gopm__executable *exe, const struct gopm__corefile *core,
                                const struct gopm__core_image *image);

/* Finds and loads the executable: at its path in NT_FILE, then by its build ID (both if request->search), then the copy
 * in the core. If `wrong_too`, a file at the path that does not match is loaded if there is no other.
 * @return GOPM_OK, GOPM_NOT_FOUND or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__executable_find(struct gopm__executable *exe, const struct gopm__corefile *core,
                                  const struct gopm__core_image *image, const struct gopm__executable_request *request,
                                  bool wrong_too);

/* Loads the file at `path`, as in NT_FILE: an absolute path of a regular file. It may end in " (deleted)".
 * @return GOPM_OK, GOPM_NOT_FOUND or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__executable_load_mapped(struct gopm__executable *exe, const char *sysroot, gopm_str path);

/* Writes why the file does not match: "its build ID is X, the core's is Y". */
void gopm__executable_describe_mismatch(const struct gopm__executable *exe, const struct gopm__core_image *image,
                                        char *text, size_t size);

/* Returns the address in the process minus the address in the file. If it is unknown, adds a finding and returns 0. */
uint64_t gopm__executable_bias(const struct gopm__executable *exe, const struct gopm__corefile *core,
                               const struct gopm__core_image *image);
/* Moves the executable to its addresses in the process, and adds the pages that the core lacks. */
gopm_status gopm__executable_place(struct gopm__executable *exe, struct gopm__corefile *core,
                                   const struct gopm__core_image *image);

/* Sets exe->bias, and adds it to the loads, which have the addresses of the file. */
void gopm__executable_move(struct gopm__executable *exe, uint64_t bias);

/* Adds pages of a writable segment, `size` bytes at `address` and at `offset` in the file. The core has the pages that
 * the process wrote, unless it is truncated. So this adds only pages that the core declares without their bytes. */
gopm_status gopm__executable_add_writable(struct gopm__executable *exe, struct gopm__corefile *core, uint64_t address,
                                          uint64_t size, uint64_t offset);

/* True if the file has a Go build ID or sections that only Go's linker writes. */
bool gopm__executable_is_go(const struct gopm__executable *exe);

/* If the process had mapped `exe`, which was just loaded, as a library: moves it to its addresses, adds its pages, and
 * sets mapped_as. @return GOPM_OK; GOPM_NOT_FOUND: it is not a library of the process; GOPM_ERR_NO_MEMORY. */
gopm_status gopm__library_place(struct gopm__executable *exe, struct gopm__corefile *core);

/* Opens the Go libraries of the process and adds their pages. If `exe` is not Go or has no file, the first library
 * becomes `exe`, and the program one of its libraries. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__libraries_open(struct gopm__executable *exe, struct gopm__corefile *core, const char *sysroot);

/* Returns a row of NT_FILE that maps the main program, or NULL if it is unknown. */
const struct gopm__file_mapping *gopm__executable_mapping(const struct gopm__corefile *core);

/* Returns the index of a section, or 0 if there is none of this name. */
size_t gopm__section_index(const struct gopm__executable *exe, const char *name);
/* Reads a section by index; decompresses it at the first call. `gnu`: it is in the form ".zdebug_*". The caller holds
 * the lock. @return as gopm__executable_section(). */
gopm_status gopm__section_load(struct gopm__executable *exe, size_t index, bool gnu, struct gopm__section *out);

#endif
