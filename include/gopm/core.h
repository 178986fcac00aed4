/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/core.h
 * Opens a core file and its executable, describes both, reads memory, symbolizes a pc, and lists mappings and
 * findings.
 *
 * Since: 0.9
 */
#ifndef GOPM_CORE_H
#define GOPM_CORE_H

#include <gopm/error.h>
#include <gopm/types.h>

GOPM_BEGIN_DECLS

/** An open core. It is reference counted: every handle made from it keeps it alive. Several threads may use it at the
 *  same time. */
typedef struct gopm_core gopm_core;

/**
 * A callback that reads up to `size` bytes at `offset` of the caller's file into `buffer`.
 * Return the number of bytes read, or a negative number on failure. A number below `size` means the end of the file.
 * The library calls it from any thread that uses the core, one call at a time. It makes no call after the last
 * reference to the core is released.
 */
typedef int64_t (*gopm_read_fn)(void *user_data, uint64_t offset, void *buffer, size_t size);

/** A callback that receives the next `size` bytes of a text or a file. `size` is never 0, and `data` is not
 *  NUL-terminated. Return 0 to continue, or any other number to stop. */
typedef int32_t (*gopm_write_fn)(void *user_data, const char *data, size_t size);

/* Phases of a long call. */
#define GOPM_PROGRESS_UNPACK 1 /**< bytes of a compressed core that are unpacked; of a pipe, bytes that were copied */
#define GOPM_PROGRESS_GOROUTINES 2 /**< goroutines that are read, of all slots of runtime.allgs */
#define GOPM_PROGRESS_HEAP 3       /**< objects of the heap that are marked, of all that are allocated */
#define GOPM_PROGRESS_DWARF 4      /**< units of DWARF that are read, of all */

/**
 * A callback that a long call makes every few milliseconds, on the calling thread.
 * Return 0 to continue, or any other number to stop the call; it then fails with GOPM_ERR_CANCELLED. It must not call
 * the library with the same core, or with a handle that was made from it.
 * @param phase GOPM_PROGRESS_*; later versions may add some
 * @param total 0: unknown
 */
typedef int32_t (*gopm_progress_fn)(void *user_data, uint32_t phase, uint64_t done, uint64_t total);

/** Do not read the executable's DWARF. Use it for executables that you do not trust. */
#define GOPM_OPEN_NO_DWARF 1u
/** Do not search for an executable: open only the files that the options name. */
#define GOPM_OPEN_NO_SEARCH 2u
/** Map the files into memory instead of reading them. It saves a third to a half of the time if there are very many
 *  goroutines. But if a file becomes shorter while the core is open, or its disk fails, your process gets a SIGBUS. */
#define GOPM_OPEN_MAP 4u

/**
 * The sources of the core and its executable, and limits. Call gopm_core_options_init() first.
 * Set exactly one of core_path, core_fd, core_data, core_read and core_pid. Set at most one of exe_path, exe_fd,
 * exe_data and exe_read. A limit of 0 means its default.
 */
typedef struct gopm_core_options {
	size_t struct_size; /**< set by gopm_core_options_init() */
	uint32_t flags;     /**< GOPM_OPEN_*; an unknown bit is GOPM_ERR_UNSUPPORTED */
	uint32_t reserved;  /**< 0 */

	const char *core_path; /**< NUL-terminated; used during the call only */
	const void
	    *core_data;   /**< the whole file in memory; keep it until the last reference to the core is released */
	size_t core_size; /**< bytes at core_data */
	gopm_read_fn core_read;
	void *core_user_data;
	uint64_t core_read_size; /**< size of the file that core_read reads, in bytes */
	/** Descriptor of the core; -1: none. The library duplicates it, and the caller closes its own. A pipe or socket
	 * is copied to its end into an unlinked sparse temporary file (temporary_folder, max_unpacked_size). */
	int32_t core_fd;

	int32_t exe_fd;       /**< descriptor of the executable; -1: none. The library duplicates it */
	const char *exe_path; /**< if no exe_* is set, gopm_core_open() searches for the executable */
	const void *exe_data; /**< the whole file in memory; keep it as core_data */
	size_t exe_size;      /**< bytes at exe_data */
	gopm_read_fn exe_read;
	void *exe_user_data;
	uint64_t exe_read_size; /**< size of the file that exe_read reads, in bytes */

	/** Folder to prepend to every path from the core, and to /usr/lib/debug, in the search for the executable;
	 *  NULL: none. */
	const char *sysroot;
	/** Folder for the unlinked temporary file of a core that is compressed or comes through a pipe;
	 *  NULL: /var/tmp. */
	const char *temporary_folder;

	/** Bytes of an unpacked core, or of a core from a pipe, holes included; default 64 GiB. */
	uint64_t max_unpacked_size;
	uint64_t max_section_size; /**< bytes of one unpacked ELF section; default 1 GiB */
	uint64_t max_goroutines;   /**< entries of runtime.allgs; default 2^27 */
	uint32_t max_frames;       /**< frames of one stack; default 65536 */
	uint32_t max_findings;     /**< findings that are kept; all are counted; default 1000 */

	/** A live process of this machine instead of a core; 0: none. Its threads stop when the core is opened, and
	 *  resume when it is closed or the calling process dies. Its memory is read on demand. The caller needs
	 * permission to trace the process (ptrace(2)). While the core is open, the caller must not wait for "any child"
	 * (wait(2), waitpid(-1)). */
	uint32_t core_pid;
	uint32_t reserved2; /**< 0 */

	gopm_progress_fn progress; /**< called while the core is unpacked or copied; NULL: none */
	void *progress_user_data;

	/** Bytes of all temporary files of this core, holes excluded; default 64 GiB. */
	uint64_t max_unpacked_disk;
	/** Bytes of all unpacked ELF sections of its executable, debug file and libraries; default 2 GiB. */
	uint64_t max_unpacked_memory;
	/** Bytes that a compressed byte may unpack to; UINT32_MAX: any number. The default is 1000 for a core, not
	 * counting blocks of zeroes, and 100 for a section; small files may exceed it. */
	uint32_t max_unpacked_ratio;
	uint32_t reserved3; /**< 0 */
} gopm_core_options;

