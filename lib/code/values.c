/* SPDX-License-Identifier: Apache-2.0 */
#include "code/values.h"

#include <stdlib.h>

#include "code/cfg.h"

/* Identities of all blocks of one function. */
#define MAX_STATES (256u << 10)
#define MAX_ROUNDS 64u
/* Places where paths meet that one value is taken apart at. */
#define MAX_MEETINGS 32u
#define FLOW_BYTES ((size_t)64 << 20)
#define MAX_FLOWS ((size_t)1 << 16)

void gopm__code_cache_free(struct gopm__code_cache *cache)
{
	gopm__map64_free(&cache->map);
	gopm__map64_free(&cache->lives);
	gopm__map64_free(&cache->sites);
	gopm__arena_free(&cache->arena);
	*cache = (struct gopm__code_cache){0};
}

void gopm__code_cache_trim(struct gopm__code_cache *cache)
{
	if (cache->bytes > FLOW_BYTES || cache->map.count > MAX_FLOWS) {
		gopm__code_cache_free(cache);
	}
}

/* Identities */

static int64_t slot_index(const int32_t *slots, size_t count, int64_t at)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (slots[middle] == at) {
			return (int64_t)middle;
		}
		if (slots[middle] < at) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return -1;
}

/* [from, from + size) was written: what of a slot lies below stays. */
static void kill_slots(const struct gopm__code *flow, struct gopm__value_number *at, int64_t from, int64_t size,
                       int64_t except)
{
	for (size_t i = 0; i < flow->slot_count; i++) {
		struct gopm__value_number *id = &at[GOPM__CODE_REGISTERS + i];
		int64_t slot = flow->slots[i];
		if ((int64_t)i == except || slot >= from + size || slot + 8 <= from) {
			continue;
		}
		if (slot < from) {
			id->width = (uint8_t)(id->width < from - slot ? id->width : from - slot);
		} else {
			*id = (struct gopm__value_number){0};
		}
	}
}

/* Register `reg` gets a value that only this instruction knows; what it made before is another one. */
static void make(const struct gopm__code *flow, struct gopm__value_number *at, size_t step, unsigned reg)
{
	struct gopm__value_number made = {GOPM__VN_DEFINITION, 8, (uint32_t)step, (int64_t)reg};

	for (size_t i = 0; i < flow->location_count; i++) {
		if (gopm__value_number_equal(&at[i], &made)) {
			at[i] = (struct gopm__value_number){0};
		}
	}
	at[reg] = made;
}

static uint8_t narrow(uint8_t width, unsigned size)
{
	return width < size ? width : (uint8_t)size;
}

/* Where memory operand of `e` lies from the CFA. */
static bool in_frame(const struct gopm__code *flow, const struct gopm__cfg_instruction *step,
                     const struct gopm__value_number *at, const struct gopm__code_effect *e, int64_t *out)
{
	if (e->base == flow->desc->sp) {
		*out = step->sp + e->value;
		return true;
	}
	if (e->base < GOPM__CODE_REGISTERS && at[e->base].kind == GOPM__VN_FRAME && at[e->base].width == 8) {
		*out = at[e->base].value + e->value;
		return true;
	}
	return false;
}

