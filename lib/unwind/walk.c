/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's frame begins at the canonical frame address (CFA): sp plus the stack delta that pclntab has for the pc
 * (cfa.c). The return address is right below the CFA, or on CPUs with a link register at the frame's lower end or in
 * the register. Special cases: functions that switch stacks (stack_switch.c), signal frames and the vDSO
 * (interrupted.c), and calls that a signal handler injected (sigpanic, asyncPreempt, debugCall). Those return exactly
 * to the interrupted pc, not after a call. */
#include "unwind/walk.h"

#include "unwind/cfa.h"
#include "unwind/return_address.h"
#include "unwind/walk_private.h"

/* Physical frames of one stack: Go limits a stack to 1 GB, and no frame is smaller than a word. */
#define MAX_STEPS (UINT32_C(1) << 27)
/* Stack bytes of an injected call on CPUs with a link register: sys.MinFrameSize, aligned like the stack. */
#define LR_SAVE_SIZE 16u

/* If `user_only`, moves past the frames on system stacks. */
static void skip_system_stacks(struct gopm__walk *walk)
{
	while (walk->user_only && walk->at_frame &&
	       (walk->flags & (GOPM_FRAME_SYSTEM_STACK | GOPM_FRAME_SIGNAL_STACK)) != 0) {
		walk->user_only = false;
		bool more = gopm__walk_next(walk);
		walk->user_only = true;
		if (!more) {
			return;
		}
	}
}

static void set_goroutine(struct gopm__walk *walk, const struct gopm__g *g)
{
	bool syscall = gopm__g_at_syscall(g);

	walk->g_address = g->address;
	walk->moved_on = syscall;
	walk->g_pc = syscall ? g->syscall_pc : g->sched_pc;
	walk->g_sp = syscall ? g->syscall_sp : g->sched_sp;
	walk->sched_pc = g->sched_pc;
	walk->sched_sp = g->sched_sp;
	walk->sched_lr = walk->rt->core->arch->return_address_on_stack ? 0 : g->sched_lr;
	walk->g_start = g->startpc;
	walk->g_lo = g->stack_lo;
	walk->g_hi = g->stack_hi;
}

/* True if the goroutine has called C, and its thread is not in Go code of its own stack again. */
static bool is_in_native(const struct gopm__walk *walk, const struct gopm__g *g)
{
	const struct gopm__arch *arch = walk->rt->core->arch;
	const struct gopm__pcinfo *at = gopm__symtab_pc(walk->rt->symtab, g->syscall_pc);

	if (g->status != GOPM_G_SYSCALL || g->thread == NULL || g->m == NULL || g->m->curg != g->address ||
	    at == NULL || !at->known || at->role != GOPM__ROLE_CGOCALL) {
		return false;
	}
	return !gopm__on_stack(g->thread->registers.value[arch->sp], g->stack_lo, g->stack_hi);
}

/* Starts in C. The goroutine's own stack continues where it called C. */
static void start_in_native(struct gopm__walk *walk, const struct gopm__g *g)
{
	if (gopm__on_stack(walk->g_sp, walk->g_lo, walk->g_hi) && gopm__is_resume_point(walk, walk->g_pc)) {
		walk->resume_pc = walk->g_pc;
		walk->resume_sp = walk->g_sp;
	}
	walk->may_switch = true;
	walk->moved_on = false;
	gopm__walk_start(walk, g->thread);
	if (!walk->at_frame) {
		(void)gopm__walk_resume(walk);
	}
}

