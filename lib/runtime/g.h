/* SPDX-License-Identifier: Apache-2.0 */
/* One goroutine, read from its runtime.g. Source: runtime/runtime2.go. */
#ifndef GOPM_RUNTIME_G_H
#define GOPM_RUNTIME_G_H

#include <gopm/goroutine.h>

#include "runtime/runtime.h"

struct gopm__g {
	uint64_t address, id, parent_id;
	uint32_t raw_status, status; /* status: GOPM_G_* */
	uint32_t flags;              /* GOPM_G_FLAG_*, SYSTEM not among them until asked */
	uint32_t raw_wait_reason;
	int64_t wait_since;
	uint64_t stack_lo, stack_hi;
	uint64_t sched_pc, sched_sp, syscall_pc, syscall_sp;
	uint64_t gopc, startpc, waiting, labels, timer, panic, bubble, ancestors;
	uint64_t vectors; /* where its vector registers are, while it is preempted */
	int64_t sleep_when;
	uint64_t m_address, lockedm;
	bool running_cleanups;
	const struct gopm__m *m; /* NULL: on none */
	/* The thread that runs it right now (m.curg is this g); NULL: none. */
	const struct gopm__thread *thread;
};

/* False: the bytes are not in the core; `out` then holds the address alone. */
bool gopm__g_read(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, struct gopm__g *out);

/* "waiting", as the runtime prints it. Static. */
gopm_str gopm__g_status_name(uint32_t status);

/* Empty unless it waits for a reason. */
gopm_str gopm__g_wait_reason(const struct gopm__runtime *rt, const struct gopm__g *g);

/* runtime/traceback.go, isSystemGoroutine. */
bool gopm__g_is_system(const struct gopm__runtime *rt, const struct gopm__g *g);

/* True for the statuses that iterators leave out unless asked. */
static inline bool gopm__g_is_dead(const struct gopm__g *g)
{
	return g->status == GOPM_G_DEAD || g->status == GOPM_G_IDLE || g->status == GOPM_G_DEADEXTRA;
}

/* Whether its stack is told from where it entered a system call. One that came back and found no P is runnable
 * with a place deeper than that saved, but the runtime goes by syscallsp as long as it is set (runtime/traceback.go).
 */
static inline bool gopm__g_stands_at_syscall(const struct gopm__g *g)
{
	return g->syscall_sp != 0 && g->status != GOPM_G_RUNNING && !gopm__g_is_dead(g);
}

#endif
