/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps what is needed to list goroutines and threads, and to unwind their stacks: the structures of the runtime, the
 * used parts of stacks, package variables and, for a core that must be enough alone, the program's files. */
#include "slim/keep.h"

#include "runtime/labels.h"
#include "unwind/stack.h"
#include "util/str.h"

/* Larger module data is kept only as far as it is read. */
#define MAX_MODULE_DATA ((uint64_t)64 << 20)
/* Of a stack longer than twice this, both ends are kept, and the frames between them. */
#define STACK_END ((uint64_t)512 << 10)
/* Bytes kept of a stack outside Go, and around the thread pointer. */
#define THREAD_STACK ((uint64_t)64 << 10)
#define THREAD_BELOW ((uint64_t)256)
#define THREAD_ABOVE ((uint64_t)2304)
#define MAX_LABELS 64
#define ELF_HEADER_PAGE ((uint64_t)4096)
#define VDSO_SIZE ((uint64_t)8192)

void gopm__keep_range(struct gopm__reader *reader, uint64_t address, uint64_t size)
{
	while (size != 0) {
		const struct gopm__segment *s = gopm__memory_find(reader->memory, address);
		if (s == NULL) {
			return;
		}
		uint64_t left = s->size - (address - s->address), piece = size < left ? size : left;
		if (s->source != NULL) {
			gopm__source_keep(s->source, s->offset + (address - s->address), piece);
		}
		address += piece;
		size -= piece;
	}
}

/* The end of the stack range [from, to) without the arguments and the environment, if the profile must not keep them.
 * They are at the end of the process's first stack (Linux, fs/binfmt_elf.c, create_elf_tables()). */
static uint64_t end_before_environment(const struct gopm__keep *keep, uint64_t from, uint64_t to)
{
	const struct gopm__corefile *core = keep->rt->core;

	if (keep->options->profile != GOPM_SLIM_STACKS || core->execfn <= from) {
		return to;
	}
	if (core->random > from && core->random < core->execfn) {
		return core->random < to ? core->random : to;
	}
	const struct gopm__segment *s = gopm__memory_find(&core->memory, core->execfn);
	return s != NULL && from >= s->address ? from : to;
}

static void keep_stack(const struct gopm__keep *keep, struct gopm__reader *reader, uint64_t sp, uint64_t hi)
{
	hi = end_before_environment(keep, sp, hi);
	if (hi - sp <= 2 * STACK_END) {
		gopm__keep_range(reader, sp, hi - sp);
		return;
	}
	gopm__keep_range(reader, sp, STACK_END);
	gopm__keep_range(reader, hi - STACK_END, STACK_END);
}

bool gopm__keep_live_stack(const struct gopm__runtime *rt, const struct gopm__g *g, uint64_t *sp, uint64_t *hi)
{
	*sp = gopm__g_at_syscall(g) ? g->syscall_sp : g->sched_sp;
	*hi = g->stack_hi;
	if (g->thread != NULL) {
		uint64_t now = g->thread->registers.value[rt->core->arch->sp];
		/* The thread is on a system stack or in a signal handler. Its place in this stack is not known: keep
		 * all. */
		*sp = now >= g->stack_lo && now < *hi ? now : g->stack_lo;
	}
	return *sp != 0 && g->stack_lo < *hi && *sp >= g->stack_lo && *sp < *hi;
}

static void keep_g(struct gopm__keep *keep, struct gopm__reader *reader, uint64_t address)
{
	uint64_t sp, hi;
	struct gopm__g g;

	if (address == 0 || !gopm__g_read(keep->rt, reader, address, &g)) {
		return;
	}
	gopm__keep_range(reader, address, keep->rt->layout.size[GOPM__STRUCT_G]);
	if (!gopm__g_is_dead(&g) && gopm__keep_live_stack(keep->rt, &g, &sp, &hi)) {
		keep_stack(keep, reader, sp, hi);
	}
}

/* The end of the stack that `sp` points into. */
static uint64_t thread_stack_end(const struct gopm__keep *keep, struct gopm__reader *reader,
                                 const struct gopm__thread *thread, uint64_t sp, uint64_t pointer)
{
	const struct gopm__m *m = gopm__runtime_m_of_thread(keep->rt, thread);
	const struct gopm__segment *s = gopm__memory_find(reader->memory, sp);
	const uint64_t own[] = {m != NULL ? m->g0 : 0, m != NULL ? m->gsignal : 0, m != NULL ? m->curg : 0};
	uint64_t end = s != NULL ? s->address + s->size : sp;

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
		struct gopm__g g;
		if (own[i] != 0 && gopm__g_read(keep->rt, reader, own[i], &g) && sp >= g.stack_lo && sp < g.stack_hi) {
			return g.stack_hi < end ? g.stack_hi : end;
		}
	}
	/* The thread pointer of a C thread points to just after its stack. */
	return pointer > sp && pointer < end ? pointer : end;
}

