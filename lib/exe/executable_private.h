/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that make up the executable. */
#ifndef GOPM_EXE_EXECUTABLE_PRIVATE_H
#define GOPM_EXE_EXECUTABLE_PRIVATE_H

#include <pthread.h>

#include "core/elf.h"
#include "exe/executable.h"
#include "util/str.h"

/* What unpacking a section gave, or why it failed; made once, under the lock. */
struct gopm__section_slot {
	bool ready;
	gopm_status status;
	const uint8_t *data;
	uint64_t size;
	void *owned; /* to free */
};

struct gopm__function_symbol {
	uint64_t address; /* in the process */
	uint32_t name;    /* in the string table */
	uint32_t order;   /* in the symbol table: the first of two at one address wins */
};

struct gopm__executable_private {
	struct gopm__arena arena;
	struct gopm__elf elf;
	struct gopm__findings *findings; /* not owned */
	struct gopm__load *loads;        /* PT_LOADs at their addresses in the process, in the file's order */
	size_t load_count;
	gopm_str go_build_id; /* of the note named "Go" */
	uint8_t *image;       /* the headers, when they are from the core */
	uint64_t max_section_size;
	bool search;      /* files that are not named may be opened */
	bool has_path;    /* the source's name is a path */
	gopm_str sysroot; /* in the arena */

	/* Other files of the process whose pages are in memory: Go libraries, and the program that is not Go. */
	struct gopm__executable **libraries;
	size_t library_count, library_capacity;
	gopm_str mapped_as; /* this one is a library, by this name in NT_FILE; in the corefile's arena */

	pthread_mutex_t lock; /* for what follows */
	struct gopm__section_slot *slots;
	bool sorted;
	struct gopm__function_symbol *symbols;
	size_t symbol_count;
	bool debug_tried;
	struct gopm__executable *debug; /* a separate file of debug sections; NULL: none */
};

/* The ELF header and program headers that the core's memory holds of the main program. */
struct gopm__core_image {
	bool found;
	uint64_t address; /* of the ELF header */
	uint64_t bias;
	uint8_t *bytes; /* headers, at their offsets in the file */
	size_t size;
	struct gopm__elf elf;
	gopm_str build_id, go_build_id; /* in the arena */
};

/* What a candidate is to the core. */
enum gopm__match {
	GOPM__MATCH_UNKNOWN, /* nothing to compare */
	GOPM__MATCH_YES,
	GOPM__MATCH_NO
};

gopm_status gopm__core_image_read(struct gopm__core_image *image, struct gopm__arena *arena,
                                  const struct gopm__corefile *core);
void gopm__core_image_free(struct gopm__core_image *image);

/* Of the file whose first byte is at `address`; not found: the core does not hold its headers there. */
gopm_status gopm__core_image_at(struct gopm__core_image *image, struct gopm__arena *arena,
                                const struct gopm__corefile *core, uint64_t address);

/* GNU build ID as hex and the Go build ID as it is, from the notes in `data`. Keeps what is set already. */
gopm_status gopm__build_ids(struct gopm__arena *arena, const uint8_t *data, size_t size, uint64_t align, gopm_str *gnu,
                            gopm_str *go);

/* Go's own linker leaves the GNU build ID out of the PT_NOTE segment, it only lies in the page of the
 * ELF header: the first note in `data` that looks like one. */
gopm_status gopm__build_id_scan(struct gopm__arena *arena, const uint8_t *data, size_t size, gopm_str *gnu);

/* Makes private_, with nothing loaded. */
gopm_status gopm__executable_init(struct gopm__executable *exe, struct gopm__findings *findings,
                                  uint64_t max_section_size);

/* The separate file of debug sections and symbols, searched for at the first call; NULL: none. */
struct gopm__executable *gopm__executable_debug(struct gopm__executable *exe);

/* Closes and frees one that is on the heap. */
void gopm__executable_free(struct gopm__executable *exe);

/* Opens `request`'s file as an executable, without looking at the core. exe->private_ is there. */
gopm_status gopm__executable_load(struct gopm__executable *exe, const struct gopm__source_request *request,
                                  gopm_error **err);
/* Gives up what load() made; private_ stays and is ready for the next load. */
void gopm__executable_unload(struct gopm__executable *exe);

/* Adds `library` to the files that `exe` owns; frees it on failure. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__libraries_keep(struct gopm__executable *exe, struct gopm__executable *library);

enum gopm__match gopm__executable_compare(const struct gopm__executable *exe, const struct gopm__corefile *core,
                                          const struct gopm__core_image *image);

bool gopm__executable_same_code(const struct gopm__executable *exe, const struct gopm__corefile *core,
                                const struct gopm__core_image *image);

/* NT_FILE's path and the build ID's when request->search allows it, then the core itself. `wrong_too`:
 * a file at the path that does not match is taken when there is nothing else.
 * @return GOPM_OK, GOPM_NOT_FOUND or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__executable_find(struct gopm__executable *exe, const struct gopm__corefile *core,
                                  const struct gopm__core_image *image, const struct gopm__executable_request *request,
                                  bool wrong_too);

/* Loads the file that NT_FILE calls `path`: absolute, a regular file, perhaps deleted since.
 * @return GOPM_OK, GOPM_NOT_FOUND or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__executable_load_mapped(struct gopm__executable *exe, const char *sysroot, gopm_str path);

/* "its build ID is X, the core's is Y" */
void gopm__executable_describe_mismatch(const struct gopm__executable *exe, const struct gopm__core_image *image,
                                        char *text, size_t size);

uint64_t gopm__executable_bias(const struct gopm__executable *exe, const struct gopm__corefile *core,
                               const struct gopm__core_image *image);
gopm_status gopm__executable_place(struct gopm__executable *exe, struct gopm__corefile *core,
                                   const struct gopm__core_image *image);

/* Bias to the loads, which are where the file says. */
void gopm__executable_move(struct gopm__executable *exe, uint64_t bias);

/* Pages of a written segment, [address, address + size), that the core says it left out. */
gopm_status gopm__executable_add_writable(struct gopm__executable *exe, struct gopm__corefile *core, uint64_t address,
                                          uint64_t size, uint64_t offset);

/* By its build ID or the names of its sections. */
bool gopm__executable_is_go(const struct gopm__executable *exe);

/* Whether `exe`, just loaded, is a library that the process had mapped. Then it is moved there, its pages are in
 * memory, and mapped_as is set. @return GOPM_OK, GOPM_NOT_FOUND or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__library_place(struct gopm__executable *exe, struct gopm__corefile *core);

/* Opens the other Go files of the process and adds their pages. Where `exe` is not Go, or nothing is loaded in it, the
 * first of them becomes `exe`. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__libraries_open(struct gopm__executable *exe, struct gopm__corefile *core, const char *sysroot);

/* Row of the file that the main program was mapped from; NULL: unknown. */
const struct gopm__file_mapping *gopm__executable_mapping(const struct gopm__corefile *core);

/* Index of the section, or 0. */
size_t gopm__section_index(const struct gopm__executable *exe, const char *name);
/* By index; under the lock. */
gopm_status gopm__section_load(struct gopm__executable *exe, size_t index, bool gnu, struct gopm__section *out);

#endif