static void start_goroutine(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__g *g,
                            bool user_only, uint64_t *budget, struct gopm__native *native)
{
	memset(walk, 0, offsetof(struct gopm__walk, registers));
	walk->budget = budget;
	walk->native = native;
	walk->rt = rt;
	walk->reader = gopm__reader(&rt->core->memory);
	walk->m = g->m;
	walk->user_only = user_only;
	walk->of_goroutine = true;
	set_goroutine(walk, g);
	if (native != NULL) {
		/* A goroutine that C called stays with its thread while it is parked. */
		walk->m = g->m != NULL ? g->m : gopm__runtime_m(rt, g->lockedm);
		gopm__walk_set_callback(walk);
	}
	if (gopm__g_is_dead(g) || g->stack_hi == 0) {
		gopm__walk_end(walk, GOPM_STACK_END_NO_STACK, g->address);
		return;
	}
	if (g->status == GOPM_G_RUNNING && g->thread == NULL) {
		/* sched is that of the last time it was parked, or of its last system call. */
		gopm__walk_end(walk, GOPM_STACK_END_NO_THREAD, g->address);
		return;
	}
	if (g->status == GOPM_G_RUNNING) {
		walk->may_switch = true;
		gopm__walk_start(walk, g->thread);
		skip_system_stacks(walk);
		return;
	}
	if (native != NULL && is_in_native(walk, g)) {
		start_in_native(walk, g);
		return;
	}
	walk->lo = g->stack_lo;
	walk->hi = g->stack_hi;
	if (!gopm__on_stack(walk->g_sp, walk->lo, walk->hi)) {
		gopm__walk_end(walk, GOPM_STACK_END_DAMAGED, walk->g_sp);
		return;
	}
	if (!gopm__is_resume_point(walk, walk->g_pc)) {
		gopm__walk_end(walk, GOPM_STACK_END_DAMAGED, walk->g_pc);
		return;
	}
	walk->lr = gopm__g_at_syscall(g) ? 0 : walk->sched_lr;
	gopm__walk_enter(walk, walk->g_pc, walk->g_sp, false, GOPM_FRAME_INNERMOST);
}

void gopm__walk_goroutine(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__g *g,
                          bool user_only, uint64_t *budget)
{
	start_goroutine(walk, rt, g, user_only, budget, NULL);
}

void gopm__walk_joined(struct gopm__walk *walk, const struct gopm__runtime *rt, struct gopm__native *native,
                       const struct gopm__g *g)
{
	start_goroutine(walk, rt, g, false, NULL, native);
}

void gopm__walk_delve(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__g *g, bool user_only,
                      uint64_t *budget)
{
	struct gopm__g as_delve = *g;

	if (g->thread != NULL && !gopm__g_is_dead(g)) {
		as_delve.status = GOPM_G_RUNNING;
	} else if (g->status == GOPM_G_RUNNING) {
		as_delve.status = GOPM_G_WAITING; /* without a thread, Delve uses sched in any status */
	}
	gopm__walk_goroutine(walk, rt, &as_delve, user_only, budget);
	if (walk->at_frame && as_delve.status != GOPM_G_RUNNING) {
		gopm__walk_enter(walk, walk->pc, walk->sp, true, walk->flags);
	}
}

/* Prepares a walk that begins on any stack of a thread. */
static void init_thread_walk(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__thread *thread)
{
	struct gopm__g g;

	memset(walk, 0, sizeof *walk);
	walk->rt = rt;
	walk->reader = gopm__reader(&rt->core->memory);
	walk->m = gopm__runtime_m_of_thread(rt, thread);
	if (walk->m != NULL && walk->m->curg != 0 && gopm__g_read(rt, &walk->reader, walk->m->curg, &g)) {
		set_goroutine(walk, &g);
		walk->may_switch = true;
	}
}

void gopm__walk_thread(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__thread *thread)
{
	init_thread_walk(walk, rt, thread);
	gopm__walk_start(walk, thread);
}

void gopm__walk_thread_joined(struct gopm__walk *walk, const struct gopm__runtime *rt, struct gopm__native *native,
                              const struct gopm__thread *thread)
{
	init_thread_walk(walk, rt, thread);
	walk->native = native;
	gopm__walk_set_callback(walk);
	gopm__walk_start(walk, thread);
}

void gopm__walk_thread_at(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__thread *thread,
                          uint64_t pc, uint64_t sp)
{
	init_thread_walk(walk, rt, thread);
	gopm__walk_enter(walk, pc, sp, false, gopm__walk_place(walk, sp));
}

/* True if a return address of 0 ends the stack. On CPUs with a link register newproc1 stores 0 below a function that
 * has not run yet, as goexit is in the register. On system stacks, C stores it, but not when it calls Go. */