/* Keeps the stack that the thread runs on, and the memory around its thread pointer. */
static void keep_thread(struct gopm__keep *keep, struct gopm__reader *reader, const struct gopm__thread *thread)
{
	const struct gopm__arch *arch = keep->rt->core->arch;
	struct gopm__stack stack = {0};

	uint64_t pointer = thread->thread_pointer, sp = thread->registers.value[arch->sp], size = THREAD_STACK;
	if (keep->options->profile == GOPM_SLIM_STACKS) {
		uint64_t end = end_before_environment(keep, sp, thread_stack_end(keep, reader, thread, sp, pointer));
		size = end - sp < size ? end - sp : size;
	}
	gopm__keep_range(reader, sp, size);
	if (pointer > THREAD_BELOW) {
		gopm__keep_range(reader, pointer - THREAD_BELOW, THREAD_BELOW + THREAD_ABOVE);
	}
	if (pointer != 0 && keep->rt->tls_slot != 0) {
		gopm__keep_range(reader, pointer + (uint64_t)keep->rt->tls_slot, sizeof(uint64_t));
	}
	/* Tracebacks have only Go's frames. */
	gopm__walk_thread(&stack.walk, keep->rt, thread);
	(void)gopm__stack_collect(&stack, keep->program->max_frames);
	gopm__stack_clear(&stack);
	stack = (struct gopm__stack){0};
	gopm__walk_thread_joined(&stack.walk, keep->rt, &keep->program->native, thread);
	(void)gopm__stack_collect(&stack, keep->program->max_frames);
	/* A signal handler's stack continues on another one, which is in use up to this frame. */
	for (size_t i = 0; i < stack.count; i++) {
		const struct gopm__frame *f = &stack.frames[i];
		if (f->cfa > f->sp && f->cfa - f->sp <= STACK_END) {
			gopm__keep_range(reader, f->sp, end_before_environment(keep, f->sp, f->cfa) - f->sp);
		}
	}
	gopm__stack_clear(&stack);
}

static void keep_m(struct gopm__keep *keep, struct gopm__reader *reader, const struct gopm__m *m)
{
	gopm__keep_range(reader, m->address, keep->rt->layout.size[GOPM__STRUCT_M]);
	keep_g(keep, reader, m->g0);
	keep_g(keep, reader, m->gsignal);
}

/* Keeps package variables, the runtime's included. */
static void keep_data(struct gopm__keep *keep, struct gopm__reader *reader)
{
	const struct gopm__symtab *symtab = keep->rt->symtab;

	for (size_t i = 0; i < symtab->module_count; i++) {
		const struct gopm__module *m = &symtab->modules[i];
		const uint64_t ranges[][2] = {
		    {m->noptrdata, m->enoptrdata}, {m->data, m->edata}, {m->bss, m->ebss}, {m->noptrbss, m->enoptrbss}};
		for (size_t k = 0; k < sizeof ranges / sizeof ranges[0]; k++) {
			uint64_t from = ranges[k][0], to = ranges[k][1];
			if (from >= to) {
				continue;
			}
			if (to - from <= MAX_MODULE_DATA) {
				gopm__keep_range(reader, from, to - from);
			} else {
				gopm__finding_add(
				    keep->rt->findings, GOPM_FINDING_SLIM, GOPM__AT_ADDRESS(from),
				    "package variables: more than %llu MiB, so only those that were read are kept",
				    (unsigned long long)(MAX_MODULE_DATA >> 20));
			}
		}
	}
}

/* Keeps all mappings of the files that modules were loaded from: code, tables and types. Those of the executable are
 * known even if the core has no NT_FILE. */
static void keep_modules(struct gopm__keep *keep, struct gopm__reader *reader)
{
	const struct gopm__corefile *core = keep->rt->core;
	const struct gopm__symtab *symtab = keep->rt->symtab;
	size_t load_count;
	const struct gopm__load *loads = gopm__executable_loads(&keep->program->exe, &load_count);

	for (size_t i = 0; i < load_count; i++) {
		gopm__keep_range(reader, loads[i].address, loads[i].file_size);
	}

	for (size_t i = 0; i < symtab->module_count; i++) {
		const struct gopm__file_mapping *of = NULL;
		for (size_t k = 0; k < core->file_count && of == NULL; k++) {
			bool holds = core->files[k].start <= symtab->modules[i].text &&
			             symtab->modules[i].text < core->files[k].end;
			of = holds ? &core->files[k] : NULL;
		}
		for (size_t k = 0; k < core->file_count && of != NULL; k++) {
			if (gopm__str_equal(core->files[k].path, of->path)) {
				gopm__keep_range(reader, core->files[k].start,
				                 core->files[k].end - core->files[k].start);
			}
		}
	}
}

