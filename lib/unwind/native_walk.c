/* SPDX-License-Identifier: Apache-2.0 */
/* The two borders between Go and C. Go calls C on the system stack (asmcgocall), and C calls Go by crosscall2 and
 * cgocallback, which continues on the goroutine's stack. Frames of both stacks alternate:
 *
 *	system stack                         goroutine's stack
 *	C function                           main._Cfunc_f
 *	C stub of an exported function       runtime.cgocall
 *	crosscall2                           (asmcgocall has saved the stack pointer in g.sched)
 *	cgocallback: saves g0.sched.sp       cgocallback: a frame of the same size, which returns to g.sched.pc
 *	                                     runtime.cgocallbackg, the exported function
 *
 * Source: runtime/cgocall.go and asm_<cpu>.s, Go 1.16 to 1.27. */
#include "unwind/return_address.h"
#include "unwind/walk_private.h"

static bool is_go_call(const struct gopm__walk *walk, uint64_t pc, bool exact)
{
	const struct gopm__pcinfo *to = gopm__symtab_pc(walk->rt->symtab, pc);

	if (to == NULL || to->known || exact) {
		return to != NULL && to->known;
	}
	const struct gopm__pcinfo *before = gopm__symtab_pc(walk->rt->symtab, pc - 1);
	return before != NULL && before->known;
}

/* Keeps why frames are missing, for the first gap. */
static void note_gap(struct gopm__walk *walk, const char *why)
{
	if (walk->gap == NULL) {
		walk->gap = why != NULL ? why : "the frames of C do not lead to Go";
		walk->gap_pc = walk->pc;
	}
}

/* Ends in native code. */
static bool end_in_native(struct gopm__walk *walk, const struct gopm__native_caller *caller)
{
	if (caller->end == GOPM__NATIVE_FIRST) {
		/* A thread that C made: what called Go is complete. */
		gopm__walk_end(walk, GOPM_STACK_END_COMPLETE, walk->sp);
	} else {
		note_gap(walk, caller->why);
		gopm__walk_end(walk, caller->end == GOPM__NATIVE_MEMORY ? GOPM_STACK_END_MEMORY : GOPM_STACK_END_NOT_GO,
		               walk->pc);
	}
	return false;
}

bool gopm__walk_leave_native(struct gopm__walk *walk)
{
	const struct gopm__arch *arch = walk->rt->core->arch;
	const struct gopm__native_caller caller = walk->caller;
	const uint64_t pc = caller.registers.value[arch->pc], sp = caller.registers.value[arch->sp];

	if (caller.end != GOPM__NATIVE_CALLER) {
		return end_in_native(walk, &caller);
	}
	const bool go = is_go_call(walk, pc, caller.exact);
	const struct gopm__pcinfo *to = gopm__symtab_pc(walk->rt->symtab, pc);
	if (to == NULL || (go && !caller.exact && to->known && to->call_before == GOPM__CALL_BEFORE_NONE)) {
		note_gap(walk, "a return address does not follow a call");
		gopm__walk_end(walk, to == NULL ? GOPM_STACK_END_LIMIT : GOPM_STACK_END_DAMAGED, sp);
		return false;
	}
	walk->registers = caller.registers;
	walk->has_registers = !go || caller.exact;
	walk->lr = go && caller.exact && !arch->return_address_on_stack ? caller.registers.value[arch->lr] : 0;
	uint32_t flags = gopm__walk_place(walk, sp) | (caller.guessed ? GOPM_FRAME_GUESSED : 0);
	if (caller.exact) {
		flags |= GOPM_FRAME_INTERRUPTED | GOPM_FRAME_REGISTERS;
	}
	gopm__walk_enter(walk, pc, sp, caller.exact, flags);
	return walk->at_frame;
}

bool gopm__walk_resume(struct gopm__walk *walk)
{
	const uint64_t pc = walk->resume_pc, sp = walk->resume_sp;
	const bool complete = walk->end == GOPM_STACK_END_COMPLETE;
	/* A thread of C that called Go has nothing between its first function and goexit. */
	const struct gopm__pcinfo *to = pc != 0 ? gopm__symtab_pc(walk->rt->symtab, pc) : NULL;

	if (pc == 0 || to == NULL) {
		return false;
	}
	const bool whole = complete && to->known && to->role == GOPM__ROLE_GOEXIT;
	if (!whole) {
		note_gap(walk, NULL);
	}
	walk->resume_pc = 0;
	walk->may_switch = false;
	walk->has_registers = false;
	walk->returns_wrong = walk->lost_sp = false;
	walk->lr = 0;
	walk->lo = walk->g_lo;
	walk->hi = walk->g_hi;
	gopm__walk_enter(walk, pc, sp, false, whole ? 0 : GOPM_FRAME_AFTER_GAP);
	return walk->at_frame;
}

void gopm__walk_set_callback(struct gopm__walk *walk)
{
	struct gopm__g g0;

	walk->callback_sp =
	    walk->m != NULL && walk->m->g0 != 0 && gopm__g_read(walk->rt, &walk->reader, walk->m->g0, &g0) ? g0.sched_sp
	                                                                                                   : 0;
}

bool gopm__walk_leave_callback(struct gopm__walk *walk)
{
	const struct gopm__arch *arch = walk->rt->core->arch;
	const uint64_t place = gopm__walk_return_place(walk), sp = walk->callback_sp;
	uint64_t next, back, resume;

	if (sp == 0 || walk->cfa == 0 || place == 0 || !gopm__on_stack(walk->sp, walk->g_lo, walk->g_hi) ||
	    gopm__on_stack(sp, walk->g_lo, walk->g_hi) || !gopm__read_u64(&walk->reader, place, &resume) ||
	    !gopm__read_u64(&walk->reader, sp + arch->callback_saved_sp, &next) ||
	    !gopm__read_u64(&walk->reader, sp + (place - walk->sp), &back)) {
		return false;
	}
	const struct gopm__pcinfo *to = gopm__symtab_pc(walk->rt->symtab, back);
	if (to == NULL || !to->known || to->call_before == GOPM__CALL_BEFORE_NONE ||
	    (to->callee != 0 && to->callee != walk->info->func.entry) || !gopm__is_resume_point(walk, resume)) {
		return false;
	}
	walk->outermost = walk->info;
	walk->callback_sp = next > sp ? next : 0;
	walk->resume_pc = walk->sched_pc = resume;
	walk->resume_sp = walk->sched_sp = walk->cfa;
	walk->sched_lr = 0;
	walk->may_switch = true;
	walk->scheduling = false;
	walk->has_registers = false;
	walk->lr = 0;
	const uint64_t to_sp = sp + (walk->cfa - walk->sp);
	gopm__walk_enter_at(walk, to, to_sp, false, gopm__walk_place(walk, to_sp));
	return walk->at_frame;
}
