/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/ahead.h"

#include "runtime/layout/field.h"
#include "runtime/sudog.h"

#define CACHE_LINE 64

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

void gopm__ahead_of(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__ahead_gs *gs,
                    struct gopm__ahead of)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t at;

	if (gs->far != 0) {
		prefetch_range(reader, gs->far, l->size[GOPM__STRUCT_G]);
	}
	if (gs->near != 0 && of.stack != 0 && gopm__field_u64(reader, gs->near, l->g.sched_sp, &at)) {
		prefetch_range(reader, at, of.stack);
	}
	if (gs->near != 0 && of.sudog && gopm__field_u64(reader, gs->near, l->g.waiting, &at)) {
		prefetch_sudog(l, reader, at);
	}
	if (gs->next != 0 && of.sudog) {
		prefetch_beyond_sudog(l, reader, gs->next);
	}
}

uint64_t gopm__ahead(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t index, struct gopm__ahead of)
{
	const struct gopm__ahead_gs gs = {
	    gopm__runtime_g_at(rt, reader, index + GOPM__AHEAD_FAR),
	    of.stack != 0 || of.sudog ? gopm__runtime_g_at(rt, reader, index + GOPM__AHEAD_NEAR) : 0,
	    of.sudog ? gopm__runtime_g_at(rt, reader, index + GOPM__AHEAD_NEXT) : 0};

	gopm__ahead_of(rt, reader, &gs, of);
	return gs.near;
}
