/* SPDX-License-Identifier: Apache-2.0 */
#include "core/memory.h"

#include <stdlib.h>

#include "util/search.h"
#include "util/vector.h"

void gopm__memory_free(struct gopm__memory *memory)
{
	free(memory->segments);
	*memory = (struct gopm__memory){0};
}

/* Index of the first segment whose last byte is at or after `address`. */
static size_t first_ending_after(const struct gopm__memory *memory, uint64_t address)
{
	size_t i;

	/* Compares the last byte, because the end may be 2^64. */
	GOPM__LOWER_BOUND(i, memory->count, memory->segments[i].address + (memory->segments[i].size - 1) < address);
	return i;
}

uint64_t gopm__memory_next(const struct gopm__memory *memory, uint64_t address)
{
	const size_t i = first_ending_after(memory, address);

	if (i == memory->count) {
		return UINT64_MAX;
	}
	return memory->segments[i].address > address ? memory->segments[i].address : address;
}

const struct gopm__segment *gopm__memory_find(const struct gopm__memory *memory, uint64_t address)
{
	size_t i = first_ending_after(memory, address);
	if (i == memory->count || memory->segments[i].address > address) {
		return NULL;
	}
	return &memory->segments[i];
}

gopm_status gopm__memory_add(struct gopm__memory *memory, uint64_t address, uint64_t size,
                             const struct gopm__source *source, uint64_t offset)
{
	/* The last byte of the address space is never added, so that no end wraps around to 0. */
	if (size == 0 || address == UINT64_MAX) {
		return GOPM_OK;
	}
	if (size > UINT64_MAX - address) {
		size = UINT64_MAX - address;
	}
	uint64_t last = address + (size - 1);
	size_t first = first_ending_after(memory, address);
	size_t after = first;
	while (after < memory->count && memory->segments[after].address <= last) {
		after++;
	}
	/* At most one new segment before each old one in the range, and one after them. */
	size_t inside = after - first;
	if (!GOPM__VECTOR_RESERVE(memory->segments, memory->count, memory->capacity, inside + 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	/* Move the old segments up by that many, then merge them back down with the new ones. */
	struct gopm__segment *out = memory->segments + first;
	struct gopm__segment *old = out + inside + 1;
	memmove(old, out, (memory->count - first) * sizeof *old);
	uint64_t at = address;
	bool full = false;
	for (size_t i = 0; i < inside; i++) {
		if (old[i].address > at) {
			*out++ = (struct gopm__segment){at, old[i].address - at, source, offset + (at - address)};
		}
		uint64_t old_last = old[i].address + (old[i].size - 1);
		full = old_last >= last;
		at = old_last + 1;
		*out++ = old[i];
	}
	if (!full) {
		*out++ = (struct gopm__segment){at, last - at + 1, source, offset + (at - address)};
	}
	size_t tail = memory->count - after;
	memmove(out, old + inside, tail * sizeof *out);
	memory->count = (size_t)(out - memory->segments) + tail;
	return GOPM_OK;
}

size_t gopm__read_copy(struct gopm__reader *reader, uint64_t address, void *buffer, size_t size)
{
	const struct gopm__memory *memory = reader->memory;
	uint8_t *out = buffer;
	size_t done = 0;

	while (done < size) {
		uint64_t at = address + done;
		if (at < address) {
			break;
		}
		const struct gopm__segment *s = gopm__memory_find(memory, at);
		if (s == NULL) {
			break;
		}
		reader->hint = (size_t)(s - memory->segments);
		uint64_t skip = at - s->address;
		size_t piece = size - done;
		if (piece > s->size - skip) {
			piece = (size_t)(s->size - skip);
		}
		if (s->source == NULL) {
			memset(out + done, 0, piece);
		} else {
			if (!gopm__source_copy(s->source, s->offset + skip, out + done, piece)) {
				break;
			}
		}
		done += piece;
	}
	return done;
}

const uint8_t *gopm__read_view_copy(struct gopm__reader *reader, uint64_t address, uint64_t size, void *buffer)
{
	const struct gopm__segment *s = gopm__memory_find(reader->memory, address);

	if (s == NULL) {
		return NULL;
	}
	reader->hint = (size_t)(s - reader->memory->segments);
	uint64_t at = address - s->address;
	if (s->source != NULL && size <= s->size - at) {
		return gopm__source_view(s->source, s->offset + at, size, buffer);
	}
	return gopm__read_copy(reader, address, buffer, (size_t)size) == size ? buffer : NULL;
}