/**
 * Fills `options` with defaults: no source, no flags, descriptors -1. Does nothing if `options` is NULL.
 * @param struct_size sizeof(gopm_core_options) in the caller; the call writes at most that many bytes
 * Since: 0.9
 */
GOPM_API void gopm_core_options_init(gopm_core_options *options, size_t struct_size);

/**
 * Opens an ELF core of a Go program, plain or compressed by zstd, lz4, xz, gzip or bzip2.
 *
 * If the options name no executable, the library searches for it in this order:
 *
 * 1. the path in the core's NT_FILE note;
 * 2. the core's build ID under /usr/lib/debug/.build-id;
 * 3. the executable's pages in the core.
 *
 * A different build ID makes a finding of kind GOPM_FINDING_EXE_MISMATCH and sets GOPM_CORE_EXE_MISMATCH. The library
 * uses such an executable only if its code equals the code in the core, as far as the core contains it. Otherwise it
 * searches for the right one, and fails with GOPM_ERR_NO_EXECUTABLE if there is none.
 *
 * Files are read, not mapped, unless GOPM_OPEN_MAP is set. If a read fails, because a file became shorter, its disk
 * failed, or a callback returned an error, every call that needs the core's contents returns GOPM_ERR_IO from then on.
 * Open the core again to try again.
 *
 * Unless GOPM_OPEN_NO_SEARCH is set, the library also opens the plugins that NT_FILE names. It uses a plugin only if
 * the core proves that the process had loaded this file; otherwise it makes a finding.
 *
 * For a C program that loaded a Go library (-buildmode=c-shared), give the program, the library, or nothing.
 * gopm_core_info then names the library as the executable.
 *
 * @param out owned by the caller; release it with gopm_core_close()
 * @return GOPM_OK; GOPM_ERR_ARGUMENT (NULL, no source, or two sources); GOPM_ERR_NO_MEMORY; GOPM_ERR_IO (cannot open or
 *   read); GOPM_ERR_FORMAT (not an ELF core, or too damaged); GOPM_ERR_TRUNCATED (ends inside its headers or notes);
 *   GOPM_ERR_UNSUPPORTED (CPU, byte order, flag, or an option of a newer version); GOPM_ERR_NOT_GO;
 *   GOPM_ERR_NO_EXECUTABLE; GOPM_ERR_LIMIT; GOPM_ERR_CANCELLED. For a live process also GOPM_ERR_NO_PROCESS (no such
 * process, or it ended) and GOPM_ERR_PERMISSION (the message says how to get permission). Source: ELF core notes
 * NT_PRSTATUS, NT_SIGINFO, NT_FILE, NT_AUXV; runtime.moduledata. Since: 0.9
 */
GOPM_API gopm_status gopm_core_open(const gopm_core_options *options, gopm_core **out, gopm_error **err);

/** Opens a core by path, with default options. If `exe_path` is NULL, it searches for the executable.
 *  @param out as in gopm_core_open()
 *  @return as gopm_core_open().  Since: 0.9 */
