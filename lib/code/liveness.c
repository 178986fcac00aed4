/* SPDX-License-Identifier: Apache-2.0 */
#include "code/liveness.h"

#include <stdlib.h>

#include "code/cfg.h"

#define CELL_BITS ((GOPM__LIVE_WORDS - 1) * 64u)
#define MAX_ROUNDS 256u

/* The frame is cut where any read or write begins or ends: each of them is of whole cells. */
struct gopm__liveness {
	const struct gopm__code *flow;
	int32_t *bounds; /* from the CFA; cell i is [bounds[i], bounds[i + 1]) */
	size_t cells;
	uint64_t (*in)[GOPM__LIVE_WORDS]; /* of each block: registers, then cells */
};

static bool is_write(const struct gopm__code_effect *e)
{
	return e->kind == GOPM__CODE_STORE || e->kind == GOPM__CODE_STORE_CONSTANT || e->kind == GOPM__CODE_STORE_OTHER;
}

static bool is_read(const struct gopm__code_effect *e)
{
	return e->kind == GOPM__CODE_LOAD || e->kind == GOPM__CODE_READ;
}

static size_t first_cell(const struct gopm__liveness *live, int64_t at)
{
	size_t low = 0, high = live->cells;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (live->bounds[middle + 1] <= at) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static void set_cells(const struct gopm__liveness *live, uint64_t *bits, int64_t from, int64_t size, bool on)
{
	for (size_t i = first_cell(live, from); i < live->cells && live->bounds[i] < from + size; i++) {
		uint64_t bit = UINT64_C(1) << (i % 64);
		bits[1 + i / 64] = on ? bits[1 + i / 64] | bit : bits[1 + i / 64] & ~bit;
	}
}

/* From what is live behind a step to what is before it. */
static void back(const struct gopm__liveness *live, const struct gopm__cfg_instruction *step, uint64_t *bits)
{
	const struct gopm__code_desc *desc = live->flow->desc;
	const struct gopm__instruction *code = &step->code;

	if (code->flow == GOPM__CODE_STOP || step->gone) {
		memset(bits, 0, sizeof live->in[0]);
	}
	if (code->flow == GOPM__CODE_CALL) {
		bits[0] &= desc->kept;
		if (step->outgoing != UINT32_MAX) {
			set_cells(live, bits, step->sp, step->outgoing, false);
		}
	}
	bits[0] &= ~code->writes;
	for (unsigned k = 0; k < code->effect_count; k++) {
		const struct gopm__code_effect *e = &code->effects[k];
		if (is_write(e)) {
			if (e->base == desc->sp) {
				set_cells(live, bits, step->sp + e->value, e->size, false);
			}
		} else if (e->reg < GOPM__CODE_REGISTERS && e->kind != GOPM__CODE_READ) {
			bits[0] &= ~(UINT64_C(1) << e->reg);
		}
	}
	bits[0] |= code->reads;
	for (unsigned k = 0; k < code->effect_count; k++) {
		const struct gopm__code_effect *e = &code->effects[k];
		if (is_read(e) && e->base == desc->sp) {
			set_cells(live, bits, step->sp + e->value, e->size, true);
		}
	}
}

static void add(uint64_t *to, const uint64_t *from)
{
	for (size_t i = 0; i < GOPM__LIVE_WORDS; i++) {
		to[i] |= from[i];
	}
}

/* What is live before step `index`. */
static void before(const struct gopm__liveness *live, size_t index, uint64_t *bits)
{
	const struct gopm__code *flow = live->flow;
	size_t last = index;

	while (last + 1 < flow->step_count && flow->steps[last + 1].block < 0) {
		last++;
	}
	const struct gopm__instruction *end = &flow->steps[last].code;
	memset(bits, 0, sizeof live->in[0]);
	if (end->flow == GOPM__CODE_JUMP || end->flow == GOPM__CODE_BRANCH) {
		int64_t to = gopm__cfg_index(flow, end->target);
		if (to >= 0 && flow->steps[to].block >= 0) {
			add(bits, live->in[flow->steps[to].block]);
		}
	}
	if (end->flow != GOPM__CODE_JUMP && end->flow != GOPM__CODE_STOP && last + 1 < flow->step_count) {
		add(bits, live->in[flow->steps[last + 1].block]);
	}
	for (size_t i = last + 1; i > index; i--) {
		back(live, &flow->steps[i - 1], bits);
	}
}

static bool run(struct gopm__liveness *live)
{
	const struct gopm__code *flow = live->flow;
	uint64_t bits[GOPM__LIVE_WORDS];
	bool changed = true;

	for (unsigned round = 0; changed; round++) {
		if (round == MAX_ROUNDS) {
			return false;
		}
		changed = false;
		for (size_t block = flow->block_count; block > 0; block--) {
			before(live, flow->blocks[block - 1], bits);
			if (memcmp(bits, live->in[block - 1], sizeof bits) != 0) {
				memcpy(live->in[block - 1], bits, sizeof bits);
				changed = true;
			}
		}
	}
	return true;
}

static int by_number(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return x < y ? -1 : x > y;
}

/* False: more than there is room for. */
static bool find_cells(struct gopm__liveness *live, int32_t *bounds)
{
	const struct gopm__code *flow = live->flow;
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < flow->step_count; i++) {
		const struct gopm__cfg_instruction *step = &flow->steps[i];
		for (unsigned k = 0; k < step->code.effect_count; k++) {
			const struct gopm__code_effect *e = &step->code.effects[k];
			int64_t from = step->sp + e->value;
			if (e->base == flow->desc->sp && (is_read(e) || is_write(e)) && from > INT32_MIN &&
			    from + e->size < INT32_MAX) {
				bounds[count++] = (int32_t)from;
				bounds[count++] = (int32_t)(from + e->size);
			}
		}
	}
	qsort(bounds, count, sizeof bounds[0], by_number);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || bounds[kept - 1] != bounds[i]) {
			bounds[kept++] = bounds[i];
		}
	}
	live->bounds = bounds;
	live->cells = kept != 0 ? kept - 1 : 0;
	return live->cells <= CELL_BITS;
}

