/* SPDX-License-Identifier: Apache-2.0 */
/* The one way to read bytes of a file that nobody vouches for: a cursor that never
 * leaves its range, and that stays failed once it has failed, so that a run of reads
 * needs one check at its end. Little endian; a big-endian CPU will be data here. */
#ifndef GOPM_UTIL_CURSOR_H
#define GOPM_UTIL_CURSOR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct gopm__cursor {
	const uint8_t *begin, *at, *end;
	bool failed;
};

static inline uint16_t gopm__load16(const void *p)
{
	uint16_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint32_t gopm__load32(const void *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint64_t gopm__load64(const void *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

static inline struct gopm__cursor gopm__cursor(const void *data, size_t size)
{
	const uint8_t *begin = data;
	return (struct gopm__cursor){begin, begin, size != 0 ? begin + size : begin, begin == NULL};
}

static inline size_t gopm__cursor_left(const struct gopm__cursor *c)
{
	return c->failed ? 0 : (size_t)(c->end - c->at);
}

static inline uint64_t gopm__cursor_offset(const struct gopm__cursor *c)
{
	return c->begin != NULL ? (uint64_t)(c->at - c->begin) : 0;
}

/* `size` bytes, or NULL and failed. */
static inline const uint8_t *gopm__cursor_bytes(struct gopm__cursor *c, size_t size)
{
	if (c->failed || (size_t)(c->end - c->at) < size) {
		c->failed = true;
		return NULL;
	}
	const uint8_t *p = c->at;
	c->at += size;
	return p;
}

static inline void gopm__cursor_seek(struct gopm__cursor *c, uint64_t offset)
{
	if (c->begin == NULL || offset > (uint64_t)(c->end - c->begin)) {
		c->failed = true;
		return;
	}
	c->at = c->begin + offset;
}

static inline uint8_t gopm__cursor_u8(struct gopm__cursor *c)
{
	const uint8_t *p = gopm__cursor_bytes(c, 1);
	return p != NULL ? *p : 0;
}

static inline uint16_t gopm__cursor_u16(struct gopm__cursor *c)
{
	const uint8_t *p = gopm__cursor_bytes(c, 2);
	return p != NULL ? gopm__load16(p) : 0;
}

static inline uint32_t gopm__cursor_u32(struct gopm__cursor *c)
{
	const uint8_t *p = gopm__cursor_bytes(c, 4);
	return p != NULL ? gopm__load32(p) : 0;
}

static inline uint64_t gopm__cursor_u64(struct gopm__cursor *c)
{
	const uint8_t *p = gopm__cursor_bytes(c, 8);
	return p != NULL ? gopm__load64(p) : 0;
}

/* LEB128 of at most 64 bits; a longer one fails. */
static inline uint64_t gopm__cursor_uleb(struct gopm__cursor *c)
{
	uint64_t v = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = gopm__cursor_u8(c);
		v |= (uint64_t)(b & 0x7f) << shift;
		if ((b & 0x80) == 0) {
			return v;
		}
	}
	c->failed = true;
	return 0;
}

static inline int64_t gopm__cursor_sleb(struct gopm__cursor *c)
{
	uint64_t v = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = gopm__cursor_u8(c);
		v |= (uint64_t)(b & 0x7f) << shift;
		if ((b & 0x80) == 0) {
			if (shift < 57 && (b & 0x40) != 0) {
				v |= ~UINT64_C(0) << (shift + 7);
			}
			return (int64_t)v;
		}
	}
	c->failed = true;
	return 0;
}

#endif
