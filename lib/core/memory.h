/* SPDX-License-Identifier: Apache-2.0 */
/* The address space of the dead process: sorted segments that do not overlap, from the
 * core first and from files where the core left file-backed pages out. Built once, then
 * only read: lookups are pure and need no lock. */
#ifndef GOPM_CORE_MEMORY_H
#define GOPM_CORE_MEMORY_H

#include "core/source.h"
#include "util/cursor.h"

struct gopm__segment {
	uint64_t address, size;            /* size > 0; address + size does not wrap */
	const struct gopm__source *source; /* NULL: all zero (a hole that was never written) */
	uint64_t offset;                   /* of `address` in the source */
};

struct gopm__memory {
	struct gopm__segment *segments; /* sorted by address, disjoint */
	size_t count, capacity;
};

/* Remembers the last segment for one reader: keep one on the stack of a loop. Zero is ready. */
struct gopm__reader {
	const struct gopm__memory *memory;
	size_t hint;
};

void gopm__memory_free(struct gopm__memory *memory);

/* Adds a range where no segment is yet: what is there already wins, the rest is split around it.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__memory_add(struct gopm__memory *memory, uint64_t address, uint64_t size,
                             const struct gopm__source *source, uint64_t offset);

/* The segment that holds `address`, or NULL. */
const struct gopm__segment *gopm__memory_find(const struct gopm__memory *memory, uint64_t address);

static inline struct gopm__reader gopm__reader(const struct gopm__memory *memory)
{
	return (struct gopm__reader){memory, 0};
}

/* `size` bytes at `address` that lie in one segment, borrowed from the core; else NULL. */
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

/* Copies, across segments and from holes of zeroes too. Returns how many bytes there were. */
size_t gopm__read_copy(struct gopm__reader *reader, uint64_t address, void *buffer, size_t size);

/* A word of 1, 2, 4 or 8 bytes (little endian), zero-extended; false: not in the core. */
static inline bool gopm__read_word(struct gopm__reader *reader, uint64_t address, unsigned size, uint64_t *out)
{
	uint8_t bytes[8] = {0};
	const uint8_t *p = gopm__read_span(reader, address, size);

	*out = 0;
	if (p == NULL) {
		if (size > sizeof bytes || gopm__read_copy(reader, address, bytes, size) != size) {
			return false;
		}
		p = bytes;
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
