/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/core.h
 * A core file and the executable that made it: open, describe, read memory,
 * name a pc, list mappings and findings.
 *
 * Since: 0.1
 */
#ifndef GOPM_CORE_H
#define GOPM_CORE_H

#include <gopm/error.h>
#include <gopm/types.h>

GOPM_BEGIN_DECLS

/** An open core. Reference counted inside: everything made from it keeps it
 *  alive. Safe for use from many threads at once. */
typedef struct gopm_core gopm_core;

/**
 * Reads up to `size` bytes at `offset` of the caller's file into `buffer`.
 * Returns how many bytes were read: fewer than asked only at the end of the
 * file; negative for a failure. Called from any thread that uses the core, one
 * call at a time, and never after gopm_core_close() of the last reference.
 */
typedef int64_t (*gopm_read_fn)(void *user_data, uint64_t offset, void *buffer, size_t size);

/** Receives the next `size` bytes (never 0, not NUL-terminated) of a text or a file. Return 0 to go on, anything else
 * to stop. */
typedef int32_t (*gopm_write_fn)(void *user_data, const char *data, size_t size);

/** Leave DWARF out: no byte of it is read. For executables nobody vouches for. */
#define GOPM_OPEN_NO_DWARF UINT32_C(1)
/** Do not look for an executable that is not named: no file but the named is opened. */
#define GOPM_OPEN_NO_SEARCH UINT32_C(2)

/**
 * Where core and executable come from, and limits. Exactly one of core_path,
 * core_fd, core_data, core_read and core_pid is set; at most one of exe_path, exe_fd,
 * exe_data and exe_read. Set up by gopm_core_options_init(); 0 stands for each
 * limit's default.
 */
typedef struct gopm_core_options {
	size_t struct_size; /**< set by gopm_core_options_init() */
	uint32_t flags;     /**< GOPM_OPEN_*; an unknown bit is GOPM_ERR_UNSUPPORTED */
	uint32_t reserved;  /**< 0 */

	const char *core_path; /**< NUL-terminated; read during the call */
	const void *core_data; /**< the whole file in memory; must stay until the core is gone */
	size_t core_size;      /**< bytes at core_data */
	gopm_read_fn core_read;
	void *core_user_data;
	uint64_t core_read_size; /**< bytes core_read can give */
	/** -1: none. The caller keeps and closes its own. A pipe or socket is read to its end into an unlinked
	 * temporary file (temporary_folder, max_unpacked_size), in which zeroes take no room. */
	int32_t core_fd;

	int32_t exe_fd;       /**< -1: none. Duplicated */
	const char *exe_path; /**< NULL and no other exe_*: searched for, see gopm_core_open() */
	const void *exe_data;
	size_t exe_size;
	gopm_read_fn exe_read;
	void *exe_user_data;
	uint64_t exe_read_size;

	/** Folder that stands before every path taken from the core and before
	 *  /usr/lib/debug when the executable is searched for; NULL: none. */
	const char *sysroot;
	/** Folder that receives the unlinked temporary file of a core that is compressed or comes through a pipe;
	 *  NULL: /var/tmp. */
	const char *temporary_folder;

	uint64_t max_unpacked_size; /**< bytes a compressed core may unpack to, or a pipe may give; default 64 GiB */
	uint64_t max_section_size;  /**< bytes of one unpacked ELF section; default 1 GiB */
	uint64_t max_goroutines;    /**< entries of runtime.allgs that are read; default 2^27 */
	uint32_t max_frames;        /**< frames of one stack; default 65536 */
	uint32_t max_findings;      /**< findings kept (all are counted); default 1000 */

	/** A live process of this machine instead of a core; 0: none. All its threads are stopped when the core is
	 *  opened, and run on when it is gone, or when this process ends in whatever way; its memory is read as it is
	 *  asked for. Needs the right to trace the process (ptrace(2)). Meanwhile the calling process must not wait
	 *  for just any child of its own. */
	uint32_t core_pid;
	uint32_t reserved2; /**< 0 */
} gopm_core_options;

/**
 * Fills `options` with defaults: no source, no flags, descriptors -1.
 * @param struct_size sizeof(gopm_core_options) as the caller was compiled;
 *        at most that many bytes are written.
 * Does nothing for NULL.  Since: 0.1
 */
