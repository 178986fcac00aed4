/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers that must lead back are the strongest evidence: g.m and m.g0, m.curg and g.m, the g of a waiting sudog. The
 * rest are ranges: statuses, ids, stacks that contain their stack pointer, pcs that are code. */
#include "runtime/layout/check.h"

#include <inttypes.h>
#include <stdio.h>

#include "runtime/chan.h"
#include "runtime/g.h"

/* Objects checked of each kind. Wrong offsets already fail on the first. */
#define CHECKED 64u
#define MAX_GS (UINT64_C(1) << 40)
#define MAX_PS 65536u
#define MAX_MS 1000000u
/* Comparisons of a thread with a stack. */
#define MAX_COMPARISONS (UINT64_C(1) << 22)

struct check_count {
	uint64_t seen, bad;
};

static void count_object(struct check_count *count, bool fits)
{
	count->seen++;
	count->bad += fits ? 0 : 1;
}

static bool is_code(const struct gopm__runtime *rt, uint64_t pc)
{
	for (size_t i = 0; i < rt->symtab->module_count; i++) {
		if (pc >= rt->symtab->modules[i].minpc && pc < rt->symtab->modules[i].maxpc) {
			return true;
		}
	}
	return false;
}

static bool g_is_parked(const struct gopm__g *g)
{
	return g->status == GOPM_G_WAITING || g->status == GOPM_G_RUNNABLE || g->status == GOPM_G_PREEMPTED;
}

/* True if it has a known status, an id, and, if it is parked, a stack that contains its stack pointer. */
static bool g_fits(const struct gopm__g *g)
{
	return g->status != GOPM_G_UNKNOWN && g->id != 0 && g->id >> 48 == 0 &&
	       (!g_is_parked(g) ||
	        (g->stack_lo < g->stack_hi && g->sched_sp >= g->stack_lo && g->sched_sp <= g->stack_hi));
}

static bool is_function_entry(struct gopm__runtime *rt, uint64_t pc)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(rt->symtab, pc);
	return info != NULL && info->known && info->func.entry == pc;
}

/* True if `m` is a runtime.m: its g0 points back. */
static bool is_m(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t m)
{
	uint64_t g0, back;
	return gopm__field_u64(reader, m, rt->layout.m.g0, &g0) && gopm__field_u64(reader, g0, rt->layout.g.m, &back) &&
	       back == m;
}

/* True if it also has code in all its pcs: startpc is a function's entry, and gopc, the return address of its go
 * statement, is not. A goroutine that C called has neither. */
static bool g_fits_strictly(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g)
{
	bool born = (g->startpc == 0 && g->gopc == 0) ||
	            (is_function_entry(rt, g->startpc) && is_code(rt, g->gopc) && !is_function_entry(rt, g->gopc));

	return g_fits(g) && born && (!g_is_parked(g) || is_code(rt, g->sched_pc)) &&
	       (g->syscall_pc == 0 || is_code(rt, g->syscall_pc)) && g->parent_id >> 48 == 0 &&
	       (g->lockedm == 0 || is_m(rt, reader, g->lockedm)) &&
	       (g->status != GOPM_G_WAITING || g->raw_wait_reason < GOPM__MAX_WAIT_REASONS / 2);
}

/* True if g.waiting is a sudog of this goroutine, and its channel, if any, has a sound header. */
static bool sudog_fits(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g)
{
	const struct gopm__layout *l = &rt->layout;
	struct gopm__hchan chan;
	uint64_t channel;

	if (!gopm__sudog_is_of(l, reader, g->waiting, g->address)) {
		return false;
	}
	if (l->size[GOPM__STRUCT_HCHAN] == 0 || !gopm__sudog_channel(l, reader, g->waiting, &channel) || channel == 0) {
		return true;
	}
	return gopm__hchan_read(l, reader, channel, &chan) && gopm__hchan_check(&chan, NULL) == GOPM__HCHAN_SOUND &&
	       chan.closed <= 1;
}

static void check_gs(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__layout_anchors *anchors,
                     bool strict, struct check_count *gs, struct check_count *sudogs)
{
	uint64_t address;
	struct gopm__g g;

	for (uint64_t i = 0; i < anchors->g_count && i < MAX_GS && gs->seen < CHECKED; i++) {
		if (!gopm__read_u64(reader, anchors->gs + i * 8, &address)) {
			return;
		}
		/* A g that the core lacks is not evidence. */
		if (address == 0 || !gopm__g_read(rt, reader, address, &g) || gopm__g_is_dead(&g)) {
			continue;
		}
		count_object(gs, strict ? g_fits_strictly(rt, reader, &g) : g_fits(&g));
		if (strict && g.status == GOPM_G_WAITING && g.waiting != 0 &&
		    rt->layout.size[GOPM__STRUCT_SUDOG] != 0) {
			count_object(sudogs, sudog_fits(rt, reader, &g));
		}
	}
}

