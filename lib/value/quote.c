/* SPDX-License-Identifier: Apache-2.0 */
#include "value/quote.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

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
