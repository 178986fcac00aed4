/* SPDX-License-Identifier: Apache-2.0 */
#include "util/escape.h"

#include <stdio.h>
#include <string.h>

#include "util/cursor.h"
#include "util/utf8.h"

/* Room for the longest escape, "\u202e", and its NUL. */
enum { MOST_ESCAPE = 8 };

/* True if a terminal may obey it, or if it reorders the text around it: C0, DEL, C1, line and paragraph separators,
 * bidirectional controls. */
static bool is_control(uint32_t rune)
{
	return rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || rune == 0x61c || rune == 0x200e || rune == 0x200f ||
	       (rune >= 0x2028 && rune <= 0x202e) || (rune >= 0x2066 && rune <= 0x2069);
}

/* True if the byte stands for itself. */
static bool is_plain(unsigned char c, uint32_t flags)
{
	if (c < 0x20) {
		return (flags & GOPM_ESCAPE_LINES) != 0 && (c == '\n' || c == '\t');
	}
	return c < 0x7f && ((flags & GOPM_ESCAPE_JSON) == 0 || (c != '"' && c != '\\'));
}

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS (ONES * 0x80)
#define LOWS (ONES * 0x7f)

/* Sets the high bit of each byte of `x` that is `c`. */
static uint64_t equal_bytes(uint64_t x, unsigned char c)
{
	uint64_t different = x ^ (ONES * c);

	return ~(((different & LOWS) + LOWS) | different) & HIGHS;
}

/* Sets the high bit of each byte of `x` that is not plain. */
static uint64_t special_bytes(uint64_t x, uint32_t flags)
{
	uint64_t special = ~(((x & LOWS) + ONES * (0x80 - 0x20)) | x); /* below 0x20 */

	if ((flags & GOPM_ESCAPE_LINES) != 0) {
		special &= ~(equal_bytes(x, '\n') | equal_bytes(x, '\t'));
	}
	special |= x | equal_bytes(x, 0x7f);
	if ((flags & GOPM_ESCAPE_JSON) != 0) {
		special |= equal_bytes(x, '"') | equal_bytes(x, '\\');
	}
	return special & HIGHS;
}

/* True if all bytes of `x` are plain, however many lines a text may have. A borrow makes it false for some `x` that are
 * plain, but never true for one that is not. */
static bool is_all_plain(uint64_t x, uint32_t flags)
{
	uint64_t special = x | (x - ONES * 0x20) | ((x ^ (ONES * 0x7f)) - ONES);

	if ((flags & GOPM_ESCAPE_JSON) != 0) {
		special |= ((x ^ (ONES * '"')) - ONES) | ((x ^ (ONES * '\\')) - ONES);
	}
	return (special & HIGHS) == 0;
}

/* Returns the number of plain bytes at the beginning. It tests eight at a time, because most text is plain. */
static size_t plain_length(const char *p, size_t size, uint32_t flags)
{
	size_t i = 0;

	for (; size - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
		uint64_t x = gopm__load64(p + i);
		uint64_t special = is_all_plain(x, flags) ? 0 : special_bytes(x, flags);
		if (special != 0) {
			return i + (size_t)__builtin_ctzll(special) / 8;
		}
	}
	while (i < size && is_plain((unsigned char)p[i], flags)) {
		i++;
	}
	return i;
}

/* Writes a byte that is not plain and not part of a longer rune. Returns the size of the escape. */
static size_t escape_byte(unsigned char c, uint32_t flags, char *out)
{
	static const char shorts[] = "btn\0fr"; /* of bytes 8 to 13 */

	if ((flags & GOPM_ESCAPE_JSON) == 0) {
		return (size_t)snprintf(out, MOST_ESCAPE, "\\x%02x", c);
	}
	if (c == '"' || c == '\\') {
		return (size_t)snprintf(out, MOST_ESCAPE, "\\%c", c);
	}
	if (c >= 8 && c <= 13 && shorts[c - 8] != '\0') {
		return (size_t)snprintf(out, MOST_ESCAPE, "\\%c", shorts[c - 8]);
	}
	return (size_t)snprintf(out, MOST_ESCAPE, "\\u%04x", c < 0x80 ? c : 0xfffdu);
}

/* Writes the character at `p`, which is not plain. Returns the bytes written; *used are those read. */
static size_t escape_one(const unsigned char *p, size_t left, uint32_t flags, char *out, size_t *used)
{
	uint32_t rune;
	unsigned length = gopm__decode_rune(p, left, &rune);

	*used = length > 1 ? length : 1;
	if (length <= 1) {
		return escape_byte(p[0], flags, out);
	}
	if (is_control(rune)) {
		return (size_t)snprintf(out, MOST_ESCAPE, "\\u%04x", (unsigned)rune);
	}
	memcpy(out, p, length);
	return length;
}

size_t gopm__escape(gopm_str text, uint32_t flags, char *out, size_t capacity)
{
	size_t most = capacity != 0 ? capacity - 1 : 0, length = 0, written = 0;
	char escape[MOST_ESCAPE];

	if (text.size < capacity && plain_length(text.data, text.size, flags) == text.size) {
		if (text.size != 0) {
			memcpy(out, text.data, text.size);
		}
		out[text.size] = '\0';
		return text.size;
	}
	for (size_t i = 0; i < text.size;) {
		const char *part = text.data + i;
		size_t used = plain_length(part, text.size - i, flags), size = used;

		if (used == 0) {
			size = escape_one((const unsigned char *)part, text.size - i, flags, escape, &used);
			part = escape;
		}
		/* Plain text may be cut anywhere; an escape may not. */
		if (written == length && most - written < size) {
			size_t cut = part != escape ? most - written : 0;
			if (cut != 0) {
				memcpy(out + written, part, cut);
			}
			written += cut;
		} else if (written == length) {
			memcpy(out + written, part, size);
			written += size;
		}
		length += size;
		i += used;
	}
	if (capacity != 0) {
		out[written] = '\0';
	}
	return length;
}

void gopm__text_escaped(struct gopm__text *text, gopm_str str, uint32_t flags)
{
	if (plain_length(str.data, str.size, flags) == str.size) {
		gopm__text_add(text, str.data, str.size);
		return;
	}
	size_t length = gopm__escape(str, flags, NULL, 0);
	char *room = gopm__text_room(text, length);
	if (room != NULL) {
		(void)gopm__escape(str, flags, room, length + 1); /* a text has room for the NUL */
	}
}

void gopm__text_escape_all(struct gopm__text *text, uint32_t flags)
{
	struct gopm__text escaped = {0};

	if (plain_length(text->data, text->size, flags) == text->size) {
		return;
	}
	gopm__text_escaped(&escaped, (gopm_str){text->data, text->size}, flags);
	escaped.failed |= text->failed;
	gopm__text_free(text);
	*text = escaped;
}
