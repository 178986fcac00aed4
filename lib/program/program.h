/* SPDX-License-Identifier: Apache-2.0 */
/* The opened program: a core or a live process, its executable, and what was read of both. It stays at its address
 * from gopm__program_open() to gopm__program_close(). */
#ifndef GOPM_PROGRAM_PROGRAM_H
#define GOPM_PROGRAM_PROGRAM_H

#include <pthread.h>

#include "code/code.h"
#include "core/corefile.h"
#include "exe/build.h"
#include "exe/executable.h"
#include "program/death.h"
#include "type/types.h"
#include "unwind/native.h"
#include "util/progress.h"

struct gopm__live; /* core/live/live.h */

struct gopm__program {
	struct gopm__live *live; /* the process that `file` shows, stopped or running; NULL: `file` is a core */
	bool no_dwarf;           /* the caller asked not to read DWARF */
	uint32_t max_frames;     /* of one stack */
	struct gopm__findings findings;
	struct gopm__io io;
	struct gopm__corefile file;
	struct gopm__executable exe;
	struct gopm__symtab symtab;
	struct gopm__runtime runtime;
	struct gopm__death death;
	struct gopm__native native; /* has a lock of its own */

	/* Use these only between gopm__program_lock() and gopm__program_unlock(). */
	struct gopm__progress progress; /* gopm_core_set_progress() */
	pthread_mutex_t dwarf_lock;
	struct gopm__dwarf *dwarf; /* NULL until it is first used */
	struct gopm__types types;  /* open if `types_open` */
	bool types_open;
	struct gopm__module_types *modules; /* of each module of `native`; NULL: not used yet */
	size_t module_count;
	gopm_status dwarf_status; /* why the DWARF cannot be opened; GOPM_OK: not tried, or open */
	struct gopm__code_cache code;
	struct gopm__build build; /* read if `build_read` */
	bool build_read;
};

/* The DWARF and the types of another module than the executable. */
struct gopm__module_types {
	bool tried;
	struct gopm__dwarf *dwarf; /* NULL: it has none */
	struct gopm__types types;  /* open if it has DWARF */
};

struct gopm__program_options {
	struct gopm__source_request core;    /* `what` and `unpack` are set by gopm__program_open() */
	struct gopm__executable_request exe; /* nothing set: searched for */
	uint32_t pid;                        /* read this process and not `core`; 0: none */
	bool no_dwarf;
	uint32_t max_frames;
	uint64_t max_goroutines;
	size_t max_findings;
	struct gopm__io_options io;

	/* For slim/, which has to know each byte that is read. */
	unsigned track_shift;        /* record reads in blocks of 1 << track_shift bytes; 0: do not */
	bool no_environment;         /* do not read the process's environment */
	struct gopm__source *source; /* an open core, instead of `core`; moved into the program; NULL: none */

	/* For slim/, of a process. */
	struct gopm__live *live;        /* `pid`, already open; the program owns it, even if it cannot be opened */
	bool running;                   /* do not stop it: what is read may be inconsistent */
	bool files;                     /* include pages that its files have as well */
	struct gopm__source *rehearsed; /* of an earlier program of `live`, to be reused; moved if it was; NULL: none */
};

/* @return GOPM_OK; GOPM_ERR_NO_MEMORY, _IO, _FORMAT, _TRUNCATED, _LIMIT, _UNSUPPORTED, _NOT_GO, _NO_EXECUTABLE,
 *   _PERMISSION or _NO_PROCESS. */
gopm_status gopm__program_open(const struct gopm__program_options *options, struct gopm__program **out,
                               gopm_error **err);
/* NULL is accepted. */
void gopm__program_close(struct gopm__program *program);

/* libdwarf serves one thread at a time, and so do the caches of types and of code analysis. Hold this lock from before
 * gopm__program_dwarf() or gopm__program_types() until the last use of what they returned. It is not recursive. */
void gopm__program_lock(struct gopm__program *program);
void gopm__program_unlock(struct gopm__program *program);

/* The executable's DWARF, opened by the first call; lives as long as the program. The caller holds the lock. A DWARF
 * that cannot be read is not tried again.
 * @return GOPM_OK; GOPM_ERR_NO_DWARF (also if the program was opened without it); else as gopm__dwarf_open(). */
gopm_status gopm__program_dwarf(struct gopm__program *program, struct gopm__dwarf **out, gopm_error **err);

/* The program's types: from its DWARF, or only from type descriptors if there is no DWARF that can be read. Lives as
 * long as the program. The caller holds the lock. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__program_types(struct gopm__program *program, struct gopm__types **out, gopm_error **err);

/* The types of module `index` of `native`, opened by the first call; lives as long as the program. The caller holds the
 * lock. @return GOPM_OK; GOPM_NOT_FOUND (no such module); GOPM_ERR_NO_DWARF (it is the executable, has no DWARF, or
 * none that can be read); GOPM_ERR_NO_MEMORY. */
gopm_status gopm__program_module_types(struct gopm__program *program, size_t index, struct gopm__types **out);

/* True if the program has DWARF and may read it. Does not need the lock. */
bool gopm__program_has_dwarf(struct gopm__program *program);

/* How the executable was built, read by the first call; lives as long as the program. Takes the lock.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__program_build(struct gopm__program *program, const struct gopm__build **out);

/* Closes the DWARF and forgets all types; the next use opens it again. The caller holds the lock, or is the only
 * user. */
void gopm__program_forget_types(struct gopm__program *program);

#endif
