/* SPDX-License-Identifier: Apache-2.0 */
/* A forward dataflow analysis. The facts are one value number for each location.
 *
 * It terminates: at the start of a block, the number of a location only moves down this lattice:
 *
 *	not reached  >  a number of width 8  >  the same of width 7  > ... >  of width 0  >  the block's own phi
 *
 * A location changes at most ten times, the first time when the block is reached.
 *
 * No location still has the number of a definition or phi when a loop executes that instruction again. The path from
 * the entry joins the loop at some block. No location has the number on that path, so the join makes a phi of it.
 *
 * The order of blocks matters for precision only. If a block is reached with an outdated number first, it makes a phi
 * of that and the final number. Such a phi is correct: it names the contents of the location in that block. */
#include "code/values.h"

#include <stdlib.h>
#include <string.h>

#include "code/dataflow.h"
#include "util/allocate.h"
#include "util/search.h"

/* The most value numbers that are stored for one function. */
#define MAX_STATES (256u << 10)
/* The most phis that one query replaces by their inputs. */
#define MAX_PHIS 32u

struct values_solver {
	struct gopm__values *values;
	bool *reached;                   /* by rank */
	struct gopm__value_number *work; /* location_count */
};

static uint8_t narrow(uint8_t width, unsigned size)
{
	return width < size ? width : (uint8_t)size;
}

static struct gopm__value_number frame_address(int64_t offset)
{
	return (struct gopm__value_number){GOPM__VN_FRAME, 8, 0, offset};
}

/* The transfer function */

/* Bytes [from, from + size) of the frame are written: slots keep the bytes below. `except` is the index of a slot that
 * does not change, or -1. */
static void clobber_slots(const struct gopm__values *values, struct gopm__value_number *at, int64_t from, int64_t size,
                          int64_t except)
{
	const struct gopm__escape *escape = values->escape;

	for (size_t i = 0; i < escape->slot_count; i++) {
		struct gopm__value_number *number = &at[GOPM__CODE_REGISTERS + i];
		int64_t slot = escape->slots[i];
		if ((int64_t)i == except || slot >= from + size) {
			continue;
		}
		if (slot < from) {
			number->width = from - slot < number->width ? (uint8_t)(from - slot) : number->width;
		} else {
			*number = (struct gopm__value_number){0};
		}
	}
}

/* Register `reg` gets a value that no other location has. */
static void define(struct gopm__value_number *at, size_t index, unsigned reg)
{
	at[reg] = (struct gopm__value_number){GOPM__VN_DEFINITION, 8, (uint32_t)index, (int64_t)reg};
}

/* Sets *out to the offset from the CFA of the effect's memory operand. False: it is not known to be in the frame. */
static bool in_frame(const struct gopm__values *values, const struct gopm__cfg_instruction *instruction,
                     const struct gopm__value_number *before, const struct gopm__code_effect *e, int64_t *out)
{
	if (e->base == values->cfg->desc->sp) {
		*out = instruction->sp + e->value;
		return true;
	}
	if (e->base < GOPM__CODE_REGISTERS && before[e->base].kind == GOPM__VN_FRAME && before[e->base].width == 8) {
		*out = before[e->base].value + e->value;
		return true;
	}
	return false;
}

static void apply_copy(const struct gopm__values *values, size_t index, struct gopm__value_number *at,
                       const struct gopm__value_number *before, const struct gopm__code_effect *e)
{
	if (e->base == values->cfg->desc->sp) {
		at[e->reg] = frame_address(values->cfg->instructions[index].sp);
		return;
	}
	at[e->reg] = before[e->base];
	at[e->reg].width = narrow(at[e->reg].width, e->size);
}

