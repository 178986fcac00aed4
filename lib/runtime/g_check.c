/* SPDX-License-Identifier: Apache-2.0 */
/* Only what holds at each instruction of the runtime is checked: another thread may have stopped in the middle of a
 * change. Sources: runtime/proc.go (newproc1, execute, dropg, gdestroy, oneNewExtraM), stack.go (stackalloc), and
 * runtime2.go, Go 1.16 to 1.27. */
#include "runtime/g_check.h"

#include <inttypes.h>

#include "runtime/wait_kind.h"

/* Bytes of the smallest stack: fixedStack on Linux. The others are twice, four times ... as large. */
#define LEAST_STACK 2048u
/* Nothing is in the first page of a process. */
#define FIRST_PAGE 4096u
/* Values of stackguard0 from here on are no addresses. */
#define FIRST_SIGNAL (UINT64_MAX - 4095)

static const char *const texts[GOPM__FAULT_COUNT] = {
    [GOPM__FAULT_STATUS] = "its status is one that no Go version has",
    [GOPM__FAULT_IDLE] = "it is in allgs, but its status is idle",
    [GOPM__FAULT_DEAD] = "its status is dead, but it has what only a live goroutine has",
    [GOPM__FAULT_ID] = "its id is one that the scheduler never gave",
    [GOPM__FAULT_PARENT] = "the id of its creator is one that the scheduler never gave",
    [GOPM__FAULT_STACK] = "its stack has a size or address that no stack has",
    [GOPM__FAULT_SP] = "its stack pointer is not in its stack",
    [GOPM__FAULT_PC] = "its pc is not in Go code",
    [GOPM__FAULT_M] = "its m is not in runtime.allm, or runs another goroutine",
    [GOPM__FAULT_THREAD] = "its status needs an m, and it has none",
    [GOPM__FAULT_LOCKED] = "it is locked to an m that is not locked to it",
    [GOPM__FAULT_REASON] = "its wait reason is one that this Go version does not have, or cannot be read",
    [GOPM__FAULT_TIME] = "the time at which it parked is impossible",
    [GOPM__FAULT_BORN] = "it lacks a first function or a go statement",
    [GOPM__FAULT_BUBBLE] = "its synctest bubble is not an address, or its wait reason needs a bubble",
    [GOPM__FAULT_SUDOG] = "it has a sudog, but not for its wait reason",
    [GOPM__FAULT_CLEANUPS] = "its mark of a running cleanup is neither true nor false",
    [GOPM__FAULT_SYSCALL] = "it waits, but is in a system call",
    [GOPM__FAULT_START] = "its first function is not the entry of a function",
    [GOPM__FAULT_GO] = "its go statement is not in Go code, or is not a call",
    [GOPM__FAULT_PLACE] = "its wait reason is not that of the function that parked it",
    [GOPM__FAULT_WAITS] = "what it waits for does not point back to it, or is not in the core",
    [GOPM__FAULT_READY] = "it is runnable, but in the queue of a channel that nothing took it out of",
    [GOPM__FAULT_TIMER] = "its timer fires at another time than the one it sleeps for",
    [GOPM__FAULT_ANCESTORS] = "its ancestors do not begin with its creator",
    [GOPM__FAULT_SAME_ID] = "another goroutine has the same id",
};

static uint32_t bit(enum gopm__g_fault fault, bool breach)
{
	return breach ? UINT32_C(1) << fault : 0;
}

static bool is_code(const struct gopm__runtime *rt, uint64_t pc)
{
	for (size_t i = 0; i < rt->symtab->module_count; i++) {
		if (pc >= rt->symtab->modules[i].minpc && pc < rt->symtab->modules[i].maxpc) {
			return true;
		}
	}
	/* A module may be left out: that of a plugin that was not found. */
	return rt->symtab->incomplete;
}

static bool is_parked(const struct gopm__g *g)
{
	return g->status == GOPM_G_WAITING || g->status == GOPM_G_RUNNABLE || g->status == GOPM_G_PREEMPTED ||
	       g->status == GOPM_G_LEAKED;
}

/* execute() sets m.curg before g.m, dropg() clears g.m before m.curg. */
static bool has_wrong_m(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	return g->m_address != 0 && rt->all_ms &&
	       (g->m == NULL || (g->m->curg != g->address && g->m->g0 != g->address && g->m->gsignal != g->address));
}

