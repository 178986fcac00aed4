/* SPDX-License-Identifier: Apache-2.0 */
/* What an open core is made of. Every handle made from a core holds a reference to it. */
#ifndef GOPM_API_HANDLE_H
#define GOPM_API_HANDLE_H

#include <gopm/gopm.h>
#include <pthread.h>
#include <stdatomic.h>

#include "code/code.h"
#include "core/corefile.h"
#include "exe/executable.h"
#include "runtime/death.h"

struct gopm__dwarf; /* dwarf/dwarf.h */
struct gopm__live;  /* core/live/live.h */

struct gopm_core {
	atomic_size_t references;
	uint32_t open_flags;
	struct gopm__live *live; /* the process that `file` shows, stopped or not; NULL: a core */
	uint32_t max_frames;
	uint64_t max_goroutines;
	struct gopm__findings findings;
	struct gopm__corefile file;
	struct gopm__executable exe;
	struct gopm__symtab symtab;
	struct gopm__runtime runtime;
	struct gopm__death death;

	pthread_mutex_t dwarf_lock;   /* libdwarf is not thread safe: held for every use of `dwarf` */
	struct gopm__dwarf *dwarf;    /* made on first need */
	struct gopm__dwarf *bare;     /* type descriptors alone, where there is no DWARF */
	gopm_status dwarf_status;     /* GOPM_OK until it was tried and failed */
	struct gopm__code_cache code; /* under dwarf_lock */
};

/* How gopm_slim() opens a core: it must know what is read of it. */
struct gopm__open_how {
	unsigned track_shift;       /* blocks of 1 << track_shift bytes are noted; 0: nothing is */
	bool no_environment;        /* of the process is looked at */
	struct gopm__source *taken; /* the core's bytes, in place of the options' core; moved out of here; NULL: none */

	/* Of a process: */
	struct gopm__live *live;        /* opened already; the core's from now on. NULL: the options name it */
	bool running;                   /* it is not stopped: what is read may not fit together */
	bool files;                     /* pages of its files too, which the files stand in for else */
	struct gopm__source *rehearsed; /* of a core of it while it ran, to be used again; moved out of here where it
	                                   is; NULL: none */
};

/* gopm_core_open(), but *err is not cleared. `how` may be NULL. */
gopm_status gopm__core_open(const gopm_core_options *options, const struct gopm__open_how *how, gopm_core **out,
                            gopm_error **err);

void gopm__core_retain(gopm_core *core);
/* Gives up one reference, as gopm_core_close(). */
void gopm__core_release(gopm_core *core);

/* Begins every call that makes a handle of a core: clears *err, checks, and gives zeroed memory of `size` bytes with a
 * reference to the core in its first member. NULL with *status set: return that. */
void *gopm__handle_new(gopm_core *core, size_t size, gopm_status *status, gopm_error **err);

#endif
