/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines that can run and do not get to: the world is being stopped for ever, no P yields, or there are too many of
 * them. Sources: runtime/proc.go, stopTheWorldWithSema, retake; runtime/preempt.go, isAsyncSafePoint; Go 1.16 to 1.27.
 */
#include <stdlib.h>

#include "runtime/p.h"
#include "runtime/sched.h"
#include "unwind/walk.h"
#include "util/str.h"
#include "why/condition.h"
#include "why/crash.h"

#define MOST_FRAMES 64u

/* sysmon asks a goroutine to yield after 10 ms (runtime/proc.go, forcePreemptNS), and again in each round. */
#define STUBBORN INT64_C(100000000)       /* nanoseconds: it was asked often */
#define VERY_STUBBORN INT64_C(1000000000) /* nanoseconds: it does not do so soon */

/* Goroutines that can run, for each P. */
#define CROWD 100u

struct scheduler_search {
	struct gopm__conditions *conditions;
	struct gopm__program *program;
	const struct gopm__runtime *rt;
	const struct gopm__blocked *blocked;
	struct gopm__reader reader;
	int64_t now; /* nanotime; 0: unknown */
};

/* True if the thread stops the world. */
static bool stops_world(const struct gopm__runtime *rt, const struct gopm__m *m)
{
	static const char name[] = "runtime.stopTheWorldWithSema";
	struct gopm__walk walk;
	unsigned frames = 0;

	gopm__walk_thread(&walk, rt, m->thread);
	for (bool more = walk.at_frame; more && frames < MOST_FRAMES; more = gopm__walk_next(&walk)) {
		frames++;
		for (uint32_t i = 0; walk.info != NULL && walk.info->known && i < walk.info->call_count; i++) {
			if (gopm__str_equal(walk.info->calls[i].symbol, (gopm_str){name, sizeof name - 1})) {
				return true;
			}
		}
	}
	return false;
}

/* True if the goroutine that the thread runs is in assembly, where the runtime cannot preempt it. */
static bool is_in_assembly(const struct gopm__runtime *rt, const struct gopm__m *m)
{
	struct gopm__walk walk;

	if (m->thread == NULL) {
		return false;
	}
	gopm__walk_thread(&walk, rt, m->thread);
	return walk.at_frame && walk.info != NULL && walk.info->known && (walk.info->func.flag & GOPM__FUNC_ASM) != 0;
}

/* How long the P has run one goroutine, in nanoseconds, at least; 0: unknown. */
static int64_t running_time(const struct scheduler_search *s, const struct gopm__p *p)
{
	return p->sched_when > 0 && s->now > p->sched_when ? s->now - p->sched_when : 0;
}

/* The member that the P runs. *m: its thread. GOPM__NO_INDEX: none is known. */
static uint32_t running_member(const struct scheduler_search *s, const struct gopm__p *p, const struct gopm__m **m)
{
	*m = p->status == GOPM__P_RUNNING ? gopm__runtime_m(s->rt, p->m) : NULL;
	const uint32_t member = *m != NULL ? gopm__blocked_member(s->blocked, (*m)->curg) : GOPM__NO_INDEX;

	return member != GOPM__NO_INDEX && s->blocked->members[member].status == GOPM_G_RUNNING ? member
	                                                                                        : GOPM__NO_INDEX;
}

/* Adds all goroutines that can run, and those whose timer should have fired. False: out of memory. */
static bool add_hungry(const struct scheduler_search *s, struct gopm__condition *condition)
{
	const struct gopm__blocked *b = s->blocked;

	for (uint32_t i = 0; i < b->member_count; i++) {
		const struct gopm__member *member = &b->members[i];
		bool hungry = member->status == GOPM_G_RUNNABLE;
		for (uint32_t k = 0; k < member->wait_count && !hungry && s->now > STUBBORN; k++) {
			const struct gopm__waited *object = &b->objects[b->waits[member->wait + k].object];
			hungry = object->kind == GOPM_OBJECT_TIMER && object->deadline > 0 &&
			         object->deadline < s->now - STUBBORN;
		}
		if (hungry && !member->system && !gopm__condition_wait(condition, i)) {
			return false;
		}
	}
	return true;
}

/* The world is being stopped, and Ps still run. */
static bool find_stop(struct scheduler_search *s, const struct gopm__m *stopper)
{
	const uint32_t by = gopm__blocked_member(s->blocked, stopper->curg);
	struct gopm__condition *condition = NULL;

	for (size_t i = 0; i < s->rt->p_count; i++) {
		const struct gopm__m *m;
		struct gopm__p p;
		if (!gopm__p_read(s->rt, &s->reader, s->rt->ps[i], &p)) {
			continue;
		}
		const uint32_t member = running_member(s, &p, &m);
		if (member == GOPM__NO_INDEX || member == by || m == stopper) {
			continue;
		}
		if (condition == NULL) {
			condition = gopm__condition_add(s->conditions, GOPM_VERDICT_STARVATION, GOPM_CERTAINTY_POSSIBLE,
			                                GOPM_PATTERN_STOP_WORLD);
			if (condition == NULL) {
				return false;
			}
		}
		if (is_in_assembly(s->rt, m) || running_time(s, &p) >= VERY_STUBBORN) {
			condition->certainty = GOPM_CERTAINTY_LIKELY;
		}
		if (!gopm__condition_blame(condition, member)) {
			return false;
		}
	}
	/* The one that stops the world is the first that waits. */
	return condition == NULL ||
	       ((by == GOPM__NO_INDEX || gopm__condition_wait(condition, by)) && add_hungry(s, condition));
}

