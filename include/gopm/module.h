/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/module.h
 * Lists the ELF files that the process had loaded: the program, its shared libraries and the vDSO.
 *
 * Since: 0.9
 */
#ifndef GOPM_MODULE_H
#define GOPM_MODULE_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/* The bytes that the library uses for a module. */
#define GOPM_MODULE_SOURCE_FILE 1     /**< its file: gopm_module.file */
#define GOPM_MODULE_SOURCE_CORE 2     /**< its pages in the core */
#define GOPM_MODULE_SOURCE_MISSING 3  /**< none: there is no file, and the core does not have all of its pages */
#define GOPM_MODULE_SOURCE_MISMATCH 4 /**< none: the file at its path is another one */
#define GOPM_MODULE_SOURCE_UNKNOWN 5  /**< none: the core has nothing to compare the file with */

/** The program of the process. */
#define GOPM_MODULE_FLAG_PROGRAM 1u
/** It has Go code. */
#define GOPM_MODULE_FLAG_GO 2u
/** It has DWARF, in the file or in a separate debug file. */
#define GOPM_MODULE_FLAG_DWARF 4u
/** `bias` is known. */
#define GOPM_MODULE_FLAG_BIAS 8u

/** One module. Its strings live as long as the core. */
typedef struct gopm_module {
	uint64_t address;  /**< of its first mapping */
	uint64_t size;     /**< bytes from `address` to the end of its last mapping; other mappings may be between */
	uint64_t bias;     /**< address in the process minus address in its file */
	gopm_str path;     /**< NT_FILE; "[vdso]" */
	gopm_str build_id; /**< lower-case hex, by the core's copy of its headers, else by its file; empty: unknown */
	gopm_str file;     /**< the file that was opened; empty: none */
	gopm_str searched; /**< the paths that were tried, with ", " between them; empty: none */
	uint32_t source;   /**< GOPM_MODULE_SOURCE_* */
	uint32_t flags;    /**< GOPM_MODULE_FLAG_* */
} gopm_module;

/** An iterator over modules. */
typedef struct gopm_module_iter gopm_module_iter;

/** Iterates over modules in the order of their addresses, and opens the file of each.
 *
 * A file is used if it has the build ID that the core has for the module, or if it has none, the same pages. It is
 * searched for at its path, then by its build ID under /usr/lib/debug/.build-id, both below the sysroot; then its pages
 * in the core are used. GOPM_OPEN_NO_SEARCH leaves the pages.
 *  @param out owned by the caller; release it with gopm_module_iter_free()
 *  @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Source: NT_FILE, AT_SYSINFO_EHDR.  Since: 0.9 */
GOPM_API gopm_status gopm_module_iter_open(gopm_core *core, gopm_module_iter **out, gopm_error **err);
/** Fills the next records, at most `capacity`, `stride` bytes apart.
 *  @param stride the caller's sizeof(gopm_module)
 *  @param got number of records filled
 *  @return GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY; GOPM_ERR_IO.  Since: 0.9 */
GOPM_API gopm_status gopm_module_iter_next(gopm_module_iter *it, gopm_module *records, size_t stride, size_t capacity,
                                           size_t *got);
GOPM_API void gopm_module_iter_free(gopm_module_iter *it);

GOPM_END_DECLS

#endif
