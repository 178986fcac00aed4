/* SPDX-License-Identifier: Apache-2.0 */
/* An open-addressing map from a non-zero 64-bit key to a 64-bit value. */
#ifndef GOPM_UTIL_MAP64_H
#define GOPM_UTIL_MAP64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gopm__map64_slot {
	uint64_t key, value;
};

/* Zeroed is empty and ready. One thread at a time. */
struct gopm__map64 {
	struct gopm__map64_slot *slots;
	size_t count;
	unsigned bits; /* 0: no slots yet */
};

void gopm__map64_free(struct gopm__map64 *map);

/* The value's place, made (zeroed) when `key` is new, *fresh tells; NULL when memory is out. The
 * place moves with the next call that adds. */
uint64_t *gopm__map64_put(struct gopm__map64 *map, uint64_t key, bool *fresh);

/* NULL: not there. */
const uint64_t *gopm__map64_get(const struct gopm__map64 *map, uint64_t key);

static inline size_t gopm__hash64(uint64_t key, unsigned bits)
{
	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - bits));
}

#endif
