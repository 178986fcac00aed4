/* SPDX-License-Identifier: Apache-2.0 */
/* A thread shows its m in two ways: its stack pointer is on a stack of one of the m's goroutines (g0, gsignal, curg),
 * and its thread-local storage, or the g register of Go code, has the address of one of them. Where they disagree, the
 * thread was in between: clone() starts a thread with the storage of its parent.
 *
 * m.procid is the kernel's id as the process saw it. The core has other ids if it was written outside of the process's
 * PID namespace, or is that of a child that was forked. So procid counts only if no thread contradicts it, and only for
 * threads that show nothing else.
 *
 * Source: runtime/asm_<cpu>.s, sys_linux_<cpu>.s and tls_arm64.s, Go 1.16 to 1.27. */
#include "runtime/thread_match.h"

#include <inttypes.h>
#include <stdlib.h>

#include "runtime/layout/field.h"
#include "util/allocate.h"
#include "util/search.h"

/* Go's own linker puts its slot right below the thread pointer (cmd/link/internal/ld/sym.go), if blocks are there. */
#define OWN_SLOT (-8)
/* Of a Go library in a C program: the blocks of all libraries that were loaded at the start. */
#define LIBRARY_BLOCKS 2048u
/* Bytes between the thread pointer and the first block, if blocks are above it (psABI of arm64). */
#define BLOCKS_START 16u
#define MAX_BLOCK 4096u
/* Threads that are compared to find the slot. */
#define SLOT_SAMPLES 64u
/* Overlapping stacks that are looked at: only the bounds of C stacks can be out of date. */
#define MAX_OVERLAP 64u

/* A goroutine of an m: its g0, gsignal or curg. */
struct own_g {
	uint64_t address;
	const struct gopm__m *m;
};

struct own_stack {
	uint64_t lo, hi;
	uint64_t reach; /* the largest `hi` up to this one, in order of `lo` */
	const struct gopm__m *m;
	bool system; /* g0's: its bounds may be estimates */
};

struct matching {
	struct gopm__runtime *rt;
	struct gopm__reader *reader;
	struct own_g *gs; /* sorted by address */
	size_t g_count;
	struct own_stack *stacks; /* sorted by lo */
	size_t stack_count;
	const struct gopm__thread **of_m; /* the thread of each m, by index in rt->ms */
	size_t same_ids, other_ids;       /* threads whose id is that of their m, or another one */
};

/* What one thread shows. */
struct evidence {
	const struct gopm__m *by_stack, *by_g, *by_id;
	bool system; /* by_stack is a g0's stack */
};

