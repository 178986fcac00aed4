/* SPDX-License-Identifier: Apache-2.0 */
#include "query/query.h"
#include "runtime/ahead.h"
#include "runtime/g_check.h"
#include "util/progress.h"

/* Bytes of the innermost frames that are prefetched: the best of what was measured with a million parked goroutines. */
#define STACK_BYTES_AHEAD 320

/* The progress callback is called once for this many. */
#define GOROUTINES_A_REPORT 256

void gopm__scan_init(struct gopm__scan *scan, struct gopm__runtime *rt, const struct gopm__query *query)
{
	*scan = (struct gopm__scan){.rt = rt,
	                            .query = query,
	                            .reader = gopm__reader(&rt->core->memory),
	                            .budget = gopm__walk_budget(rt),
	                            .end = rt->g_count};
}

void gopm__scan_clear(struct gopm__scan *scan)
{
	if (scan->budget == 0) {
		gopm__finding_add(scan->rt->findings, GOPM_FINDING_LIMIT, GOPM__NOWHERE,
		                  "stacks have more frames than fit in the core; some are not unwound to their end");
	}
	gopm__wait_cache_free(&scan->cache);
	gopm__id_set_free(&scan->own_ids);
}

/* Reports progress. False: the caller cancelled. A scan of a part of allgs speaks for the other parts. */
static bool report_progress(struct gopm__scan *scan, uint64_t index)
{
	const gopm_goroutine_filter *filter = &scan->query->filter;
	const struct gopm__progress progress = {filter->progress, filter->progress_user_data};
	uint64_t total = scan->rt->g_count, part = scan->end - scan->begin;
	uint64_t done = part != 0 ? (index - scan->begin) * (total / part) : 0;

	if (scan->stop != NULL && atomic_load_explicit(scan->stop, memory_order_relaxed)) {
		scan->cancelled = true;
	} else if (!scan->silent && !gopm__progress_report(&progress, GOPM_PROGRESS_GOROUTINES, done, total)) {
		scan->cancelled = true;
		if (scan->stop != NULL) {
			atomic_store_explicit(scan->stop, true, memory_order_relaxed);
		}
	}
	return !scan->cancelled;
}

/* True if the current goroutine was an earlier entry too. If another one has its id, it is marked. */
static bool is_repeated(struct gopm__scan *scan, uint64_t index)
{
	struct gopm__g *g = &scan->g;

	if (!gopm__id_set_add(scan->ids, g->id) && !gopm__repeats_known(scan->rt)) {
		return false;
	}
	switch (gopm__repeat_of(scan->rt, index, g->address, g->id)) {
	case GOPM__REPEAT_ENTRY:
		gopm__finding_add(scan->rt->findings, GOPM_FINDING_BAD_GOROUTINE, GOPM__AT_ADDRESS(g->address),
		                  "runtime.allgs: entry repeats a goroutine");
		return true;
	case GOPM__REPEAT_ID:
		g->faults |= UINT32_C(1) << GOPM__FAULT_SAME_ID;
		return false;
	default:
		return false;
	}
}

bool gopm__scan_next(struct gopm__scan *scan)
{
	if (scan->ids == NULL) {
		gopm__id_set_init(&scan->own_ids, scan->rt);
		scan->ids = &scan->own_ids;
	}
	const struct gopm__ahead ahead = {.stack =
	                                      (scan->query->fields & GOPM_FIELD_USER) != 0 ? STACK_BYTES_AHEAD : 0};
	while (scan->next < scan->end) {
		uint64_t index = scan->next;
		if (index % GOROUTINES_A_REPORT == 0 && scan->query->filter.progress != NULL &&
		    !report_progress(scan, index)) {
			return false;
		}
		scan->next++;
		uint64_t address = gopm__runtime_g_at(scan->rt, &scan->reader, index);
		(void)gopm__ahead(scan->rt, &scan->reader, index, ahead);
		scan->found = 0;
		scan->partial = false;
		if (address == 0 || !gopm__g_read(scan->rt, &scan->reader, address, &scan->g)) {
			gopm__finding_add(scan->rt->findings, GOPM_FINDING_BAD_GOROUTINE, GOPM__AT_ADDRESS(address),
			                  "runtime.allgs: entry is not a goroutine");
			continue;
		}
		/* newproc1 adds a g to allgs when it is dead. */
		if (scan->g.status == GOPM_G_IDLE) {
			scan->g.faults |= UINT32_C(1) << GOPM__FAULT_IDLE;
		}
		if (is_repeated(scan, index)) {
			continue;
		}
		if (scan->g.faults != 0) {
			gopm__g_report(scan->rt, &scan->g, scan->g.faults);
			scan->partial = true;
		}
		if (gopm__scan_passes(scan)) {
			return true;
		}
	}
	return false;
}