GOPM_API gopm_status gopm_core_open_path(const char *core_path, const char *exe_path, gopm_core **out,
                                         gopm_error **err);

/**
 * Sets a callback for calls that may take long and have no options for one: those that read the names in the DWARF the
 * first time (gopm_package_vars(), gopm_eval(), gopm_type_by_name(), gopm_type_iter_open(), gopm_frame_vars(), values)
 * and gopm_heap_path_open() and gopm_heap_referrers(). They then fail with GOPM_ERR_CANCELLED if it stops them. The
 * thread that makes the call calls it.
 * @param progress NULL: none
 * @return GOPM_OK; GOPM_ERR_ARGUMENT.  Since: 0.9
 */
GOPM_API gopm_status gopm_core_set_progress(gopm_core *core, gopm_progress_fn progress, void *user_data);

/** Releases the caller's reference. NULL is accepted.  Since: 0.9 */
GOPM_API void gopm_core_close(gopm_core *core);

/** The executable that was given, or found by its path, has another build ID than the core. */
#define GOPM_CORE_EXE_MISMATCH 1u
/** The executable was read from the core itself. */
#define GOPM_CORE_EXE_FROM_CORE 2u
/** The core file is shorter than its headers say. */
#define GOPM_CORE_TRUNCATED 4u
/** The executable has DWARF, and GOPM_OPEN_NO_DWARF is not set. */
#define GOPM_CORE_HAS_DWARF 8u
/** The executable is position independent; exe_bias applies. */
#define GOPM_CORE_PIE 16u
/** The list of goroutines is incomplete. */
#define GOPM_CORE_PARTIAL 32u
/** The core was made by gopm_slim(). */
#define GOPM_CORE_SLIM 64u
/** The source is a live process (gopm_core_options.core_pid), which is stopped until the core is closed. */
#define GOPM_CORE_LIVE 128u
/** The core has no memory that the process wrote: its coredump filter left it out. This call, threads, mappings and
 *  findings work; goroutines, stacks and values are GOPM_ERR_MISSING_MEMORY. */
#define GOPM_CORE_NO_MEMORY 256u

/* How the process ended: gopm_core_info.death. */
#define GOPM_DEATH_NONE 0   /**< unknown: the core is of a live process */
#define GOPM_DEATH_SIGNAL 1 /**< a signal: see `signal`, `signal_code` and `fault_address` */
#define GOPM_DEATH_PANIC 2  /**< an unrecovered Go panic: `death_text` is its value as the runtime prints it */
#define GOPM_DEATH_FATAL 3  /**< runtime.throw or fatal: `death_text` is the message */

/** Facts about a core and its executable that need no scan. */
typedef struct gopm_core_info {
	size_t struct_size;
	uint32_t flags;                       /**< GOPM_CORE_* */
	uint32_t pid;                         /**< 0: unknown */
	gopm_str core_path, exe_path;         /**< as opened; empty: opened without a path. For a C program,
	                                       *   exe_path is its Go library */
	gopm_str core_build_id, exe_build_id; /**< lower-case hex; empty: none */
	gopm_str go_version;                  /**< runtime.buildVersion, "go1.26.8"; empty: unknown */
	gopm_str machine;                     /**< "amd64" */
	gopm_str compression;                 /**< "", "zstd", "lz4", "xz", "gzip" or "bzip2" */
	gopm_str command_line;                /**< NT_PRPSINFO pr_psargs; may be cut at 80 bytes */
	uint64_t exe_bias;                    /**< address in memory minus address in the ELF file */
	uint64_t core_size;                   /**< bytes, after unpacking */
	uint64_t memory_size;                 /**< bytes of memory in the core */
	uint64_t thread_count;
	uint64_t goroutine_slots; /**< length of runtime.allgs: live, dead and system goroutines */

	uint32_t death;           /**< GOPM_DEATH_* */
	int32_t signal;           /**< the first signal: the cause, not the SIGABRT that the runtime raises after it
	                           *   printed; 0: none */
	int32_t signal_code;      /**< its siginfo si_code */
	uint32_t death_thread;    /**< thread that received the signal or panicked; 0: unknown */
	uint64_t fault_address;   /**< its siginfo si_addr, if the kernel raised it for a fault; else 0 */
	uint64_t death_goroutine; /**< goroutine on that thread; 0: none */
	gopm_str death_text;      /**< panic value or fatal message; empty: none */
	gopm_str backlog;         /**< the runtime's last output (runtime.printBacklog, at most 512 bytes) */
	int64_t now; /**< newest runtime.nanotime in the core: an estimate of when it was taken; 0: unknown */

	uint32_t slim_profile;  /**< with GOPM_CORE_SLIM: GOPM_SLIM_* */
	uint32_t reserved;      /**< 0 */
	uint64_t original_size; /**< with GOPM_CORE_SLIM: bytes of the original core; else 0 */

	uint64_t signal_pc;     /**< pc that `signal` interrupted; 0: unknown, or a fault in a call of NULL */
	gopm_str death_lines;   /**< with GOPM_DEATH_FATAL: the lines that the runtime printed before "fatal error:", as
	                         *   "runtime: goroutine stack exceeds 1000000000-byte limit\n"; empty: none or unknown */
	int32_t kernel_signal;  /**< the signal that ended the process, by the kernel; 0: none */
	uint32_t signal_sender; /**< process that sent `signal` by kill(2), tgkill(2) or sigqueue(3): its siginfo
	                         *   si_pid; 0: none, or unknown */
	int64_t unix_now;       /**< `now` in nanoseconds since 1970, by both clocks of the last garbage collection;
	                         *   0: unknown, as no collection ended. Source: runtime/mstats.go; Go 1.17 to 1.27 */
} gopm_core_info;

