/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/types.h>

#include "util/escape.h"

gopm_status gopm_escape(const char *text, size_t size, uint32_t flags, char *buffer, size_t buffer_size, size_t *length)
{
	if (length != NULL) {
		*length = 0;
	}
	if ((text == NULL && size != 0) || (buffer == NULL && buffer_size != 0)) {
		return GOPM_ERR_ARGUMENT;
	}
	if ((flags & ~(GOPM_ESCAPE_LINES | GOPM_ESCAPE_JSON)) != 0) {
		return GOPM_ERR_UNSUPPORTED;
	}
	size_t whole = gopm__escape((gopm_str){text, size}, flags, buffer, buffer_size);
	if (length != NULL) {
		*length = whole;
	}
	return GOPM_OK;
}
