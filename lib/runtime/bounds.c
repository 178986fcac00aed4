/* SPDX-License-Identifier: Apache-2.0 */
/* A bound comes from few words, which may be damaged too. If many goroutines are past it, it is the bound that is
 * wrong, and it is dropped. */
#include "runtime/bounds.h"

#include <string.h>

#include "runtime/g.h"
#include "runtime/gc_time.h"
#include "runtime/layout/field.h"

#define MAX_PS 65536u
#define P_RUNNING 1u /* runtime/runtime2.go, _Prunning */
/* While a P runs, sysmon looks at it every 10 ms. A busy machine, or a stopped process, may delay it. */
#define SYSMON_DELAY INT64_C(60000000000)
/* Ids that may be reserved and not recorded yet, for each P (runtime/proc.go, _GoidCacheBatch). */
#define GOID_BATCH 16u
/* Goroutines that are read. Each may touch a page, and opening takes milliseconds. */
#define MAX_SAMPLES 256u
/* Nanoseconds of a collection, at most: a process may be stopped for a while. */
#define MAX_COLLECTION INT64_C(3600000000000)
/* No program runs before: nanoseconds since the machine started. */
#define FIRST_TIME 100000000u
#define MAX_GUARD 65536u /* bytes from the end of a stack to stackguard0 */

static bool is_time(uint64_t time)
{
	return time != 0 && time < (uint64_t)INT64_MAX / 2;
}

/* When sysmon saw each P scheduling. sched.lastpoll adds nothing: it is 0 while the poller sleeps, and otherwise some P
 * is busy. */
static int64_t newest_of_ps(const struct gopm__runtime *rt, struct gopm__reader *reader, bool *running)
{
	const struct gopm__layout *l = &rt->layout;
	int64_t newest = 0;

	*running = false;
	for (size_t i = 0; i < rt->p_count; i++) {
		const uint64_t times[] = {gopm__field_or_0(reader, rt->ps[i], l->p.schedwhen, 8),
		                          gopm__field_or_0(reader, rt->ps[i], l->p.syscallwhen, 8)};
		for (size_t k = 0; k < 2; k++) {
			newest = is_time(times[k]) && (int64_t)times[k] > newest ? (int64_t)times[k] : newest;
		}
		*running = *running || gopm__field_or_0(reader, rt->ps[i], l->p.status, 4) == P_RUNNING;
	}
	return newest;
}

/* The greatest id that is reserved: goidgen, or else what the Ps have reserved and a little more. A P that a lower
 * GOMAXPROCS removed stays past the slice's length, with the ids it reserved. */
static uint64_t last_goid(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t sched)
{
	uint64_t list, count, capacity, p, last = 0, generated = 0;

	if (rt->layout.p.goidcacheend < 0 || !rt->all_ms || rt->allp == 0 || !gopm__read_u64(reader, rt->allp, &list) ||
	    !gopm__read_u64(reader, rt->allp + 8, &count) || !gopm__read_u64(reader, rt->allp + 16, &capacity) ||
	    count > capacity || capacity > MAX_PS) {
		return GOPM__NO_GOID_BOUND;
	}
	for (uint64_t i = 0; i < capacity; i++) {
		uint64_t end = gopm__read_u64(reader, list + i * 8, &p)
		                   ? gopm__field_or_0(reader, p, rt->layout.p.goidcacheend, 8)
		                   : 0;
		last = end > last ? end : last;
	}
	if (last == 0 || last >> 47 != 0) {
		return GOPM__NO_GOID_BOUND;
	}
	/* A goroutine for a thread of C has an id of its own (runtime/proc.go, oneNewExtraM). */
	last += GOID_BATCH * capacity + rt->m_count;
	bool known = sched != 0 && gopm__read_u64(reader, sched, &generated) && generated >> 47 == 0;
	return known && generated > last ? generated : last;
}

/* A time before all collections: that at which main started (runtime/proc.go, main), or else one long before the end of
 * the first collection. 0: unknown, or many of the goroutines have an earlier one. */
