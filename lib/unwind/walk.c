/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's frame begins at the canonical frame address (CFA): sp plus the stack delta that pclntab has for the pc.
 * The return address is right below the CFA, or on CPUs with a link register at sp or in the register. Special cases:
 * functions that switch stacks (systemstack, mcall, morestack), signal frames, and calls that a signal handler injected
 * (sigpanic, asyncPreempt, debugCall). Those return exactly to the interrupted pc, not after a call. */
#include "unwind/walk.h"

#include "core/sigcontext.h"
#include "unwind/return_address.h"

/* Physical frames of one stack: Go limits a stack to 1 GB, and no frame is smaller than a word. */
#define MAX_STEPS (UINT32_C(1) << 27)
/* The runtime leaves at most this many bytes between the frame of goexit and the end of its stack, besides the
 * arguments that the first function gets on the stack (runtime/proc.go: newproc1 and oneNewExtraM). */
#define FIRST_FRAME_SIZE 128u
/* Stack bytes of an injected call on CPUs with a link register: sys.MinFrameSize, aligned like the stack. */
#define LR_SAVE_SIZE 16u

static void end_walk(struct gopm__walk *walk, uint32_t end, uint64_t address)
{
	walk->at_frame = false;
	walk->end = end;
	walk->end_address = address;
}

/* Makes (at->pc, sp) the current frame. `exact`: pc is the next instruction, not a return address. */
static void enter_frame_at(struct gopm__walk *walk, const struct gopm__pcinfo *at, uint64_t sp, bool exact,
                           uint32_t flags)
{
	const uint64_t pc = at->pc;

	walk->pc = pc;
	walk->sp = sp;
	walk->flags = flags;
	walk->lookup_pc = pc;
	walk->cfa = 0;
	walk->at_frame = true;
	walk->info = at;
	/* Look up the call, not the instruction after it: a call may be the last instruction of a function. */
	if (!exact && at->known && pc > at->func.entry) {
		walk->lookup_pc = pc - 1;
		walk->info = at->call_site != NULL ? at->call_site : gopm__symtab_pc(walk->rt->symtab, pc - 1);
	} else if (!exact && !walk->info->known) {
		const struct gopm__pcinfo *before = gopm__symtab_pc(walk->rt->symtab, pc - 1);
		if (before != NULL && before->known) {
			walk->lookup_pc = pc - 1;
			walk->info = before;
		}
	}
	if (walk->info == NULL) {
		end_walk(walk, GOPM_STACK_END_LIMIT, pc);
	} else if (walk->info->known && walk->info->sp_delta >= 0) {
		const struct gopm__arch *arch = walk->rt->core->arch;
		walk->cfa =
		    sp + (uint64_t)walk->info->sp_delta + (arch->return_address_on_stack ? arch->pointer_size : 0);
	}
}

static void enter_frame(struct gopm__walk *walk, uint64_t pc, uint64_t sp, bool exact, uint32_t flags)
{
	const struct gopm__pcinfo *at = gopm__symtab_pc(walk->rt->symtab, pc);

	if (at == NULL) {
		end_walk(walk, GOPM_STACK_END_LIMIT, pc);
		return;
	}
	enter_frame_at(walk, at, sp, exact, flags);
}

static uint32_t stack_flags(const struct gopm__walk *walk, const struct gopm__g *g0, const struct gopm__g *gsignal,
                            uint64_t sp)
{
	if (gopm__on_stack(sp, walk->g_lo, walk->g_hi)) {
		return 0;
	}
	if (gopm__on_stack(sp, g0->stack_lo, g0->stack_hi)) {
		return GOPM_FRAME_SYSTEM_STACK;
	}
	return gopm__on_stack(sp, gsignal->stack_lo, gsignal->stack_hi) ? GOPM_FRAME_SIGNAL_STACK : 0;
}

