/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes the function from its first byte to its last. Cuts the instructions into basic blocks at jumps and their
 * targets, and connects the blocks. A depth-first walk numbers the reachable ones in reverse postorder. */
#include "code/cfg.h"

#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"

static bool is_jump(const struct gopm__instruction *code)
{
	return code->flow == GOPM__CODE_JUMP || code->flow == GOPM__CODE_BRANCH;
}

/* True if padding may follow: the instruction jumps, returns, traps, or calls a function that panics. */
static bool may_end(const struct gopm__instruction *code)
{
	return code->flow == GOPM__CODE_EXIT || code->flow == GOPM__CODE_JUMP || code->flow == GOPM__CODE_CALL;
}

/* Instructions */

static bool decode_instructions(struct gopm__cfg *cfg, const struct gopm__cfg_source *source)
{
	for (size_t at = 0; at < source->size;) {
		if (!GOPM__VECTOR_RESERVE(cfg->instructions, cfg->instruction_count, cfg->instruction_capacity, 1)) {
			return false;
		}
		struct gopm__cfg_instruction *instruction = &cfg->instructions[cfg->instruction_count];
		*instruction = (struct gopm__cfg_instruction){.offset = (uint32_t)at};
		if (!source->desc->decode(source->bytes + at, source->size - at, source->entry + at,
		                          &instruction->code) ||
		    instruction->code.size == 0 ||
		    !source->sp(source->user_data, source->entry + at, &instruction->sp)) {
			/* Padding after the last instruction may have any value. */
			return cfg->instruction_count != 0 && may_end(&instruction[-1].code);
		}
		at += instruction->code.size;
		cfg->instruction_count++;
	}
	return cfg->instruction_count != 0;
}

static void describe_call(struct gopm__cfg *cfg, const struct gopm__cfg_source *source,
                          struct gopm__cfg_instruction *instruction)
{
	struct gopm__callee callee = {GOPM__CALL_NORMAL, GOPM__CFG_UNKNOWN_SIZE};

	if (instruction->code.target != 0) {
		callee = source->callee(source->user_data, instruction->code.target);
	}
	switch (callee.effect) {
	case GOPM__CALL_RESTARTS:
		/* It jumps back to the entry with the values that the entry had: no edge. */
		instruction->code.flow = GOPM__CODE_EXIT;
		return;
	case GOPM__CALL_WRITE_BARRIER:
		instruction->code.flow = GOPM__CODE_NEXT;
		instruction->code.clobbers = cfg->desc->barrier_clobbers;
		return;
	default:
		instruction->outgoing = callee.outgoing;
		instruction->noreturn = callee.effect == GOPM__CALL_NORETURN;
		return;
	}
}

/* Resolves calls and jumps; `starts` marks the instructions that begin a block. False: an edge is not known. */
static bool resolve_edges(struct gopm__cfg *cfg, const struct gopm__cfg_source *source, bool *starts)
{
	starts[0] = true;
	for (size_t i = 0; i < cfg->instruction_count; i++) {
		struct gopm__instruction *code = &cfg->instructions[i].code;
		size_t target;
		if (code->flow == GOPM__CODE_INDIRECT_JUMP && !source->assembly) {
			return false;
		}
		if (code->flow == GOPM__CODE_INDIRECT_JUMP) {
			code->flow = GOPM__CODE_EXIT;
		}
		if (code->flow == GOPM__CODE_CALL) {
			describe_call(cfg, source, &cfg->instructions[i]);
		}
		if (is_jump(code)) {
			if (gopm__cfg_find(cfg, code->target, &target)) {
				starts[target] = true;
			} else if (code->flow == GOPM__CODE_JUMP) {
				code->flow = GOPM__CODE_EXIT; /* a tail call */
			} else if (!source->assembly) {
				return false;
			}
		}
		if (code->flow != GOPM__CODE_NEXT && code->flow != GOPM__CODE_CALL) {
			starts[i + 1] = true;
		}
	}
	return true;
}

/* Blocks and edges */

static bool cut_blocks(struct gopm__cfg *cfg, const bool *starts)
{
	size_t count = 0;

	for (size_t i = 0; i < cfg->instruction_count; i++) {
		count += starts[i] ? 1 : 0;
	}
	cfg->blocks = gopm__calloc(count + 1, sizeof *cfg->blocks);
	if (cfg->blocks == NULL) {
		return false;
	}
	for (size_t i = 0; i < cfg->instruction_count; i++) {
		if (starts[i]) {
			cfg->blocks[cfg->block_count++] =
			    (struct gopm__cfg_block){.begin = (uint32_t)i, .rank = GOPM__CFG_UNREACHABLE};
		}
		cfg->instructions[i].block = (uint32_t)cfg->block_count - 1;
		cfg->blocks[cfg->block_count - 1].end = (uint32_t)i + 1;
	}
	return true;
}

static void add_successor(struct gopm__cfg_block *block, uint32_t to)
{
	if (block->successor_count == 0 || block->successors[0] != to) {
		block->successors[block->successor_count++] = to;
	}
}