static void apply_address(const struct gopm__values *values, size_t index, struct gopm__value_number *at,
                          const struct gopm__value_number *before, const struct gopm__code_effect *e)
{
	const struct gopm__value_number *base = &before[e->base];

	if (e->base == values->cfg->desc->sp) {
		at[e->reg] = frame_address(values->cfg->instructions[index].sp + e->value);
	} else if (base->kind == GOPM__VN_CONSTANT && base->width == 8) {
		/* arm64 computes the address of a page, then adds the offset in it. */
		at[e->reg] = *base;
		at[e->reg].value = (int64_t)((uint64_t)base->value + (uint64_t)e->value);
	} else {
		define(at, index, e->reg);
	}
}

/* `slot` is the index of the slot that is loaded, or -1. */
static void apply_load(const struct gopm__values *values, size_t index, struct gopm__value_number *at,
                       const struct gopm__value_number *before, const struct gopm__code_effect *e, int64_t slot)
{
	const struct gopm__code_desc *desc = values->cfg->desc;
	const struct gopm__value_number *base = e->base < GOPM__CODE_REGISTERS ? &before[e->base] : NULL;
	const bool known = slot >= 0 && values->escape->non_escaping[slot];
	struct gopm__value_number *loaded = &at[GOPM__CODE_REGISTERS + (known ? slot : 0)];

	if (known && loaded->kind != GOPM__VN_UNKNOWN) {
		at[e->reg] = *loaded;
		at[e->reg].width = narrow(loaded->width, e->size);
		return;
	}
	if (base != NULL && base->kind == GOPM__VN_LIVE_IN && base->value == desc->context && base->width == 8) {
		at[e->reg] = (struct gopm__value_number){GOPM__VN_CAPTURED, e->size, 0, e->value};
		return;
	}
	define(at, index, e->reg);
	at[e->reg].width = e->size;
	if (known) {
		*loaded = at[e->reg]; /* the slot still has the value that was loaded */
	}
}

/* `stored` is the value; NULL: not known. */
static void apply_store(const struct gopm__values *values, struct gopm__value_number *at,
                        const struct gopm__code_effect *e, int64_t offset, const struct gopm__value_number *stored)
{
	int64_t slot = stored != NULL ? gopm__escape_slot(values->escape, offset) : -1;

	clobber_slots(values, at, offset, e->size, slot);
	if (slot >= 0) {
		at[GOPM__CODE_REGISTERS + slot] = *stored;
		at[GOPM__CODE_REGISTERS + slot].width = narrow(stored->width, e->size);
	}
}

/* `before` is the state before the whole instruction: its effects happen at the same time. */
static void apply_effect(const struct gopm__values *values, size_t index, struct gopm__value_number *at,
                         const struct gopm__value_number *before, const struct gopm__code_effect *e)
{
	const struct gopm__value_number constant = {GOPM__VN_CONSTANT, 8, 0, e->constant};
	int64_t offset = 0;
	bool local = (e->kind == GOPM__CODE_LOAD || e->kind == GOPM__CODE_STORE ||
	              e->kind == GOPM__CODE_STORE_CONSTANT || e->kind == GOPM__CODE_STORE_OTHER) &&
	             in_frame(values, &values->cfg->instructions[index], before, e, &offset);

	switch (e->kind) {
	case GOPM__CODE_COPY:
		apply_copy(values, index, at, before, e);
		return;
	case GOPM__CODE_ADDRESS:
		apply_address(values, index, at, before, e);
		return;
	case GOPM__CODE_CONSTANT:
		at[e->reg] = (struct gopm__value_number){GOPM__VN_CONSTANT, 8, 0, e->value};
		return;
	case GOPM__CODE_LOAD:
		apply_load(values, index, at, before, e, local ? gopm__escape_slot(values->escape, offset) : -1);
		return;
	case GOPM__CODE_STORE:
		if (local) {
			apply_store(values, at, e, offset, &before[e->reg]);
		}
		return;
	case GOPM__CODE_STORE_CONSTANT:
		if (local) {
			apply_store(values, at, e, offset, &constant);
		}
		return;
	case GOPM__CODE_STORE_OTHER:
		if (local) {
			apply_store(values, at, e, offset, NULL);
		}
		return;
	default:
		return;
	}
}

