/* SPDX-License-Identifier: Apache-2.0 */
/* A goroutine: one runtime.g. Source: runtime/runtime2.go, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_G_H
#define GOPM_RUNTIME_G_H

#include <gopm/goroutine.h>

#include "runtime/runtime.h"

/* Bit of atomicstatus: the collector scans the stack. */
#define GOPM__G_SCAN 0x1000u

/* From g.stack to g.stackguard0, the field after it, which the compiler and the linker know (runtime/runtime2.go). */
#define GOPM__TO_STACKGUARD 16

struct gopm__g {
	uint64_t address, id, parent_id;
	uint32_t raw_status, status; /* status: GOPM_G_* */
	uint32_t flags;              /* GOPM_G_FLAG_*; gopm__g_is_system() gives SYSTEM */
	uint32_t faults;             /* g_check.h: what contradicts the rest; 0: it is sound */
	uint32_t raw_wait_reason;
	int64_t wait_since;
	uint64_t stack_lo, stack_hi, stack_guard; /* stack_guard: stackguard0 */
	uint64_t sched_pc, sched_sp, syscall_pc, syscall_sp;
	uint64_t sched_lr; /* return address of a function without a frame; 0: it is on the stack */
	uint64_t gopc, startpc, waiting, labels, timer, panic, bubble, ancestors;
	uint64_t vectors; /* address of its saved vector registers, if it was preempted */
	int64_t sleep_when;
	uint64_t m_address, lockedm;
	uint8_t running_cleanups;          /* 0 or 1; another number is damage */
	const struct gopm__m *m;           /* NULL: it has none */
	const struct gopm__thread *thread; /* that runs it: m.curg or m.g0 is this g; NULL: none */
};

/* False: it is not in the core, and `out` has the address only. */
bool gopm__g_read(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, struct gopm__g *out);

/* GOPM_G_* of g.atomicstatus, without its scan bit. GOPM_G_UNKNOWN: no Go has this status. */
uint32_t gopm__g_status(uint32_t raw);

/* True if a g's atomicstatus is running, also while the collector scans its stack (runtime2.go, _Gscan). */
static inline bool gopm__g_is_running(uint32_t raw)
{
	return (raw & ~GOPM__G_SCAN) == GOPM_G_RUNNING;
}

/* The status as the runtime prints it: "waiting". Static. */
gopm_str gopm__g_status_name(uint32_t status);

/* GOPM_WAIT_* of its wait reason. GOPM_WAIT_NONE if it does not wait, or its reason cannot be read. */
static inline uint32_t gopm__g_wait_kind(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	return (g->status == GOPM_G_WAITING || g->status == GOPM_G_LEAKED) && g->raw_wait_reason < rt->wait_reason_count
	           ? rt->wait_kinds[g->raw_wait_reason]
	           : GOPM_WAIT_NONE;
}

/* The name of its wait reason. Empty if it does not wait. */
gopm_str gopm__g_wait_reason(const struct gopm__runtime *rt, const struct gopm__g *g);

/* True if the goroutine is the runtime's own: runtime/traceback.go, isSystemGoroutine. */
bool gopm__g_is_system(const struct gopm__runtime *rt, const struct gopm__g *g);

/* The id of its testing/synctest bubble. 0: it is in none, or the Go version does not number them (before 1.25). */
uint64_t gopm__g_bubble_id(const struct gopm__runtime *rt, const struct gopm__g *g);

/* True for the statuses that iterators skip by default. A damaged goroutine may be alive. */
static inline bool gopm__g_is_dead(const struct gopm__g *g)
{
	return (g->status == GOPM_G_DEAD || g->status == GOPM_G_IDLE || g->status == GOPM_G_DEADEXTRA) &&
	       g->faults == 0;
}

/* True if its traceback begins at the system call. A goroutine that returned from one and found no P is runnable, and
 * sched.sp is deeper than syscallsp. The runtime uses syscallsp while it is set (runtime/traceback.go). */
static inline bool gopm__g_at_syscall(const struct gopm__g *g)
{
	return g->syscall_sp != 0 && g->status != GOPM_G_RUNNING && !gopm__g_is_dead(g);
}

#endif
