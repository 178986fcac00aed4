/* SPDX-License-Identifier: Apache-2.0 */
/* First the signal that the kernel recorded, then the m that throws or dies: its goroutine, its message, the value of
 * its panic. */
#include "runtime/death.h"

#include <signal.h>

#include "runtime/layout/field.h"
#include "runtime/panic.h"

/* The message of runtime.throw or runtime.fatal: the last "fatal error" line of the backlog. */
static gopm_str fatal_text(const struct gopm__runtime *rt)
{
	static const char mark[] = "fatal error: ";
	const size_t size = sizeof mark - 1;
	gopm_str text = {NULL, 0};

	for (size_t i = 0; i + size <= rt->backlog.size; i++) {
		const char *p = rt->backlog.data + i;
		if (memcmp(p, mark, size) == 0) {
			size_t left = rt->backlog.size - i - size;
			const char *end = memchr(p + size, '\n', left);
			text = (gopm_str){p + size, end != NULL ? (size_t)(end - (p + size)) : left};
		}
	}
	return text;
}

static bool has_fault_address(int signal)
{
	return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL || signal == SIGTRAP;
}

static void set_signal(struct gopm__death *death, const struct gopm__thread *thread)
{
	death->signal = thread->signal;
	death->signal_code = thread->signal_code;
	death->thread = thread->id;
	if (has_fault_address(thread->signal)) {
		death->fault_address = thread->fault_address;
	}
}

void gopm__death_find(struct gopm__death *death, struct gopm__runtime *rt)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	const struct gopm__m *m = NULL, *signaled = NULL;
	struct gopm__g g;

	*death = (struct gopm__death){0};
	for (size_t i = 0; i < rt->core->thread_count && death->signal == 0; i++) {
		/* These signals stop a process for a debugger that writes its core. They do not kill it. */
		int signal = rt->core->threads[i].signal;
		if (signal != 0 && signal != SIGSTOP && signal != SIGTRAP && signal != SIGINT) {
			set_signal(death, &rt->core->threads[i]);
			signaled = gopm__runtime_m_of_thread(rt, &rt->core->threads[i]);
			death->kind = GOPM_DEATH_SIGNAL;
		}
	}
	for (size_t i = 0; i < rt->m_count && m == NULL; i++) {
		if (rt->ms[i].throwing || rt->ms[i].dying) {
			m = &rt->ms[i];
		}
	}
	if (m == NULL && death->kind == GOPM_DEATH_NONE) {
		return;
	}
	if (m == NULL) {
		m = signaled;
	}
	if (m == NULL) {
		return;
	}
	if (m->thread != NULL) {
		death->thread = m->thread->id;
	}
	if (m->throwing) {
		/* SIGQUIT and similar signals throw without a message (runtime/signal_unix.go, sighandler). In a
		 * stripped executable the backlog is not found, so there is no message either. */
		death->text = fatal_text(rt);
		death->kind = m->caught_signal && death->text.size == 0 ? GOPM_DEATH_SIGNAL : GOPM_DEATH_FATAL;
	}
	/* A thread that throws on g0 may run no goroutine: checkdead reports deadlocks from such a thread. */
	if (m->curg == 0 || !gopm__g_read(rt, &reader, m->curg, &g)) {
		return;
	}
	death->goroutine = g.id;
	death->g = g.address;
	struct gopm__text text = {0};
	if (!m->throwing && m->dying && gopm__panic_value(rt, &reader, &g, &text)) {
		death->kind = GOPM_DEATH_PANIC;
		death->text = gopm__arena_str(&rt->arena, text.data != NULL ? text.data : "", text.size);
	}
	gopm__text_free(&text);
	/* The signal that became the panic has the fault address. The kernel recorded the abort after it. */
	uint64_t sig, address;
	const struct gopm__layout *l = &rt->layout;
	if (m->dying && death->fault_address == 0 && gopm__field(&reader, m->curg, l->g.sig, 4, &sig) &&
	    has_fault_address((int)sig) && gopm__field_u64(&reader, m->curg, l->g.sigcode1, &address)) {
		death->fault_address = address;
	}
}
