/* SPDX-License-Identifier: Apache-2.0 */
#include "util/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"

#define BLOCK_SIZE ((size_t)32 * 1024)

struct gopm__arena_block {
	struct gopm__arena_block *next;
	size_t size;
	alignas(max_align_t) unsigned char bytes[];
};

void *gopm__arena_alloc(struct gopm__arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);

	if (size > SIZE_MAX / 2) {
		return NULL;
	}
	size = (size + align - 1) / align * align;
	if (size == 0) {
		size = align;
	}
	struct gopm__arena_block *block = arena->blocks;
	if (block == NULL || block->size - arena->used < size) {
		size_t want = size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE;
		block = gopm__calloc(1, sizeof *block + want);
		if (block == NULL) {
			return NULL;
		}
		block->size = want;
		/* A large allocation gets a block of its own, after the open one, which stays open. */
		if (want == size && arena->blocks != NULL) {
			block->next = arena->blocks->next;
			arena->blocks->next = block;
			arena->total += size;
			return block->bytes;
		}
		block->next = arena->blocks;
		arena->blocks = block;
		arena->used = 0;
	}
	void *piece = block->bytes + arena->used;
	arena->used += size;
	arena->total += size;
	return piece;
}

gopm_str gopm__arena_str(struct gopm__arena *arena, const char *data, size_t size)
{
	if (size == SIZE_MAX) {
		return (gopm_str){NULL, 0};
	}
	char *copy = gopm__arena_alloc(arena, size + 1);
	if (copy == NULL) {
		return (gopm_str){NULL, 0};
	}
	if (size != 0) {
		memcpy(copy, data, size);
	}
	return (gopm_str){copy, size};
}

void gopm__arena_free(struct gopm__arena *arena)
{
	struct gopm__arena_block *block = arena->blocks;
	while (block != NULL) {
		struct gopm__arena_block *next = block->next;
		free(block);
		block = next;
	}
	*arena = (struct gopm__arena){0};
}
