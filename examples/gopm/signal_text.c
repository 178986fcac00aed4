/* SPDX-License-Identifier: Apache-2.0 */
#include "signal_text.h"

#include <inttypes.h>
#include <signal.h>

#include "output.h"

/* The name after its number; empty for signals that kill no Go program. */
static const char *signal_name(int32_t signal)
{
	static const char *const names[] = {
	    [SIGHUP] = " SIGHUP",   [SIGINT] = " SIGINT",   [SIGQUIT] = " SIGQUIT", [SIGILL] = " SIGILL",
	    [SIGTRAP] = " SIGTRAP", [SIGABRT] = " SIGABRT", [SIGBUS] = " SIGBUS",   [SIGFPE] = " SIGFPE",
	    [SIGKILL] = " SIGKILL", [SIGSEGV] = " SIGSEGV", [SIGPIPE] = " SIGPIPE", [SIGTERM] = " SIGTERM",
	    [SIGXCPU] = " SIGXCPU", [SIGXFSZ] = " SIGXFSZ", [SIGSYS] = " SIGSYS",
	};
	bool known = signal > 0 && (size_t)signal < sizeof names / sizeof names[0] && names[signal] != NULL;

	return known ? names[signal] : "";
}

/* The meaning of a si_code (sigaction(2)); NULL: unknown. */
static const char *code_meaning(int32_t signal, int32_t code)
{
	/* SI_* have the same meaning for all signals. */
	static const struct {
		int32_t signal, code;
		const char *text;
	} rows[] = {
	    {0, SI_USER, "sent by kill"},
	    {0, SI_TKILL, "sent by tgkill, as raise and abort do"},
	    {0, SI_QUEUE, "sent by sigqueue"},
	    {0, SI_TIMER, "a timer expired"},
	    {0, SI_KERNEL, "sent by the kernel"},
	    {SIGSEGV, SEGV_MAPERR, "address not mapped to object"},
	    {SIGSEGV, SEGV_ACCERR, "invalid permissions for mapped object"},
	    {SIGSEGV, 3, "failed address bound checks"},
	    {SIGSEGV, 4, "access denied by a memory protection key"},
	    {SIGBUS, BUS_ADRALN, "invalid address alignment"},
	    {SIGBUS, BUS_ADRERR, "nonexistent physical address"},
	    {SIGBUS, BUS_OBJERR, "object-specific hardware error"},
	    {SIGBUS, 4, "hardware memory error: action required"},
	    {SIGBUS, 5, "hardware memory error: action optional"},
	    {SIGFPE, FPE_INTDIV, "integer divide by zero"},
	    {SIGFPE, FPE_INTOVF, "integer overflow"},
	    {SIGFPE, FPE_FLTDIV, "floating-point divide by zero"},
	    {SIGFPE, FPE_FLTOVF, "floating-point overflow"},
	    {SIGFPE, FPE_FLTUND, "floating-point underflow"},
	    {SIGFPE, FPE_FLTRES, "floating-point inexact result"},
	    {SIGFPE, FPE_FLTINV, "invalid floating-point operation"},
	    {SIGFPE, FPE_FLTSUB, "subscript out of range"},
	    {SIGILL, ILL_ILLOPC, "illegal opcode"},
	    {SIGILL, ILL_ILLOPN, "illegal operand"},
	    {SIGILL, ILL_ILLADR, "illegal addressing mode"},
	    {SIGILL, ILL_ILLTRP, "illegal trap"},
	    {SIGILL, ILL_PRVOPC, "privileged opcode"},
	    {SIGILL, ILL_PRVREG, "privileged register"},
	    {SIGILL, ILL_COPROC, "coprocessor error"},
	    {SIGILL, ILL_BADSTK, "internal stack error"},
	    {SIGTRAP, 1, "process breakpoint"},
	    {SIGTRAP, 2, "process trace trap"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].code == code && (rows[i].signal == 0 || rows[i].signal == signal)) {
			return rows[i].text;
		}
	}
	return NULL;
}

