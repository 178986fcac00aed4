/* SPDX-License-Identifier: Apache-2.0 */
/* What registers and stack slots hold at a place in a function, as far as its code proves it on every path that leads
 * there. A value has an identity: where it was at the function's entry, the instruction that made it, or the place
 * where paths meet that made one of several. Two locations with the same identity hold the same value.
 *
 * What is not followed is not claimed: an instruction that is not known, a jump to anywhere or too large a function
 * leave nothing. Of slots that a pointer may lead to, no more than what was last stored there by name. */
#ifndef GOPM_CODE_VALUES_H
#define GOPM_CODE_VALUES_H

#include "arch/arch.h"
#include "arch/instruction.h"
#include "symbol/symtab.h"
#include "util/map64.h"

enum gopm__identity_kind {
	GOPM__ID_UNKNOWN,
	GOPM__ID_ENTRY,      /* of register `value` at the entry */
	GOPM__ID_ENTRY_SLOT, /* of the memory at CFA + `value` at the entry */
	GOPM__ID_CONSTANT,
	GOPM__ID_FRAME,    /* the address CFA + `value` */
	GOPM__ID_CAPTURED, /* the word at `value` of the closure, which nobody writes */
	GOPM__ID_MADE,     /* by instruction `at`, into register `value` */
	GOPM__ID_MERGED,   /* in location `value` at instruction `at`, where paths meet */
};

struct gopm__identity {
	uint8_t kind, width; /* bytes, the low ones, that are this value's */
	uint32_t at;
	int64_t value;
};

struct gopm__flow; /* flow.c */

/* Flows of functions, kept by their entry. Under the dwarf_lock. */
struct gopm__flows {
	struct gopm__map64 map;   /* entry -> struct gopm__flow * */
	struct gopm__map64 lives; /* entry -> struct gopm__liveness * (liveness.h) */
	struct gopm__map64 sites; /* pc -> struct gopm__site * (claim.h) */
	struct gopm__arena arena;
	size_t bytes;
};

void gopm__flows_free(struct gopm__flows *flows);
/* Frees them where there are too many. Ends what gopm__flow_of() gave. */
void gopm__flows_trim(struct gopm__flows *flows);

/* The flow of a function. NULL: its code cannot be followed, or memory is out. Until gopm__flows_trim(). */
const struct gopm__flow *gopm__flow_of(struct gopm__flows *flows, const struct gopm__arch *arch,
                                       struct gopm__symtab *symtab, const struct gopm__func *func);

/* What is where at one pc. */
struct gopm__flow_state {
	struct gopm__identity registers[GOPM__CODE_REGISTERS];
	const int32_t *slots; /* from the CFA */
	struct gopm__identity *slot_ids;
	const bool *trusted; /* of each slot: no pointer leads to it */
	size_t slot_count;
};

/* Before the instruction at `pc`, or, with `returning`, while the call that returns to `pc` runs: registers are those
 * at the call then, slots those that the callee leaves alone. False: no path leads there, or memory is out.
 * gopm__flow_state_clear() ends it. */
bool gopm__flow_at(const struct gopm__flow *flow, uint64_t pc, bool returning, struct gopm__flow_state *out);
void gopm__flow_state_clear(struct gopm__flow_state *state);

/* Whether whatever a value may be that was made where paths meet is known: `visit` is asked about each identity that
 * arrives there, and, where it does not know one of another such place, about those that arrive at that. False: it
 * knows not all of them, there are too many, or memory is out. */
bool gopm__flow_merged(const struct gopm__flow *flow, const struct gopm__identity *merged,
                       bool (*visit)(void *user_data, const struct gopm__identity *id), void *user_data);

/* What the call that returns to `pc` calls; 0: only the run knows. False: there is none. */
bool gopm__flow_call(const struct gopm__flow *flow, uint64_t pc, uint64_t *target);

/* Whether addresses of [CFA + offset, CFA + offset + size) are made for nothing but calls of `target`. */
bool gopm__flow_only_passed(const struct gopm__flow *flow, int64_t offset, uint64_t size, uint64_t target);

static inline bool gopm__identity_same(const struct gopm__identity *a, const struct gopm__identity *b)
{
	return a->kind == b->kind && a->at == b->at && a->value == b->value && a->kind != GOPM__ID_UNKNOWN;
}

/* What `size` bytes at CFA + `offset` are; kind UNKNOWN: not followed. */
struct gopm__identity gopm__flow_slot(const struct gopm__flow_state *state, int64_t offset, unsigned size);

/* The same of slots that pointers may lead to as well: it may have been written through one since. */
struct gopm__identity gopm__flow_stored(const struct gopm__flow_state *state, int64_t offset, unsigned size);

#endif
