/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime prints its traceback from one of three functions, and then raises SIGABRT: fatalthrow (of throw and
 * fatal), fatalpanic, or sighandler. The traceback begins at the caller of the first two, and at the frame that the
 * signal interrupted. Source: runtime/panic.go, runtime/signal_unix.go, Go 1.16 to 1.27. */
#include "program/death_frames.h"

#include <signal.h>

#include "core/sigcontext.h"
#include "program/death_text.h"

/* All of these frames are on the thread's system stacks, or on top of the goroutine's. */
#define MAX_FRAMES 256

/* True if the signal interrupted runtime.raise: the runtime itself sent it, to end the process. */
static bool raised_by_runtime(const struct gopm__runtime *rt, const struct gopm__siginfo *info, uint64_t pc)
{
	const struct gopm__pcinfo *at = gopm__symtab_pc(rt->symtab, pc);

	return info->signal == SIGABRT && at != NULL && at->known && at->role == GOPM__ROLE_RAISE;
}

/* A signal handler that ended the process, at the frame of its trampoline. Returns false if the signal is not the cause
 * of death. */
static bool set_signal(struct gopm__death *death, const struct gopm__runtime *rt, struct gopm__walk *walk)
{
	const struct gopm__arch *arch = rt->core->arch;
	struct gopm__registers registers;
	struct gopm__siginfo info;

	uint64_t frame = gopm__walk_signal_frame(walk);
	/* A thread of C has another signal stack, and the core may lack the code that a handler returns to. */
	if (frame == 0 && (walk->flags & GOPM_FRAME_SIGNAL_STACK) == 0) {
		frame = walk->cfa;
	}
	if (frame == 0 || !gopm__siginfo_read(arch, &walk->reader, frame, &info) ||
	    !gopm__sigcontext_read(arch, &walk->reader, frame, &registers)) {
		return false;
	}
	uint64_t pc = registers.value[arch->pc];
	/* A handler that throws died of the signal only if that was a fault. */
	bool threw = death->printer != GOPM__PRINTER_UNKNOWN;
	if (raised_by_runtime(rt, &info, pc) || (threw && !gopm__siginfo_is_fault(info.signal, info.code))) {
		return false;
	}
	death->signal = info.signal;
	death->signal_code = info.code;
	death->fault_address = info.address;
	death->signal_sender = info.sender;
	death->signal_pc = pc;
	death->raw_address = info.raw_address;
	if (!threw) {
		death->printer = GOPM__PRINTER_SIGNAL;
		death->start_pc = pc;
		death->start_sp = registers.value[arch->sp];
		/* In the vDSO the runtime starts at the call that went there (runtime/traceback.go, traceback1). */
		death->from_vdso = death->m != NULL && death->m->vdso_sp != 0 && death->m->vdso_pc != 0;
		if (death->from_vdso) {
			death->start_pc = death->m->vdso_pc;
			death->start_sp = death->m->vdso_sp;
		}
	}
	return true;
}

static bool on_goroutine_stack(const struct gopm__walk *walk, uint64_t sp)
{
	return walk->g_lo != 0 && sp >= walk->g_lo && sp <= walk->g_hi;
}

/* True if the runtime ends the process in this frame: dieFromSignal and raisebadsignal call raise. */
static bool ends_process(const struct gopm__pcinfo *info)
{
	for (uint32_t i = 0; i < info->call_count; i++) {
		if (info->calls[i].role == GOPM__ROLE_DIE_FROM_SIGNAL || info->calls[i].role == GOPM__ROLE_RAISE) {
			return true;
		}
	}
	return false;
}

/* True if the thread's goroutine is in a system call that is a call of C: runtime.cgocall. */
static bool in_cgo_call(const struct gopm__death *death, const struct gopm__runtime *rt)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct gopm__g g;

	if (death->m == NULL || death->m->curg == 0 || !gopm__g_read(rt, &reader, death->m->curg, &g) ||
	    g.status != GOPM_G_SYSCALL) {
		return false;
	}
	const struct gopm__pcinfo *info = gopm__symtab_pc(rt->symtab, g.syscall_pc);
	return info != NULL && info->known && info->role == GOPM__ROLE_CGOCALL;
}

void gopm__death_frames(struct gopm__death *death, struct gopm__runtime *rt)
{
	struct gopm__walk walk;
	/* The current handler ended the process, or waits for that: in a library, the signal that it sends to the other
	 * threads kills. */
	bool dies = death->m != NULL && death->m->throwing && death->m->caught_signal;
	bool prints = false; /* the frame before this one printed the traceback */

	gopm__walk_thread(&walk, rt, death->dying);
	for (unsigned i = 0; walk.at_frame && walk.info->known && i < MAX_FRAMES; i++) {
		if (prints) {
			death->start_pc = walk.pc;
			death->start_sp = walk.sp;
			prints = false;
		}
		dies = dies || ends_process(walk.info);
		switch (walk.info->role) {
		case GOPM__ROLE_FATALTHROW:
		case GOPM__ROLE_FATALPANIC:
			prints = death->printer == GOPM__PRINTER_UNKNOWN;
			if (prints) {
				death->printer = walk.info->role == GOPM__ROLE_FATALTHROW ? GOPM__PRINTER_THROW
				                                                          : GOPM__PRINTER_PANIC;
			}
			break;
		case GOPM__ROLE_THROW:
			if (death->printer == GOPM__PRINTER_THROW && death->text.size == 0) {
				gopm__death_argument(death, rt, &walk);
			}
			break;
		case GOPM__ROLE_SIGTRAMP:
			if (dies || death->printer != GOPM__PRINTER_UNKNOWN) {
				(void)set_signal(death, rt, &walk);
			}
			dies = false;
			break;
		default:
			break;
		}
		if (death->start_sp != 0 && on_goroutine_stack(&walk, walk.sp)) {
			break; /* no handler is further out */
		}
		(void)gopm__walk_next(&walk);
	}
	if (dies) {
		gopm__walk_report(&walk); /* a first signal may be further out */
	}
	death->on_system_stack = death->start_sp != 0 && !on_goroutine_stack(&walk, death->start_sp);
	death->in_cgo = death->printer == GOPM__PRINTER_SIGNAL && death->on_system_stack && in_cgo_call(death, rt);
}

bool gopm__death_walk(const struct gopm__death *death, const struct gopm__runtime *rt, struct gopm__walk *walk)
{
	if (death->dying == NULL || death->start_sp == 0) {
		return false;
	}
	if (death->from_vdso) {
		gopm__walk_thread_at(walk, rt, death->dying, death->start_pc, death->start_sp);
		return walk->at_frame;
	}
	gopm__walk_thread(walk, rt, death->dying);
	for (unsigned i = 0; walk->at_frame && i < MAX_FRAMES; i++) {
		if (walk->pc == death->start_pc && walk->sp == death->start_sp) {
			return true;
		}
		(void)gopm__walk_next(walk);
	}
	return false;
}
