/* SPDX-License-Identifier: Apache-2.0 */
#include "listing_text.h"

#include <stdarg.h>
#include <stdio.h>

void add_text(struct text *text, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): wrong if it inlines the function */
	int more = vsnprintf(text->data + text->size, sizeof text->data - text->size, format, list);
	va_end(list);
	if (more > 0) {
		text->size += (size_t)more < sizeof text->data - text->size ? (size_t)more : 0;
	}
}