/* The callee of `call` may write its arguments, and the results that it returns in memory. */
static void clobber_outgoing(const struct gopm__values *values, const struct gopm__cfg_instruction *call,
                             struct gopm__value_number *at)
{
	int64_t size = call->outgoing != GOPM__CFG_UNKNOWN_SIZE ? (int64_t)call->outgoing
	                                                        : values->escape->pointers_begin - call->sp;

	if (size > 0) {
		clobber_slots(values, at, call->sp, size, -1);
	}
}

static void apply_forward(const struct gopm__values *values, size_t index, struct gopm__value_number *at)
{
	const struct gopm__cfg_instruction *instruction = &values->cfg->instructions[index];
	const struct gopm__instruction *code = &instruction->code;
	struct gopm__value_number before[GOPM__CODE_REGISTERS];
	uint64_t clobbers = code->clobbers;

	memcpy(before, at, sizeof before);
	if (code->flow == GOPM__CODE_CALL) {
		clobbers = ~values->cfg->desc->callee_saved;
		clobber_outgoing(values, instruction, at);
	}
	for (unsigned r = 0; clobbers != 0; r++, clobbers >>= 1) {
		if ((clobbers & 1) != 0) {
			define(at, index, r);
		}
	}
	for (unsigned k = 0; k < code->effect_count; k++) {
		apply_effect(values, index, at, before, &code->effects[k]);
	}
}

/* The solution */

static struct gopm__value_number *block_in(const struct gopm__values *values, size_t block)
{
	return &values->in[values->cfg->blocks[block].rank * values->location_count];
}

/* Changes `at` to the state at the end of the block. */
static void apply_block(const struct gopm__values *values, size_t block, struct gopm__value_number *at)
{
	const struct gopm__cfg_block *b = &values->cfg->blocks[block];

	memcpy(at, block_in(values, block), values->location_count * sizeof *at);
	for (size_t i = b->begin; i < b->end; i++) {
		apply_forward(values, i, at);
	}
}

static void transfer_values(void *user_data, size_t block)
{
	struct values_solver *s = user_data;

	apply_block(s->values, block, s->work);
}

/* Joins the numbers of one location. True if `to` changed. */
static bool join_number(struct gopm__value_number *to, const struct gopm__value_number *from,
                        const struct gopm__value_number *phi)
{
	if (gopm__value_number_equal(to, phi)) {
		return false;
	}
	bool unknown = to->kind == GOPM__VN_UNKNOWN && from->kind == GOPM__VN_UNKNOWN;
	if (!unknown && !gopm__value_number_equal(to, from)) {
		*to = *phi;
		return true;
	}
	if (from->width < to->width) {
		to->width = from->width;
		return true;
	}
	return false;
}

static bool join_values(void *user_data, size_t to)
{
	struct values_solver *s = user_data;
	const struct gopm__cfg_block *block = &s->values->cfg->blocks[to];
	struct gopm__value_number *in = block_in(s->values, to);
	bool changed = false;

	if (!s->reached[block->rank]) {
		s->reached[block->rank] = true;
		memcpy(in, s->work, s->values->location_count * sizeof *in);
		return true;
	}
	for (size_t i = 0; i < s->values->location_count; i++) {
		struct gopm__value_number phi = {GOPM__VN_PHI, 8, block->begin, (int64_t)i};
		changed = join_number(&in[i], &s->work[i], &phi) || changed;
	}
	return changed;
}

static void enter_function(struct gopm__values *values)
{
	struct gopm__value_number *in = block_in(values, 0);

	for (size_t i = 0; i < GOPM__CODE_REGISTERS; i++) {
		in[i] = (struct gopm__value_number){GOPM__VN_LIVE_IN, 8, 0, (int64_t)i};
	}
	for (size_t i = 0; i < values->escape->slot_count; i++) {
		in[GOPM__CODE_REGISTERS + i] =
		    (struct gopm__value_number){GOPM__VN_LIVE_IN_SLOT, 8, 0, values->escape->slots[i]};
	}
}

