/* SPDX-License-Identifier: Apache-2.0 */
/* The code of one function, instruction by instruction, and what the rooms of its flow share: flow_steps.c finds
 * instructions, blocks and slots, flow.c what they hold, liveness.c what of it is read again. */
#ifndef GOPM_CODE_CFG_H
#define GOPM_CODE_CFG_H

#include "code/code.h"

#define GOPM__CODE_SLOTS 256u

struct gopm__cfg_instruction {
	struct gopm__instruction code;
	uint32_t offset;   /* from the entry */
	int32_t sp;        /* of the stack pointer from the CFA, before it */
	int32_t block;     /* that it begins; -1: none */
	uint32_t outgoing; /* of a call: bytes above sp that the callee may write; UINT32_MAX: not known */
	bool gone;         /* a call that does not come back */
};

struct gopm__code {
	struct gopm__code_cache *cache;
	const struct gopm__code_desc *desc;
	uint64_t entry;
	struct gopm__cfg_instruction *steps;
	size_t step_count;
	int32_t slots[GOPM__CODE_SLOTS];
	bool trusted[GOPM__CODE_SLOTS];
	size_t slot_count, location_count;
	uint32_t *blocks; /* first step of each */
	size_t block_count;
	struct gopm__value_number *states; /* location_count for each block */
	bool *reached;
	int64_t pointers_begin; /* below are locals without pointers, and arguments of callees */
	struct gopm__code_cursor *memo;
};

/* What is where before a step that was asked for last: those of one block are asked for in their order. */
struct gopm__code_cursor {
	size_t first, index; /* steps: the block's first one, and this one */
	bool known;
	struct gopm__value_number at[]; /* location_count */
};

/* Whether an effect takes the address of something in the frame. */
enum gopm__address_use {
	GOPM__ADDRESS_NOT_TAKEN,
	GOPM__ADDRESS_TAKEN, /* of CFA + *at */
	GOPM__ADDRESS_UNKNOWN,
};
enum gopm__address_use gopm__address_use(const struct gopm__code *flow, const struct gopm__cfg_instruction *step,
                                         const struct gopm__code_effect *e, int64_t *at);

/* Fills all but states; false: the code cannot be followed, or memory is out. What was allocated is the caller's. */
bool gopm__cfg_build(struct gopm__code *flow, const struct gopm__arch *arch, struct gopm__symtab *symtab,
                     const struct gopm__func *func);

/* Index of the instruction at `pc`; -1: none begins there. */
int64_t gopm__cfg_index(const struct gopm__code *flow, uint64_t pc);

/* Index of the call that returns to `pc`. */
bool gopm__cfg_call(const struct gopm__code *flow, uint64_t pc, size_t *index);

#endif