/* Sets the bounds of the stack that `sp` is on. Returns its GOPM_FRAME_* flag, 0 for the goroutine's. */
static uint32_t place_on_stack(struct gopm__walk *walk, uint64_t sp)
{
	struct gopm__g g0 = {0}, gsignal = {0};

	if (walk->m != NULL && walk->m->g0 != 0) {
		(void)gopm__g_read(walk->rt, &walk->reader, walk->m->g0, &g0);
	}
	if (walk->m != NULL && walk->m->gsignal != 0) {
		(void)gopm__g_read(walk->rt, &walk->reader, walk->m->gsignal, &gsignal);
	}
	uint32_t flags = stack_flags(walk, &g0, &gsignal, sp);
	walk->lo = walk->hi = 0;
	if ((flags & GOPM_FRAME_SYSTEM_STACK) != 0) {
		walk->lo = g0.stack_lo;
		walk->hi = g0.stack_hi;
	} else if ((flags & GOPM_FRAME_SIGNAL_STACK) != 0) {
		walk->lo = gsignal.stack_lo;
		walk->hi = gsignal.stack_hi;
	} else if (gopm__on_stack(sp, walk->g_lo, walk->g_hi)) {
		walk->lo = walk->g_lo;
		walk->hi = walk->g_hi;
	}
	return flags;
}

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

static void start_at_registers(struct gopm__walk *walk, const struct gopm__thread *thread)
{
	const struct gopm__arch *arch = walk->rt->core->arch;
	uint64_t pc = thread->registers.value[arch->pc], sp = thread->registers.value[arch->sp];
	uint32_t flags = GOPM_FRAME_INNERMOST;

	walk->registers = thread->registers;
	walk->lr = arch->return_address_on_stack ? 0 : thread->registers.value[arch->lr];
	const struct gopm__pcinfo *info = gopm__symtab_pc(walk->rt->symtab, pc);
	if ((info == NULL || !info->known) && walk->m != NULL && walk->m->vdso_sp != 0 && walk->m->vdso_pc != 0) {
		/* In the vDSO, which is not Go code: the runtime saved the pc and sp of the caller. */
		enter_frame(walk, walk->m->vdso_pc, walk->m->vdso_sp, false,
		            flags | place_on_stack(walk, walk->m->vdso_sp));
		return;
	}
	if (pc == 0) {
		/* A call of a nil function: start at its caller, which the return address gives. */
		uint64_t back = walk->lr;
		if (back != 0) {
			walk->lr = 0;
			enter_frame(walk, back, sp, false, flags | place_on_stack(walk, sp));
			return;
		}
		if (!gopm__read_u64(&walk->reader, sp, &back)) {
			end_walk(walk, GOPM_STACK_END_MEMORY, sp);
			return;
		}
		enter_frame(walk, back, sp + 8, false, flags | place_on_stack(walk, sp + 8));
		return;
	}
	walk->has_registers = true;
	enter_frame(walk, pc, sp, true, flags | GOPM_FRAME_REGISTERS | place_on_stack(walk, sp));
}

static void set_goroutine(struct gopm__walk *walk, const struct gopm__g *g)
{
	bool syscall = gopm__g_at_syscall(g);

	walk->g_address = g->address;
	walk->moved_on = syscall;
	walk->g_pc = syscall ? g->syscall_pc : g->sched_pc;
	walk->g_sp = syscall ? g->syscall_sp : g->sched_sp;
	walk->g_start = g->startpc;
	walk->g_lo = g->stack_lo;
	walk->g_hi = g->stack_hi;
}

