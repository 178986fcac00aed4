/* SPDX-License-Identifier: Apache-2.0 */
/* schedt has no type descriptor, so its fields cannot be found by name. The search tries each known shape at each word
 * of the data. It accepts one whose counts all agree with the ms of runtime.allm and the Ps of runtime.allp. */
#include "runtime/sched.h"

#include "runtime/data_range.h"

#define MAX_PS 65536u
#define P_IDLE 0u      /* runtime/runtime2.go, _Pidle */
#define GOID_BATCH 16u /* runtime/proc.go, _GoidCacheBatch */
/* Steps along lists of idle ms and Ps in one search, so that a hostile core cannot make it quadratic. */
#define MAX_STEPS 10000000u
/* A count and its list may differ by this: the process may have stopped between the two changes. */
#define SLACK 1u

/* Shapes of the beginning of schedt. After `midle` all versions are the same. */
static const struct sched_shape {
	uint8_t midle;  /* offset of the list of idle ms, after goidgen, lastpoll, pollUntil and a lock */
	uint8_t nmidle; /* offset of the count of idle ms */
} shapes[] = {
    {32, 40},
    {40, 48}, /* since Go 1.25: pollingNet after pollUntil */
    {40, 64}, /* since Go 1.26: midle is a listHeadManual of 24 bytes */
};

/* Offsets from nmidle. */
enum {
	AT_NMIDLE = 0,
	AT_NMIDLELOCKED = 4,
	AT_MNEXT = 8,
	AT_MAXMCOUNT = 16,
	AT_NMSYS = 20,
	AT_NMFREED = 24,
	AT_NGSYS = 32,
	AT_PIDLE = 40,
	AT_NPIDLE = 48,
	AT_NMSPINNING = 52,
	AT_END = 56,
};

struct sched_search {
	const struct gopm__runtime *rt;
	struct gopm__reader reader, probe;
	uint64_t steps;
	uint64_t ps, p_count;
	uint64_t idle_ps;    /* idle Ps of allp */
	uint64_t last_goid;  /* greatest id that a P has reserved for goroutines */
	uint64_t goid_slack; /* ids that may be reserved since: a batch for each P, one for each thread of C */
	uint64_t last_m;     /* greatest m.id */
};

/* Reads the Ps and ms. False: not all can be read, so no candidate could be confirmed. */
static bool count_ps(struct sched_search *s)
{
	const struct gopm__layout *l = &s->rt->layout;
	uint64_t p, status, end, capacity;

	if (s->rt->allp == 0 || l->p.status < 0 || l->p.link < 0 || l->p.goidcacheend < 0 || l->m.idle_next < 0 ||
	    !gopm__read_u64(&s->probe, s->rt->allp, &s->ps) ||
	    !gopm__read_u64(&s->probe, s->rt->allp + 8, &s->p_count) ||
	    !gopm__read_u64(&s->probe, s->rt->allp + 16, &capacity) || s->p_count == 0 || s->p_count > capacity ||
	    capacity > MAX_PS) {
		return false;
	}
	/* A P that a lower GOMAXPROCS removed stays past the slice's length, with the ids it reserved. */
	for (uint64_t i = 0; i < capacity; i++) {
		if (i >= s->p_count && (!gopm__read_u64(&s->probe, s->ps + i * 8, &p) || p == 0)) {
			continue;
		}
		if (!gopm__read_u64(&s->probe, s->ps + i * 8, &p) ||
		    !gopm__read_word(&s->probe, p + (uint64_t)l->p.status, 4, &status) ||
		    !gopm__read_u64(&s->probe, p + (uint64_t)l->p.goidcacheend, &end)) {
			return false;
		}
		s->idle_ps += i < s->p_count && status == P_IDLE;
		if (end != 0 && end - 1 > s->last_goid) {
			s->last_goid = end - 1;
		}
	}
	for (size_t i = 0; i < s->rt->m_count; i++) {
		if (s->rt->ms[i].id > s->last_m && s->rt->ms[i].id < UINT64_C(1) << 62) {
			s->last_m = s->rt->ms[i].id;
		}
	}
	s->goid_slack = GOID_BATCH * capacity + s->rt->m_count;
	return s->rt->m_count != 0;
}

/* True if `id` can be goidgen: the last id of a P, or a little more. */
static bool is_last_goid(const struct sched_search *s, uint64_t id)
{
	return id >= s->last_goid && id - s->last_goid <= s->goid_slack;
}

static uint64_t sched_field(struct sched_search *s, uint64_t address, unsigned size)
{
	uint64_t value;
	return gopm__read_word(&s->probe, address, size, &value) ? value : 0;
}

static bool counts_agree(uint64_t a, uint64_t b)
{
	return a <= b + SLACK && b <= a + SLACK;
}