bool gopm__values_analyze(struct gopm__values *values, const struct gopm__cfg *cfg, const struct gopm__escape *escape)
{
	struct values_solver s = {.values = values};
	const struct gopm__dataflow analysis = {cfg, false, transfer_values, join_values, &s};

	*values = (struct gopm__values){
	    .cfg = cfg, .escape = escape, .location_count = GOPM__CODE_REGISTERS + escape->slot_count};
	if (cfg->block_count * values->location_count > MAX_STATES) {
		return false;
	}
	values->in = gopm__calloc(cfg->reachable_count * values->location_count, sizeof *values->in);
	values->ends = gopm__calloc(cfg->reachable_count, sizeof(struct gopm__value_number *));
	s.reached = gopm__calloc(cfg->reachable_count, sizeof *s.reached);
	s.work = gopm__calloc(values->location_count, sizeof *s.work);
	bool solved = values->in != NULL && values->ends != NULL && s.reached != NULL && s.work != NULL;
	if (solved) {
		enter_function(values);
		s.reached[0] = true;
		solved = gopm__dataflow_solve(&analysis);
	}
	free(s.reached);
	free(s.work);
	return solved;
}

void gopm__values_clear(struct gopm__values *values)
{
	for (size_t i = 0; values->ends != NULL && i < values->cfg->reachable_count; i++) {
		free(values->ends[i]);
	}
	free(values->ends);
	free(values->in);
	*values = (struct gopm__values){0};
}

size_t gopm__values_bytes(const struct gopm__values *values)
{
	const size_t numbers = values->cfg->reachable_count * values->location_count;

	return numbers * 2 * sizeof *values->in + values->cfg->reachable_count * sizeof(struct gopm__value_number *);
}

/* Queries */

bool gopm__values_seek(const struct gopm__values *values, struct gopm__values_cursor *cursor, size_t index)
{
	const struct gopm__cfg *cfg = values->cfg;
	const uint32_t block = cfg->instructions[index].block;
	const size_t size = values->location_count * sizeof *cursor->at;

	if (!gopm__cfg_is_reachable(cfg, block)) {
		return false;
	}
	if (cursor->at == NULL && (cursor->at = gopm__malloc(size)) == NULL) {
		return false;
	}
	if (!cursor->valid || cursor->index > index || cfg->instructions[cursor->index].block != block) {
		memcpy(cursor->at, block_in(values, block), size);
		cursor->index = cfg->blocks[block].begin;
		cursor->valid = true;
	}
	for (; cursor->index < index; cursor->index++) {
		apply_forward(values, cursor->index, cursor->at);
	}
	return true;
}

bool gopm__values_state(const struct gopm__values *values, struct gopm__values_cursor *cursor, size_t index,
                        bool in_call, struct gopm__abstract_state *out)
{
	const struct gopm__escape *escape = values->escape;

	*out = (struct gopm__abstract_state){
	    .slots = escape->slots, .non_escaping = escape->non_escaping, .slot_count = escape->slot_count};
	if (!gopm__values_seek(values, cursor, index)) {
		return false;
	}
	struct gopm__value_number *at = gopm__malloc(values->location_count * sizeof *at);
	if (at == NULL) {
		return false;
	}
	memcpy(at, cursor->at, values->location_count * sizeof *at);
	if (in_call) {
		clobber_outgoing(values, &values->cfg->instructions[index], at);
	}
	memcpy(out->registers, at, sizeof out->registers);
	memmove(at, at + GOPM__CODE_REGISTERS, escape->slot_count * sizeof *at);
	out->slot_numbers = at;
	return true;
}

void gopm__abstract_state_clear(struct gopm__abstract_state *state)
{
	free(state->slot_numbers);
	*state = (struct gopm__abstract_state){0};
}

static int64_t state_slot(const struct gopm__abstract_state *state, int64_t offset)
{
	size_t i;

	GOPM__LOWER_BOUND(i, state->slot_count, state->slots[i] < offset);
	return i < state->slot_count && state->slots[i] == offset ? (int64_t)i : -1;
}