static int compare_gs(const void *a, const void *b)
{
	const struct own_g *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

static int compare_stacks(const void *a, const void *b)
{
	const struct own_stack *x = a, *y = b;
	return (x->lo > y->lo) - (x->lo < y->lo);
}

/* Adds a goroutine of `m` if it points back. */
static void add_g(struct matching *match, const struct gopm__m *m, uint64_t g)
{
	const struct gopm__layout *l = &match->rt->layout;
	uint64_t back, lo, hi;

	if (!gopm__field_u64(match->reader, g, l->g.m, &back) || back != m->address) {
		return;
	}
	match->gs[match->g_count++] = (struct own_g){g, m};
	if (gopm__field_u64(match->reader, g, l->g.stack_lo, &lo) &&
	    gopm__field_u64(match->reader, g, l->g.stack_hi, &hi) && lo != 0 && lo < hi) {
		match->stacks[match->stack_count++] =
		    (struct own_stack){.lo = lo, .hi = hi, .m = m, .system = g == m->g0};
	}
}

static void collect_gs(struct matching *match)
{
	for (size_t i = 0; i < match->rt->m_count; i++) {
		const struct gopm__m *m = &match->rt->ms[i];
		const uint64_t own[] = {m->g0, m->gsignal, m->curg};
		for (size_t k = 0; k < sizeof own / sizeof own[0]; k++) {
			add_g(match, m, own[k]);
		}
	}
	if (match->g_count != 0) {
		qsort(match->gs, match->g_count, sizeof *match->gs, compare_gs);
	}
	if (match->stack_count != 0) {
		qsort(match->stacks, match->stack_count, sizeof *match->stacks, compare_stacks);
	}
	uint64_t reach = 0;
	for (size_t i = 0; i < match->stack_count; i++) {
		reach = match->stacks[i].hi > reach ? match->stacks[i].hi : reach;
		match->stacks[i].reach = reach;
	}
}

static const struct gopm__m *m_of_g(const struct matching *match, uint64_t g)
{
	size_t i;

	GOPM__LOWER_BOUND(i, match->g_count, match->gs[i].address < g);
	return i < match->g_count && match->gs[i].address == g ? match->gs[i].m : NULL;
}

/* Sets the m on whose stack the thread is. If that is more than one, it is the one that the thread's g confirms. A
 * stack pointer at the lower end would be an overflow; at the upper end the stack is empty. */
static void find_by_stack(const struct matching *match, uint64_t sp, struct evidence *e)
{
	size_t i;

	GOPM__LOWER_BOUND(i, match->stack_count, match->stacks[i].lo < sp);
	for (unsigned steps = 0; i-- != 0 && steps < MAX_OVERLAP && match->stacks[i].reach >= sp; steps++) {
		const struct own_stack *s = &match->stacks[i];
		if (s->hi < sp || s->m == e->by_stack) {
			continue;
		}
		if (e->by_stack != NULL && s->m != e->by_g) {
			e->by_stack = e->by_stack == e->by_g ? e->by_stack : NULL;
			return;
		}
		e->by_stack = s->m;
		e->system = s->system;
	}
}

/* The slot of g in thread-local storage */

static const struct gopm__m *m_by_sp(const struct matching *match, const struct gopm__thread *thread)
{
	struct evidence e = {NULL, NULL, NULL, false};

	find_by_stack(match, thread->registers.value[match->rt->core->arch->sp], &e);
	return e.by_stack;
}

struct slot_search {
	const struct gopm__m *ms[SLOT_SAMPLES]; /* by their stacks */
	uint64_t pointers[SLOT_SAMPLES];
	size_t count;
	uint32_t hits[MAX_BLOCK / 8];
};

/* Counts the threads that have their own g at each offset of [from, from + size). Sets the offset with the most, if it
 * is right for most threads. */
static bool search_block(struct matching *match, struct slot_search *search, int64_t from, uint64_t size)
{
	const size_t words = (size_t)(size < MAX_BLOCK ? size : MAX_BLOCK) / 8;
	size_t best = 0;

	memset(search->hits, 0, sizeof search->hits);
	for (size_t i = 0; i < search->count; i++) {
		for (size_t k = 0; k < words; k++) {
			uint64_t g;
			if (gopm__read_u64(match->reader, search->pointers[i] + (uint64_t)from + k * 8, &g) && g != 0) {
				search->hits[k] += m_of_g(match, g) == search->ms[i];
			}
		}
	}
	for (size_t k = 0; k < words; k++) {
		best = search->hits[k] > search->hits[best] ? k : best;
	}
	if (words == 0 || (size_t)search->hits[best] * 2 <= search->count) {
		return false;
	}
	match->rt->tls_slot = from + (int64_t)best * 8;
	return true;
}

/* Finds rt->tls_slot. No thread's stack gives its m: the slot stays 0, unknown. */
static void find_slot(struct matching *match, uint64_t tls_size)
{
	const struct gopm__corefile *core = match->rt->core;
	struct slot_search search = {.count = 0};

	for (size_t i = 0; i < core->thread_count && search.count < SLOT_SAMPLES; i++) {
		const struct gopm__thread *t = &core->threads[i];
		const struct gopm__m *m = t->thread_pointer != 0 ? m_by_sp(match, t) : NULL;
		if (m != NULL) {
			search.ms[search.count] = m;
			search.pointers[search.count++] = t->thread_pointer;
		}
	}
	if (search.count == 0) {
		return;
	}
	if (core->arch->tls_above) {
		(void)(search_block(match, &search, BLOCKS_START, tls_size) ||
		       search_block(match, &search, BLOCKS_START, LIBRARY_BLOCKS));
		return;
	}
	if (tls_size > MAX_BLOCK) {
		tls_size = MAX_BLOCK;
	}
	(void)(search_block(match, &search, OWN_SLOT, 8) ||
	       search_block(match, &search, -(int64_t)tls_size, tls_size) ||
	       search_block(match, &search, -(int64_t)LIBRARY_BLOCKS, LIBRARY_BLOCKS));
}

/* The m of the g that the thread's storage has, or else its register in Go code. */
static const struct gopm__m *find_by_g(const struct matching *match, const struct gopm__thread *thread)
{
	const struct gopm__runtime *rt = match->rt;
	const struct gopm__arch *arch = rt->core->arch;
	const struct gopm__m *m = NULL;
	uint64_t g;

	if (rt->tls_slot != 0 && thread->thread_pointer != 0 &&
	    gopm__read_u64(match->reader, thread->thread_pointer + (uint64_t)rt->tls_slot, &g)) {
		m = m_of_g(match, g);
	}
	if (m == NULL && (m = m_of_g(match, thread->registers.value[arch->g])) != NULL) {
		const struct gopm__pcinfo *info = gopm__symtab_pc(rt->symtab, thread->registers.value[arch->pc]);
		m = info != NULL && info->known ? m : NULL;
	}
	return m;
}

/* Ids */

static int compare_procids(const void *a, const void *b)
{
	const struct gopm__m *const *x = a, *const *y = b;
	return ((*x)->procid > (*y)->procid) - ((*x)->procid < (*y)->procid);
}

/* The ms by procid: an array that the caller frees, or NULL. */
static const struct gopm__m **sort_ms(const struct gopm__runtime *rt)
{
	const struct gopm__m **sorted = gopm__calloc(rt->m_count + 1, sizeof(const struct gopm__m *));

	for (size_t i = 0; sorted != NULL && i < rt->m_count; i++) {
		sorted[i] = &rt->ms[i];
	}
	if (sorted != NULL) {
		qsort(sorted, rt->m_count, sizeof(const struct gopm__m *), compare_procids);
	}
	return sorted;
}

/* NULL: none, or several have this id. */
static const struct gopm__m *m_by_id(const struct gopm__m **sorted, size_t count, uint64_t id)
{
	size_t i;

	GOPM__LOWER_BOUND(i, count, sorted[i]->procid < id);
	if (i >= count || sorted[i]->procid != id || (i + 1 < count && sorted[i + 1]->procid == id)) {
		return NULL;
	}
	return sorted[i];
}

/* The decision */

static const struct gopm__thread **thread_of(const struct matching *match, const struct gopm__m *m)
{
	return &match->of_m[m - match->rt->ms];
}

static void assign(struct matching *match, size_t thread, const struct gopm__m *m)
{
	const struct gopm__thread **slot = m != NULL ? thread_of(match, m) : NULL;

	if (slot != NULL && *slot == NULL) {
		*slot = &match->rt->core->threads[thread];
		match->rt->thread_ms[thread] = m;
		match->same_ids += m->procid != 0 && m->procid == (*slot)->id;
		match->other_ids += m->procid != 0 && m->procid != (*slot)->id;
	}
}

/* The m of a thread whose stack and g disagree, or that shows only one of them. */
static const struct gopm__m *weigh(const struct matching *match, const struct evidence *e)
{
	if (e->by_stack == NULL || e->by_g == NULL) {
		return e->by_stack != NULL ? e->by_stack : e->by_g;
	}
	bool g_free = *thread_of(match, e->by_g) == NULL, stack_free = *thread_of(match, e->by_stack) == NULL;
	if (g_free != stack_free) {
		return g_free ? e->by_g : e->by_stack;
	}
	if (e->by_id == e->by_g || e->by_id == e->by_stack) {
		return e->by_id;
	}
	return e->system ? e->by_g : e->by_stack;
}

/* All ids of a core are those that the process saw, or none is. */
static void check_ids(const struct matching *match)
{
	const struct gopm__runtime *rt = match->rt;

	for (size_t i = 0; i < rt->core->thread_count && match->other_ids < match->same_ids; i++) {
		const struct gopm__m *m = rt->thread_ms[i];
		if (m != NULL && m->procid != 0 && m->procid != rt->core->threads[i].id) {
			gopm__finding_add(rt->findings, GOPM_FINDING_BAD_NOTE, GOPM__AT_ADDRESS(m->address),
			                  "thread %" PRIu64 " is %" PRIu64 " for its m: one of the ids is damaged",
			                  rt->core->threads[i].id, m->procid);
		}
	}
}

/* The surest threads first: an m that has its thread is no longer an answer for others. */
static void decide(struct matching *match, const struct evidence *all)
{
	const size_t count = match->rt->core->thread_count;

	for (size_t i = 0; i < count; i++) {
		if (all[i].by_stack != NULL && all[i].by_stack == all[i].by_g) {
			assign(match, i, all[i].by_stack);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (match->rt->thread_ms[i] == NULL) {
			assign(match, i, weigh(match, &all[i]));
		}
	}
	match->rt->own_ids = match->other_ids != 0;
	check_ids(match);
	for (size_t i = 0; i < count && !match->rt->own_ids; i++) {
		if (match->rt->thread_ms[i] == NULL && all[i].by_stack == NULL && all[i].by_g == NULL) {
			assign(match, i, all[i].by_id);
		}
	}
}

static void match_threads(struct matching *match, struct evidence *all, const struct gopm__m **by_id, uint64_t tls_size)
{
	struct gopm__runtime *rt = match->rt;

	collect_gs(match);
	find_slot(match, tls_size);
	for (size_t i = 0; i < rt->core->thread_count; i++) {
		const struct gopm__thread *t = &rt->core->threads[i];
		all[i].by_g = find_by_g(match, t);
		all[i].by_id = m_by_id(by_id, rt->m_count, t->id);
		find_by_stack(match, t->registers.value[rt->core->arch->sp], &all[i]);
	}
	decide(match, all);
	for (size_t i = 0; i < rt->m_count; i++) {
		rt->ms[i].thread = match->of_m[i];
	}
}

gopm_status gopm__threads_match(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t tls_size)
{
	const size_t threads = rt->core->thread_count;
	struct matching match = {.rt = rt, .reader = reader};
	struct evidence *all = gopm__calloc(threads + 1, sizeof *all);
	const struct gopm__m **by_id = sort_ms(rt);
	gopm_status status = GOPM_ERR_NO_MEMORY;

	rt->thread_ms = gopm__calloc(threads + 1, sizeof(const struct gopm__m *));
	match.gs = gopm__calloc(rt->m_count * 3 + 1, sizeof *match.gs);
	match.stacks = gopm__calloc(rt->m_count * 3 + 1, sizeof *match.stacks);
	match.of_m = gopm__calloc(rt->m_count + 1, sizeof(const struct gopm__thread *));
	if (all != NULL && by_id != NULL && rt->thread_ms != NULL && match.gs != NULL && match.stacks != NULL &&
	    match.of_m != NULL) {
		match_threads(&match, all, by_id, tls_size);
		status = GOPM_OK;
	}
	free(match.of_m);
	free(match.stacks);
	free(match.gs);
	free(by_id);
	free(all);
	return status;
}