static bool ends_at_zero(const struct gopm__walk *walk, bool empty)
{
	return gopm__on_own_stack(walk) ? empty && walk->pc == walk->g_start
	                                : walk->info->role != GOPM__ROLE_CROSSCALL2;
}

const char *gopm__walk_reason(const struct gopm__walk *walk)
{
	static const char *const reasons[] = {
	    [GOPM_STACK_END_NOT_GO] = "a frame is in code without a pclntab",
	    [GOPM_STACK_END_MEMORY] = "its memory is not in the core",
	    [GOPM_STACK_END_DAMAGED] = "its contents are not a valid stack",
	    [GOPM_STACK_END_LIMIT] = "it has more frames than are read",
	    [GOPM_STACK_END_NO_THREAD] = "the goroutine was running, and the core lacks its thread",
	};

	if (walk->lost_sp) {
		return "a frame is in assembly that has replaced its stack pointer";
	}
	return walk->returns_wrong ? "a return address does not follow a call of its function" : reasons[walk->end];
}

void gopm__walk_report(const struct gopm__walk *walk)
{
	if (walk->gap != NULL) {
		gopm__finding_add(walk->rt->findings, GOPM_FINDING_STACK_INCOMPLETE, GOPM__AT_ADDRESS(walk->gap_pc),
		                  "frames of C are missing from a stack: %s; gopm mappings --modules lists files that "
		                  "were not found",
		                  walk->gap);
	}
	if (gopm__walk_is_cut(walk)) {
		gopm__finding_add(walk->rt->findings, GOPM_FINDING_STACK_INCOMPLETE,
		                  GOPM__AT_ADDRESS(walk->end_address), "stack cannot be unwound to its end: %s",
		                  gopm__walk_reason(walk));
	}
}

/* Ends the walk if the caller of the current frame is not known. Otherwise returns true. */
static bool has_caller(struct gopm__walk *walk)
{
	const struct gopm__pcinfo *info = walk->info;
	const bool empty = !walk->rt->core->arch->return_address_on_stack && walk->cfa == walk->sp;

	if (walk->cfa == 0) {
		/* C that was linked with Go, as the race detector, has a name in pclntab, but no frame size. */
		gopm__walk_end(walk, info->assembly ? GOPM_STACK_END_NOT_GO : GOPM_STACK_END_DAMAGED, walk->pc);
		walk->lost_sp = info->sp_delta >= 0;
		return false;
	}
	/* Assembly may have left the stack of its caller. */
	if (walk->hi != 0 && !gopm__on_stack(walk->cfa, walk->lo, walk->hi) &&
	    (info->func.flag & GOPM__FUNC_SP_WRITE) != 0) {
		walk->flags &= ~(uint32_t)(GOPM_FRAME_SYSTEM_STACK | GOPM_FRAME_SIGNAL_STACK);
		walk->flags |= gopm__walk_place(walk, walk->cfa);
		if (walk->lo != 0) {
			return true;
		}
		gopm__walk_end(walk, GOPM_STACK_END_NOT_GO, walk->pc);
		walk->lost_sp = true;
		return false;
	}
	/* On a stack that C made, g0's bound is the address of a variable of mstart0. */
	const bool above = walk->hi != 0 && walk->cfa > walk->hi && info->role != GOPM__ROLE_MSTART0;
	if (walk->cfa < walk->sp || (walk->cfa == walk->sp && !empty) || above) {
		gopm__walk_end(walk, GOPM_STACK_END_DAMAGED, walk->cfa);
		return false;
	}
	return true;
}

/* The current frame was called by an injected call: the caller was interrupted exactly at the return address. */
static bool is_injected(const struct gopm__walk *walk)
{
	const unsigned role = walk->info->role;

	return role == GOPM__ROLE_SIGPANIC || role == GOPM__ROLE_ASYNC_PREEMPT || role == GOPM__ROLE_DEBUG_CALL;
}

