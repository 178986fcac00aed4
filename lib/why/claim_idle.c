/* SPDX-License-Identifier: Apache-2.0 */
/* Most of a million goroutines have no claims, as the others of their shape. To see that takes a load of the g and of
 * its stack, which threads can do: what is known of shapes does not change meanwhile. */
#include "runtime/ahead.h"
#include "runtime/layout/field.h"
#include "util/workers.h"
#include "why/claim_private.h"

/* With fewer goroutines each, threads cost more than they gain. */
#define GOROUTINES_A_PART 8192u

struct part {
	const struct gopm__claim_search *search;
	uint64_t begin, end; /* entries of allgs */
	uint8_t *idle;       /* of entry `begin` */
};

static bool is_idle(const struct gopm__claim_search *search, struct gopm__reader *reader, uint64_t address)
{
	const struct gopm__runtime *rt = search->rt;
	struct gopm__g g;

	if (address == 0 || !gopm__g_read(rt, reader, address, &g) || gopm__g_is_dead(&g) ||
	    gopm__g_is_system(rt, &g)) {
		return true;
	}
	const struct gopm__shape *shape = gopm__shape_seen(&search->shapes, reader, &g);
	const struct gopm__claim_frames *frames = shape != NULL ? shape->note : NULL;
	uint64_t defers;
	return frames != NULL && frames->idle && gopm__field_u64(reader, address, rt->layout.g.defer, &defers) &&
	       defers == 0;
}

static void look_at_part(void *argument)
{
	const struct part *part = argument;
	const struct gopm__runtime *rt = part->search->rt;
	const struct gopm__ahead ahead = {.stack = GOPM__CLAIM_STACK_AHEAD};
	struct gopm__reader reader = gopm__reader(&rt->core->memory);

	for (uint64_t i = part->begin; i < part->end; i++) {
		const uint64_t address = gopm__runtime_g_at(rt, &reader, i);
		(void)gopm__ahead(rt, &reader, i, ahead);
		part->idle[i - part->begin] = is_idle(part->search, &reader, address);
	}
}

bool gopm__claim_find_idle(const struct gopm__claim_search *search, uint64_t begin, uint64_t end, uint8_t *idle)
{
	struct part parts[GOPM__MOST_WORKERS];
	const uint64_t entries = end - begin;
	const size_t worth = gopm__workers_worth(entries, GOROUTINES_A_PART);
	const size_t count = worth < search->threads ? worth : search->threads;

	for (size_t i = 0; i < count; i++) {
		const uint64_t from = gopm__workers_begin(entries, i, count);
		parts[i] = (struct part){.search = search,
		                         .begin = begin + from,
		                         .end = begin + gopm__workers_begin(entries, i + 1, count),
		                         .idle = idle + from};
	}
	return gopm__workers_run(look_at_part, parts, sizeof parts[0], count);
}
