/* SPDX-License-Identifier: Apache-2.0 */
/* What of a frame a function still reads: a byte of the stack or a register is live where on some path an instruction
 * reads it before anything has wholly written it. Only reads that are known count, so what is said to be live is.
 * A place that is not live may hold what a variable had before: nobody would miss what it has now. */
#ifndef GOPM_CODE_LIVENESS_H
#define GOPM_CODE_LIVENESS_H

#include <stdbool.h>
#include <stdint.h>

#define GOPM__LIVE_WORDS 16u

struct gopm__liveness; /* liveness.c */

/* What is live at one pc. */
struct gopm__live_set {
	const struct gopm__liveness *live;
	uint64_t bits[GOPM__LIVE_WORDS];
};

/* Whether any of the `size` bytes at CFA + `offset` is. */
bool gopm__is_live(const struct gopm__live_set *places, int64_t offset, uint64_t size);

/* By the number that instruction.h gives it. */
bool gopm__is_live_register(const struct gopm__live_set *places, unsigned number);

#endif