void gopm__walk_goroutine(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__g *g,
                          bool user_only, uint64_t *budget)
{
	memset(walk, 0, offsetof(struct gopm__walk, registers));
	walk->budget = budget;
	walk->rt = rt;
	walk->reader = gopm__reader(&rt->core->memory);
	walk->m = g->m;
	walk->user_only = user_only;
	walk->of_goroutine = true;
	set_goroutine(walk, g);
	if (gopm__g_is_dead(g) || g->stack_hi == 0) {
		end_walk(walk, GOPM_STACK_END_NO_STACK, g->address);
		return;
	}
	if (g->status == GOPM_G_RUNNING && g->thread == NULL) {
		/* sched is that of the last time it was parked, or of its last system call. */
		end_walk(walk, GOPM_STACK_END_NO_THREAD, g->address);
		return;
	}
	if (g->status == GOPM_G_RUNNING) {
		walk->may_switch = true;
		start_at_registers(walk, g->thread);
		skip_system_stacks(walk);
		return;
	}
	walk->lo = g->stack_lo;
	walk->hi = g->stack_hi;
	if (!gopm__on_stack(walk->g_sp, walk->lo, walk->hi)) {
		end_walk(walk, GOPM_STACK_END_DAMAGED, walk->g_sp);
		return;
	}
	if (!gopm__is_resume_point(walk, walk->g_pc)) {
		end_walk(walk, GOPM_STACK_END_DAMAGED, walk->g_pc);
		return;
	}
	enter_frame(walk, walk->g_pc, walk->g_sp, false, GOPM_FRAME_INNERMOST);
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
		enter_frame(walk, walk->pc, walk->sp, true, walk->flags);
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
	start_at_registers(walk, thread);
}

void gopm__walk_thread_at(struct gopm__walk *walk, const struct gopm__runtime *rt, const struct gopm__thread *thread,
                          uint64_t pc, uint64_t sp)
{
	init_thread_walk(walk, rt, thread);
	enter_frame(walk, pc, sp, false, place_on_stack(walk, sp));
}

/* Moves from a system stack to the goroutine that waits for it. `same_frame`: systemstack is also the current frame on
 * the goroutine's stack, and returns there normally. */
static void switch_to_goroutine(struct gopm__walk *walk, uint64_t pc, bool same_frame)
{
	walk->may_switch = false;
	walk->has_registers = false;
	walk->lr = 0;
	walk->lo = walk->g_lo;
	walk->hi = walk->g_hi;
	if (!gopm__on_stack(walk->g_sp, walk->lo, walk->hi)) {
		end_walk(walk, GOPM_STACK_END_DAMAGED, walk->g_sp);
		return;
	}

	enter_frame(walk, pc, walk->g_sp, false, same_frame ? walk->flags & ~(uint32_t)GOPM_FRAME_SYSTEM_STACK : 0);
}

/* Moves from a signal handler to the interrupted frame, whose registers the kernel saved above the handler's frame. */
static bool leave_signal_frame(struct gopm__walk *walk)
{
	struct gopm__registers registers;

	if (!gopm__sigcontext_read(walk->rt->core->arch, &walk->reader, walk->cfa, &registers)) {
		end_walk(walk, GOPM_STACK_END_MEMORY, walk->cfa);
		return false;
	}
	walk->registers = registers;
	walk->has_registers = true;
	const struct gopm__arch *arch = walk->rt->core->arch;
	walk->lr = arch->return_address_on_stack ? 0 : registers.value[arch->lr];
	uint64_t sp = registers.value[arch->sp];
	enter_frame(walk, registers.value[arch->pc], sp, true,
	            GOPM_FRAME_INTERRUPTED | GOPM_FRAME_REGISTERS | place_on_stack(walk, sp));
	return walk->at_frame;
}

/* Functions that nothing calls. Until Go 1.16 they have no flag, but a funcID. */
static bool is_first_function(const struct gopm__pcinfo *info)
{
	return (info->func.flag & GOPM__FUNC_TOP_FRAME) != 0 || info->role == GOPM__ROLE_GOEXIT ||
	       info->role == GOPM__ROLE_MSTART;
}