/* A running goroutine locks and unlocks in two steps. */
static bool has_wrong_lock(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	if (g->lockedm == 0 || !rt->all_ms || rt->layout.m.lockedg < 0 || g->status == GOPM_G_RUNNING) {
		return false;
	}
	const struct gopm__m *m = gopm__runtime_m(rt, g->lockedm);
	return m == NULL || m->lockedg != g->address;
}

/* True if stackguard0 is not that of the stack. It may also be one of a few numbers that make the prologue of a
 * function call the runtime (runtime/stack.go, stackPreempt). copystack() sets stack first. */
static bool has_wrong_guard(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	const bool settled = g->status == GOPM_G_WAITING || g->status == GOPM_G_RUNNABLE ||
	                     g->status == GOPM_G_SYSCALL || g->status == GOPM_G_LEAKED;

	return settled && rt->stack_guard != 0 && g->stack_guard < FIRST_SIGNAL &&
	       g->stack_guard - g->stack_lo != rt->stack_guard;
}

static bool has_wrong_stack(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	uint64_t size = g->stack_hi - g->stack_lo;

	return has_wrong_guard(rt, g) || g->stack_lo >= g->stack_hi || size < LEAST_STACK || (size & (size - 1)) != 0 ||
	       g->stack_lo % LEAST_STACK != 0;
}

/* gdestroy() clears these after the status and before m.curg. C may have left them in the goroutine of an extra m,
 * which keeps its m. */
static bool has_life(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	/* newproc1 adds a g to allgs, dead, before it has an id. */
	if (g->m_address != 0 || g->id == 0 ||
	    (g->raw_wait_reason == 0 && g->waiting == 0 && g->labels == 0 && g->panic == 0 && g->timer == 0)) {
		return false;
	}
	for (size_t i = 0; i < rt->m_count; i++) {
		if (rt->ms[i].curg == g->address) {
			return false;
		}
	}
	return true;
}

static bool has_id(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	return g->id != 0 && g->id <= rt->last_goid;
}

/* Of a goroutine that does not run. */
static bool has_wrong_sp(const struct gopm__g *g)
{
	bool at_syscall = gopm__g_at_syscall(g);
	uint64_t sp = at_syscall ? g->syscall_sp : g->sched_sp;

	return (at_syscall || is_parked(g)) && (sp < g->stack_lo || sp > g->stack_hi || sp % 8 != 0);
}

static bool has_wrong_pc(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	bool at_syscall = gopm__g_at_syscall(g);

	return (at_syscall || is_parked(g)) && !is_code(rt, at_syscall ? g->syscall_pc : g->sched_pc);
}

static bool has_wrong_reason(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	if (rt->wait_reason_count == 0 || (g->status != GOPM_G_WAITING && g->status != GOPM_G_LEAKED)) {
		return false;
	}
	return g->raw_wait_reason >= rt->wait_reason_count ||
	       (g->raw_wait_reason != 0 && rt->wait_reasons[g->raw_wait_reason].size == 0);
}

static bool has_wrong_time(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	for (size_t i = 0; i < rt->odd_time_count; i++) {
		if (g->wait_since == rt->odd_times[i]) {
			return true;
		}
	}
	return g->wait_since < 0 || g->wait_since > rt->latest || (g->wait_since != 0 && g->wait_since < rt->earliest);
}

static bool has_reason(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	return (g->status == GOPM_G_WAITING || g->status == GOPM_G_LEAKED) &&
	       g->raw_wait_reason < rt->wait_reason_count;
}

static bool has_wrong_bubble(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	if (g->bubble != 0) {
		const uint64_t id = gopm__g_bubble_id(rt, g);
		/* A bubble begins in a goroutine of its own, so it has a smaller number (runtime/synctest.go). */
		return g->bubble % 8 != 0 || g->bubble >> 47 != 0 || g->bubble < FIRST_PAGE || id > rt->last_goid;
	}
	return has_reason(rt, g) && rt->wait_bubbles[g->raw_wait_reason] && rt->layout.g.bubble >= 0;
}

/* The callers of gopark set g.waiting before, and clear it after. */
static bool has_wrong_sudog(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	return g->waiting != 0 && has_reason(rt, g) && rt->wait_kinds[g->raw_wait_reason] != GOPM_WAIT_NONE &&
	       !gopm__wait_kind_has_sudog(rt->wait_kinds[g->raw_wait_reason]);
}

