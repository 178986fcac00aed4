/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/slim.h
 * Small cores: of a big core, or of a live process, what a postmortem needs.
 *
 * Since: 0.1
 */
#ifndef GOPM_SLIM_H
#define GOPM_SLIM_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/* gopm_slim_options.profile */
/** Goroutines, stacks, what the runtime reads of itself, and what the variables of frames lead to. */
#define GOPM_SLIM_DEFAULT 0
/** No heap data: goroutines, threads and the live part of stacks, byte by byte, with what leads to them. What a stack
 *  itself holds (arguments, locals) is there; what it points to is not. */
#define GOPM_SLIM_STACKS 1
/** As the default, and the heap with its metadata but for the contents of objects without pointers. */
#define GOPM_SLIM_HEAP 2

/* gopm_slim_options.compression */
#define GOPM_COMPRESSION_BY_NAME 0 /**< zstd where the path ends in ".zst", else none */
#define GOPM_COMPRESSION_NONE 1
#define GOPM_COMPRESSION_ZSTD 2

/* gopm_slim_options.flags */
/** Replace the file at `path`. */
#define GOPM_SLIM_REPLACE UINT32_C(1)
/** Keep the executable's pages too: code, tables and types, so that the small core is enough alone. Variables need
 *  its DWARF, which is not part of them. */
#define GOPM_SLIM_SELF_CONTAINED UINT32_C(2)

/** What goes into the small core, and where it goes. Exactly one of path and write is set. Set up by
 *  gopm_slim_options_init(); 0 stands for each limit's default. */
typedef struct gopm_slim_options {
	size_t struct_size;
	uint32_t flags;       /**< GOPM_SLIM_*; an unknown bit is GOPM_ERR_UNSUPPORTED */
	uint32_t profile;     /**< GOPM_SLIM_DEFAULT, ... */
	const char *path;     /**< NUL-terminated; read during the call */
	gopm_write_fn write;  /**< called from the calling thread */
	void *user_data;      /**< for `write` */
	uint32_t compression; /**< GOPM_COMPRESSION_* */
	int32_t level;        /**< zstd's; 0: its default */
	uint32_t threads;     /**< that compress; 0: as many as there are CPUs, at most 8 */
	/** Pointers followed from a frame's variables: 0 is the default, 2; UINT32_MAX follows none. */
	uint32_t max_depth;
	uint64_t max_object; /**< bytes kept of one object that a word of a stack points to; default 4096 */
	uint64_t max_reach;  /**< bytes kept for such objects in all; default 64 MiB */
	/** Goroutines of which each variable is read, so that it is there later: default 10 000, enough of every
	 *  kind of stack first. Of the others their stacks are kept, and what those point to within max_reach. */
	uint64_t max_variable_stacks;
} gopm_slim_options;

/** Fills `options` with defaults. As gopm_core_options_init().  Since: 0.1 */
GOPM_API void gopm_slim_options_init(gopm_slim_options *options, size_t struct_size);

/** What gopm_slim() did. */
typedef struct gopm_slim_result {
	size_t struct_size;
	uint64_t file_size;     /**< bytes written, after compression */
	uint64_t core_size;     /**< bytes of the new core, before it */
	uint64_t memory_size;   /**< bytes of memory it holds */
	uint64_t original_size; /**< bytes of the core it was made of; of a process, of its memory */
	uint64_t segment_count;
	uint64_t thread_count;
	uint64_t goroutine_count; /**< those that are not dead */
	uint64_t finding_count;   /**< of those that the new core's notes carry */
	uint64_t stopped_time;    /**< nanoseconds that a live process stood still; 0: a core */
} gopm_slim_result;

/**
 * Writes a small core of the core, or of the live process, that `core` names.
 *
 * The new file is a valid ELF core: notes, and of the memory what the profile keeps. What a gopm_core of it answers on
 * goroutines, threads and stacks is what it answered before; on values too, as far as the limits went. What could not
 * be kept, and why, is among its findings (GOPM_FINDING_SLIM).
 *
 * A file appears under `path` when it is whole, and never before; one that is there stays, unless
 * GOPM_SLIM_REPLACE is set. Memory is bounded by what is kept of the core's tables: pages are written as they are read.
 *
 * Of a live process (core->core_pid) all threads are stopped once, what is needed is copied into memory, and they run
 * on before anything is written; see gopm_core_options.core_pid for what that needs.
 *
 * @param core as for gopm_core_open(); read during the call
 * @param result may be NULL; set its struct_size first
 * @return GOPM_OK; what gopm_core_open() returns; GOPM_ERR_EXISTS (`path` is there); GOPM_ERR_IO (cannot write: the
 *   disk is full, the callback failed); GOPM_ERR_ARGUMENT (path and write, or neither; an unknown profile);
 *   GOPM_ERR_UNSUPPORTED (an unknown flag); GOPM_ERR_NO_MEMORY.
 * Since: 0.1
 */
GOPM_API gopm_status gopm_slim(const gopm_core_options *core, const gopm_slim_options *options,
                               gopm_slim_result *result, gopm_error **err);

GOPM_END_DECLS

#endif