/**
 * Fills `info` with facts about `core`. Set info->struct_size first.
 * @return GOPM_OK; GOPM_ERR_ARGUMENT (NULL, or struct_size is too small).  Since: 0.9
 */
GOPM_API gopm_status gopm_core_get_info(const gopm_core *core, gopm_core_info *info);

/**
 * Copies memory of the process. If the core lacks a file-backed page, it reads the page from the executable.
 * @param buffer receives up to `size` bytes
 * @param got bytes copied from the start of the range; less than `size` if the core has a hole there
 * @return GOPM_OK (all of it); GOPM_ERR_MISSING_MEMORY or GOPM_ERR_IO (`*got` < `size`; only these set `*got` on
 *   failure, so that you can use a partial read); GOPM_ERR_ARGUMENT.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_memory_read(const gopm_core *core, uint64_t address, void *buffer, size_t size, size_t *got);

/** The location is in an inlined call. */
#define GOPM_LOCATION_INLINED 1u
/** The function is a wrapper that the compiler generated (funcID wrapper). */
#define GOPM_LOCATION_WRAPPER 2u
/** The function's compilation unit is optimized: its producer attribute has neither -N nor -l. Set only if the DWARF
 *  was read for it, as GOPM_FILTER_DELVE does. */
#define GOPM_LOCATION_OPTIMIZED 4u

/** A place in the program: a pc with its function, file and line from pclntab. */
typedef struct gopm_location {
	uint64_t pc;       /**< as stored: the return address for a caller; 0: unknown */
	uint64_t entry;    /**< entry of the physical function; 0: pc is not in a Go function */
	gopm_str function; /**< as the source writes it, "main.(*T).M"; empty: none. See gopm_symbol_name() */
	gopm_str file;     /**< as compiled; empty: none */
	uint32_t line;     /**< 0: unknown */
	uint32_t flags;    /**< GOPM_LOCATION_* */
} gopm_location;

/**
 * Finds the functions at a pc: the innermost inlined call first, the physical function last.
 * @param pc used as it is; for a return address pass pc - 1
 * @param locations array of `capacity` records, `stride` bytes apart
 * @param count number of functions at the pc; the call writes at most `capacity` of them
 * @return GOPM_OK; GOPM_NOT_FOUND (not in a Go function); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Source: pclntab and FUNCDATA_InlTree (runtime/symtab.go, symtabinl.go; Go 1.16 to 1.27).
 * Since: 0.9
 */
GOPM_API gopm_status gopm_symbolize(const gopm_core *core, uint64_t pc, gopm_location *locations, size_t stride,
                                    size_t capacity, size_t *count);

/**
 * Returns the symbol of a function, as the linker, Delve and the runtime's traceback write it. The linker escapes some
 * bytes of a package's path: `gopkg.in/yaml%2ev3.Unmarshal` is the symbol of `gopkg.in/yaml.v3.Unmarshal`. Globs and
 * names in calls of this library may have either form.
 * @param function a name that this core gave, as in gopm_location
 * @return the symbol; `function` itself if nothing in it is escaped. Lives as long as the core.
 * Source: cmd/internal/objabi/path.go, PathToPrefix; Go 1.16 to 1.27.
 * Since: 0.9
 */
GOPM_API gopm_str gopm_symbol_name(const gopm_core *core, gopm_str function);