/* True if the list of idle ms from `m` has about `count` entries, all of them in allm. */
static bool idle_ms_fit(struct sched_search *s, uint64_t m, uint64_t count)
{
	uint64_t found = 0;

	for (; m != 0; found++) {
		if (found > count + SLACK || ++s->steps > MAX_STEPS || gopm__runtime_m(s->rt, m) == NULL ||
		    !gopm__read_u64(&s->probe, m + (uint64_t)s->rt->layout.m.idle_next, &m)) {
			return false;
		}
	}
	return counts_agree(found, count);
}

/* True if the list of idle Ps from `p` has about `count` entries, all idle, and no other P is idle. */
static bool idle_ps_fit(struct sched_search *s, uint64_t p, uint64_t count)
{
	const struct gopm__layout *l = &s->rt->layout;
	uint64_t found = 0, id, same, status;

	for (; p != 0; found++) {
		if (found > count + SLACK || ++s->steps > MAX_STEPS ||
		    !gopm__read_word(&s->probe, p + (uint64_t)l->p.id, 4, &id) || id >= s->p_count ||
		    !gopm__read_u64(&s->probe, s->ps + id * 8, &same) || same != p ||
		    !gopm__read_word(&s->probe, p + (uint64_t)l->p.status, 4, &status) || status != P_IDLE ||
		    !gopm__read_u64(&s->probe, p + (uint64_t)l->p.link, &p)) {
			return false;
		}
	}
	return counts_agree(found, count) && counts_agree(found, s->idle_ps);
}

static bool is_sched(struct sched_search *s, uint64_t address, const struct sched_shape *shape, struct gopm__sched *out)
{
	const uint64_t at = address + shape->nmidle, made = sched_field(s, at + AT_MNEXT, 8);
	const uint64_t freed = sched_field(s, at + AT_NMFREED, 8), most = sched_field(s, at + AT_MAXMCOUNT, 4);

	/* mnext counts all ms made, nmfreed those that left allm (runtime/proc.go, mcount and mexit). */
	if (made <= s->last_m || made > UINT32_MAX || freed >= made || !counts_agree(made - freed, s->rt->m_count) ||
	    most < s->rt->m_count || most > INT32_MAX) {
		return false;
	}
	*out = (struct gopm__sched){
	    .address = address,
	    .goidgen = sched_field(s, address, 8),
	    .last_poll = (int64_t)sched_field(s, address + 8, 8),
	    .idle_ms = (uint32_t)sched_field(s, at + AT_NMIDLE, 4),
	    .locked_idle_ms = (uint32_t)sched_field(s, at + AT_NMIDLELOCKED, 4),
	    .max_ms = (uint32_t)most,
	    .system_ms = (uint32_t)sched_field(s, at + AT_NMSYS, 4),
	    .idle_ps = (uint32_t)sched_field(s, at + AT_NPIDLE, 4),
	    .spinning_ms = (uint32_t)sched_field(s, at + AT_NMSPINNING, 4),
	    .system_gs = (uint32_t)sched_field(s, at + AT_NGSYS, 4),
	    .ms_made = made,
	    .ms_freed = freed,
	};
	/* A P reserves ids from goidgen (runtime/proc.go, newproc1), so goidgen is the last id that any P has. If the
	 * candidate is one word too low, goidgen is in the place of lastpoll. */
	return is_last_goid(s, out->goidgen) && !is_last_goid(s, (uint64_t)out->last_poll) && out->last_poll >= 0 &&
	       out->idle_ms <= s->rt->m_count && out->idle_ps <= s->p_count &&
	       idle_ms_fit(s, sched_field(s, address + shape->midle, 8), out->idle_ms) &&
	       idle_ps_fit(s, sched_field(s, at + AT_PIDLE, 8), out->idle_ps);
}

static void find_sched(struct gopm__runtime *rt)
{
	struct gopm__data_range ranges[GOPM__GLOBAL_RANGES];
	struct sched_search s = {.rt = rt, .reader = gopm__reader(&rt->core->memory)};
	struct gopm__sched found;
	uint64_t most;

	s.probe = s.reader;
	const size_t count = count_ps(&s) ? gopm__global_ranges(rt, GOPM__GLOBAL_SCHED, ranges) : 0;
	for (size_t i = 0; i < count; i++) {
		for (uint64_t at = ranges[i].begin; at < ranges[i].end && s.steps <= MAX_STEPS; at += 8) {
			/* maxmcount first, as most words are 0. */
			for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
				if (ranges[i].end - at < shapes[k].nmidle + (uint64_t)AT_END ||
				    !gopm__read_word(&s.reader, at + shapes[k].nmidle + AT_MAXMCOUNT, 4, &most) ||
				    most < rt->m_count || !is_sched(&s, at, &shapes[k], &found)) {
					continue;
				}
				struct gopm__sched *sched = gopm__arena_alloc(&rt->arena, sizeof *sched);
				if (sched != NULL) {
					*sched = found;
				}
				rt->sched = sched;
				return;
			}
		}
	}
	gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE, "runtime.sched was not found");
}

const struct gopm__sched *gopm__sched(struct gopm__runtime *rt)
{
	gopm__runtime_once(rt, &rt->sched_tried, find_sched);
	return rt->sched;
}
