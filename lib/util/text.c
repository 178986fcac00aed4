/* SPDX-License-Identifier: Apache-2.0 */
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void gopm__text_free(struct gopm__text *text)
{
	free(text->data);
	*text = (struct gopm__text){0};
}

static bool reserve(struct gopm__text *text, size_t more)
{
	if (text->failed || more > SIZE_MAX / 4 - text->size) {
		text->failed = true;
		return false;
	}
	size_t need = text->size + more + 1;
	if (need <= text->capacity) {
		return true;
	}
	size_t capacity = text->capacity != 0 ? text->capacity : 64;
	while (capacity < need) {
		capacity *= 2;
	}
	char *data = realloc(text->data, capacity);
	if (data == NULL) {
		text->failed = true;
		return false;
	}
	text->data = data;
	text->capacity = capacity;
	return true;
}

void gopm__text_add(struct gopm__text *text, const char *data, size_t size)
{
	if (!reserve(text, size)) {
		return;
	}
	if (size != 0) {
		memcpy(text->data + text->size, data, size);
	}
	text->size += size;
	text->data[text->size] = '\0';
}

void gopm__text_str(struct gopm__text *text, const char *nul_terminated)
{
	gopm__text_add(text, nul_terminated, strlen(nul_terminated));
}

void gopm__text_printf(struct gopm__text *text, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int size = vsnprintf(NULL, 0, format, args);
	if (size >= 0 && reserve(text, (size_t)size)) {
		(void)vsnprintf(text->data + text->size, (size_t)size + 1, format, again);
		text->size += (size_t)size;
	} else {
		text->failed = true;
	}
	va_end(again);
	va_end(args);
}
