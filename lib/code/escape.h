/* SPDX-License-Identifier: Apache-2.0 */
/* The stack slots of a function, and which of them no pointer points to. A slot escapes if its address is taken: from
 * then on any store through a pointer may write it. */
#ifndef GOPM_CODE_ESCAPE_H
#define GOPM_CODE_ESCAPE_H

#include "code/cfg.h"
#include "code/frame_map.h"

#define GOPM__CODE_SLOTS 256u

struct gopm__escape {
	int32_t slots[GOPM__CODE_SLOTS]; /* 8 bytes each, offsets from the CFA, ascending; they may overlap */
	bool non_escaping[GOPM__CODE_SLOTS];
	size_t slot_count;
	int64_t pointers_begin; /* of the frame map */
};

/* Finds the slots that instructions access by the stack pointer; the first GOPM__CODE_SLOTS if there are more. */
void gopm__escape_analyze(struct gopm__escape *escape, const struct gopm__cfg *cfg, const struct gopm__frame_map *map);

/* Index of the slot at CFA + `offset`; -1: there is none. */
int64_t gopm__escape_slot(const struct gopm__escape *escape, int64_t offset);

/* True if no address in [CFA + offset, CFA + offset + size) escapes, except to `target`. Each one that an instruction
 * computes is only a base for loads and stores until a call to `target`, or until its register is overwritten. */
bool gopm__escape_only_passed(const struct gopm__cfg *cfg, int64_t offset, uint64_t size, uint64_t target);

#endif
