/* SPDX-License-Identifier: Apache-2.0 */
/* The ids that a scan of allgs has seen. Each goroutine has its own id, so an id that comes again shows an entry of
 * allgs that repeats, or a damaged id. Threads that scan parts of allgs share a set. */
#ifndef GOPM_RUNTIME_ID_SET_H
#define GOPM_RUNTIME_ID_SET_H

#include "runtime/runtime.h"

/* One bit an id, by its low bits. Zeroed: sees nothing. */
struct gopm__id_set {
	_Atomic(uint64_t) *words;
	uint64_t mask; /* of ids */
};

/* Makes an empty set. If memory runs out, it sees nothing. */
void gopm__id_set_init(struct gopm__id_set *set, const struct gopm__runtime *rt);
void gopm__id_set_free(struct gopm__id_set *set);

/* Adds an id. True if its bit was set: the id, or one with the same low bits, was there before. */
static inline bool gopm__id_set_add(struct gopm__id_set *set, uint64_t id)
{
	const uint64_t bit = UINT64_C(1) << (id & 63);

	return set->words != NULL &&
	       (atomic_fetch_or_explicit(&set->words[(id & set->mask) >> 6], bit, memory_order_relaxed) & bit) != 0;
}

/* True if something in allgs repeats, as gopm__repeat_of() found. */
static inline bool gopm__repeats_known(const struct gopm__runtime *rt)
{
	return atomic_load_explicit(&rt->repeats_tried, memory_order_acquire) && rt->repeats != NULL;
}

enum gopm__repeat {
	GOPM__REPEAT_NONE,
	GOPM__REPEAT_ENTRY, /* an earlier entry of allgs is the same goroutine */
	GOPM__REPEAT_ID,    /* another goroutine has the same id */
};

/* Compares entry `index` of allgs, a goroutine with this address and id, with all others. The first call reads them. */
enum gopm__repeat gopm__repeat_of(struct gopm__runtime *rt, uint64_t index, uint64_t address, uint64_t id);

void gopm__repeats_free(struct gopm__repeats *repeats);

#endif
