/* SPDX-License-Identifier: Apache-2.0 */
/* Describes addresses by value numbers: a base, offsets, and the loads between them (code/sync.h). */
#ifndef GOPM_CODE_SYNC_PLACE_H
#define GOPM_CODE_SYNC_PLACE_H

#include "code/sync.h"

/* Descriptions of one address. */
struct gopm__sync_places {
	struct gopm__sync_place list[GOPM__SYNC_PLACES];
	unsigned count; /* 0: the address is unknown */
};

/* Reads value numbers. Free `cursor.at` in the end. */
struct gopm__sync_numbers {
	const struct gopm__values *values;
	struct gopm__values_cursor cursor;
	/* True if a call of `target` returns the address of a map's value. NULL: unknown. */
	bool (*is_map_access)(void *user_data, uint64_t target);
	void *user_data;
};

/* The value in a register before instruction `index`; unknown if no path reaches it. */
struct gopm__value_number gopm__sync_register(struct gopm__sync_numbers *numbers, size_t index, unsigned reg);

/* The value that the function stored last in the 8 bytes at CFA + `offset`, before instruction `index`. `own`: unknown
 * if a store through a pointer may have replaced it. */
struct gopm__value_number gopm__sync_slot(struct gopm__sync_numbers *numbers, size_t index, int64_t offset, bool own);

/* Describes the address `number` + `offset`. */
struct gopm__sync_places gopm__sync_describe(struct gopm__sync_numbers *numbers, struct gopm__value_number number,
                                             int64_t offset);

/* The addresses that are `places`, then `loads` loads with the offsets, as those of a place. */
struct gopm__sync_places gopm__sync_extend(const struct gopm__sync_places *places, const struct gopm__sync_place *more);

/* The same object at another offset. */
struct gopm__sync_places gopm__sync_shift(const struct gopm__sync_places *places, int64_t offset);

/* True if both are the same address, as long as their bases do not get another value. */
bool gopm__sync_same(const struct gopm__sync_place *a, const struct gopm__sync_place *b);

/* False: they are certainly different addresses of objects of one type. */
bool gopm__sync_may_alias(const struct gopm__sync_place *a, const struct gopm__sync_place *b);

#endif