static const struct gopm__liveness *make(struct gopm__code_cache *cache, const struct gopm__code *flow)
{
	struct gopm__liveness live = {.flow = flow}, *kept = NULL;
	int32_t *bounds = calloc(flow->step_count * GOPM__CODE_EFFECTS * 2 + 1, sizeof *bounds);

	if (bounds != NULL && find_cells(&live, bounds)) {
		size_t bounds_size = (live.cells + 1) * sizeof *bounds, in_size = flow->block_count * sizeof *live.in;
		kept = gopm__arena_alloc(&cache->arena, sizeof *kept);
		live.bounds = gopm__arena_alloc(&cache->arena, bounds_size);
		live.in = gopm__arena_alloc(&cache->arena, in_size);
		if (kept != NULL && live.bounds != NULL && live.in != NULL) {
			memcpy(live.bounds, bounds, bounds_size);
			memset(live.in, 0, in_size);
			cache->bytes += sizeof *kept + bounds_size + in_size;
			*kept = live;
			kept = run(kept) ? kept : NULL;
		} else {
			kept = NULL;
		}
	}
	free(bounds);
	return kept;
}

bool gopm__code_live_at(struct gopm__code *flow, uint64_t pc, bool returning, struct gopm__live_set *out)
{
	const uint64_t *known = gopm__map64_get(&flow->cache->lives, flow->entry);
	size_t index = 0;
	bool fresh;

	out->live = known != NULL ? (const struct gopm__liveness *)(uintptr_t)*known : NULL;
	if (known == NULL) {
		uint64_t *slot = gopm__map64_put(&flow->cache->lives, flow->entry, &fresh);
		if (slot == NULL) {
			return false;
		}
		*slot = 0;
		out->live = make(flow->cache, flow);
		*slot = (uint64_t)(uintptr_t)out->live;
	}
	if (out->live == NULL) {
		return false;
	}
	if (returning) {
		if (!gopm__cfg_call(flow, pc, &index) || flow->steps[index].gone || index + 1 >= flow->step_count) {
			return false;
		}
		index++;
	} else {
		int64_t found = pc >= flow->entry ? gopm__cfg_index(flow, pc) : -1;
		if (found < 0) {
			return false;
		}
		index = (size_t)found;
	}
	before(out->live, index, out->bits);
	return true;
}

bool gopm__is_live(const struct gopm__live_set *places, int64_t offset, uint64_t size)
{
	const struct gopm__liveness *live = places->live;

	for (size_t i = first_cell(live, offset);
	     i < live->cells && (int64_t)live->bounds[i] - offset < (int64_t)(size < INT32_MAX ? size : INT32_MAX);
	     i++) {
		if ((places->bits[1 + i / 64] >> (i % 64) & 1) != 0) {
			return true;
		}
	}
	return false;
}

bool gopm__is_live_register(const struct gopm__live_set *places, unsigned number)
{
	return number < GOPM__CODE_REGISTERS && (places->bits[0] >> number & 1) != 0;
}
