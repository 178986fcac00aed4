/* SPDX-License-Identifier: Apache-2.0 */
/* An arena: many small allocations, freed by one call. */
#ifndef GOPM_UTIL_ARENA_H
#define GOPM_UTIL_ARENA_H

#include <gopm/types.h>

struct gopm__arena_block;

/* Zero-initialized is empty. Not thread-safe. */
struct gopm__arena {
	struct gopm__arena_block *blocks; /* the first one is open: small allocations come from it */
	size_t used;                      /* bytes used in the open block */
	size_t total;                     /* bytes allocated, padding included */
};

/* Returns zeroed bytes, aligned for any type, or NULL if out of memory. If `size` is 0, the pointer is valid too. The
 * bytes live until gopm__arena_free(). */
void *gopm__arena_alloc(struct gopm__arena *arena, size_t size);

/* Returns a NUL-terminated copy of `size` bytes, or {NULL, 0} if out of memory. */
gopm_str gopm__arena_str(struct gopm__arena *arena, const char *data, size_t size);

/* Frees every allocation. The arena is empty and may be used again. */
void gopm__arena_free(struct gopm__arena *arena);

#endif