static void apply_effect(const struct gopm__code *flow, size_t index, struct gopm__value_number *at,
                         const struct gopm__value_number *before, const struct gopm__code_effect *e)
{
	const struct gopm__cfg_instruction *step = &flow->steps[index];
	int64_t place = 0, slot = -1;
	bool local = false;

	if (e->kind == GOPM__CODE_LOAD || e->kind == GOPM__CODE_STORE || e->kind == GOPM__CODE_STORE_CONSTANT ||
	    e->kind == GOPM__CODE_STORE_OTHER) {
		local = in_frame(flow, step, before, e, &place);
		slot = local ? slot_index(flow->slots, flow->slot_count, place) : -1;
	}
	struct gopm__value_number *held = slot >= 0 ? &at[GOPM__CODE_REGISTERS + slot] : NULL;
	switch (e->kind) {
	case GOPM__CODE_COPY:
		if (e->base == flow->desc->sp) {
			at[e->reg] = (struct gopm__value_number){GOPM__VN_FRAME, 8, 0, step->sp};
			return;
		}
		at[e->reg] = before[e->base];
		at[e->reg].width = narrow(at[e->reg].width, e->size);
		return;
	case GOPM__CODE_ADDRESS:
		if (e->base == flow->desc->sp) {
			at[e->reg] = (struct gopm__value_number){GOPM__VN_FRAME, 8, 0, step->sp + e->value};
		} else if (before[e->base].kind == GOPM__VN_CONSTANT && before[e->base].width == 8) {
			at[e->reg] = before[e->base]; /* a page, and the place in it */
			at[e->reg].value = (int64_t)((uint64_t)at[e->reg].value + (uint64_t)e->value);
		} else {
			make(flow, at, index, e->reg);
		}
		return;
	case GOPM__CODE_CONSTANT:
		at[e->reg] = (struct gopm__value_number){GOPM__VN_CONSTANT, 8, 0, e->value};
		return;
	case GOPM__CODE_LOAD: {
		const struct gopm__value_number *base = e->base < GOPM__CODE_REGISTERS ? &before[e->base] : NULL;
		if (held != NULL && !flow->trusted[slot]) {
			held = NULL;
		}
		if (held != NULL && held->kind != GOPM__VN_UNKNOWN) {
			at[e->reg] = *held;
			at[e->reg].width = narrow(held->width, e->size);
			return;
		}
		if (base != NULL && base->kind == GOPM__VN_LIVE_IN && base->value == flow->desc->context &&
		    base->width == 8) {
			at[e->reg] = (struct gopm__value_number){GOPM__VN_CAPTURED, e->size, 0, e->value};
			return;
		}
		make(flow, at, index, e->reg);
		at[e->reg].width = e->size;
		if (held != NULL && held->kind == GOPM__VN_UNKNOWN) {
			*held = at[e->reg]; /* from now on they are the same */
		}
		return;
	}
	case GOPM__CODE_STORE:
		if (!local) {
			return; /* through a pointer: to no slot that is followed */
		}
		kill_slots(flow, at, place, e->size, slot);
		if (held != NULL) {
			*held = before[e->reg];
			held->width = narrow(held->width, e->size);
		}
		return;
	case GOPM__CODE_STORE_CONSTANT:
		if (!local) {
			return;
		}
		kill_slots(flow, at, place, e->size, slot);
		if (held != NULL) {
			*held = (struct gopm__value_number){GOPM__VN_CONSTANT, e->size, 0, e->constant};
		}
		return;
	case GOPM__CODE_STORE_OTHER:
		if (local) {
			kill_slots(flow, at, place, e->size, -1);
		}
		return;
	default:
		return;
	}
}

/* Slots that may change while a call runs. */
static void call_slots(const struct gopm__code *flow, size_t index, struct gopm__value_number *at)
{
	const struct gopm__cfg_instruction *step = &flow->steps[index];
	int64_t size = step->outgoing != UINT32_MAX ? (int64_t)step->outgoing : flow->pointers_begin - step->sp;
	if (size > 0) {
		kill_slots(flow, at, step->sp, size, -1);
	}
}

static void apply(const struct gopm__code *flow, size_t index, struct gopm__value_number *at)
{
	const struct gopm__instruction *code = &flow->steps[index].code;
	struct gopm__value_number before[GOPM__CODE_REGISTERS];

	memcpy(before, at, sizeof before);
	uint64_t writes = code->writes;
	if (code->flow == GOPM__CODE_CALL) {
		writes = ~flow->desc->kept;
		call_slots(flow, index, at);
	}
	for (unsigned r = 0; writes != 0; r++, writes >>= 1) {
		if ((writes & 1) != 0) {
			make(flow, at, index, r);
		}
	}
	for (unsigned k = 0; k < code->effect_count; k++) {
		apply_effect(flow, index, at, before, &code->effects[k]);
	}
}

/* Brings what arrives on one way into a block; true: the block has to be gone through again. */
static bool merge(struct gopm__code *flow, int32_t block, const struct gopm__value_number *from)
{
	struct gopm__value_number *to = &flow->states[(size_t)block * flow->location_count];
	uint32_t first = flow->blocks[block];
	bool changed = !flow->reached[block];

	if (changed) {
		flow->reached[block] = true;
		memcpy(to, from, flow->location_count * sizeof *to);
		return true;
	}
	for (size_t i = 0; i < flow->location_count; i++) {
		struct gopm__value_number merged = {GOPM__VN_PHI, 8, first, (int64_t)i};
		if (gopm__value_number_equal(&to[i], &merged)) {
			continue;
		}
		/* What was merged here the time before is another value than what is merged now. */
		bool old = from[i].kind == GOPM__VN_PHI && from[i].at == first;
		if (!old && (gopm__value_number_equal(&to[i], &from[i]) ||
		             (to[i].kind == GOPM__VN_UNKNOWN && from[i].kind == GOPM__VN_UNKNOWN))) {
			if (from[i].width < to[i].width) {
				to[i].width = from[i].width;
				changed = true;
			}
			continue;
		}
		to[i] = merged;
		changed = true;
	}
	return changed;
}

