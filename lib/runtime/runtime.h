/* SPDX-License-Identifier: Apache-2.0 */
/* The Go runtime of the dead process, in one form for all Go versions. Rooms above this one need no version.
 *
 * open.h fills a struct gopm__runtime. After that it is only read, except for what is found on first use: see
 * gopm__runtime_once(). */
#ifndef GOPM_RUNTIME_RUNTIME_H
#define GOPM_RUNTIME_RUNTIME_H

#include <stdatomic.h>

#include "core/corefile.h"
#include "runtime/layout/layout.h"
#include "runtime/m.h"
#include "runtime/trace_format.h"
#include "symbol/symtab.h"
#include "util/map64.h"

#define GOPM__MAX_WAIT_REASONS 256
#define GOPM__MAX_ODD_TIMES 8

/* Variables of the runtime that are found on first use. */
enum gopm__global {
	GOPM__GLOBAL_SCHED,              /* runtime.sched */
	GOPM__GLOBAL_SEMTABLE,           /* runtime.semtable */
	GOPM__GLOBAL_MHEAP,              /* runtime.mheap_ */
	GOPM__GLOBAL_ALLFIN,             /* runtime.allfin */
	GOPM__GLOBAL_CLEANUPS,           /* runtime.gcCleanups */
	GOPM__GLOBAL_MBUCKETS,           /* runtime.mbuckets */
	GOPM__GLOBAL_BBUCKETS,           /* runtime.bbuckets */
	GOPM__GLOBAL_XBUCKETS,           /* runtime.xbuckets */
	GOPM__GLOBAL_PROFILE_CYCLE,      /* runtime.mProfCycle, since Go 1.19 */
	GOPM__GLOBAL_PROFILE_CYCLE_1_16, /* runtime.mProf, until Go 1.18 */
	GOPM__GLOBAL_MEM_PROFILE_RATE,   /* runtime.MemProfileRate */
	GOPM__GLOBAL_MUTEX_PROFILE_RATE, /* runtime.mutexprofilerate */
	GOPM__GLOBAL_TICKS,              /* runtime.ticks */
	GOPM__GLOBAL_MEMSTATS,           /* runtime.memstats */
	GOPM__GLOBAL_INIT_TIME,          /* runtime.runtimeInitTime */
	GOPM__GLOBAL_COUNT,
};

struct gopm__global_symbol {
	uint64_t address, size; /* 0: the program has no such symbol */
};

struct gopm__gc_queues;  /* runtime/gc_queue.h */
struct gopm__mheap;      /* runtime/spans.h */
struct gopm__mprof;      /* runtime/mprof.h */
struct gopm__repeats;    /* runtime/id_set.h */
struct gopm__sched;      /* runtime/sched.h */
struct gopm__semaphores; /* runtime/semaphore.h */

/* Rules of unwinding that were derived from code (unwind/cfa.c). */
struct gopm__cfa_rules {
	pthread_mutex_t lock;
	struct gopm__map64 map; /* pc and kind of frame -> packed rule */
};

struct gopm__runtime {
	const struct gopm__corefile *core;
	struct gopm__symtab *symtab;
	struct gopm__findings *findings;
	struct gopm__layout layout;
	struct gopm__arena arena; /* under `lock` after open */
	pthread_mutex_t lock;
	struct gopm__cfa_rules *cfa_rules;      /* NULL: nothing is cached */
	gopm_str version;                       /* runtime.buildVersion, or else the version of the build info */
	int minor;                              /* the N of Go 1.N; 0: unknown, treated as the newest */
	const struct gopm__trace_format *trace; /* format of this version's tracebacks */

	uint64_t allgs;   /* address of the array of *g; 0: not found */
	uint64_t g_count; /* its length, at most max_goroutines */
	uint64_t allp;    /* address of the slice runtime.allp; 0: not found */
	bool partial;     /* allgs has more goroutines than g_count */