static void connect_blocks(struct gopm__cfg *cfg)
{
	for (size_t i = 0; i < cfg->block_count; i++) {
		struct gopm__cfg_block *block = &cfg->blocks[i];
		const struct gopm__instruction *last = &cfg->instructions[block->end - 1].code;
		size_t target;
		if (is_jump(last) && gopm__cfg_find(cfg, last->target, &target)) {
			add_successor(block, cfg->instructions[target].block);
		}
		if (last->flow != GOPM__CODE_JUMP && last->flow != GOPM__CODE_EXIT && i + 1 < cfg->block_count) {
			add_successor(block, (uint32_t)i + 1);
		}
	}
}

/* Walks the graph depth first. A block comes in the postorder after all its successors. False: out of memory. */
static bool order_blocks(struct gopm__cfg *cfg)
{
	struct visit {
		uint32_t block, next;
	} *stack = gopm__calloc(cfg->block_count + 1, sizeof *stack);
	uint32_t *postorder = gopm__calloc(cfg->block_count + 1, sizeof *postorder);
	size_t depth = 0, count = 0;

	cfg->order = postorder;
	if (stack == NULL || postorder == NULL) {
		free(stack);
		return false;
	}
	stack[depth++] = (struct visit){0, 0};
	cfg->blocks[0].rank = 0; /* visited */
	while (depth > 0) {
		struct visit *top = &stack[depth - 1];
		const struct gopm__cfg_block *block = &cfg->blocks[top->block];
		if (top->next == block->successor_count) {
			postorder[count++] = top->block;
			depth--;
			continue;
		}
		uint32_t to = block->successors[top->next++];
		if (cfg->blocks[to].rank == GOPM__CFG_UNREACHABLE) {
			cfg->blocks[to].rank = 0;
			stack[depth++] = (struct visit){to, 0};
		}
	}
	free(stack);
	for (size_t i = 0; i < count / 2; i++) {
		uint32_t swapped = postorder[i];
		postorder[i] = postorder[count - 1 - i];
		postorder[count - 1 - i] = swapped;
	}
	for (size_t i = 0; i < count; i++) {
		cfg->blocks[postorder[i]].rank = (uint32_t)i;
	}
	cfg->reachable_count = count;
	return true;
}

static bool list_predecessors(struct gopm__cfg *cfg)
{
	uint32_t total = 0;

	for (size_t i = 0; i < cfg->reachable_count; i++) {
		const struct gopm__cfg_block *block = &cfg->blocks[cfg->order[i]];
		for (uint32_t k = 0; k < block->successor_count; k++) {
			cfg->blocks[block->successors[k]].predecessor_count++;
			total++;
		}
	}
	cfg->predecessors = gopm__calloc((size_t)total + 1, sizeof *cfg->predecessors);
	if (cfg->predecessors == NULL) {
		return false;
	}
	total = 0;
	for (size_t i = 0; i < cfg->block_count; i++) {
		cfg->blocks[i].predecessors = total;
		total += cfg->blocks[i].predecessor_count;
		cfg->blocks[i].predecessor_count = 0;
	}
	for (size_t i = 0; i < cfg->reachable_count; i++) {
		const struct gopm__cfg_block *block = &cfg->blocks[cfg->order[i]];
		for (uint32_t k = 0; k < block->successor_count; k++) {
			struct gopm__cfg_block *to = &cfg->blocks[block->successors[k]];
			cfg->predecessors[to->predecessors + to->predecessor_count++] = cfg->order[i];
		}
	}
	return true;
}

bool gopm__cfg_build(struct gopm__cfg *cfg, const struct gopm__cfg_source *source)
{
	*cfg = (struct gopm__cfg){.desc = source->desc, .entry = source->entry};
	if (source->size > GOPM__CFG_MAX_CODE || !decode_instructions(cfg, source)) {
		return false;
	}
	bool *starts = gopm__calloc(cfg->instruction_count + 1, sizeof *starts);
	bool complete = starts != NULL && resolve_edges(cfg, source, starts) && cut_blocks(cfg, starts);
	free(starts);
	if (!complete) {
		return false;
	}
	connect_blocks(cfg);
	return order_blocks(cfg) && list_predecessors(cfg);
}

void gopm__cfg_clear(struct gopm__cfg *cfg)
{
	free(cfg->instructions);
	free(cfg->blocks);
	free(cfg->predecessors);
	free(cfg->order);
	*cfg = (struct gopm__cfg){0};
}

size_t gopm__cfg_bytes(const struct gopm__cfg *cfg)
{
	return cfg->instruction_capacity * sizeof *cfg->instructions +
	       cfg->block_count * (sizeof *cfg->blocks + 3 * sizeof *cfg->order);
}

/* Queries */

bool gopm__cfg_find(const struct gopm__cfg *cfg, uint64_t pc, size_t *index)
{
	uint64_t offset = pc - cfg->entry;

	GOPM__LOWER_BOUND(*index, cfg->instruction_count, cfg->instructions[*index].offset < offset);
	return *index < cfg->instruction_count && cfg->instructions[*index].offset == offset;
}

bool gopm__cfg_find_call(const struct gopm__cfg *cfg, uint64_t pc, size_t *index)
{
	uint64_t offset = pc - cfg->entry;
	size_t next;

	GOPM__LOWER_BOUND(next, cfg->instruction_count, cfg->instructions[next].offset < offset);
	if (next == 0) {
		return false;
	}
	*index = next - 1;
	const struct gopm__cfg_instruction *call = &cfg->instructions[*index];
	return call->code.flow == GOPM__CODE_CALL && (uint64_t)call->offset + call->code.size == offset;
}