static bool run_block(struct gopm__code *flow, size_t block, struct gopm__value_number *at, bool *again)
{
	memcpy(at, &flow->states[block * flow->location_count], flow->location_count * sizeof *at);
	for (size_t i = flow->blocks[block];; i++) {
		const struct gopm__instruction *code = &flow->steps[i].code;
		apply(flow, i, at);
		if (code->flow == GOPM__CODE_JUMP || code->flow == GOPM__CODE_BRANCH) {
			int64_t to = gopm__cfg_index(flow, code->target);
			if (to < 0 || flow->steps[to].block < 0) {
				return false;
			}
			again[flow->steps[to].block] |= merge(flow, flow->steps[to].block, at);
		}
		if (code->flow == GOPM__CODE_JUMP || code->flow == GOPM__CODE_STOP) {
			return true;
		}
		if (i + 1 == flow->step_count) {
			return true; /* a call that does not return */
		}
		if (flow->steps[i + 1].block >= 0) {
			again[flow->steps[i + 1].block] |= merge(flow, flow->steps[i + 1].block, at);
			return true;
		}
	}
}

static bool run(struct gopm__code *flow)
{
	bool *again = calloc(flow->block_count + 1, sizeof *again);
	struct gopm__value_number *at = calloc(flow->location_count, sizeof *at);
	bool fine = again != NULL && at != NULL, more = true;

	if (fine) {
		for (size_t i = 0; i < GOPM__CODE_REGISTERS; i++) {
			flow->states[i] = (struct gopm__value_number){GOPM__VN_LIVE_IN, 8, 0, (int64_t)i};
		}
		for (size_t i = 0; i < flow->slot_count; i++) {
			flow->states[GOPM__CODE_REGISTERS + i] =
			    (struct gopm__value_number){GOPM__VN_LIVE_IN_SLOT, 8, 0, flow->slots[i]};
		}
		flow->reached[0] = true;
		again[0] = true;
	}
	for (unsigned round = 0; fine && more; round++) {
		more = false;
		for (size_t block = 0; fine && block < flow->block_count; block++) {
			if (again[block]) {
				again[block] = false;
				more = true;
				fine = run_block(flow, block, at, again);
			}
		}
		fine = fine && (round < MAX_ROUNDS || !more);
	}
	free(again);
	free(at);
	return fine;
}

/* Taking merged values apart */

/* Whether block `to` is gone on with behind the last step of block `from`. */
static bool leads_to(const struct gopm__code *flow, size_t from, size_t to)
{
	size_t next = from + 1 < flow->block_count ? flow->blocks[from + 1] : flow->step_count;
	const struct gopm__instruction *code = &flow->steps[next - 1].code;
	bool jumps = code->flow == GOPM__CODE_JUMP || code->flow == GOPM__CODE_BRANCH;

	if (!flow->reached[from]) {
		return false;
	}
	return (jumps && gopm__cfg_index(flow, code->target) == (int64_t)flow->blocks[to]) ||
	       (to == from + 1 && code->flow != GOPM__CODE_JUMP && code->flow != GOPM__CODE_STOP);
}

struct meeting {
	size_t block, location;
};

struct meetings {
	struct meeting list[MAX_MEETINGS];
	size_t count;
};

static bool add_meeting(const struct gopm__code *flow, struct meetings *all, const struct gopm__value_number *id)
{
	struct meeting m = {(size_t)flow->steps[id->at].block, (size_t)id->value};

	for (size_t i = 0; i < all->count; i++) {
		if (all->list[i].block == m.block && all->list[i].location == m.location) {
			return true;
		}
	}
	if (all->count == MAX_MEETINGS || m.location >= flow->location_count) {
		return false;
	}
	all->list[all->count++] = m;
	return true;
}

static bool visit_one(const struct gopm__code *flow, struct meetings *all, const struct gopm__value_number *id,
                      bool (*visit)(void *user_data, const struct gopm__value_number *id), void *user_data)
{
	return visit(user_data, id) || (id->kind == GOPM__VN_PHI && add_meeting(flow, all, id));
}

