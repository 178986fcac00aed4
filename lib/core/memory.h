/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of the dead process: sorted segments that do not overlap. Each has its bytes in a source: the core, or a
 * file if the core left out file-backed pages. The segments are added while the core is opened. After that they do not
 * change, so that many threads may read without a lock.
 *
 * All reads go through a reader:
 *
 *	struct gopm__reader reader = gopm__reader(&core->memory);
 *	uint64_t value;
 *	if (!gopm__read_u64(&reader, address, &value)) {
 *		... the core does not have these bytes
 *	}
 */
#ifndef GOPM_CORE_MEMORY_H
#define GOPM_CORE_MEMORY_H

#include "core/source.h"
#include "util/cursor.h"

struct gopm__segment {
	uint64_t address, size;            /* size > 0; address + size does not wrap */
	const struct gopm__source *source; /* NULL: all bytes are zero */
	uint64_t offset;                   /* of the first byte in the source */
};

struct gopm__memory {
	struct gopm__segment *segments; /* sorted by address, disjoint */
	size_t count, capacity;
};

/* A reader remembers the last segment it used. Create one on the stack for each loop; do not share it between
 * threads. */
struct gopm__reader {
	const struct gopm__memory *memory;
	size_t hint;
};

void gopm__memory_free(struct gopm__memory *memory);

/* Adds the parts of a range that no segment covers yet. Pointers to segments become invalid. `source` is borrowed.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__memory_add(struct gopm__memory *memory, uint64_t address, uint64_t size,
                             const struct gopm__source *source, uint64_t offset);

/* Returns the segment that covers `address`, or NULL. */
const struct gopm__segment *gopm__memory_find(const struct gopm__memory *memory, uint64_t address);

/* The first address from `address` on that has bytes; UINT64_MAX: none. */
uint64_t gopm__memory_next(const struct gopm__memory *memory, uint64_t address);

static inline struct gopm__reader gopm__reader(const struct gopm__memory *memory)
{
	return (struct gopm__reader){memory, 0};
}

/* Returns `size` bytes at `address` without copying them, valid until the source is closed. Returns NULL if they are
 * missing, or not all in one segment. */
static inline const uint8_t *gopm__read_span(struct gopm__reader *reader, uint64_t address, uint64_t size)
{
	const struct gopm__memory *memory = reader->memory;
	const struct gopm__segment *s;

	if (reader->hint < memory->count &&
	    address - memory->segments[reader->hint].address < memory->segments[reader->hint].size) {
		s = &memory->segments[reader->hint];
	} else {
		s = gopm__memory_find(memory, address);
		if (s == NULL) {
			return NULL;
		}
		reader->hint = (size_t)(s - memory->segments);
	}
	uint64_t at = address - s->address;
	if (size > s->size - at || s->source == NULL) {
		return NULL;
	}
	return gopm__source_span(s->source, s->offset + at, size);
}

/* Returns the bytes if they can be accessed at no cost, else NULL. */
static inline const uint8_t *gopm__read_peek(struct gopm__reader *reader, uint64_t address, uint64_t size)
{
	const struct gopm__segment *s =
	    reader->hint < reader->memory->count ? &reader->memory->segments[reader->hint] : NULL;

	if (s == NULL || address - s->address >= s->size) {
		s = gopm__memory_find(reader->memory, address);
		if (s == NULL) {
			return NULL;
		}
		reader->hint = (size_t)(s - reader->memory->segments);
	}
	uint64_t at = address - s->address;
	return size <= s->size - at && s->source != NULL ? gopm__source_peek(s->source, s->offset + at, size) : NULL;
}

/* gopm__read_view() of bytes that are not all in one segment, or not in a source. */
const uint8_t *gopm__read_view_copy(struct gopm__reader *reader, uint64_t address, uint64_t size, void *buffer);

/* Returns `size` bytes at `address`, in place or copied to `buffer`, valid as long as `buffer`. Returns NULL if some
 * are missing. For small reads in many places: unlike gopm__read_span(), it does not keep what it reads. */
static inline const uint8_t *gopm__read_view(struct gopm__reader *reader, uint64_t address, uint64_t size, void *buffer)
{
	const struct gopm__memory *memory = reader->memory;

	if (reader->hint < memory->count) {
		const struct gopm__segment *s = &memory->segments[reader->hint];
		uint64_t at = address - s->address;
		if (at < s->size && size <= s->size - at && s->source != NULL) {
			return gopm__source_view(s->source, s->offset + at, size, buffer);
		}
	}
	return gopm__read_view_copy(reader, address, size, buffer);
}

/* Copies up to `size` bytes, across segments. Returns the number of bytes before the first missing one. */
size_t gopm__read_copy(struct gopm__reader *reader, uint64_t address, void *buffer, size_t size);

/* Reads a number of 1, 2, 4 or 8 bytes (little endian) and zero-extends it. Returns false, and sets *out to 0, if the
 * bytes are missing. */
static inline bool gopm__read_word(struct gopm__reader *reader, uint64_t address, unsigned size, uint64_t *out)
{
	uint8_t bytes[8];

	*out = 0;
	if (size > sizeof bytes) {
		return false;
	}
	const uint8_t *p = gopm__read_view(reader, address, size, bytes);
	if (p == NULL) {
		return false;
	}
	switch (size) {
	case 1:
		*out = p[0];
		return true;
	case 2:
		*out = gopm__load16(p);
		return true;
	case 4:
		*out = gopm__load32(p);
		return true;
	case 8:
		*out = gopm__load64(p);
		return true;
	default:
		return false;
	}
}

static inline bool gopm__read_u64(struct gopm__reader *reader, uint64_t address, uint64_t *out)
{
	return gopm__read_word(reader, address, 8, out);
}

#endif
