/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer for text that is made piece by piece. Fails silently into
 * `failed`, so that a run of appends needs one check at its end. */
#ifndef GOPM_UTIL_TEXT_H
#define GOPM_UTIL_TEXT_H

#include <gopm/types.h>
#include <stdbool.h>

/* Zeroed is empty and ready. `data` is NUL-terminated once anything was appended. */
struct gopm__text {
	char *data;
	size_t size, capacity;
	bool failed;
};

void gopm__text_free(struct gopm__text *text);
void gopm__text_add(struct gopm__text *text, const char *data, size_t size);
void gopm__text_str(struct gopm__text *text, const char *nul_terminated);
/* Decimal numbers, many times as fast as gopm__text_printf(). */
void gopm__text_u64(struct gopm__text *text, uint64_t value);
void gopm__text_i64(struct gopm__text *text, int64_t value);
void gopm__text_printf(struct gopm__text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline void gopm__text_clear(struct gopm__text *text)
{
	text->size = 0;
}

#endif
