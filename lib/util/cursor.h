/* SPDX-License-Identifier: Apache-2.0 */
/* A cursor over untrusted bytes. It never leaves its range. After the first failed read it stays failed, and all later
 * reads return 0 or NULL: a caller may read a whole record and check `failed` once, at the end.
 *
 *	struct gopm__cursor c = gopm__cursor(data, size);
 *	uint32_t type = gopm__cursor_u32(&c);
 *	uint64_t length = gopm__cursor_uleb(&c);
 *	if (c.failed) {
 *		return GOPM_ERR_FORMAT;
 *	}
 *
 * All numbers are little endian. */
#ifndef GOPM_UTIL_CURSOR_H
#define GOPM_UTIL_CURSOR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct gopm__cursor {
	const uint8_t *begin, *at, *end; /* the next byte to read is `*at` */
	bool failed;
};

/* Loads of a number at any alignment. The caller has checked the bounds. */

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

/* A cursor at the start of `size` bytes, which are borrowed. If `data` is NULL, the cursor has failed. */
static inline struct gopm__cursor gopm__cursor(const void *data, size_t size)
{
	const uint8_t *begin = data;
	return (struct gopm__cursor){begin, begin, size != 0 ? begin + size : begin, begin == NULL};
}

/* Bytes left to read; 0 if the cursor has failed. */
static inline size_t gopm__cursor_left(const struct gopm__cursor *c)
{
	return c->failed ? 0 : (size_t)(c->end - c->at);
}

/* Offset of the next byte from the start of the range. */
static inline uint64_t gopm__cursor_offset(const struct gopm__cursor *c)
{
	return c->begin != NULL ? (uint64_t)(c->at - c->begin) : 0;
}

/* Reads `size` bytes. Returns a pointer into the range, or NULL if fewer are left. */
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

/* Moves to `offset` from the start of the range. Fails if it is past the end. */
static inline void gopm__cursor_seek(struct gopm__cursor *c, uint64_t offset)
{
	if (c->begin == NULL || offset > (uint64_t)(c->end - c->begin)) {
		c->failed = true;
		return;
	}
	c->at = c->begin + offset;
}

/* Reads of one number. They return 0 on failure. */
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

/* Reads an unsigned LEB128 number (DWARF 5, section 7.6). Fails if it has more than ten bytes; bits past the 64th are
 * dropped. */
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

/* Reads a signed LEB128 number, with the same limit. */
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
