/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical frame address of the current frame of a walk. */
#ifndef GOPM_UNWIND_CFA_H
#define GOPM_UNWIND_CFA_H

#include "unwind/walk.h"

/* By pclntab; for assembly that writes the stack pointer, by its code. `exact`: walk->pc is the next instruction, and
 * walk->registers are known. 0: unknown. */
uint64_t gopm__frame_cfa(struct gopm__walk *walk, bool exact);

/* By pclntab alone, as the runtime computes it, which is wrong in functions that have replaced the stack pointer. 0: it
 * has no frame size there. */
uint64_t gopm__frame_cfa_by_table(const struct gopm__walk *walk);

#endif
