/* SPDX-License-Identifier: Apache-2.0 */
/* The values that a location list gives a variable, as value numbers.
 *
 * An entry of the list names a location and a range of pcs. The abstract state at the start of the range tells which
 * value is in that location. The value can then be found elsewhere (value_search.h) after the location was reused, and
 * entries can be compared: two with the same value number mean the same value. */
#ifndef GOPM_LOCALS_LISTED_VALUE_H
#define GOPM_LOCALS_LISTED_VALUE_H

#include "locals/local.h"
#include "locals/stack_state.h"

#define GOPM__MAX_VALUE_PARTS 32u
#define GOPM__MAX_LIST_ENTRIES 1024u

/* A variable and the abstract state of its frame. */
struct gopm__local_state {
	struct gopm__context *context;
	struct gopm__stack_state *stack_state;
	const struct gopm__local *local;
	size_t frame;
	struct gopm__code *code;
	const struct gopm__abstract_state *now; /* at the frame's pc; NULL: unknown */
	uint64_t size;                          /* of the type */
	bool escaping; /* read escaping slots too, whose value a write through a pointer may have replaced */
};

/* A word or less of a variable. */
struct gopm__value_part {
	uint64_t offset;
	unsigned size;
	struct gopm__value_number number;
	uint64_t address; /* of the listed location; 0: not in memory */
};

struct gopm__value_parts {
	struct gopm__value_part list[GOPM__MAX_VALUE_PARTS];
	size_t count;
	bool agree; /* true if all entries have the same known value */
};

/* Adds the value that one entry gives the variable. A part that is there already stays, and must agree. */
void gopm__listed_value_add(const struct gopm__local_state *s, const struct gopm__list_entry *entry,
                            struct gopm__value_parts *parts);

#endif
