/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/slim.h
 * Writes small cores: the part of a core, or of a live process, that a postmortem needs.
 *
 * Since: 0.9
 */
#ifndef GOPM_SLIM_H
#define GOPM_SLIM_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/* gopm_slim_options.profile */
/** Goroutines, stacks, the runtime's own structures, and objects that variables of frames point to. */
#define GOPM_SLIM_DEFAULT 0
/** Goroutines, threads and the live part of stacks, without heap data. Arguments and locals on a stack are kept;
 *  objects that they point to are not. */
#define GOPM_SLIM_STACKS 1
/** The default, and the heap with its metadata, but without the contents of objects that have no pointers. gopm/heap.h
 *  gives the same answers as with the original. */
#define GOPM_SLIM_HEAP 2

/* gopm_slim_options.compression */
#define GOPM_COMPRESSION_BY_NAME 0 /**< zstd if the path ends in ".zst", else none */
#define GOPM_COMPRESSION_NONE 1
#define GOPM_COMPRESSION_ZSTD 2

/* gopm_slim_options.flags: GOPM_SLIM_FLAG_* */
/** Replace an existing file at `path`. */
#define GOPM_SLIM_FLAG_REPLACE 1u
/** Keep the executable's pages too (code, tables and types), so that the small core can be read without it. Only
 *  variables still need the executable, for its DWARF. */
#define GOPM_SLIM_FLAG_SELF_CONTAINED 2u

/** Contents and destination of a small core. Call gopm_slim_options_init() first. Set exactly one of path and write.
 *  A limit of 0 means its default. */
typedef struct gopm_slim_options {
	size_t struct_size;   /**< set by gopm_slim_options_init() */
	uint32_t flags;       /**< GOPM_SLIM_FLAG_*; an unknown bit is GOPM_ERR_UNSUPPORTED */
	uint32_t profile;     /**< GOPM_SLIM_DEFAULT, GOPM_SLIM_STACKS or GOPM_SLIM_HEAP */
	const char *path;     /**< NUL-terminated; used during the call only */
	gopm_write_fn write;  /**< receives the file in pieces, on the calling thread */
	void *user_data;      /**< passed to `write` */
	uint32_t compression; /**< GOPM_COMPRESSION_* */
	int32_t level;        /**< level of zstd; 0: its default */
	uint32_t threads;     /**< threads for compression; 0: one for each CPU, at most 8 */
	/** Length of pointer chains that are followed from a variable; 0: the default, 2; UINT32_MAX: follow none. */
	uint32_t max_depth;
	uint64_t max_object; /**< bytes kept of each object that a stack word points to; default 4096 */
	uint64_t max_reach;  /**< bytes kept of all such objects together; default 64 MiB */
	/** Number of goroutines whose variables are all kept; default 10 000. The library first chooses some of every
	 *  kind of stack. Other goroutines keep their stacks, and objects that those point to, within max_reach. */
	uint64_t max_variable_stacks;
} gopm_slim_options;

/** Fills `options` with defaults: GOPM_SLIM_DEFAULT, no destination. As gopm_core_options_init().  Since: 0.9 */
GOPM_API void gopm_slim_options_init(gopm_slim_options *options, size_t struct_size);

/** Sizes and counts of a new small core. */
typedef struct gopm_slim_result {
	size_t struct_size;     /**< set by the caller */
	uint64_t file_size;     /**< bytes written, compressed */
	uint64_t core_size;     /**< bytes of the new core, uncompressed */
	uint64_t memory_size;   /**< bytes of memory in the new core */
	uint64_t original_size; /**< bytes of the original core, or of the live process's memory */
	uint64_t segment_count;
	uint64_t thread_count;
	uint64_t goroutine_count; /**< goroutines that are not dead */
	uint64_t finding_count;   /**< findings in the notes of the new core */
	uint64_t stopped_time;    /**< nanoseconds for which the live process was stopped; 0: not a live process */
} gopm_slim_result;

/**
 * Writes a small core, from a core or a live process.
 *
 * The new file is a valid ELF core with notes and part of the memory. It gives the same answers on goroutines, threads
 * and stacks as the original; on values too, within the limits. Its findings say what could not be kept, and why
 * (GOPM_FINDING_SLIM).
 *
 * Before anything is written, the new core is opened and compared: it has the same goroutines, with the same ids,
 * statuses, stacks and waits. If not, because the core is damaged, the call fails with GOPM_ERR_FORMAT.
 *
 * The file appears at `path` only when it is complete. An existing file is replaced only if GOPM_SLIM_FLAG_REPLACE is
 * set. Pages are written as they are read, so memory grows only with the tables of the core.
 *
 * For a live process (core->core_pid), the call stops all threads once, copies the needed memory, resumes the threads,
 * and then writes. gopm_core_options.core_pid says which permission that needs.
 *
 * @param core the source, as for gopm_core_open(); used during the call only
 * @param options contents and destination
 * @param result NULL, or set its struct_size first
 * @return GOPM_OK; any status of gopm_core_open(); GOPM_ERR_EXISTS (`path` exists); GOPM_ERR_IO (cannot write: the disk
 *   is full, or the callback failed); GOPM_ERR_ARGUMENT (not exactly one of path and write, or an unknown profile);
 *   GOPM_ERR_UNSUPPORTED (an unknown flag); GOPM_ERR_NO_MEMORY.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_slim(const gopm_core_options *core, const gopm_slim_options *options,
                               gopm_slim_result *result, gopm_error **err);

GOPM_END_DECLS

#endif
