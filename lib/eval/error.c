/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool gopm__eval_fail(struct gopm__arena *arena, struct gopm__eval_error *error, gopm_status status, size_t at,
                     const char *format, ...)
{
	char text[512];
	va_list args;

	if (error->status != GOPM_OK) {
		return false;
	}
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	gopm_str copy = gopm__arena_str(arena, text, strlen(text));
	error->status = copy.data != NULL ? status : GOPM_ERR_NO_MEMORY;
	error->at = at;
	error->text = copy.data != NULL ? copy.data : "out of memory";
	return false;
}
