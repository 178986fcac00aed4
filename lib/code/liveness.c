/* SPDX-License-Identifier: Apache-2.0 */
/* A backward dataflow analysis over sets of bits. Sets only grow, and have at most GOPM__LIVE_WORDS * 64 bits: the
 * analysis terminates. */
#include "code/liveness.h"

#include <stdlib.h>
#include <string.h>

#include "code/dataflow.h"
#include "util/allocate.h"
#include "util/search.h"

#define WORD 8
#define CELL_BITS ((GOPM__LIVE_WORDS - 1) * 64u)

struct liveness_solver {
	struct gopm__liveness *liveness;
	uint64_t (*out)[GOPM__LIVE_WORDS]; /* at the end of each block, by rank */
	uint64_t work[GOPM__LIVE_WORDS];
};

static bool is_write(const struct gopm__code_effect *e)
{
	return e->kind == GOPM__CODE_STORE || e->kind == GOPM__CODE_STORE_CONSTANT || e->kind == GOPM__CODE_STORE_OTHER;
}

static bool is_read(const struct gopm__code_effect *e)
{
	return e->kind == GOPM__CODE_LOAD || e->kind == GOPM__CODE_READ;
}

/* Cells */

static size_t first_cell(const struct gopm__liveness *liveness, int64_t at)
{
	size_t i;

	GOPM__LOWER_BOUND(i, liveness->cell_count, liveness->bounds[i + 1] <= at);
	return i;
}

static void set_cells(const struct gopm__liveness *liveness, uint64_t *bits, int64_t from, int64_t size, bool live)
{
	for (size_t i = first_cell(liveness, from); i < liveness->cell_count && liveness->bounds[i] < from + size;
	     i++) {
		uint64_t bit = UINT64_C(1) << (i % 64);
		bits[1 + i / 64] = live ? bits[1 + i / 64] | bit : bits[1 + i / 64] & ~bit;
	}
}

static int compare_bounds(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return x < y ? -1 : x > y;
}

/* False: more cells than there are bits for. */
static bool cut_cells(struct gopm__liveness *liveness)
{
	const struct gopm__cfg *cfg = liveness->cfg;
	int32_t *bounds = liveness->bounds;
	size_t count = 0, unique = 0;

	for (size_t i = 0; i < cfg->instruction_count; i++) {
		const struct gopm__cfg_instruction *instruction = &cfg->instructions[i];
		for (unsigned k = 0; k < instruction->code.effect_count; k++) {
			const struct gopm__code_effect *e = &instruction->code.effects[k];
			int64_t from = instruction->sp + e->value;
			if (e->base == cfg->desc->sp && (is_read(e) || is_write(e)) && from > INT32_MIN &&
			    from + e->size < INT32_MAX) {
				bounds[count++] = (int32_t)from;
				bounds[count++] = (int32_t)(from + e->size);
			}
		}
	}
	qsort(bounds, count, sizeof bounds[0], compare_bounds);
	for (size_t i = 0; i < count; i++) {
		if (unique == 0 || bounds[unique - 1] != bounds[i]) {
			bounds[unique++] = bounds[i];
		}
	}
	liveness->cell_count = unique != 0 ? unique - 1 : 0;
	return liveness->cell_count <= CELL_BITS;
}

/* The transfer function */

static void apply_writes(const struct gopm__liveness *liveness, const struct gopm__cfg_instruction *instruction,
                         uint64_t *bits)
{
	const struct gopm__instruction *code = &instruction->code;

	bits[0] &= ~code->clobbers;
	for (unsigned k = 0; k < code->effect_count; k++) {
		const struct gopm__code_effect *e = &code->effects[k];
		if (is_write(e)) {
			if (e->base == liveness->cfg->desc->sp) {
				set_cells(liveness, bits, instruction->sp + e->value, e->size, false);
			}
		} else if (e->reg < GOPM__CODE_REGISTERS) {
			bits[0] &= ~(UINT64_C(1) << e->reg);
		}
	}
}

static void apply_reads(const struct gopm__liveness *liveness, const struct gopm__cfg_instruction *instruction,
                        uint64_t *bits)
{
	const struct gopm__instruction *code = &instruction->code;

	bits[0] |= code->reads;
	for (unsigned k = 0; k < code->effect_count; k++) {
		const struct gopm__code_effect *e = &code->effects[k];
		if (is_read(e) && e->base == liveness->cfg->desc->sp) {
			set_cells(liveness, bits, instruction->sp + e->value, e->size, true);
		}
	}
}

/* Changes `bits` from those after the instruction to those before it. */
static void apply_backward(const struct gopm__liveness *liveness, const struct gopm__cfg_instruction *instruction,
                           uint64_t *bits)
{
	const struct gopm__instruction *code = &instruction->code;

	if (code->flow == GOPM__CODE_EXIT || instruction->noreturn) {
		memset(bits, 0, sizeof liveness->in[0]);
	}
	if (code->flow == GOPM__CODE_CALL) {
		/* A call may read arguments, but which ones is not known. */
		bits[0] &= liveness->cfg->desc->callee_saved;
		if (instruction->outgoing != GOPM__CFG_UNKNOWN_SIZE) {
			set_cells(liveness, bits, instruction->sp, instruction->outgoing, false);
		}
	}
	apply_writes(liveness, instruction, bits);
	apply_reads(liveness, instruction, bits);
}

