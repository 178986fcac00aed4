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

/* Room for `more` bytes and the NUL. */
static bool reserve_bytes(struct gopm__text *text, size_t more)
{
	text->failed =
	    text->failed || more == SIZE_MAX || !GOPM__VECTOR_RESERVE(text->data, text->size, text->capacity, more + 1);
	return !text->failed;
}

void gopm__text_add(struct gopm__text *text, const char *data, size_t size)
{
	if (!reserve_bytes(text, size)) {
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
	if (size >= 0 && reserve_bytes(text, (size_t)size)) {
		(void)vsnprintf(text->data + text->size, (size_t)size + 1, format, again);
		text->size += (size_t)size;
	} else {
		text->failed = true;
	}
	va_end(again);
	va_end(args);
}