GOPM_API void gopm_core_options_init(gopm_core_options *options, size_t struct_size);

/**
 * Opens an ELF core of a Go program, plain or compressed by zstd, lz4 or xz.
 *
 * Where no executable is given it is searched for: the path in the core's
 * NT_FILE note, then by build ID under /usr/lib/debug/.build-id, then read
 * out of the core where the core holds its pages. A build ID that does not
 * match makes a finding of kind GOPM_FINDING_EXE_MISMATCH and sets
 * GOPM_CORE_EXE_MISMATCH. Such an executable is used where its code is the
 * same as far as the core tells; else the right one is, where that is found,
 * and GOPM_ERR_NO_EXECUTABLE says so where it is not.
 *
 * Unless GOPM_OPEN_NO_SEARCH is set, the other Go files that NT_FILE names
 * (plugins) are opened too, where what the core holds of them proves that they
 * are the ones the process had loaded; a finding says so where one is left
 * out. A program that is not Go but has loaded a library of Go
 * (-buildmode=c-shared) is given by its own executable, by the library, or not
 * at all; gopm_core_info then names the library as the executable.
 *
 * @param out owned by the caller; release with gopm_core_close()
 * @return GOPM_OK; GOPM_ERR_ARGUMENT (NULL, no source or two); GOPM_ERR_NO_MEMORY;
 *   GOPM_ERR_IO (cannot open or read); GOPM_ERR_FORMAT (not an ELF core, or damaged
 *   beyond use); GOPM_ERR_TRUNCATED (ends inside its headers or notes);
 *   GOPM_ERR_UNSUPPORTED (CPU, byte order, flag, or a newer caller's field);
 *   GOPM_ERR_NOT_GO; GOPM_ERR_NO_EXECUTABLE; GOPM_ERR_LIMIT; of a process, also GOPM_ERR_NO_PROCESS (there is
 *   none, or it ended) and GOPM_ERR_PERMISSION (with what to do about it).
 * Source: ELF core notes NT_PRSTATUS, NT_SIGINFO, NT_FILE, NT_AUXV; runtime.moduledata.
 * Since: 0.1
 */
GOPM_API gopm_status gopm_core_open(const gopm_core_options *options, gopm_core **out, gopm_error **err);

/** gopm_core_open() by path; `exe_path` NULL searches.  Since: 0.1 */
GOPM_API gopm_status gopm_core_open_path(const char *core_path, const char *exe_path, gopm_core **out,
                                         gopm_error **err);

/** Gives up one reference; NULL is accepted.  Since: 0.1 */
GOPM_API void gopm_core_close(gopm_core *core);

/** The build ID of the executable that was named (or found by its path) is not the one the core carries. */
#define GOPM_CORE_EXE_MISMATCH UINT32_C(1)
/** The executable was read out of the core itself. */
#define GOPM_CORE_EXE_FROM_CORE UINT32_C(2)
/** The core file ends before what its headers declare. */
#define GOPM_CORE_TRUNCATED UINT32_C(4)
/** The executable has DWARF, and it was not left out. */
#define GOPM_CORE_HAS_DWARF UINT32_C(8)
/** The executable is position independent; exe_bias was added. */
#define GOPM_CORE_PIE UINT32_C(16)
/** The list of goroutines could not be found whole; what there is is partial. */
#define GOPM_CORE_PARTIAL UINT32_C(32)
/** The core was made by gopm_slim(). */
#define GOPM_CORE_SLIM UINT32_C(64)
/** It is a live process (gopm_core_options.core_pid), which stands still until the core is closed. */
#define GOPM_CORE_LIVE UINT32_C(128)

/** How the process ended, in gopm_core_info.death. */
#define GOPM_DEATH_NONE 0   /**< nothing says so: taken from a live process */
#define GOPM_DEATH_SIGNAL 1 /**< a signal, with `signal`, `signal_code` and `fault_address` */
#define GOPM_DEATH_PANIC 2  /**< an unrecovered Go panic: `death_text` is its value as the runtime prints it */
#define GOPM_DEATH_FATAL 3  /**< runtime.throw or fatal: `death_text` is the message */