/* True if a thread is on a stack of this m, or has its id. The ids differ if the core is from outside of the process's
 * PID namespace. Takes one from *budget for each comparison. */
static bool core_has_thread(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t m, uint64_t *budget)
{
	const struct gopm__layout *l = &rt->layout;
	const int32_t own[] = {l->m.g0, l->m.gsignal, l->m.curg};
	uint64_t id = 0, g, lo = 0, hi = 0;

	(void)gopm__field_u64(reader, m, l->m.procid, &id);
	for (size_t k = 0; k < sizeof own / sizeof own[0]; k++) {
		bool stack = gopm__field_u64(reader, m, own[k], &g) && gopm__field_u64(reader, g, l->g.stack_lo, &lo) &&
		             gopm__field_u64(reader, g, l->g.stack_hi, &hi);
		for (size_t i = 0; i < rt->core->thread_count && *budget != 0; i++, --*budget) {
			const struct gopm__thread *t = &rt->core->threads[i];
			uint64_t sp = t->registers.value[rt->core->arch->sp];
			if (t->id == id || (stack && lo != 0 && sp > lo && sp <= hi)) {
				return true;
			}
		}
	}
	return false;
}

/* Counts ms whose g0 and curg point back. True if some ms are threads of the core, and the list ends with the first m
 * ever made, whose id is 0. */
static bool check_ms(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t allm, struct check_count *ms)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t m, g, back, pc, id = 1, budget = MAX_COMPARISONS;
	bool thread = false;

	if (allm == 0 || !gopm__read_u64(reader, allm, &m)) {
		return false;
	}
	for (uint64_t steps = 0; m != 0; steps++) {
		if (steps == MAX_MS || !gopm__field_u64(reader, m, l->m.id, &id)) {
			return false;
		}
		if (ms->seen < CHECKED) {
			bool good = is_m(rt, reader, m) && gopm__field_u64(reader, m, l->m.curg, &g) &&
			            (g == 0 || (gopm__field_u64(reader, g, l->g.m, &back) && back == m)) &&
			            (!gopm__field_u64(reader, m, l->m.vdso_pc, &pc) || pc == 0 || is_code(rt, pc));
			count_object(ms, good);
		}
		/* In the core of a forked child, only one m has its thread. */
		thread = thread || core_has_thread(rt, reader, m, &budget);
		if (!gopm__field_u64(reader, m, l->m.alllink, &m)) {
			return false;
		}
	}
	return thread && id == 0;
}

/* Counts ps whose id is their index, and whose sudogcache is in the p itself. */
static void check_ps(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t allp, struct check_count *ps)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t list, length, p, id, cache;

	if (!gopm__read_u64(reader, allp, &list) || !gopm__read_u64(reader, allp + 8, &length) || length > MAX_PS) {
		return;
	}
	for (uint64_t i = 0; i < length && i < CHECKED && gopm__read_u64(reader, list + i * 8, &p); i++) {
		count_object(ps, gopm__field(reader, p, l->p.id, 4, &id) && id == i &&
		                     gopm__field_u64(reader, p, l->p.sudogcache, &cache) && cache > p &&
		                     cache - p < l->size[GOPM__STRUCT_P]);
	}
}

/* Writes the reason. Returns false. */
static bool reject(char *why, size_t size, const char *what, const struct check_count *count)
{
	(void)snprintf(why, size, "%" PRIu64 " of the first %" PRIu64 " %s are inconsistent", count->bad, count->seen,
	               what);
	return false;
}

bool gopm__layout_check(struct gopm__runtime *rt, const struct gopm__layout_anchors *anchors, bool strict, char *why,
                        size_t size)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct check_count gs = {0}, sudogs = {0}, ms = {0}, ps = {0};

	why[0] = '\0';
	check_gs(rt, &reader, anchors, strict, &gs, &sudogs);
	if (!strict) {
		return gs.bad * 2 <= gs.seen || reject(why, size, "goroutines", &gs);
	}
	/* One in eight may be bad: the process may have stopped while it changed. */
	if (gs.seen == 0 || gs.bad * 8 > gs.seen) {
		return reject(why, size, "goroutines", &gs);
	}
	if (sudogs.bad * 8 > sudogs.seen) {
		return reject(why, size, "sudogs", &sudogs);
	}
	if (!check_ms(rt, &reader, anchors->allm, &ms)) {
		(void)snprintf(why, size, "the list of ms is inconsistent");
		return false;
	}
	if (ms.bad * 8 > ms.seen) {
		return reject(why, size, "ms", &ms);
	}
	if (rt->layout.size[GOPM__STRUCT_P] != 0) {
		check_ps(rt, &reader, anchors->allp, &ps);
		if (ps.seen == 0 || ps.bad * 8 > ps.seen) {
			return reject(why, size, "ps", &ps);
		}
	}
	return true;
}
