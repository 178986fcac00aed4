/* SPDX-License-Identifier: Apache-2.0 */
/* Value numbering: the contents of registers and stack slots at each instruction of a function. Two locations with the
 * same value number hold the same value, on every path.
 *
 * A value number names the most recent execution of its instruction: if a loop executes a definition again, locations
 * with the value before lose that number. Stores through pointers are ignored, so the number of a slot that escapes is
 * only what the function itself stored last. */
#ifndef GOPM_CODE_VALUES_H
#define GOPM_CODE_VALUES_H

#include "code/cfg.h"
#include "code/escape.h"

enum gopm__value_number_kind {
	GOPM__VN_UNKNOWN,
	GOPM__VN_LIVE_IN,      /* register `value` at the entry */
	GOPM__VN_LIVE_IN_SLOT, /* the memory at CFA + `value` at the entry */
	GOPM__VN_CONSTANT,     /* `value` */
	GOPM__VN_FRAME,        /* the address CFA + `value` */
	GOPM__VN_CAPTURED,     /* the word at `value` of the closure, which is never written */
	GOPM__VN_DEFINITION,   /* the result of instruction `at` in register `value` */
	GOPM__VN_PHI,          /* the contents of location `value` at the start of the block of instruction `at` */
};

struct gopm__value_number {
	uint8_t kind;
	uint8_t width; /* the low bytes of the location that are the value's; the others are unknown */
	uint32_t at;
	int64_t value;
};

/* True if both are the same value, even if their widths differ. An unknown value equals no other. */
static inline bool gopm__value_number_equal(const struct gopm__value_number *a, const struct gopm__value_number *b)
{
	return a->kind == b->kind && a->at == b->at && a->value == b->value && a->kind != GOPM__VN_UNKNOWN;
}

/* A location is a register, by its number, or a slot: GOPM__CODE_REGISTERS + its index. */
struct gopm__values {
	const struct gopm__cfg *cfg;
	const struct gopm__escape *escape;
	size_t location_count;
	struct gopm__value_number *in;    /* at the start of each reachable block, by rank: location_count each */
	struct gopm__value_number **ends; /* the same at their ends; NULL: no query has asked yet */
};

/* False: more locations than fit, or out of memory. Release it with gopm__values_clear() in either case. `cfg` and
 * `escape` must outlive it. */
bool gopm__values_analyze(struct gopm__values *values, const struct gopm__cfg *cfg, const struct gopm__escape *escape);
void gopm__values_clear(struct gopm__values *values);

/* Bytes that it uses, or will. */
size_t gopm__values_bytes(const struct gopm__values *values);

/* The state before one instruction. Queries for the instructions of one block in ascending order cost one pass. Zeroed
 * is ready; free `at` in the end. */
struct gopm__values_cursor {
	struct gopm__value_number *at; /* location_count */
	size_t index;                  /* instruction */
	bool valid;
};

/* Moves the cursor to instruction `index`. False: no path reaches it, or out of memory. */
bool gopm__values_seek(const struct gopm__values *values, struct gopm__values_cursor *cursor, size_t index);

/* The state at one pc. */
struct gopm__abstract_state {
	struct gopm__value_number registers[GOPM__CODE_REGISTERS];
	const int32_t *slots; /* offsets from the CFA */
	struct gopm__value_number *slot_numbers;
	const bool *non_escaping; /* of each slot */
	size_t slot_count;
};

/* Copies the state before instruction `index`; with `in_call`, during that call: slots that the callee may write are
 * unknown. False: no path reaches it, or out of memory. Release it with gopm__abstract_state_clear(). */
bool gopm__values_state(const struct gopm__values *values, struct gopm__values_cursor *cursor, size_t index,
                        bool in_call, struct gopm__abstract_state *out);
void gopm__abstract_state_clear(struct gopm__abstract_state *state);

/* The value in the `size` bytes at CFA + `offset`. Unknown if the slot escapes. */
struct gopm__value_number gopm__abstract_state_slot(const struct gopm__abstract_state *state, int64_t offset,
                                                    unsigned size);

/* The value that the function stored last in the `size` bytes at CFA + `offset`. If the slot escapes, a store through a
 * pointer may have replaced it. */
struct gopm__value_number gopm__abstract_state_stored(const struct gopm__abstract_state *state, int64_t offset,
                                                      unsigned size);

/* True if `visit` accepts every input of the phi, and `size` bytes of each are known. An input that is a phi itself is
 * replaced by its inputs if `visit` rejects it. False also if there are too many of them, or out of memory. */
bool gopm__values_phi_inputs(const struct gopm__values *values, const struct gopm__value_number *phi, unsigned size,
                             bool (*visit)(void *user_data, const struct gopm__value_number *input), void *user_data);

/* The same, without inputs from blocks that end in a call that does not return. */
bool gopm__values_taken_inputs(const struct gopm__values *values, const struct gopm__value_number *phi, unsigned size,
                               bool (*visit)(void *user_data, const struct gopm__value_number *input), void *user_data);

#endif