/** What is known of a core and its executable at once. */
typedef struct gopm_core_info {
	size_t struct_size;
	uint32_t flags;                       /**< GOPM_CORE_* */
	uint32_t pid;                         /**< 0: unknown */
	gopm_str core_path, exe_path;         /**< as opened; empty where there is no path. exe_path: of a program that
	                                       *   is not Go, its library of Go */
	gopm_str core_build_id, exe_build_id; /**< lower-case hex; empty: none */
	gopm_str go_version;                  /**< runtime.buildVersion, "go1.26.8"; empty: unknown */
	gopm_str machine;                     /**< "amd64" */
	gopm_str compression;                 /**< "", "zstd", "lz4" or "xz" */
	gopm_str command_line;                /**< NT_PRPSINFO pr_psargs; may be cut at 80 bytes */
	uint64_t exe_bias;                    /**< address in memory minus address in the ELF file */
	uint64_t core_size;                   /**< bytes, after unpacking */
	uint64_t memory_size;                 /**< bytes of memory the core holds */
	uint64_t thread_count;
	uint64_t goroutine_slots; /**< length of runtime.allgs: live, dead and system ones */

	uint32_t death;           /**< GOPM_DEATH_* */
	int32_t signal;           /**< 0: none */
	int32_t signal_code;      /**< siginfo si_code */
	uint32_t death_thread;    /**< thread that got the signal or panicked; 0: unknown */
	uint64_t fault_address;   /**< siginfo si_addr for memory signals, else 0 */
	uint64_t death_goroutine; /**< goroutine on that thread; 0: none */
	gopm_str death_text;      /**< panic value or fatal message; empty: none */
	gopm_str backlog;         /**< the last text the runtime printed (runtime.printBacklog, at most 512 bytes) */
	int64_t now;              /**< newest runtime.nanotime the core holds: an estimate of its moment; 0: unknown */

	uint32_t slim_profile;  /**< of GOPM_CORE_SLIM: GOPM_SLIM_* */
	uint32_t reserved;      /**< 0 */
	uint64_t original_size; /**< of GOPM_CORE_SLIM: bytes of the core it was made of; else 0 */
} gopm_core_info;

/**
 * Describes `core`. Set info->struct_size first.
 * @return GOPM_OK; GOPM_ERR_ARGUMENT (NULL or struct_size too small).  Since: 0.1
 */
GOPM_API gopm_status gopm_core_get_info(const gopm_core *core, gopm_core_info *info);

/**
 * Copies memory of the dead process; falls back to the executable's file where
 * the core left file-backed pages out.
 * @param got bytes copied from the start of the range; fewer than `size` where
 *        the core has a hole
 * @return GOPM_OK (all of it); GOPM_ERR_MISSING_MEMORY (`*got` < size; this call
 *   alone sets `*got` on failure, so that a partial read is of use);
 *   GOPM_ERR_ARGUMENT.  Since: 0.1
 */
GOPM_API gopm_status gopm_memory_read(const gopm_core *core, uint64_t address, void *buffer, size_t size, size_t *got);

/** The location is in a call the compiler inlined. */
#define GOPM_LOCATION_INLINED UINT32_C(1)
/** The function is a wrapper the compiler made (funcID wrapper). */
#define GOPM_LOCATION_WRAPPER UINT32_C(2)
/** The compiler optimised the function's unit: its producer has neither -N nor -l. Only set where the DWARF was asked,
 *  which GOPM_FILTER_DELVE does. */
#define GOPM_LOCATION_OPTIMIZED UINT32_C(4)

/** Where in the program: a pc and what pclntab says of it. */
typedef struct gopm_location {
	uint64_t pc;       /**< as the program held it: for a caller the return address; 0: unknown */
	uint64_t entry;    /**< entry of the physical function; 0: pc is in no Go function */
	gopm_str function; /**< as pclntab names it, "main.(*T).M"; empty: none */
	gopm_str file;     /**< as compiled; empty: none */
	uint32_t line;     /**< 0: unknown */
	uint32_t flags;    /**< GOPM_LOCATION_* */
} gopm_location;

/**
 * Names a pc: the innermost inlined call first, the physical function last.
 * @param pc looked up as it is; for a return address pass pc - 1
 * @param locations `capacity` records, each `stride` bytes apart
 * @param count how many there are; at most `capacity` were written
 * @return GOPM_OK; GOPM_NOT_FOUND (in no Go function); GOPM_ERR_ARGUMENT.
 * Source: pclntab and FUNCDATA_InlTree (runtime/symtab.go, symtabinl.go; Go 1.16 to 1.27).
 * Since: 0.1
 */