/* The solution */

static void transfer_liveness(void *user_data, size_t block)
{
	struct liveness_solver *s = user_data;
	const struct gopm__cfg_block *b = &s->liveness->cfg->blocks[block];

	memcpy(s->work, s->out[b->rank], sizeof s->work);
	for (size_t i = b->end; i > b->begin; i--) {
		apply_backward(s->liveness, &s->liveness->cfg->instructions[i - 1], s->work);
	}
	memcpy(s->liveness->in[b->rank], s->work, sizeof s->work);
}

/* The union: a location is live at the end of `to` if it is at the start of one of its successors. */
static bool join_liveness(void *user_data, size_t to)
{
	struct liveness_solver *s = user_data;
	uint64_t *out = s->out[s->liveness->cfg->blocks[to].rank], more = 0;

	for (size_t i = 0; i < GOPM__LIVE_WORDS; i++) {
		more |= s->work[i] & ~out[i];
		out[i] |= s->work[i];
	}
	return more != 0;
}

bool gopm__liveness_analyze(struct gopm__liveness *liveness, const struct gopm__cfg *cfg)
{
	struct liveness_solver s = {.liveness = liveness};
	const struct gopm__dataflow analysis = {cfg, true, transfer_liveness, join_liveness, &s};

	*liveness = (struct gopm__liveness){.cfg = cfg};
	liveness->bounds = gopm__calloc(cfg->instruction_count * GOPM__CODE_EFFECTS * 2 + 1, sizeof *liveness->bounds);
	if (liveness->bounds == NULL || !cut_cells(liveness)) {
		return false;
	}
	int32_t *fitted = gopm__realloc(liveness->bounds, (liveness->cell_count + 1) * sizeof *fitted);
	liveness->bounds = fitted != NULL ? fitted : liveness->bounds;
	liveness->in = gopm__calloc(cfg->reachable_count, sizeof *liveness->in);
	s.out = gopm__calloc(cfg->reachable_count, sizeof *s.out);
	bool solved = liveness->in != NULL && s.out != NULL && gopm__dataflow_solve(&analysis);
	free(s.out);
	return solved;
}

void gopm__liveness_clear(struct gopm__liveness *liveness)
{
	free(liveness->bounds);
	free(liveness->in);
	*liveness = (struct gopm__liveness){0};
}

size_t gopm__liveness_bytes(const struct gopm__liveness *liveness)
{
	return (liveness->cell_count + 1) * sizeof *liveness->bounds +
	       liveness->cfg->reachable_count * sizeof *liveness->in;
}

bool gopm__liveness_before(const struct gopm__liveness *liveness, size_t index, struct gopm__live_set *out)
{
	const struct gopm__cfg *cfg = liveness->cfg;
	const struct gopm__cfg_block *block = &cfg->blocks[cfg->instructions[index].block];

	out->liveness = liveness;
	memset(out->bits, 0, sizeof out->bits);
	if (block->rank == GOPM__CFG_UNREACHABLE) {
		return false;
	}
	for (uint32_t i = 0; i < block->successor_count; i++) {
		const uint64_t *in = liveness->in[cfg->blocks[block->successors[i]].rank];
		for (size_t k = 0; k < GOPM__LIVE_WORDS; k++) {
			out->bits[k] |= in[k];
		}
	}
	for (size_t i = block->end; i > index; i--) {
		apply_backward(liveness, &cfg->instructions[i - 1], out->bits);
	}
	return true;
}

bool gopm__liveness_after_call(const struct gopm__liveness *liveness, size_t index, struct gopm__live_set *out)
{
	const struct gopm__cfg *cfg = liveness->cfg;

	return !cfg->instructions[index].noreturn && index + 1 < cfg->instruction_count &&
	       gopm__liveness_before(liveness, index + 1, out);
}

bool gopm__is_live(const struct gopm__live_set *set, int64_t offset, uint64_t size)
{
	const struct gopm__liveness *liveness = set->liveness;
	int64_t end = (int64_t)(size < INT32_MAX ? size : INT32_MAX);

	for (size_t i = first_cell(liveness, offset);
	     i < liveness->cell_count && (int64_t)liveness->bounds[i] - offset < end; i++) {
		if ((set->bits[1 + i / 64] >> (i % 64) & 1) != 0) {
			return true;
		}
	}
	return false;
}

bool gopm__is_live_register(const struct gopm__live_set *set, unsigned number)
{
	return number < GOPM__CODE_REGISTERS && (set->bits[0] >> number & 1) != 0;
}

size_t gopm__live_words(const struct gopm__live_set *set, int32_t *offsets, size_t capacity)
{
	const struct gopm__liveness *liveness = set->liveness;
	size_t count = 0;

	for (size_t i = 0; i < liveness->cell_count; i++) {
		if ((set->bits[1 + i / 64] >> (i % 64) & 1) == 0) {
			continue;
		}
		/* Of a cell that begins within a word, the next one is the first. */
		int64_t at = ((int64_t)liveness->bounds[i] + WORD - 1) & ~(int64_t)(WORD - 1);
		for (; at + WORD <= liveness->bounds[i + 1] && count < capacity; at += WORD) {
			offsets[count++] = (int32_t)at;
		}
	}
	return count;
}
