/* SPDX-License-Identifier: Apache-2.0 */
/* A text builder: a byte buffer that grows. If memory runs out it sets `failed` and ignores all later appends: a caller
 * may append many times and check `failed` once, at the end. */
#ifndef GOPM_UTIL_TEXT_H
#define GOPM_UTIL_TEXT_H

#include <gopm/types.h>
#include <stdbool.h>

/* Zero-initialized is empty. Not thread-safe. */
struct gopm__text {
	char *data; /* NUL-terminated after the first append, NULL before it; owned */
	size_t size, capacity;
	size_t limit; /* of `size`: what is appended after that is left out; 0: no limit */
	bool cut;     /* something was left out */
	bool failed;
};

void gopm__text_free(struct gopm__text *text);

/* Append bytes, a string, or formatted text. */
void gopm__text_add(struct gopm__text *text, const char *data, size_t size);
/* Appends `size` bytes for the caller to write, more than 0. Returns NULL if memory runs out. */
char *gopm__text_room(struct gopm__text *text, size_t size);
void gopm__text_str(struct gopm__text *text, const char *nul_terminated);
/* Decimal numbers, many times as fast as gopm__text_printf(). */
void gopm__text_u64(struct gopm__text *text, uint64_t value);
void gopm__text_i64(struct gopm__text *text, int64_t value);
void gopm__text_printf(struct gopm__text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Shortens the text to at most `size` bytes, without a part of a rune at its end. */
void gopm__text_shorten(struct gopm__text *text, size_t size);

/* Empties the text and keeps its memory. Does not reset `failed`. */
static inline void gopm__text_clear(struct gopm__text *text)
{
	text->size = 0;
}

#endif