/* The outermost frame is that of the function in the `go` statement, unless that one jumped to it. */
static void check_start(const struct gopm__walk *walk)
{
	const struct gopm__pcinfo *start = gopm__symtab_pc(walk->rt->symtab, walk->g_start);

	if (walk->g_start != 0 && walk->outermost != NULL && walk->outermost->func.entry != walk->g_start &&
	    start != NULL && !start->may_jump) {
		gopm__finding_add(walk->rt->findings, GOPM_FINDING_BAD_GOROUTINE, GOPM__AT_ADDRESS(walk->g_address),
		                  "goroutine is damaged: its first function is not the outermost of its stack");
	}
}

/* The stack of a goroutine begins with goexit, at the end of its memory. A system stack has its own first function. If
 * a thread is about to run the goroutine, it is still on the system stack. Returns true if there is one more frame. */
static bool end_at_first_function(struct gopm__walk *walk)
{
	if (!walk->of_goroutine) {
		end_walk(walk, GOPM_STACK_END_COMPLETE, walk->sp);
	} else if (!gopm__on_own_stack(walk)) {
		if (walk->may_switch && gopm__is_resume_point(walk, walk->g_pc)) {
			switch_to_goroutine(walk, walk->g_pc, false);
			return walk->at_frame;
		}
		end_walk(walk, GOPM_STACK_END_DAMAGED, walk->g_sp);
	} else {
		bool first = walk->info->role == GOPM__ROLE_GOEXIT &&
		             walk->g_hi - walk->sp <= FIRST_FRAME_SIZE + walk->rt->first_arguments;
		end_walk(walk, first ? GOPM_STACK_END_COMPLETE : GOPM_STACK_END_DAMAGED, walk->sp);
		if (first) {
			check_start(walk);
		}
	}
	return false;
}

/* True if a return address of 0 ends the stack. On CPUs with a link register newproc1 stores 0 below a function that
 * has not run yet, as goexit is in the register. On system stacks, C stores it. */
static bool ends_at_zero(const struct gopm__walk *walk, bool empty)
{
	return !gopm__on_own_stack(walk) || (empty && walk->pc == walk->g_start);
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

	return walk->returns_wrong ? "a return address does not follow a call of its function" : reasons[walk->end];
}

void gopm__walk_report(const struct gopm__walk *walk)
{
	if (gopm__walk_is_cut(walk)) {
		gopm__finding_add(walk->rt->findings, GOPM_FINDING_STACK_INCOMPLETE,
		                  GOPM__AT_ADDRESS(walk->end_address), "stack cannot be unwound to its end: %s",
		                  gopm__walk_reason(walk));
	}
}

