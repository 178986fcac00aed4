/* SPDX-License-Identifier: Apache-2.0 */
#include "util/unescape.h"

#include <string.h>

int gopm__digit_value(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

bool gopm__unescape(gopm_str text, size_t *i, char quote, uint32_t *rune, bool *byte)
{
	static const char names[] = "abfnrtv\\", values[] = "\a\b\f\n\r\t\v\\";
	unsigned count = 0, base = 16;

	*byte = false;
	if (text.data[*i] != '\\') {
		*byte = true;
		*rune = (unsigned char)text.data[(*i)++];
		return true;
	}
	if (++*i >= text.size) {
		return false;
	}
	char c = text.data[(*i)++];
	const char *found = strchr(names, c);
	if (c == quote || (found != NULL && c != '\0')) {
		*rune = c == quote ? (unsigned char)c : (unsigned char)values[found - names];
		return true;
	}
	if (c >= '0' && c <= '7') {
		(*i)--;
		count = 3;
		base = 8;
	} else {
		count = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	}
	*byte = c != 'u' && c != 'U';
	*rune = 0;
	for (unsigned n = 0; n < count; n++, (*i)++) {
		int digit = *i < text.size ? gopm__digit_value(text.data[*i]) : -1;
		if (digit < 0 || (unsigned)digit >= base || *rune > UINT32_MAX / 16) {
			return false;
		}
		*rune = *rune * base + (uint32_t)digit;
	}
	bool possible = *byte ? *rune <= 0xff : *rune <= 0x10ffff && (*rune < 0xd800 || *rune > 0xdfff);
	return count != 0 && possible;
}
