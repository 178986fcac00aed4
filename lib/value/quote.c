/* SPDX-License-Identifier: Apache-2.0 */
#include "value/quote.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned gopm__decode_rune(const unsigned char *s, size_t size, uint32_t *rune)
{
	unsigned length = s[0] < 0x80                   ? 1
	                  : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
	                  : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
	                  : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
	                                                : 0;
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};

	*rune = length <= 1 ? s[0] : s[0] & (0xffu >> (length + 1));
	if (length == 0 || length > size) {
		return 0;
	}
	for (unsigned i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			return 0;
		}
		*rune = *rune << 6 | (s[i] & 0x3f);
	}
	if (*rune < least[length] || *rune > 0x10ffff || (*rune >= 0xd800 && *rune < 0xe000)) {
		return 0;
	}
	return length;
}

void gopm__text_quoted(struct gopm__text *text, const char *data, size_t size)
{
	static const char escapes[] = "abtnvfr"; /* of bytes 7 to 13 */

	gopm__text_add(text, "\"", 1);
	for (size_t i = 0; i < size;) {
		const unsigned char *s = (const unsigned char *)data + i;
		uint32_t rune;
		unsigned length = gopm__decode_rune(s, size - i, &rune);
		if (length == 0) {
			gopm__text_printf(text, "\\x%02x", s[0]);
			i++;
			continue;
		}
		if (rune == '"' || rune == '\\') {
			gopm__text_printf(text, "\\%c", (int)rune);
		} else if (gopm__rune_is_printable(rune)) {
			gopm__text_add(text, (const char *)s, length);
		} else if (rune >= 7 && rune <= 13) {
			gopm__text_printf(text, "\\%c", escapes[rune - 7]);
		} else if (rune < 0x20 || rune == 0x7f) {
			gopm__text_printf(text, "\\x%02x", (unsigned)rune);
		} else {
			gopm__text_printf(text, rune < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)rune);
		}
		i += length;
	}
	gopm__text_add(text, "\"", 1);
}

void gopm__text_float(struct gopm__text *text, double value, unsigned bits)
{
	char scientific[64], digits[32];
	size_t count = 0;
	int exponent = 0;

	if (isnan(value) || isinf(value)) {
		gopm__text_str(text, isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
		return;
	}
	if (value == 0) {
		gopm__text_str(text, "0");
		return;
	}
	for (int precision = 0; precision <= 17; precision++) {
		(void)snprintf(scientific, sizeof scientific, "%.*e", precision, value);
		bool same = bits == 32 ? strtof(scientific, NULL) == (float)value : strtod(scientific, NULL) == value;
		if (same) {
			break;
		}
	}
	/* Take only the digits: the decimal separator depends on the caller's locale. */
	for (const char *c = scientific; *c != '\0'; c++) {
		if (*c >= '0' && *c <= '9' && count < sizeof digits) {
			digits[count++] = *c;
		} else if (*c == 'e') {
			exponent = atoi(c + 1);
			break;
		}
	}
	if (value < 0) {
		gopm__text_add(text, "-", 1);
	}
	if (exponent < 0) {
		gopm__text_str(text, "0.");
		for (int i = -1; i > exponent; i--) {
			gopm__text_add(text, "0", 1);
		}
		gopm__text_add(text, digits, count);
		return;
	}
	for (size_t i = 0; i < count || i <= (size_t)exponent; i++) {
		if (i == (size_t)exponent + 1) {
			gopm__text_add(text, ".", 1);
		}
		gopm__text_add(text, i < count ? &digits[i] : "0", 1);
	}
}
