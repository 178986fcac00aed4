/* SPDX-License-Identifier: Apache-2.0 */
/* The Go runtime of the dead process, normalised: above this room nobody knows which Go it
 * reads. Built at open, then only read; what is found later is under `lock`. */
#ifndef GOPM_RUNTIME_RUNTIME_H
#define GOPM_RUNTIME_RUNTIME_H

#include <stdatomic.h>

#include "core/corefile.h"
#include "runtime/layout/layout.h"
#include "runtime/trace_format.h"
#include "symbol/symtab.h"

/* A runtime.m: a thread of the runtime. */
struct gopm__m {
	uint64_t address, id, procid, g0, gsignal, curg;
	uint64_t vdso_sp, vdso_pc;
	const struct gopm__thread *thread; /* of the core; NULL: none with this procid */
	bool throwing, dying;
	bool caught_signal; /* a signal that kills made it throw */
};

#define GOPM__MAX_WAIT_REASONS 256

/* Variables that are looked for when something needs them. */
enum gopm__global {
	GOPM__GLOBAL_SCHED,
	GOPM__GLOBAL_SEMTABLE,
	GOPM__GLOBAL_MHEAP,
	GOPM__GLOBAL_COUNT,
};

struct gopm__symbol {
	uint64_t address, size; /* 0: the program does not name it */
};

struct gopm__heap;
struct gopm__sched;
struct gopm__semaphores;

struct gopm__runtime {
	const struct gopm__corefile *core;
	struct gopm__symtab *symtab;
	struct gopm__findings *findings;
	struct gopm__layout layout;
	struct gopm__arena arena; /* under `lock` after open */
	pthread_mutex_t lock;
	gopm_str version;                       /* runtime.buildVersion, or what the build info says */
	int minor;                              /* the N of Go 1.N; 0: unknown, taken for the newest */
	const struct gopm__trace_format *trace; /* how its tracebacks look */

	uint64_t allgs;   /* address of the array of *g; 0: not found */
	uint64_t g_count; /* its length, within the limit */
	uint64_t allp;    /* address of the slice; 0: not found */
	bool partial;

	struct gopm__m *ms; /* sorted by address */
	size_t m_count;
	uint64_t *ps; /* addresses of runtime.allp's */
	size_t p_count;

	gopm_str wait_reasons[GOPM__MAX_WAIT_REASONS];
	size_t wait_reason_count;
	int64_t now;      /* newest nanotime seen: an estimate; 0: unknown */
	gopm_str backlog; /* runtime.printBacklog in order */
	bool finalizer_running;
	bool traceback_labels; /* GODEBUG tracebacklabels, of the build and of the environment */

	struct gopm__symbol symbols[GOPM__GLOBAL_COUNT];
	/* Found on first need, see gopm__runtime_once(). NULL when it was tried: not found. */
	const struct gopm__heap *heap;
	const struct gopm__sched *sched;
	struct gopm__semaphores *semaphores;
	atomic_bool heap_tried, sched_tried, semaphores_tried;
};

struct gopm__runtime_options {
	uint64_t max_goroutines;
	bool no_dwarf; /* not even for layouts */
};

gopm_status gopm__runtime_open(struct gopm__runtime *rt, struct gopm__corefile *core, struct gopm__executable *exe,
                               struct gopm__symtab *symtab, const struct gopm__runtime_options *options,
                               gopm_error **err);
void gopm__runtime_close(struct gopm__runtime *rt);

/* Calls `find` under the lock unless it was called; what it found can be read without the lock afterwards. */
void gopm__runtime_once(struct gopm__runtime *rt, atomic_bool *tried, void (*find)(struct gopm__runtime *rt));

/* The m at `address`, or NULL. */
const struct gopm__m *gopm__runtime_m(const struct gopm__runtime *rt, uint64_t address);

/* The m whose thread is `thread_id`, or NULL. */
const struct gopm__m *gopm__runtime_m_of_thread(const struct gopm__runtime *rt, uint64_t thread_id);

/* The address of the g at `index` of allgs; 0: a hole. */
uint64_t gopm__runtime_g_at(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t index);

/* A Go string at `header` (pointer and length) of at most `limit` bytes; false: not readable. Borrowed from the
 * core where it lies in one piece, else copied into the arena. */
bool gopm__runtime_string(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t header, uint64_t limit,
                          gopm_str *out);

/* The bytes at [address, address + size), as gopm__runtime_string(). */
bool gopm__runtime_bytes(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, uint64_t size,
                         gopm_str *out);

/* The name of the type with this descriptor, "main.Metric"; empty: unknown. */
gopm_str gopm__runtime_type_name(struct gopm__runtime *rt, uint64_t type);

#endif