/* A goroutine has neither a first function nor a go statement if C called it: then it is locked to its thread, until it
 * returns to C (runtime/cgocall.go, cgocallbackg). */
static bool has_wrong_birth(const struct gopm__g *g)
{
	return (g->startpc == 0) != (g->gopc == 0) || (g->startpc == 0 && is_parked(g) && g->lockedm == 0);
}

static uint32_t check_live(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	bool needs_m = g->status == GOPM_G_RUNNING || g->status == GOPM_G_SYSCALL || g->status == GOPM_G_COPYSTACK;

	return bit(GOPM__FAULT_STATUS, g->status == GOPM_G_UNKNOWN) | bit(GOPM__FAULT_IDLE, g->status == GOPM_G_IDLE) |
	       bit(GOPM__FAULT_ID, !has_id(rt, g)) | bit(GOPM__FAULT_PARENT, g->parent_id > rt->last_goid) |
	       bit(GOPM__FAULT_STACK, has_wrong_stack(rt, g)) | bit(GOPM__FAULT_SP, has_wrong_sp(g)) |
	       bit(GOPM__FAULT_PC, has_wrong_pc(rt, g)) | bit(GOPM__FAULT_M, has_wrong_m(rt, g)) |
	       bit(GOPM__FAULT_THREAD, needs_m && g->m_address == 0) | bit(GOPM__FAULT_LOCKED, has_wrong_lock(rt, g)) |
	       bit(GOPM__FAULT_REASON, has_wrong_reason(rt, g)) | bit(GOPM__FAULT_TIME, has_wrong_time(rt, g)) |
	       bit(GOPM__FAULT_BUBBLE, has_wrong_bubble(rt, g)) | bit(GOPM__FAULT_SUDOG, has_wrong_sudog(rt, g)) |
	       bit(GOPM__FAULT_CLEANUPS, g->running_cleanups > 1) |
	       bit(GOPM__FAULT_SYSCALL, g->status == GOPM_G_WAITING && g->syscall_sp != 0) |
	       bit(GOPM__FAULT_BORN, has_wrong_birth(g));
}

/* True if a goroutine that waits, as nearly all do, has no fault. */
static bool is_sound(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	return g->status == GOPM_G_WAITING && g->m_address == 0 && g->lockedm == 0 && g->syscall_sp == 0 &&
	       g->bubble == 0 && has_id(rt, g) && g->parent_id <= rt->last_goid && !has_wrong_stack(rt, g) &&
	       !has_wrong_sp(g) && !has_wrong_pc(rt, g) && !has_wrong_reason(rt, g) && !has_wrong_time(rt, g) &&
	       g->startpc != 0 && g->gopc != 0 && !has_wrong_bubble(rt, g) && !has_wrong_sudog(rt, g) &&
	       g->running_cleanups <= 1;
}

uint32_t gopm__g_check(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	if (is_sound(rt, g)) {
		return 0;
	}
	if (g->status == GOPM_G_DEAD || g->status == GOPM_G_DEADEXTRA) {
		/* gfput() clears stack.lo first. */
		return bit(GOPM__FAULT_DEAD, has_life(rt, g)) |
		       bit(GOPM__FAULT_STACK, g->stack_lo != 0 && has_wrong_stack(rt, g));
	}
	/* A g0 has no id. */
	return g->id == 0 && g->status == GOPM_G_IDLE ? 0 : check_live(rt, g);
}

void gopm__g_report(const struct gopm__runtime *rt, const struct gopm__g *g, uint32_t faults)
{
	for (unsigned i = 0; i < GOPM__FAULT_COUNT; i++) {
		if ((faults >> i & 1) != 0) {
			gopm__finding_add(rt->findings, GOPM_FINDING_BAD_GOROUTINE, GOPM__AT_ADDRESS(g->address),
			                  "goroutine is damaged: %s", texts[i]);
		}
	}
}

bool gopm__is_start(const struct gopm__runtime *rt, const struct gopm__pcinfo *info)
{
	return info == NULL || info->pc == 0 || (info->known ? info->func.entry == info->pc : rt->symtab->incomplete);
}

bool gopm__is_go_statement(const struct gopm__runtime *rt, const struct gopm__pcinfo *info)
{
	return info == NULL || info->pc == 0 ||
	       (info->call_before == GOPM__CALL_BEFORE_UNKNOWN ? info->known || rt->symtab->incomplete
	                                                       : info->call_before == GOPM__CALL_BEFORE);
}