bool gopm__code_phi_inputs(const struct gopm__code *flow, const struct gopm__value_number *merged,
                           bool (*visit)(void *user_data, const struct gopm__value_number *id), void *user_data)
{
	struct gopm__value_number *at = calloc(flow->location_count, sizeof *at);
	struct meetings all = {.count = 0};
	bool fine = at != NULL && add_meeting(flow, &all, merged);

	for (size_t i = 0; fine && i < all.count; i++) {
		const struct meeting m = all.list[i];
		fine = m.block != 0; /* the beginning has a way in that no block leads to */
		for (size_t from = 0; fine && from < flow->block_count; from++) {
			if (!leads_to(flow, from, m.block)) {
				continue;
			}
			size_t next = from + 1 < flow->block_count ? flow->blocks[from + 1] : flow->step_count;
			memcpy(at, &flow->states[from * flow->location_count], flow->location_count * sizeof *at);
			for (size_t step = flow->blocks[from]; step < next; step++) {
				apply(flow, step, at);
			}
			fine = visit_one(flow, &all, &at[m.location], visit, user_data);
		}
	}
	free(at);
	return fine;
}

/* Keeping */

static void scrap(struct gopm__code *flow)
{
	free(flow->steps);
	free(flow->blocks);
	free(flow->reached);
	free(flow->states);
}

static bool build(struct gopm__code *flow, const struct gopm__arch *arch, struct gopm__symtab *symtab,
                  const struct gopm__func *func)
{
	if (!gopm__cfg_build(flow, arch, symtab, func) || flow->block_count * flow->location_count > MAX_STATES) {
		return false;
	}
	flow->states = calloc(flow->block_count * flow->location_count, sizeof *flow->states);
	return flow->states != NULL && run(flow);
}

static bool keep(struct gopm__arena *arena, void **list, size_t size, size_t *bytes)
{
	void *copy = gopm__arena_alloc(arena, size);

	if (copy == NULL) {
		return false;
	}
	memcpy(copy, *list, size);
	free(*list);
	*list = copy;
	*bytes += size;
	return true;
}

static struct gopm__code *publish(struct gopm__code_cache *cache, struct gopm__code *flow)
{
	struct gopm__code *copy = gopm__arena_alloc(&cache->arena, sizeof *copy);
	struct gopm__code kept = *flow;

	if (copy == NULL ||
	    !keep(&cache->arena, (void **)&flow->steps, flow->step_count * sizeof *flow->steps, &cache->bytes)) {
		scrap(flow);
		return NULL;
	}
	kept.steps = flow->steps;
	flow->steps = NULL;
	if (!keep(&cache->arena, (void **)&flow->blocks, flow->block_count * sizeof *flow->blocks, &cache->bytes)) {
		scrap(flow);
		return NULL;
	}
	kept.blocks = flow->blocks;
	flow->blocks = NULL;
	if (!keep(&cache->arena, (void **)&flow->reached, flow->block_count * sizeof *flow->reached, &cache->bytes)) {
		scrap(flow);
		return NULL;
	}
	kept.reached = flow->reached;
	flow->reached = NULL;
	if (!keep(&cache->arena, (void **)&flow->states,
	          flow->block_count * flow->location_count * sizeof *flow->states, &cache->bytes)) {
		scrap(flow);
		return NULL;
	}
	kept.states = flow->states;
	flow->states = NULL;
	size_t memo_size = sizeof *kept.memo + flow->location_count * sizeof kept.memo->at[0];
	kept.memo = gopm__arena_alloc(&cache->arena, memo_size);
	if (kept.memo == NULL) {
		return NULL;
	}
	kept.memo->known = false;
	cache->bytes += memo_size;
	*copy = kept;
	return copy;
}

struct gopm__code *gopm__code_of(struct gopm__code_cache *cache, const struct gopm__arch *arch,
                                 struct gopm__symtab *symtab, const struct gopm__func *func)
{
	const uint64_t *known = gopm__map64_get(&cache->map, func->entry);
	bool fresh;

	if (known != NULL) {
		return (struct gopm__code *)(uintptr_t)*known;
	}
	if (arch->code == NULL) {
		return NULL;
	}
	struct gopm__code flow = {.cache = cache, .desc = arch->code, .entry = func->entry};
	struct gopm__code *made = NULL;
	if (build(&flow, arch, symtab, func)) {
		made = publish(cache, &flow);
	} else {
		scrap(&flow);
	}
	uint64_t *slot = gopm__map64_put(&cache->map, func->entry, &fresh);
	if (slot != NULL) {
		*slot = (uint64_t)(uintptr_t)made;
	}
	return made;
}

bool gopm__code_call_target(const struct gopm__code *flow, uint64_t pc, uint64_t *target)
{
	size_t index;

	if (!gopm__cfg_call(flow, pc, &index)) {
		return false;
	}
	*target = flow->steps[index].code.target;
	return true;
}

/* Whether register `reg`, which step `from` gave a value, is no more than memory's base until a call of `target`, or
 * until it gets another value. */