static int64_t earliest_time(const struct gopm__runtime *rt, struct gopm__reader *reader, const int64_t *times,
                             size_t count, uint64_t seen, const struct gopm__gc_clock *clock)
{
	const uint64_t symbol = rt->symbols[GOPM__GLOBAL_INIT_TIME].address;
	uint64_t time = clock->first > MAX_COLLECTION ? (uint64_t)(clock->first - MAX_COLLECTION) : FIRST_TIME;

	if (symbol != 0 && (!gopm__read_u64(reader, symbol, &time) || !is_time(time))) {
		return 0;
	}
	return seen / 8 < count && times[seen / 8] < (int64_t)time ? 0 : (int64_t)time;
}

/* The distance that more than half of the stacks have from their end to stackguard0: a constant, but for race detectors
 * (internal/abi/stack.go, stackGuard). 0: unknown. */
struct guard_vote {
	uint64_t distance, votes, for_it, all;
};

static void vote_for_guard(struct guard_vote *vote, const struct gopm__runtime *rt, struct gopm__reader *reader,
                           uint64_t g)
{
	uint64_t lo, guard;

	if (!gopm__field_u64(reader, g, rt->layout.g.stack_lo, &lo) ||
	    !gopm__field_u64(reader, g, rt->layout.g.stack_lo + GOPM__TO_STACKGUARD, &guard) || lo == 0 ||
	    guard - lo >= MAX_GUARD) {
		return;
	}
	vote->all++;
	if (vote->votes == 0) {
		vote->distance = guard - lo;
		vote->for_it = 0;
	}
	vote->votes += guard - lo == vote->distance ? 1 : UINT64_MAX;
	vote->for_it += guard - lo == vote->distance;
}

void gopm__bounds_find(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t sched)
{
	const struct gopm__layout *l = &rt->layout;
	const uint64_t step = rt->g_count <= MAX_SAMPLES ? 1 : rt->g_count / MAX_SAMPLES;
	uint64_t seen = 0, late = 0, high = 0;
	int64_t newest = 0, times[MAX_SAMPLES], sorted[MAX_SAMPLES];
	size_t count = 0;
	struct gopm__gc_clock clock;
	struct guard_vote guard = {0};
	bool running;

	rt->now = newest_of_ps(rt, reader, &running);
	rt->latest = running && rt->now != 0 ? rt->now + SYSMON_DELAY : GOPM__NO_TIME_BOUND;
	rt->last_goid = last_goid(rt, reader, sched);
	for (uint64_t i = 0; i < rt->g_count && seen < MAX_SAMPLES; i += step, seen++) {
		uint64_t g = gopm__runtime_g_at(rt, reader, i), time = 0, id = 0;
		(void)gopm__field_u64(reader, g, l->g.waitsince, &time);
		(void)gopm__field_u64(reader, g, l->g.goid, &id);
		vote_for_guard(&guard, rt, reader, g);
		high += id > rt->last_goid ? 1 : 0;
		if (is_time(time)) {
			times[count++] = (int64_t)time;
		}
	}
	rt->stack_guard = guard.for_it > 2 && guard.for_it * 2 > guard.all ? guard.distance : 0;
	memcpy(sorted, times, count * sizeof *times);
	const int64_t latest = gopm__gc_latest(rt, reader, sorted, count, step == 1, &clock);
	rt->latest = latest < rt->latest ? latest : rt->latest;
	/* One collection may run. */
	rt->odd_time_count = gopm__gc_odd_times(sorted, count, clock.end != 0 ? clock.count + 1 : 0, rt->odd_times);
	rt->earliest = earliest_time(rt, reader, sorted, count, seen, &clock);
	for (size_t i = 0; i < count; i++) {
		late += times[i] > rt->latest ? 1 : 0;
		newest = times[i] <= rt->latest && times[i] > newest ? times[i] : newest;
	}
	if (late * 8 > seen) {
		rt->latest = GOPM__NO_TIME_BOUND;
	}
	if (high * 8 > seen) {
		rt->last_goid = GOPM__NO_GOID_BOUND;
	}
	rt->now = newest > rt->now ? newest : rt->now;
	rt->now = clock.end > rt->now ? clock.end : rt->now;
	rt->to_unix = clock.unix_end - clock.end;
}