/* Enters the caller's frame, at `to`. `place`: of the return address. */
static bool enter_caller(struct gopm__walk *walk, const struct gopm__pcinfo *to, uint64_t place)
{
	const bool exact = is_injected(walk);
	const uint32_t keep = walk->flags & (GOPM_FRAME_SYSTEM_STACK | GOPM_FRAME_SIGNAL_STACK);
	uint64_t sp = walk->cfa;

	if (!exact && !gopm__is_return_address(walk, to)) {
		gopm__walk_end(walk, GOPM_STACK_END_DAMAGED, place);
		walk->returns_wrong = true;
		walk->bad_return = to->pc;
		return false;
	}
	const uint8_t link = walk->has_registers ? walk->rt->core->arch->morestack_link : 0;
	walk->has_registers = false;
	if (exact && !walk->rt->core->arch->return_address_on_stack) {
		/* The signal handler saved the link register of the interrupted frame below it, before the call. */
		if (!gopm__read_u64(&walk->reader, sp, &walk->lr)) {
			gopm__walk_end(walk, GOPM_STACK_END_MEMORY, sp);
			return false;
		}
		sp += LR_SAVE_SIZE;
	}
	if (link != 0 && walk->info->role == GOPM__ROLE_MORESTACK) {
		walk->lr = walk->registers.value[link]; /* the caller has not made its frame */
	}
	if (walk->native != NULL && !to->known) {
		gopm__walk_set_caller_registers(walk, to->pc, sp);
	}
	gopm__walk_enter_at(walk, to, sp, exact, keep | (exact ? GOPM_FRAME_INTERRUPTED : 0));
	if (walk->at_frame && !walk->info->known && walk->native == NULL) {
		gopm__walk_end(walk, GOPM_STACK_END_NOT_GO, to->pc);
	}
	return walk->at_frame;
}

/* Moves from a frame that returns to its caller. */
static bool return_to_caller(struct gopm__walk *walk)
{
	const bool empty = !walk->rt->core->arch->return_address_on_stack && walk->cfa == walk->sp;
	uint64_t place, back = walk->lr;

	walk->outermost = walk->info;
	if (!has_caller(walk)) {
		return false;
	}
	/* An empty innermost frame still has its return address in the link register. */
	place = gopm__walk_return_place(walk);
	const uint64_t stored = walk->native != NULL && place != 0 ? gopm__walk_saved_link(walk) : 0;
	place = stored != 0 ? stored : place;
	if (place != 0 && !gopm__read_u64(&walk->reader, place, &back)) {
		gopm__walk_end(walk, GOPM_STACK_END_MEMORY, place);
		return false;
	}
	walk->lr = 0;
	if (back == 0 && ends_at_zero(walk, empty)) {
		gopm__walk_end(walk, GOPM_STACK_END_COMPLETE, walk->sp);
		return false;
	}
	const struct gopm__pcinfo *to = gopm__symtab_pc(walk->rt->symtab, back);
	if (to == NULL) {
		gopm__walk_end(walk, GOPM_STACK_END_LIMIT, back);
		return false;
	}
	return enter_caller(walk, to, place != 0 ? place : walk->sp);
}

static bool step_walk(struct gopm__walk *walk)
{
	if (!walk->info->known && walk->native == NULL) {
		gopm__walk_end(walk, GOPM_STACK_END_NOT_GO, walk->pc);
		return false;
	}
	if (++walk->steps > MAX_STEPS || (walk->budget != NULL && *walk->budget == 0)) {
		gopm__walk_end(walk, GOPM_STACK_END_LIMIT, walk->sp);
		return false;
	}
	if (walk->budget != NULL) {
		--*walk->budget;
	}
	if (!walk->info->known) {
		return gopm__walk_leave_native(walk);
	}
	if (gopm__walk_may_cross(walk)) {
		switch (gopm__walk_cross(walk)) {
		case GOPM__CROSSING_DONE:
			return true;
		case GOPM__CROSSING_END:
			return false;
		default:
			break;
		}
	}
	return return_to_caller(walk);
}

bool gopm__walk_next(struct gopm__walk *walk)
{
	if (!walk->at_frame) {
		return false;
	}
	return step_walk(walk) || (walk->resume_pc != 0 && gopm__walk_resume(walk));
}