static bool goes_nowhere(const struct gopm__code *flow, size_t from, unsigned reg, uint64_t target)
{
	for (size_t i = from + 1; i < flow->step_count; i++) {
		const struct gopm__instruction *code = &flow->steps[i].code;
		bool over = (code->writes >> reg & 1) != 0;
		if (code->flow != GOPM__CODE_NEXT) {
			return code->flow == GOPM__CODE_CALL && code->target == target;
		}
		for (unsigned k = 0; k < code->effect_count; k++) {
			const struct gopm__code_effect *e = &code->effects[k];
			bool address = e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_ADDRESS ||
			               e->kind == GOPM__CODE_INDEXED;
			if ((address && e->base == reg) || (e->kind == GOPM__CODE_STORE && e->reg == reg)) {
				return false;
			}
			over = over ||
			       (e->reg == reg && (e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_LOAD ||
			                          e->kind == GOPM__CODE_CONSTANT || e->kind == GOPM__CODE_ADDRESS));
		}
		if (over) {
			/* An instruction that nothing is known of may have read it. */
			return (code->writes >> reg & 1) == 0;
		}
	}
	return false;
}

bool gopm__code_only_passed(const struct gopm__code *flow, int64_t offset, uint64_t size, uint64_t target)
{
	for (size_t i = 0; i < flow->step_count; i++) {
		const struct gopm__cfg_instruction *step = &flow->steps[i];
		for (unsigned k = 0; k < step->code.effect_count; k++) {
			const struct gopm__code_effect *e = &step->code.effects[k];
			int64_t at;
			enum gopm__address_use taken = gopm__address_use(flow, step, e, &at);
			if (taken == GOPM__ADDRESS_UNKNOWN) {
				return false;
			}
			if (taken == GOPM__ADDRESS_TAKEN && at >= offset && (uint64_t)(at - offset) < size &&
			    (e->kind == GOPM__CODE_INDEXED || !goes_nowhere(flow, i, e->reg, target))) {
				return false;
			}
		}
	}
	return true;
}

bool gopm__code_state_at(struct gopm__code *flow, uint64_t pc, bool returning, struct gopm__abstract_state *out)
{
	size_t index = 0, block;

	*out = (struct gopm__abstract_state){0};
	if (returning) {
		if (!gopm__cfg_call(flow, pc, &index)) {
			return false;
		}
	} else {
		int64_t found = pc >= flow->entry ? gopm__cfg_index(flow, pc) : -1;
		if (found < 0) {
			return false;
		}
		index = (size_t)found;
	}
	size_t first = index;
	while (flow->steps[first].block < 0) {
		first--;
	}
	block = (size_t)flow->steps[first].block;
	if (!flow->reached[block]) {
		return false;
	}
	const size_t size = flow->location_count * sizeof *out->slot_numbers;
	struct gopm__code_cursor *memo = flow->memo;
	struct gopm__value_number *at = malloc(size);
	if (at == NULL) {
		return false;
	}
	if (!memo->known || memo->first != first || memo->index > index) {
		memcpy(memo->at, &flow->states[block * flow->location_count], size);
		memo->index = first;
	}
	for (; memo->index < index; memo->index++) {
		apply(flow, memo->index, memo->at);
	}
	memo->first = first;
	memo->known = true;
	memcpy(at, memo->at, size);
	if (returning) {
		call_slots(flow, index, at);
	}
	memcpy(out->registers, at, sizeof out->registers);
	memmove(at, at + GOPM__CODE_REGISTERS, flow->slot_count * sizeof *at);
	out->slot_numbers = at;
	out->slots = flow->slots;
	out->trusted = flow->trusted;
	out->slot_count = flow->slot_count;
	return true;
}

void gopm__abstract_state_clear(struct gopm__abstract_state *state)
{
	free(state->slot_numbers);
	*state = (struct gopm__abstract_state){0};
}

struct gopm__value_number gopm__abstract_state_slot(const struct gopm__abstract_state *state, int64_t offset,
                                                    unsigned size)
{
	int64_t slot = slot_index(state->slots, state->slot_count, offset);

	return slot >= 0 && state->trusted[slot] ? gopm__abstract_state_stored(state, offset, size)
	                                         : (struct gopm__value_number){0};
}

struct gopm__value_number gopm__abstract_state_stored(const struct gopm__abstract_state *state, int64_t offset,
                                                      unsigned size)
{
	int64_t slot = slot_index(state->slots, state->slot_count, offset);

	if (slot < 0 || state->slot_numbers[slot].width < size) {
		return (struct gopm__value_number){0};
	}
	return state->slot_numbers[slot];
}
