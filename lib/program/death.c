/* SPDX-License-Identifier: Apache-2.0 */
/* First the signal that the kernel recorded; then the m that throws or dies: its goroutine, its message, the value of
 * its panic. The runtime ends with SIGABRT after it printed: the frames of the thread show the signal before that. */
#include "program/death.h"

#include <signal.h>

#include "core/sigcontext.h"
#include "program/death_frames.h"
#include "program/death_text.h"
#include "runtime/layout/field.h"
#include "runtime/panic.h"

static void set_kernel_signal(struct gopm__death *death, const struct gopm__thread *thread)
{
	death->signal = death->kernel_signal = thread->signal;
	death->signal_code = thread->signal_code;
	death->fault_address = thread->fault_address;
	death->signal_sender = thread->signal_sender;
	death->thread = thread->id;
	death->dying = thread;
	death->kind = GOPM_DEATH_SIGNAL;
}

/* True if the thread's signal ended the process. Some signals stop it for a debugger that writes its core: they kill
 * only a thread that raises them. */
static bool killed(const struct gopm__runtime *rt, const struct gopm__thread *thread)
{
	const struct gopm__pcinfo *info;

	switch (thread->signal) {
	case 0:
		return false;
	case SIGSTOP:
	case SIGTRAP:
	case SIGINT:
		info = gopm__symtab_pc(rt->symtab, thread->registers.value[rt->core->arch->pc]);
		return info != NULL && info->known && info->role == GOPM__ROLE_RAISE;
	default:
		return true;
	}
}

/* How much an m looks like the one that the process died of. With GOTRACEBACK=crash a deadly signal is sent on to all
 * threads, and all of them throw. Only the first one is dying. */
static unsigned rank(const struct gopm__death *death, const struct gopm__m *m)
{
	if (!m->throwing && !m->dying) {
		return 0;
	}
	bool killed = death->dying != NULL && m->thread == death->dying;
	return 1u + (m->dying ? 2u : 0u) + (killed ? 1u : 0u);
}

static const struct gopm__m *dying_m(const struct gopm__death *death, const struct gopm__runtime *rt)
{
	const struct gopm__m *best = NULL;

	for (size_t i = 0; i < rt->m_count; i++) {
		if (rank(death, &rt->ms[i]) > (best != NULL ? rank(death, best) : 0)) {
			best = &rt->ms[i];
		}
	}
	return best != NULL || death->dying == NULL ? best : gopm__runtime_m_of_thread(rt, death->dying);
}

/* The signal that became a panic or throw, which the runtime prints too. */
static void set_panic_signal(struct gopm__death *death, const struct gopm__runtime *rt, struct gopm__reader *reader)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t sig, code, address, pc;

	if (death->gp == 0 || !gopm__field(reader, death->gp, l->g.sig, 4, &sig) || sig == 0 ||
	    !gopm__field_u64(reader, death->gp, l->g.sigcode0, &code) ||
	    !gopm__field_u64(reader, death->gp, l->g.sigcode1, &address) ||
	    !gopm__field_u64(reader, death->gp, l->g.sigpc, &pc)) {
		return;
	}
	death->signal = (int32_t)sig;
	death->signal_code = (int32_t)(uint32_t)code;
	death->signal_pc = pc;
	death->fault_address = gopm__siginfo_is_fault(death->signal, death->signal_code) ? address : 0;
	death->signal_sender = gopm__siginfo_is_sent(death->signal_code) ? (uint32_t)address : 0;
}

static void set_panic(struct gopm__death *death, struct gopm__runtime *rt, struct gopm__reader *reader,
                      const struct gopm__g *g)
{
	struct gopm__text text = {0};

	if (gopm__panic_value(rt, reader, g, &text)) {
		death->kind = GOPM_DEATH_PANIC;
		death->text = gopm__arena_str(&rt->arena, text.data != NULL ? text.data : "", text.size);
	}
	gopm__text_free(&text);
}

static void set_fatal(struct gopm__death *death, struct gopm__runtime *rt)
{
	death->kind = GOPM_DEATH_FATAL;
	gopm__death_message(death, rt);
}

/* True if the kernel ended the process at the signal itself, and no handler ran: at a fault, or in C. In Go, the
 * runtime may have raised the signal. */
static bool ended_without_handler(const struct gopm__death *death, const struct gopm__runtime *rt)
{
	const uint64_t pc = death->dying->registers.value[rt->core->arch->pc];
	const struct gopm__pcinfo *at = gopm__symtab_pc(rt->symtab, pc);

	return death->signal == death->dying->signal &&
	       (gopm__siginfo_is_fault(death->signal, death->signal_code) || (at != NULL && !at->known));
}

void gopm__death_find(struct gopm__death *death, struct gopm__runtime *rt)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct gopm__g g = {0};

	*death = (struct gopm__death){0};
	for (size_t i = 0; i < rt->core->thread_count && death->signal == 0; i++) {
		if (killed(rt, &rt->core->threads[i])) {
			set_kernel_signal(death, &rt->core->threads[i]);
		}
	}
	const struct gopm__m *m = death->m = dying_m(death, rt);
	if (m == NULL && death->kind == GOPM_DEATH_NONE) {
		return;
	}
	if (m != NULL && m->thread != NULL) {
		death->dying = m->thread;
		death->thread = m->thread->id;
	}
	bool throws = m != NULL && m->throwing;
	bool panics = m != NULL && m->dying && !throws;
	if (death->dying != NULL) {
		gopm__death_frames(death, rt);
	}
	/* A thread that throws on g0 may run no goroutine: checkdead reports deadlocks from such a thread. */
	if (m != NULL && m->curg != 0 && gopm__g_read(rt, &reader, m->curg, &g)) {
		death->goroutine = g.id;
		death->g = g.address;
	}
	death->gp = m == NULL ? 0 : death->on_system_stack && !death->in_cgo ? m->g0 : death->g;
	if (throws || panics) {
		bool by_signal = death->printer == GOPM__PRINTER_SIGNAL ||
		                 (death->printer == GOPM__PRINTER_UNKNOWN && throws && m->caught_signal);
		if (!by_signal && throws) {
			set_fatal(death, rt);
		} else if (!by_signal && death->g != 0) {
			set_panic(death, rt, &reader, &g);
		}
		if (by_signal) {
			death->kind = GOPM_DEATH_SIGNAL;
		} else {
			set_panic_signal(death, rt, &reader);
		}
	}
	if (death->signal_pc == 0 && death->dying != NULL && ended_without_handler(death, rt)) {
		death->signal_pc = death->dying->registers.value[rt->core->arch->pc];
	}
}
