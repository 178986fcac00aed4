/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is freed in one call: many small pieces, one life. */
#ifndef GOPM_UTIL_ARENA_H
#define GOPM_UTIL_ARENA_H

#include <gopm/types.h>

struct gopm__arena_block;

/* Zeroed is empty and ready. One thread at a time. */
struct gopm__arena {
	struct gopm__arena_block *blocks;
	size_t used;  /* of the newest block */
	size_t total; /* bytes handed out */
};

/* Zeroed bytes, aligned for any type; NULL when memory is out. Size 0 gives a pointer too. */
void *gopm__arena_alloc(struct gopm__arena *arena, size_t size);

/* A NUL-terminated copy; {NULL, 0} when memory is out. */
gopm_str gopm__arena_str(struct gopm__arena *arena, const char *data, size_t size);

void gopm__arena_free(struct gopm__arena *arena);

#endif
