/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/ahead.h"

#include "runtime/layout/field.h"
#include "runtime/sudog.h"

/* How many entries ahead a g, and what it points to, are prefetched: the best of what was measured with a million
 * parked goroutines. */
#define CACHE_LINE 64
#define G_AHEAD 16
#define STACK_AHEAD 8
#define CHAN_AHEAD 4

static void prefetch_range(struct gopm__reader *reader, uint64_t address, uint64_t size)
{
	const uint8_t *p = gopm__read_peek(reader, address, size);

	for (uint64_t at = 0; p != NULL && at < size; at += CACHE_LINE) {
		__builtin_prefetch(p + at);
	}
}

static void prefetch_sudog(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t sudog)
{
	if (sudog != 0) {
		prefetch_range(reader, sudog, l->size[GOPM__STRUCT_SUDOG]);
	}
}

/* What the first sudog of a goroutine points to. */
static void prefetch_beyond_sudog(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t g)
{
	uint64_t sudog, at;

	if (!gopm__field_u64(reader, g, l->g.waiting, &sudog) || sudog == 0) {
		return;
	}
	if (gopm__sudog_channel(l, reader, sudog, &at) && at != 0) {
		prefetch_range(reader, at, l->size[GOPM__STRUCT_HCHAN]);
	}
	if (gopm__sudog_waitlink(l, reader, sudog, &at)) {
		prefetch_sudog(l, reader, at);
	}
}

uint64_t gopm__ahead(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t index, struct gopm__ahead of)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t address = gopm__runtime_g_at(rt, reader, index + G_AHEAD), at;

	if (address != 0) {
		prefetch_range(reader, address, l->size[GOPM__STRUCT_G]);
	}
	address = of.stack != 0 || of.sudog ? gopm__runtime_g_at(rt, reader, index + STACK_AHEAD) : 0;
	if (address == 0) {
		return 0;
	}
	if (of.stack != 0 && gopm__field_u64(reader, address, l->g.sched_sp, &at)) {
		prefetch_range(reader, at, of.stack);
	}
	if (of.sudog) {
		if (gopm__field_u64(reader, address, l->g.waiting, &at)) {
			prefetch_sudog(l, reader, at);
		}
		const uint64_t nearer = gopm__runtime_g_at(rt, reader, index + CHAN_AHEAD);
		if (nearer != 0) {
			prefetch_beyond_sudog(l, reader, nearer);
		}
	}
	return address;
}
