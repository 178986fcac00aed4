#include "runtime/death.h"

#include <gopm/value.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "runtime/g.h"

#define MAX_PANIC_TEXT 65536u
#define MAX_PANICS 1000u

/* The value of a panic, from its interface (two words), as runtime.printpanicval prints it. By the time the
 * process dies the runtime has replaced errors and Stringers by their text (runtime/panic.go, preprintpanics). */
static gopm_str panic_text(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t arg)
{
	uint64_t type, data, size, word = 0;
	unsigned kind;
	char text[256];
	gopm_str out = {NULL, 0};

	if (!gopm__read_u64(reader, arg, &type) || !gopm__read_u64(reader, arg + 8, &data) || type == 0 ||
	    !gopm__type_size(reader, type, &size, &kind)) {
		return out;
	}
	gopm_str name = gopm__runtime_type_name(rt, type);
	if (kind == GOPM_KIND_STRING) {
		(void)gopm__runtime_string(rt, reader, data, MAX_PANIC_TEXT, &out);
		return out;
	}
	int length;
	bool plain = (kind >= GOPM_KIND_BOOL && kind <= GOPM_KIND_UINTPTR) && size <= 8 &&
	             gopm__read_word(reader, data, (unsigned)size, &word);
	if (plain && kind == GOPM_KIND_BOOL) {
		length = snprintf(text, sizeof text, "%.*s(%s)", (int)(name.size < 100 ? name.size : 100), name.data,
		                  word != 0 ? "true" : "false");
	} else if (plain && kind <= GOPM_KIND_INT64) {
		unsigned shift = 64 - (unsigned)size * 8;
		length = snprintf(text, sizeof text, "%.*s(%" PRId64 ")", (int)(name.size < 100 ? name.size : 100),
		                  name.data, (int64_t)(word << shift) >> shift);
	} else if (plain) {
		length = snprintf(text, sizeof text, "%.*s(%" PRIu64 ")", (int)(name.size < 100 ? name.size : 100),
		                  name.data, word);
	} else {
		length = snprintf(text, sizeof text, "(%.*s) 0x%" PRIx64, (int)(name.size < 100 ? name.size : 100),
		                  name.data != NULL ? name.data : "", data);
	}
	if (length > 0) {
		out =
		    gopm__arena_str(&rt->arena, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
	}
	return out;
}

/* The newest panic that was neither recovered nor is a Goexit; false: none. */
static bool find_panic(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g, gopm_str *text)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t at = g->panic, flag;

	if (l->panic.arg < 0 || l->panic.link < 0) {
		return false;
	}
	for (unsigned i = 0; at != 0 && i < MAX_PANICS; i++) {
		bool skip = (l->panic.recovered >= 0 &&
		             gopm__read_word(reader, at + (uint64_t)l->panic.recovered, 1, &flag) && flag != 0) ||
		            (l->panic.goexit >= 0 &&
		             gopm__read_word(reader, at + (uint64_t)l->panic.goexit, 1, &flag) && flag != 0);
		if (!skip) {
			*text = panic_text(rt, reader, at + (uint64_t)l->panic.arg);
			return true;
		}
		if (!gopm__read_u64(reader, at + (uint64_t)l->panic.link, &at)) {
			break;
		}
	}
	return false;
}

/* The message of runtime.throw or fatal: the last line in the backlog that says so. */
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

static void from_kernel(struct gopm__death *death, const struct gopm__thread *thread)
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
	const struct gopm__m *m = NULL;
	struct gopm__g g;

	*death = (struct gopm__death){0};
	for (size_t i = 0; i < rt->core->thread_count && death->signal == 0; i++) {
		/* A debugger that takes a core leaves its own stops behind: not how a process dies. */
		int signal = rt->core->threads[i].signal;
		if (signal != 0 && signal != SIGSTOP && signal != SIGTRAP && signal != SIGINT) {
			from_kernel(death, &rt->core->threads[i]);
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
		m = gopm__runtime_m_of_thread(rt, death->thread);
	}
	if (m == NULL) {
		return;
	}
	if (m->thread != NULL) {
		death->thread = m->thread->id;
	}
	if (m->throwing) {
		death->kind = GOPM_DEATH_FATAL;
		death->text = fatal_text(rt);
	}
	/* A thread that throws on its scheduling stack may run no goroutine: a deadlock is found by one. */
	if (m->curg == 0 || !gopm__g_read(rt, &reader, m->curg, &g)) {
		return;
	}
	death->goroutine = g.id;
	if (!m->throwing && m->dying && find_panic(rt, &reader, &g, &death->text)) {
		death->kind = GOPM_DEATH_PANIC;
	}
	/* The signal that became the panic says where; the kernel only knows of the abort after it. */
	uint64_t sig, address;
	const struct gopm__layout *l = &rt->layout;
	if (m->dying && l->g.sig >= 0 && l->g.sigcode1 >= 0 && death->fault_address == 0 &&
	    gopm__read_word(&reader, m->curg + (uint64_t)l->g.sig, 4, &sig) && has_fault_address((int)sig) &&
	    gopm__read_u64(&reader, m->curg + (uint64_t)l->g.sigcode1, &address)) {
		death->fault_address = address;
	}
}
