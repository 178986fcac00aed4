/* SPDX-License-Identifier: Apache-2.0 */
/* What registers and stack slots hold at a place in a function, as far as its code proves it on every path that leads
 * there. A value has an identity: where it was at the function's entry, the instruction that made it, or the place
 * where paths meet that made one of several. Two locations with the same identity hold the same value.
 *
 * What is not followed is not claimed: an instruction that is not known, a jump to anywhere or too large a function
 * leave nothing. Of slots that a pointer may lead to, no more than what was last stored there by name. */
#ifndef GOPM_CODE_VALUES_H
#define GOPM_CODE_VALUES_H

#include "arch/instruction.h"

enum gopm__value_number_kind {
	GOPM__VN_UNKNOWN,
	GOPM__VN_LIVE_IN,      /* of register `value` at the entry */
	GOPM__VN_LIVE_IN_SLOT, /* of the memory at CFA + `value` at the entry */
	GOPM__VN_CONSTANT,
	GOPM__VN_FRAME,      /* the address CFA + `value` */
	GOPM__VN_CAPTURED,   /* the word at `value` of the closure, which nobody writes */
	GOPM__VN_DEFINITION, /* by instruction `at`, into register `value` */
	GOPM__VN_PHI,        /* in location `value` at instruction `at`, where paths meet */
};

struct gopm__value_number {
	uint8_t kind, width; /* bytes, the low ones, that are this value's */
	uint32_t at;
	int64_t value;
};

/* What is where at one pc. */
struct gopm__abstract_state {
	struct gopm__value_number registers[GOPM__CODE_REGISTERS];
	const int32_t *slots; /* from the CFA */
	struct gopm__value_number *slot_numbers;
	const bool *trusted; /* of each slot: no pointer leads to it */
	size_t slot_count;
};

void gopm__abstract_state_clear(struct gopm__abstract_state *state);

static inline bool gopm__value_number_equal(const struct gopm__value_number *a, const struct gopm__value_number *b)
{
	return a->kind == b->kind && a->at == b->at && a->value == b->value && a->kind != GOPM__VN_UNKNOWN;
}

/* What `size` bytes at CFA + `offset` are; kind UNKNOWN: not followed. */
struct gopm__value_number gopm__abstract_state_slot(const struct gopm__abstract_state *state, int64_t offset,
                                                    unsigned size);

/* The same of slots that pointers may lead to as well: it may have been written through one since. */
struct gopm__value_number gopm__abstract_state_stored(const struct gopm__abstract_state *state, int64_t offset,
                                                      unsigned size);

#endif
