/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map from a 64-bit key, which is not 0, to a 64-bit value. Open addressing, linear probing. */
#ifndef GOPM_UTIL_MAP64_H
#define GOPM_UTIL_MAP64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gopm__map64_slot {
	uint64_t key, value; /* key 0: free */
};

/* Zero-initialized is empty. Not thread-safe. */
struct gopm__map64 {
	struct gopm__map64_slot *slots; /* 1 << bits of them; NULL if bits is 0 */
	size_t count;
	unsigned bits;
};

void gopm__map64_free(struct gopm__map64 *map);

/* Returns the value of `key`. If the map lacks the key, adds it with value 0. *fresh is true if it was added. Returns
 * NULL if out of memory. The pointer is valid until the next call that adds a key. */
uint64_t *gopm__map64_put(struct gopm__map64 *map, uint64_t key, bool *fresh);

/* Returns the value of `key`, or NULL if the map lacks it. */
const uint64_t *gopm__map64_get(const struct gopm__map64 *map, uint64_t key);

/* Fibonacci hashing: the upper `bits` bits (1 to 63) of the product. */
static inline size_t gopm__hash64(uint64_t key, unsigned bits)
{
	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - bits));
}

#endif