	struct gopm__m *ms; /* sorted by address */
	size_t m_count;
	bool all_ms;                      /* `ms` has every m */
	const struct gopm__m **thread_ms; /* the m of each thread of the core; NULL: it is none, or it is not known */
	int64_t tls_slot;                 /* of g, from the thread pointer; 0: unknown */
	bool own_ids; /* m.procid has other ids than the core: of another PID namespace, or of a forked process */
	uint64_t *ps; /* addresses of the elements of runtime.allp */
	size_t p_count;

	gopm_str wait_reasons[GOPM__MAX_WAIT_REASONS]; /* by g.waitreason */
	uint8_t wait_kinds[GOPM__MAX_WAIT_REASONS];    /* GOPM_WAIT_* of each */
	bool wait_bubbles[GOPM__MAX_WAIT_REASONS];     /* only goroutines of a synctest bubble have it */
	size_t wait_reason_count;
	uint64_t last_goid;                     /* no goroutine has a greater id */
	int64_t earliest;                       /* nanotime before which no collection began; 0: unknown */
	int64_t latest;                         /* nanotime after which no goroutine parked */
	int64_t odd_times[GOPM__MAX_ODD_TIMES]; /* values of waitsince that are not begins of collections */
	size_t odd_time_count;
	uint64_t stack_guard; /* stackguard0 minus stack.lo; 0: unknown */
	int64_t now;          /* nanotime of death: the newest time found, an estimate; 0: unknown */
	int64_t to_unix;      /* what to add to a nanotime for the time since 1970; 0: unknown */
	gopm_str backlog;     /* runtime.printBacklog, oldest byte first */
	bool backlog_full;    /* older bytes were overwritten */
	bool finalizer_running;
	bool traceback_labels; /* see godebug.h */
	bool all_waiting;      /* semaphores and sync.Cond set g.waiting too: since Go 1.26, runtime/sema.go */
	bool scans_vectors;    /* the collector reads saved vector registers: since Go 1.27, runtime/preempt_xreg.go */
	bool repeats_deferreturn; /* deferred functions return to the call of deferreturn: runtime/asm_<cpu>.s, jmpdefer
	                           */
	uint8_t open_defers;      /* enum gopm__open_defer_format (symbol/open_defer.h) */
	uint32_t first_arguments; /* most bytes of arguments that a goroutine's first function gets on its stack */

	struct gopm__global_symbol symbols[GOPM__GLOBAL_COUNT];
	/* Set by gopm__runtime_once(). NULL after that: not found. */
	const struct gopm__mheap *mheap;
	const struct gopm__mprof *mprof;
	const struct gopm__gc_queues *gc_queues;
	const struct gopm__sched *sched;
	struct gopm__semaphores *semaphores;
	struct gopm__repeats *repeats; /* NULL: nothing in allgs repeats */
	_Atomic uint64_t checked_type; /* the last one that gopm__runtime_type_name() checked */
	atomic_bool mheap_tried, mprof_tried, gc_queues_tried, sched_tried, semaphores_tried, repeats_tried;
};

/* Calls `find` under the lock, once for all threads. Its results can be read without the lock afterwards. */
void gopm__runtime_once(struct gopm__runtime *rt, atomic_bool *tried, void (*find)(struct gopm__runtime *rt));

/* The address of the g at `index` of allgs; 0: none. */
uint64_t gopm__runtime_g_at(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t index);

/* Reads the Go string whose pointer and length are at `header`. Borrowed from the core, or copied into the arena if it
 * is in more than one segment. False: the core lacks it, or it is longer than `limit` bytes. */
bool gopm__runtime_string(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t header, uint64_t limit,
                          gopm_str *out);

/* Reads the bytes [address, address + size) as gopm__runtime_string() does. */
bool gopm__runtime_bytes(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, uint64_t size,
                         gopm_str *out);

/* The name of the type with this descriptor: "main.Metric". Empty: unknown. */
gopm_str gopm__runtime_type_name(struct gopm__runtime *rt, uint64_t type);

#endif