GOPM_API gopm_status gopm_symbolize(const gopm_core *core, uint64_t pc, gopm_location *locations, size_t stride,
                                    size_t capacity, size_t *count);

/** One mapping of the process. */
typedef struct gopm_mapping {
	uint64_t address;      /**< first byte */
	uint64_t size;         /**< bytes mapped */
	uint64_t size_in_core; /**< bytes from `address` that the core file holds */
	uint64_t core_offset;  /**< where in the (unpacked) core file */
	uint64_t file_offset;  /**< NT_FILE: offset in `path`, in bytes */
	gopm_str path;         /**< NT_FILE; empty: anonymous */
	uint32_t flags;        /**< ELF PF_R 4, PF_W 2, PF_X 1 */
	uint32_t reserved;
} gopm_mapping;

typedef struct gopm_mapping_iter gopm_mapping_iter;

/** Mappings in order of address. @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.1 */
GOPM_API gopm_status gopm_mapping_iter_open(gopm_core *core, gopm_mapping_iter **out, gopm_error **err);
/** Fills up to `capacity` records, `stride` bytes apart. @return GOPM_OK (`*got` >= 1); GOPM_DONE;
 *  GOPM_ERR_ARGUMENT.  Since: 0.1 */
GOPM_API gopm_status gopm_mapping_iter_next(gopm_mapping_iter *it, gopm_mapping *records, size_t stride,
                                            size_t capacity, size_t *got);
GOPM_API void gopm_mapping_iter_free(gopm_mapping_iter *it);

/* Kinds of findings. Never renumbered. */
#define GOPM_FINDING_EXE_MISMATCH 1     /**< build IDs differ */
#define GOPM_FINDING_TRUNCATED 2        /**< the core ends before what it declares */
#define GOPM_FINDING_BAD_NOTE 3         /**< a note could not be read */
#define GOPM_FINDING_BAD_POINTER 4      /**< a pointer of the runtime leads nowhere */
#define GOPM_FINDING_BAD_GOROUTINE 5    /**< a g that breaks its own invariants */
#define GOPM_FINDING_STACK_INCOMPLETE 6 /**< a stack could not be unwound to its end */
#define GOPM_FINDING_BAD_SYMBOLS 7      /**< pclntab, moduledata, symbol table or type descriptors */
#define GOPM_FINDING_BAD_DWARF 8
#define GOPM_FINDING_CYCLE 9    /**< a list of the runtime runs in a circle */
#define GOPM_FINDING_LIMIT 10   /**< a limit cut something */
#define GOPM_FINDING_MISSING 11 /**< something expected is absent, and what that costs */
#define GOPM_FINDING_SLIM 12    /**< what this small core's maker, gopm_slim(), could not keep, and why */

/** One piece of damage met while reading. Damage is data, not failure. */
typedef struct gopm_finding {
	uint32_t kind; /**< GOPM_FINDING_* */
	uint32_t reserved;
	uint64_t count;   /**< how often this very finding was met */
	uint64_t address; /**< in the process, or GOPM_NO_OFFSET */
	uint64_t offset;  /**< in the file, or GOPM_NO_OFFSET */
	gopm_str message; /**< one line for people */
} gopm_finding;

typedef struct gopm_finding_iter gopm_finding_iter;

/** The findings so far, in order of appearance; later ones are not seen by this iterator.
 *  @return as gopm_mapping_iter_open().  Since: 0.1 */
GOPM_API gopm_status gopm_finding_iter_open(gopm_core *core, gopm_finding_iter **out, gopm_error **err);
/** As gopm_mapping_iter_next().  Since: 0.1 */
GOPM_API gopm_status gopm_finding_iter_next(gopm_finding_iter *it, gopm_finding *records, size_t stride,
                                            size_t capacity, size_t *got);
GOPM_API void gopm_finding_iter_free(gopm_finding_iter *it);
/** How many findings there were in all, those over max_findings included.  Since: 0.1 */
GOPM_API uint64_t gopm_finding_total(const gopm_core *core);

GOPM_END_DECLS

#endif