bool gopm__walk_next(struct gopm__walk *walk)
{
	const struct gopm__pcinfo *info = walk->info;
	uint64_t back;

	if (!walk->at_frame) {
		return false;
	}
	if (!info->known) {
		end_walk(walk, GOPM_STACK_END_NOT_GO, walk->pc);
		return false;
	}
	if (++walk->steps > MAX_STEPS || (walk->budget != NULL && *walk->budget == 0)) {
		end_walk(walk, GOPM_STACK_END_LIMIT, walk->sp);
		return false;
	}
	if (walk->budget != NULL) {
		--*walk->budget;
	}
	bool system = (walk->flags & GOPM_FRAME_SYSTEM_STACK) != 0;
	if (system && walk->may_switch && walk->g_sp != 0) {
		switch (info->role) {
		case GOPM__ROLE_SYSTEMSTACK:
			/* In its prologue and epilogue it has not switched stacks. Only CPUs with a link register show
			 * that: the stack delta is 0. */
			if (!walk->rt->core->arch->return_address_on_stack && info->sp_delta == 0) {
				break;
			}
			switch_to_goroutine(walk, walk->pc, true);
			if (!walk->at_frame) {
				return false;
			}
			break;
		case GOPM__ROLE_MORESTACK:
		case GOPM__ROLE_MCALL:
			switch_to_goroutine(walk, walk->g_pc, false);
			return walk->at_frame;
		default:
			break;
		}
	}
	if (walk->cfa == 0) {
		/* C that was linked with Go, as the race detector, has a name in pclntab, but no frame size. */
		end_walk(walk, info->assembly ? GOPM_STACK_END_NOT_GO : GOPM_STACK_END_DAMAGED, walk->pc);
		return false;
	}
	if (info->role == GOPM__ROLE_SIGTRAMP && (walk->flags & GOPM_FRAME_SIGNAL_STACK) != 0) {
		return leave_signal_frame(walk);
	}
	if (is_first_function(info)) {
		return end_at_first_function(walk);
	}
	walk->outermost = info;
	/* SPWRITE: assembly that changes sp in a way that its stack deltas do not describe. cgocallback keeps both
	 * stacks valid. An innermost frame is valid too: it has not written sp yet, or its registers are known. */
	if ((info->func.flag & GOPM__FUNC_SP_WRITE) != 0 && info->role != GOPM__ROLE_CGOCALLBACK &&
	    info->role != GOPM__ROLE_SYSTEMSTACK && (walk->flags & GOPM_FRAME_INNERMOST) == 0) {
		end_walk(walk, system ? GOPM_STACK_END_NOT_GO : GOPM_STACK_END_DAMAGED, walk->pc);
		return false;
	}
	const struct gopm__arch *arch = walk->rt->core->arch;
	bool empty = !arch->return_address_on_stack && walk->cfa == walk->sp;
	if (walk->cfa < walk->sp || (walk->cfa == walk->sp && !empty) || (walk->hi != 0 && walk->cfa > walk->hi)) {
		end_walk(walk, GOPM_STACK_END_DAMAGED, walk->cfa);
		return false;
	}
	/* An empty innermost frame still has its return address in the link register. */
	uint64_t place = arch->return_address_on_stack ? walk->cfa - arch->pointer_size : walk->sp;
	if (walk->lr != 0 && empty) {
		back = walk->lr;
	} else if (!gopm__read_u64(&walk->reader, place, &back)) {
		end_walk(walk, GOPM_STACK_END_MEMORY, place);
		return false;
	}
	walk->lr = 0;
	/* Injected calls: the caller was interrupted exactly at the return address. */
	bool exact = info->role == GOPM__ROLE_SIGPANIC || info->role == GOPM__ROLE_ASYNC_PREEMPT ||
	             info->role == GOPM__ROLE_DEBUG_CALL;
	if (back == 0 && ends_at_zero(walk, empty)) {
		end_walk(walk, GOPM_STACK_END_COMPLETE, walk->sp);
		return false;
	}
	const struct gopm__pcinfo *to = gopm__symtab_pc(walk->rt->symtab, back);
	if (to == NULL) {
		end_walk(walk, GOPM_STACK_END_LIMIT, back);
		return false;
	}
	if (!exact && !gopm__is_return_address(walk, to)) {
		end_walk(walk, GOPM_STACK_END_DAMAGED, place);
		walk->returns_wrong = true;
		walk->bad_return = back;
		return false;
	}
	uint32_t keep = walk->flags & (GOPM_FRAME_SYSTEM_STACK | GOPM_FRAME_SIGNAL_STACK);
	walk->has_registers = false;
	uint64_t sp = walk->cfa;
	if (exact && !arch->return_address_on_stack) {
		/* The signal handler saved the link register of the interrupted frame below it, before the call. */
		if (!gopm__read_u64(&walk->reader, sp, &walk->lr)) {
			end_walk(walk, GOPM_STACK_END_MEMORY, sp);
			return false;
		}
		sp += LR_SAVE_SIZE;
	}
	enter_frame_at(walk, to, sp, exact, keep | (exact ? GOPM_FRAME_INTERRUPTED : 0));
	if (walk->at_frame && !walk->info->known) {
		end_walk(walk, GOPM_STACK_END_NOT_GO, back);
	}
	return walk->at_frame;
}
