/* SPDX-License-Identifier: Apache-2.0 */
/* The control flow graph of one function: decoded instructions, basic blocks, edges, reverse postorder.
 *
 * The graph is conservative. A function has no graph unless all its edges are known. An indirect jump, a branch into
 * the middle of an instruction or out of the function, and an unknown instruction prevent that. A call that does not
 * return keeps its edge to the next instruction: an extra edge only loses facts, a missing one makes wrong facts.
 *
 * dataflow.h solves an analysis over it. */
#ifndef GOPM_CODE_CFG_H
#define GOPM_CODE_CFG_H

#include "arch/instruction.h"
#include "symbol/functions.h"

/* Bytes of the largest function that is analyzed. */
#define GOPM__CFG_MAX_CODE (64u << 10)
/* Rank of a block that no path from the entry reaches. */
#define GOPM__CFG_UNREACHABLE UINT32_MAX
/* Size of an outgoing argument area that is not known. */
#define GOPM__CFG_UNKNOWN_SIZE UINT32_MAX

/* The function that a direct call calls. */
struct gopm__callee {
	uint8_t effect;    /* enum gopm__call_effect */
	uint32_t outgoing; /* bytes above the stack pointer that it may write, or GOPM__CFG_UNKNOWN_SIZE */
};

/* The function to build the graph of. */
struct gopm__cfg_source {
	const struct gopm__code_desc *desc;
	uint64_t entry;
	const uint8_t *bytes;
	size_t size;
	/* Sets *sp to the stack pointer's offset from the CFA before the instruction at `pc`. False: not known. */
	bool (*sp)(void *user_data, uint64_t pc, int32_t *sp);
	/* Describes the function at `target`. */
	struct gopm__callee (*callee)(void *user_data, uint64_t target);
	/* Written in assembly: indirect jumps, and branches to elsewhere, are tail calls. The compiler's indirect jumps
	 * may lead to a table's targets in the same function. */
	bool assembly;
	void *user_data;
};

struct gopm__cfg_instruction {
	struct gopm__instruction code; /* a call that restarts, or a write barrier, is not a GOPM__CODE_CALL */
	uint32_t offset;               /* bytes from the entry */
	int32_t sp;                    /* stack pointer minus CFA, before the instruction */
	uint32_t block;                /* index of its block */
	uint32_t outgoing;             /* of a call: size of the outgoing argument area, or GOPM__CFG_UNKNOWN_SIZE */
	bool noreturn;                 /* a call that does not return */
};

struct gopm__cfg_block {
	uint32_t begin, end; /* indexes of instructions */
	uint32_t successors[2];
	uint32_t successor_count;
	uint32_t predecessors; /* index into cfg->predecessors */
	uint32_t predecessor_count;
	uint32_t rank; /* index into cfg->order, or GOPM__CFG_UNREACHABLE */
};

struct gopm__cfg {
	const struct gopm__code_desc *desc;
	uint64_t entry;
	struct gopm__cfg_instruction *instructions;
	size_t instruction_count, instruction_capacity;
	struct gopm__cfg_block *blocks; /* in order of address; block 0 is the entry */
	size_t block_count;
	uint32_t *predecessors; /* of each block, those that are reachable */
	uint32_t *order;        /* the reachable blocks in reverse postorder */
	size_t reachable_count;
};

/* False: the function has no graph, or out of memory. Release it with gopm__cfg_clear() in either case. */
bool gopm__cfg_build(struct gopm__cfg *cfg, const struct gopm__cfg_source *source);
void gopm__cfg_clear(struct gopm__cfg *cfg);

/* Bytes that the graph uses. */
size_t gopm__cfg_bytes(const struct gopm__cfg *cfg);

/* Sets *index to the instruction that begins at `pc`. False: none does. */
bool gopm__cfg_find(const struct gopm__cfg *cfg, uint64_t pc, size_t *index);

/* Sets *index to the call that returns to `pc`. False: none does. */
bool gopm__cfg_find_call(const struct gopm__cfg *cfg, uint64_t pc, size_t *index);

/* True if the last instruction of the block is a call that does not return: the edges that leave the block are not
 * taken. */
static inline bool gopm__cfg_is_dead_end(const struct gopm__cfg *cfg, size_t block)
{
	return cfg->instructions[cfg->blocks[block].end - 1].noreturn;
}

static inline bool gopm__cfg_is_reachable(const struct gopm__cfg *cfg, size_t block)
{
	return cfg->blocks[block].rank != GOPM__CFG_UNREACHABLE;
}

#endif