/** One memory mapping of the process. */
typedef struct gopm_mapping {
	uint64_t address;      /**< first byte */
	uint64_t size;         /**< bytes mapped */
	uint64_t size_in_core; /**< bytes from `address` on that are in the core file */
	uint64_t core_offset;  /**< offset in the unpacked core file, in bytes */
	uint64_t file_offset;  /**< NT_FILE: offset in `path`, in bytes */
	gopm_str path;         /**< NT_FILE; empty: anonymous */
	uint32_t flags;        /**< ELF PF_R 4, PF_W 2, PF_X 1 */
	uint32_t reserved;
} gopm_mapping;

/** An iterator over mappings. */
typedef struct gopm_mapping_iter gopm_mapping_iter;

/** Iterates over mappings in the order of their addresses.
 *  @param out owned by the caller; release it with gopm_mapping_iter_free()
 *  @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.9 */
GOPM_API gopm_status gopm_mapping_iter_open(gopm_core *core, gopm_mapping_iter **out, gopm_error **err);
/** Fills the next records, at most `capacity`, `stride` bytes apart.
 *  @param stride the caller's sizeof(gopm_mapping)
 *  @param got number of records filled
 *  @return GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT.  Since: 0.9 */
GOPM_API gopm_status gopm_mapping_iter_next(gopm_mapping_iter *it, gopm_mapping *records, size_t stride,
                                            size_t capacity, size_t *got);
GOPM_API void gopm_mapping_iter_free(gopm_mapping_iter *it);

/* Kinds of findings. The values are never renumbered. */
#define GOPM_FINDING_EXE_MISMATCH 1     /**< executable and core have different build IDs */
#define GOPM_FINDING_TRUNCATED 2        /**< the core file is shorter than its headers say */
#define GOPM_FINDING_BAD_NOTE 3         /**< a malformed note */
#define GOPM_FINDING_BAD_POINTER 4      /**< a pointer of the runtime has no valid target */
#define GOPM_FINDING_BAD_GOROUTINE 5    /**< a runtime.g with impossible contents */
#define GOPM_FINDING_STACK_INCOMPLETE 6 /**< a stack that could not be unwound to its end */
#define GOPM_FINDING_BAD_SYMBOLS 7      /**< malformed pclntab, moduledata, symbol table or type descriptors */
#define GOPM_FINDING_BAD_DWARF 8        /**< malformed DWARF */
#define GOPM_FINDING_CYCLE 9            /**< a cyclic list of the runtime */
#define GOPM_FINDING_LIMIT 10           /**< a limit cut the answer */
#define GOPM_FINDING_MISSING 11         /**< something expected is missing; the message says what that costs */
#define GOPM_FINDING_SLIM 12            /**< data that gopm_slim() could not keep in this small core, and why */
#define GOPM_FINDING_BAD_HEAP 14        /**< structures of the heap that contradict each other */
#define GOPM_FINDING_IO 13              /**< a read failed: the file became shorter, or its disk or callback failed */

/** Names the kind of a finding: "bad-note". "other" for GOPM_FINDING_SLIM, and for kinds that this library does not
 *  know. Static.  Since: 0.9 */
GOPM_API gopm_str gopm_finding_kind_name(uint32_t kind);

/** One piece of damage or missing data. It makes an answer partial, but is not a failure. */
typedef struct gopm_finding {
	uint32_t kind; /**< GOPM_FINDING_* */
	uint32_t reserved;
	uint64_t count;   /**< how often this finding occurred */
	uint64_t address; /**< in the process, or GOPM_NO_OFFSET */
	uint64_t offset;  /**< in the file, or GOPM_NO_OFFSET */
	gopm_str message; /**< one line for people, escaped as by gopm_escape() */
} gopm_finding;

/** An iterator over findings. */
typedef struct gopm_finding_iter gopm_finding_iter;

/** Iterates over the findings made so far, the oldest first. It does not see findings made after this call.
 *  @param out owned by the caller; release it with gopm_finding_iter_free()
 *  @return as gopm_mapping_iter_open().  Since: 0.9 */
GOPM_API gopm_status gopm_finding_iter_open(gopm_core *core, gopm_finding_iter **out, gopm_error **err);
/** Fills the next records, as gopm_mapping_iter_next().  Since: 0.9 */
GOPM_API gopm_status gopm_finding_iter_next(gopm_finding_iter *it, gopm_finding *records, size_t stride,
                                            size_t capacity, size_t *got);
GOPM_API void gopm_finding_iter_free(gopm_finding_iter *it);
/** Returns the number of findings, including those above max_findings that were not kept. 0 for NULL.  Since: 0.9 */
GOPM_API uint64_t gopm_finding_total(const gopm_core *core);

GOPM_END_DECLS

#endif
