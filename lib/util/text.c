/* SPDX-License-Identifier: Apache-2.0 */
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/vector.h"

void gopm__text_free(struct gopm__text *text)
{
	free(text->data);
	*text = (struct gopm__text){0};
}

/* Makes room for `more` bytes and the NUL after them. */
static bool reserve_bytes(struct gopm__text *text, size_t more)
{
	text->failed =
	    text->failed || more == SIZE_MAX || !GOPM__VECTOR_RESERVE(text->data, text->size, text->capacity, more + 1);
	return !text->failed;
}

void gopm__text_add(struct gopm__text *text, const char *data, size_t size)
{
	if (text->limit != 0 && size > text->limit - text->size) {
		size = text->limit - text->size;
		text->cut = true;
	}
	if (!reserve_bytes(text, size)) {
		return;
	}
	if (size != 0) {
		memcpy(text->data + text->size, data, size);
	}
	text->size += size;
	text->data[text->size] = '\0';
}

char *gopm__text_room(struct gopm__text *text, size_t size)
{
	if (!reserve_bytes(text, size)) {
		return NULL;
	}
	char *room = text->data + text->size;
	text->size += size;
	text->data[text->size] = '\0';
	return room;
}

void gopm__text_str(struct gopm__text *text, const char *nul_terminated)
{
	gopm__text_add(text, nul_terminated, strlen(nul_terminated));
}

void gopm__text_u64(struct gopm__text *text, uint64_t value)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	gopm__text_add(text, digits + at, sizeof digits - at);
}

void gopm__text_i64(struct gopm__text *text, int64_t value)
{
	if (value < 0) {
		gopm__text_add(text, "-", 1);
	}
	gopm__text_u64(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void gopm__text_printf(struct gopm__text *text, const char *format, ...)
{
	size_t room = text->capacity - text->size;
	va_list args;

	va_start(args, format);
	int size = vsnprintf(room != 0 ? text->data + text->size : NULL, room, format, args);
	va_end(args);
	if (size < 0 || !reserve_bytes(text, (size_t)size)) {
		text->failed = true;
		return;
	}
	if ((size_t)size >= room) {
		va_start(args, format);
		(void)vsnprintf(text->data + text->size, (size_t)size + 1, format, args);
		va_end(args);
	}
	text->size += (size_t)size;
	if (text->limit != 0 && text->size > text->limit) {
		text->size = text->limit;
		text->cut = true;
	}
}

void gopm__text_shorten(struct gopm__text *text, size_t size)
{
	if (size >= text->size) {
		return;
	}
	/* Bytes 0x80 to 0xbf continue a rune. */
	while (size > 0 && ((unsigned char)text->data[size] & 0xc0) == 0x80) {
		size--;
	}
	text->size = size;
	text->data[size] = '\0';
}