/* Keeps the first page of each mapped file, which has its ELF header and build ID, and the vDSO, which debuggers read.
 */
static void keep_headers(struct gopm__keep *keep, struct gopm__reader *reader)
{
	const struct gopm__corefile *core = keep->rt->core;

	for (size_t i = 0; i < core->file_count; i++) {
		if (core->files[i].offset == 0) {
			gopm__keep_range(reader, core->files[i].start, ELF_HEADER_PAGE);
		}
	}
	gopm__keep_range(reader, core->vdso, VDSO_SIZE);
}

/* Keeps what is needed to describe the goroutine, except its variables. */
static void keep_goroutine(struct gopm__keep *keep, struct gopm__scan *scan, struct gopm__walk *walk)
{
	gopm_label labels[MAX_LABELS];
	gopm_wait waits[GOPM__ANSWER_WAITS];
	uint64_t sp = 0, hi = 0;

	gopm__keep_range(&scan->reader, scan->g.address, keep->rt->layout.size[GOPM__STRUCT_G]);
	if (gopm__g_is_dead(&scan->g)) {
		return;
	}
	size_t count = gopm__waits(keep->rt, &scan->reader, &scan->cache, &scan->g, waits, GOPM__ANSWER_WAITS);
	gopm__answers_add(&keep->answers, &scan->g, waits, count);
	if (keep->options->profile != GOPM_SLIM_STACKS) {
		(void)gopm__labels(keep->rt, &scan->reader, &scan->g, labels, MAX_LABELS);
	}
	if (gopm__keep_live_stack(keep->rt, &scan->g, &sp, &hi)) {
		keep_stack(keep, &scan->reader, sp, hi);
	}
	/* Unwinding reads frames on other stacks, and those in the middle of a very long one. */
	if (scan->g.thread != NULL || hi - sp > 2 * STACK_END) {
		gopm__walk_goroutine(walk, keep->rt, &scan->g, false, NULL);
		while (walk->at_frame && gopm__walk_next(walk)) {
		}
	}
	if (scan->g.thread != NULL) {
		struct gopm__stack stack = {0};
		gopm__walk_joined(&stack.walk, keep->rt, &keep->program->native, &scan->g);
		(void)gopm__stack_collect(&stack, keep->program->max_frames);
		gopm__stack_clear(&stack);
	}
}

static void keep_all_goroutines(struct gopm__keep *keep)
{
	gopm_goroutine_filter filter = {.struct_size = sizeof filter, .flags = GOPM_FILTER_DEAD};
	struct gopm__query query;
	struct gopm__scan scan;
	struct gopm__walk walk;

	if (gopm__query_init(&query, &filter) != GOPM_OK) {
		return;
	}
	gopm__scan_init(&scan, keep->rt, &query);
	while (gopm__scan_next(&scan)) {
		keep_goroutine(keep, &scan, &walk);
	}
	gopm__scan_clear(&scan);
	gopm__query_clear(&query);
}

void gopm__keep_goroutines(struct gopm__keep *keep)
{
	const struct gopm__runtime *rt = keep->rt;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);

	keep->answers = (struct gopm__answers){0};
	keep_headers(keep, &reader);
	if ((keep->options->flags & GOPM_SLIM_FLAG_SELF_CONTAINED) != 0) {
		keep_modules(keep, &reader);
	}
	gopm__keep_range(&reader, rt->allgs, rt->g_count * sizeof(uint64_t));
	for (size_t i = 0; i < rt->core->thread_count; i++) {
		keep_thread(keep, &reader, &rt->core->threads[i]);
	}
	for (size_t i = 0; i < rt->m_count; i++) {
		keep_m(keep, &reader, &rt->ms[i]);
	}
	for (size_t i = 0; i < rt->p_count; i++) {
		gopm__keep_range(&reader, rt->ps[i], rt->layout.size[GOPM__STRUCT_P]);
	}
	if (keep->options->profile != GOPM_SLIM_STACKS) {
		keep_data(keep, &reader);
	}
	keep_all_goroutines(keep);
}