static bool are_all_busy(struct scheduler_search *s)
{
	for (size_t i = 0; i < s->rt->p_count; i++) {
		const struct gopm__m *m;
		struct gopm__p p;
		if (!gopm__p_read(s->rt, &s->reader, s->rt->ps[i], &p) || running_member(s, &p, &m) == GOPM__NO_INDEX) {
			return false;
		}
	}
	return s->rt->p_count != 0;
}

/* All Ps, which are busy, run goroutines that do not yield. */
static bool find_stubborn(struct scheduler_search *s, bool *found)
{
	struct gopm__condition condition = {.pattern = GOPM_PATTERN_NO_YIELD};
	bool all = true, assembly = true;
	int64_t shortest = INT64_MAX;

	*found = false;
	for (size_t i = 0; all && i < s->rt->p_count; i++) {
		const struct gopm__m *m;
		struct gopm__p p;
		const uint32_t member =
		    gopm__p_read(s->rt, &s->reader, s->rt->ps[i], &p) ? running_member(s, &p, &m) : GOPM__NO_INDEX;
		const int64_t time = member != GOPM__NO_INDEX ? running_time(s, &p) : 0;
		all = time >= STUBBORN;
		if (!all) {
			break;
		}
		shortest = time < shortest ? time : shortest;
		assembly = assembly && is_in_assembly(s->rt, m);
		if (!gopm__condition_blame(&condition, member)) {
			free(condition.blamed);
			return false;
		}
	}
	if (!all || !add_hungry(s, &condition) || condition.waiter_count == 0) {
		free(condition.blamed);
		free(condition.waiters);
		return true;
	}
	struct gopm__condition *added =
	    gopm__condition_add(s->conditions, GOPM_VERDICT_STARVATION,
	                        assembly || shortest >= VERY_STUBBORN ? GOPM_CERTAINTY_LIKELY : GOPM_CERTAINTY_POSSIBLE,
	                        GOPM_PATTERN_NO_YIELD);
	if (added == NULL) {
		free(condition.blamed);
		free(condition.waiters);
		return false;
	}
	condition.verdict = added->verdict;
	condition.certainty = added->certainty;
	condition.detail = (uint64_t)shortest;
	*added = condition;
	*found = true;
	return true;
}

/* Many more goroutines can run than there are Ps, which are all busy. */
static bool find_overload(struct scheduler_search *s)
{
	uint64_t runnable = 0;

	for (size_t i = 0; i < s->blocked->member_count; i++) {
		runnable += s->blocked->members[i].status == GOPM_G_RUNNABLE && !s->blocked->members[i].system;
	}
	if (runnable / CROWD < s->rt->p_count) {
		return true;
	}
	struct gopm__condition *condition =
	    gopm__condition_add(s->conditions, GOPM_VERDICT_STARVATION, GOPM_CERTAINTY_POSSIBLE, GOPM_PATTERN_OVERLOAD);
	if (condition == NULL) {
		return false;
	}
	condition->detail = s->rt->p_count;
	for (uint32_t i = 0; i < s->blocked->member_count; i++) {
		const struct gopm__member *member = &s->blocked->members[i];
		if (member->status == GOPM_G_RUNNABLE && !member->system && !gopm__condition_wait(condition, i)) {
			return false;
		}
	}
	return true;
}

/* The newest time in the core: sysmon notes when it last polled the network, every 10 ms while Ps are busy. */
static int64_t newest_time(struct gopm__runtime *rt)
{
	const struct gopm__sched *sched = gopm__sched(rt);

	return sched != NULL && sched->last_poll > rt->now ? sched->last_poll : rt->now;
}

bool gopm__scheduler_find(struct gopm__conditions *conditions, struct gopm__program *program,
                          const struct gopm__blocked *blocked)
{
	struct scheduler_search s = {.conditions = conditions,
	                             .program = program,
	                             .rt = &program->runtime,
	                             .blocked = blocked,
	                             .reader = gopm__reader(&program->file.memory)};
	bool found;

	/* Who died did not starve. */
	if (gopm__has_crashed(program)) {
		return true;
	}
	s.now = program->runtime.now;
	for (size_t i = 0; i < s.rt->m_count; i++) {
		if (s.rt->ms[i].thread != NULL && stops_world(s.rt, &s.rt->ms[i])) {
			return find_stop(&s, &s.rt->ms[i]);
		}
	}
	if (!are_all_busy(&s)) {
		return true;
	}
	s.now = newest_time(&program->runtime);
	return find_stubborn(&s, &found) && (found || find_overload(&s));
}