struct gopm__value_number gopm__abstract_state_slot(const struct gopm__abstract_state *state, int64_t offset,
                                                    unsigned size)
{
	int64_t slot = state_slot(state, offset);

	return slot >= 0 && state->non_escaping[slot] ? gopm__abstract_state_stored(state, offset, size)
	                                              : (struct gopm__value_number){0};
}

struct gopm__value_number gopm__abstract_state_stored(const struct gopm__abstract_state *state, int64_t offset,
                                                      unsigned size)
{
	int64_t slot = state_slot(state, offset);

	if (slot < 0 || state->slot_numbers[slot].width < size) {
		return (struct gopm__value_number){0};
	}
	return state->slot_numbers[slot];
}

/* Phis */

/* The phis that a query replaces by their inputs: a location at the start of a block each. */
struct phi_list {
	struct phi {
		size_t block, location;
	} list[MAX_PHIS];
	size_t count;
};

/* True if the list has the phi or had room for it. */
static bool add_phi(const struct gopm__values *values, struct phi_list *phis, const struct gopm__value_number *number)
{
	struct phi phi = {values->cfg->instructions[number->at].block, (size_t)number->value};

	for (size_t i = 0; i < phis->count; i++) {
		if (phis->list[i].block == phi.block && phis->list[i].location == phi.location) {
			return true;
		}
	}
	if (phis->count == MAX_PHIS || phi.location >= values->location_count) {
		return false;
	}
	phis->list[phis->count++] = phi;
	return true;
}

struct phi_query {
	const struct gopm__value_number *phi;
	unsigned size;
	bool taken; /* ignore edges that no path takes */
	bool (*visit)(void *user_data, const struct gopm__value_number *input);
	void *user_data;
};

/* The numbers at the end of a block. NULL: out of memory. */
static const struct gopm__value_number *block_end(const struct gopm__values *values, size_t block)
{
	const uint32_t rank = values->cfg->blocks[block].rank;
	struct gopm__value_number *end = values->ends[rank];

	if (end == NULL) {
		end = gopm__malloc(values->location_count * sizeof *end);
		if (end == NULL) {
			return NULL;
		}
		apply_block(values, block, end);
		values->ends[rank] = end;
	}
	return end;
}

static bool accepts_inputs(const struct gopm__values *values, const struct phi_query *query)
{
	const struct gopm__cfg *cfg = values->cfg;
	struct phi_list phis = {.count = 0};
	bool accepted = add_phi(values, &phis, query->phi);

	for (size_t i = 0; accepted && i < phis.count; i++) {
		const struct gopm__cfg_block *block = &cfg->blocks[phis.list[i].block];
		accepted = phis.list[i].block != 0; /* at the entry the caller's value is one more input */
		for (uint32_t k = 0; accepted && k < block->predecessor_count; k++) {
			const uint32_t from = cfg->predecessors[block->predecessors + k];
			if (query->taken && gopm__cfg_is_dead_end(cfg, from)) {
				continue;
			}
			const struct gopm__value_number *end = block_end(values, from);
			if (end == NULL) {
				return false;
			}
			const struct gopm__value_number *input = &end[phis.list[i].location];
			accepted = (input->width >= query->size && query->visit(query->user_data, input)) ||
			           (input->kind == GOPM__VN_PHI && add_phi(values, &phis, input));
		}
	}
	return accepted;
}

bool gopm__values_phi_inputs(const struct gopm__values *values, const struct gopm__value_number *phi, unsigned size,
                             bool (*visit)(void *user_data, const struct gopm__value_number *input), void *user_data)
{
	const struct phi_query query = {phi, size, false, visit, user_data};

	return accepts_inputs(values, &query);
}

bool gopm__values_taken_inputs(const struct gopm__values *values, const struct gopm__value_number *phi, unsigned size,
                               bool (*visit)(void *user_data, const struct gopm__value_number *input), void *user_data)
{
	const struct phi_query query = {phi, size, true, visit, user_data};

	return accepts_inputs(values, &query);
}
