/* SPDX-License-Identifier: Apache-2.0 */
/* Frames that did not call the frame inside of them: the kernel interrupted them, or they are in the vDSO. */
#include <string.h>

#include "core/sigcontext.h"
#include "unwind/walk_private.h"

/* Bytes of the frame of x_cgo_callers (runtime/cgo/gcc_traceback.c), and more. */
#define MAX_C_FRAME 512u
/* uc_stack.ss_sp and ss_size of a ucontext_t, at which the frame of a handler begins on amd64. */
#define UCONTEXT_STACK 16u
#define UCONTEXT_STACK_SIZE 32u

/* True for the code that a signal handler returns to, at its first instruction or at the system call. */
static bool is_sigreturn(struct gopm__walk *walk, uint64_t pc)
{
	const struct gopm__arch *arch = walk->rt->core->arch;
	const uint64_t done[] = {0, arch->sigreturn_syscall};
	uint8_t code[16];

	for (size_t i = 0; arch->sigreturn != NULL && i < sizeof done / sizeof done[0]; i++) {
		if (gopm__read_copy(&walk->reader, pc - done[i], code, arch->sigreturn_size) == arch->sigreturn_size &&
		    memcmp(code, arch->sigreturn, arch->sigreturn_size) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_go(const struct gopm__walk *walk, uint64_t pc)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(walk->rt->symtab, pc);

	return info != NULL && info->known;
}

/* Moves to the Go code that called the vDSO. The runtime saved its pc and sp; in a signal handler they may be those of
 * the handler's own call. False: the thread is not in the vDSO. */
static bool leave_vdso(struct gopm__walk *walk, uint64_t sp, uint32_t flags)
{
	const struct gopm__m *m = walk->m;

	if (walk->left_vdso || m == NULL || m->vdso_sp == 0 || m->vdso_pc == 0) {
		return false;
	}
	uint32_t from = gopm__walk_place(walk, sp), to = gopm__walk_place(walk, m->vdso_sp);
	if (((from ^ to) & GOPM_FRAME_SIGNAL_STACK) != 0) {
		return false;
	}
	walk->left_vdso = true;
	walk->has_registers = false;
	walk->lr = 0;
	gopm__walk_enter(walk, m->vdso_pc, m->vdso_sp, false, flags | to);
	return true;
}

/* `flags`: INNERMOST, INTERRUPTED. */
static void enter_registers(struct gopm__walk *walk, const struct gopm__registers *registers, uint32_t flags)
{
	const struct gopm__arch *arch = walk->rt->core->arch;
	uint64_t pc = registers->value[arch->pc], sp = registers->value[arch->sp];

	walk->registers = *registers;
	walk->lr = arch->return_address_on_stack ? 0 : registers->value[arch->lr];
	if (!is_go(walk, pc) && leave_vdso(walk, sp, flags)) {
		return;
	}
	walk->has_registers = true;
	gopm__walk_enter(walk, pc, sp, true, flags | GOPM_FRAME_REGISTERS | gopm__walk_place(walk, sp));
}

bool gopm__walk_leave_signal(struct gopm__walk *walk, uint64_t frame, uint32_t flags)
{
	struct gopm__registers registers;

	if (!gopm__sigcontext_read(walk->rt->core->arch, &walk->reader, frame, &registers)) {
		gopm__walk_end(walk, GOPM_STACK_END_MEMORY, frame);
		return false;
	}
	enter_registers(walk, &registers, flags | GOPM_FRAME_INTERRUPTED);
	return walk->at_frame;
}

/* C called sigtramp, as in a program that called runtime.SetCgoTraceback (cgoSigtramp, x_cgo_callers): the frame of the
 * kernel is after that of C. It has a ucontext_t, which describes the signal stack. 0: it is not found. */
static uint64_t frame_after_c(struct gopm__walk *walk, uint64_t place)
{
	const uint64_t step = walk->rt->core->arch->pointer_size;
	uint64_t base, size;

	for (uint64_t at = place + step; at - place <= MAX_C_FRAME && at < walk->hi; at += step) {
		if (gopm__read_u64(&walk->reader, at + UCONTEXT_STACK, &base) && base == walk->lo &&
		    gopm__read_u64(&walk->reader, at + UCONTEXT_STACK_SIZE, &size) && size == walk->hi - walk->lo) {
			return at;
		}
	}
	return 0;
}

uint64_t gopm__walk_signal_frame(struct gopm__walk *walk)
{
	if (walk->info->role != GOPM__ROLE_SIGTRAMP || walk->cfa == 0) {
		return 0;
	}
	uint64_t place = gopm__walk_return_place(walk), back = walk->lr;
	const bool known = place == 0 || gopm__read_u64(&walk->reader, place, &back);
	if (known && is_sigreturn(walk, back)) {
		return walk->cfa;
	}
	/* A thread of C may have its own signal stack, or none. */
	if ((walk->flags & GOPM_FRAME_SIGNAL_STACK) == 0) {
		return 0;
	}
	/* The core may lack the code that a handler returns to. */
	uint8_t code;
	if (place == 0 || !known || gopm__read_copy(&walk->reader, back, &code, sizeof code) == 0) {
		return walk->cfa;
	}
	return walk->native != NULL ? 0 : frame_after_c(walk, place);
}

void gopm__walk_start(struct gopm__walk *walk, const struct gopm__thread *thread)
{
	const struct gopm__arch *arch = walk->rt->core->arch;
	uint64_t pc = thread->registers.value[arch->pc], sp = thread->registers.value[arch->sp];

	if (pc != 0 && !is_go(walk, pc) && is_sigreturn(walk, pc)) {
		(void)gopm__walk_leave_signal(walk, sp, GOPM_FRAME_INNERMOST);
		return;
	}
	if (pc != 0) {
		enter_registers(walk, &thread->registers, GOPM_FRAME_INNERMOST);
		return;
	}
	/* A call of a nil function: start at its caller, which the return address gives. */
	uint64_t back = arch->return_address_on_stack ? 0 : thread->registers.value[arch->lr];
	walk->registers = thread->registers;
	if (back == 0) {
		if (!gopm__read_u64(&walk->reader, sp, &back)) {
			gopm__walk_end(walk, GOPM_STACK_END_MEMORY, sp);
			return;
		}
		sp += arch->pointer_size;
	}
	gopm__walk_enter(walk, back, sp, false, GOPM_FRAME_INNERMOST | gopm__walk_place(walk, sp));
}