/* True if the kernel raised the signal for what the thread did. Other signals have no address. */
static bool is_fault(const gopm_core_info *info)
{
	return info->signal_code > 0 && (info->signal == SIGSEGV || info->signal == SIGBUS || info->signal == SIGILL ||
	                                 info->signal == SIGFPE || info->signal == SIGTRAP);
}

/* The pc of a fault is always known: a call of NULL has pc 0. */
static bool has_pc(const gopm_core_info *info)
{
	return info->signal_pc != 0 || (is_fault(info) && info->death_thread != 0);
}

void text_signal(const gopm_core_info *info)
{
	const char *meaning = code_meaning(info->signal, info->signal_code);

	output_printf("signal %" PRId32, info->signal);
	output_string(signal_name(info->signal));
	output_printf(", code %" PRId32, info->signal_code);
	if (meaning != NULL) {
		output_text(": ");
		output_string(meaning);
	}
	if (info->signal_sender != 0) {
		output_printf(", by process %" PRIu32, info->signal_sender);
		output_string(info->signal_sender == info->pid ? ", itself" : "");
	}
	/* The kernel does not know the address of a general protection fault. */
	if (is_fault(info) && info->signal_code != SI_KERNEL) {
		output_printf(", address 0x%" PRIx64, info->fault_address);
	}
	if (has_pc(info)) {
		output_printf(", pc 0x%" PRIx64, info->signal_pc);
	}
}

static bool same(gopm_str a, gopm_str b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* Finds the module of the frame, by its path. */
static void find_module(gopm_core *core, struct crash_frame *at)
{
	gopm_module_iter *it = NULL;
	gopm_module module;
	size_t got;

	if (at->frame.object.size == 0 || gopm_module_iter_open(core, &it, NULL) != GOPM_OK) {
		return;
	}
	while (gopm_module_iter_next(it, &module, sizeof module, 1, &got) == GOPM_OK) {
		if (same(module.path, at->frame.object)) {
			at->build_id = module.build_id;
			at->in_program = (module.flags & GOPM_MODULE_FLAG_PROGRAM) != 0;
			break;
		}
	}
	gopm_module_iter_free(it);
}

static bool is_interrupted(const gopm_frame *frame, uint64_t pc)
{
	return frame->pc == pc && (frame->flags & (GOPM_FRAME_INNERMOST | GOPM_FRAME_INTERRUPTED)) != 0;
}

static bool frame_at(const gopm_stack *stack, size_t index, gopm_frame *frame)
{
	size_t got;

	return gopm_stack_frames(stack, index, frame, sizeof *frame, 1, &got) == GOPM_OK;
}

/* Finds the frames. Returns false if the signal did not interrupt C. */
static bool find_frames(const gopm_core_info *info, struct crash_place *place)
{
	gopm_frame *at = &place->at.frame, caller;
	size_t i = 0;

	do {
		if (!frame_at(place->stack, i++, at)) {
			return false;
		}
	} while (!is_interrupted(at, info->signal_pc));
	if (at->language == GOPM_LANGUAGE_GO) {
		return false;
	}
	while (frame_at(place->stack, i++, &caller) && caller.object.size != 0) {
		if (!same(caller.object, at->object)) {
			place->caller.frame = caller;
			return true;
		}
	}
	return at->object.size != 0;
}

bool crash_place_find(gopm_core *core, const gopm_core_info *info, struct crash_place *place)
{
	enum { most = 1024 }; /* frames: the handlers of the runtime come first */
	gopm_stack_options options;

	*place = (struct crash_place){0};
	gopm_stack_options_init(&options, sizeof options);
	options.thread_id = info->death_thread;
	options.max_frames = most;
	if (info->signal == 0 || info->death_thread == 0 || !has_pc(info) ||
	    gopm_stack_open(core, &options, &place->stack, NULL) != GOPM_OK) {
		return false;
	}
	if (!find_frames(info, place)) {
		gopm_stack_free(place->stack);
		return false;
	}
	find_module(core, &place->at);
	find_module(core, &place->caller);
	return true;
}
