/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/ahead.h"

/* How many entries ahead a g, and what it points to, are prefetched: the best of what was measured with a million
 * parked goroutines. */
#define CACHE_LINE 64
#define G_AHEAD 16
#define STACK_AHEAD 8

static void prefetch_range(struct gopm__reader *reader, uint64_t address, uint64_t size)
{
	const uint8_t *p = gopm__read_peek(reader, address, size);

	for (uint64_t at = 0; p != NULL && at < size; at += CACHE_LINE) {
		__builtin_prefetch(p + at);
	}
}

void gopm__ahead(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t index, struct gopm__ahead of)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t address = gopm__runtime_g_at(rt, reader, index + G_AHEAD), at;

	if (address != 0) {
		prefetch_range(reader, address, l->size[GOPM__STRUCT_G]);
	}
	address = of.stack != 0 || of.sudog ? gopm__runtime_g_at(rt, reader, index + STACK_AHEAD) : 0;
	if (address == 0) {
		return;
	}
	if (of.stack != 0 && l->g.sched_sp >= 0 && gopm__read_u64(reader, address + (uint64_t)l->g.sched_sp, &at)) {
		prefetch_range(reader, at, of.stack);
	}
	if (of.sudog && l->g.waiting >= 0 && gopm__read_u64(reader, address + (uint64_t)l->g.waiting, &at) && at != 0) {
		prefetch_range(reader, at, l->size[GOPM__STRUCT_SUDOG]);
	}
}
