/* SPDX-License-Identifier: Apache-2.0 */
#include "util/percent.h"

/* The value of a lower-case hexadecimal digit, as the linker writes them; -1: none. */
static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that the three bytes at `s` stand for; -1: they are not an escape that the linker makes. A NUL would cut the
 * name for callers that read it as a C string. */
static int escaped_byte(const char *s)
{
	int high = hex_digit(s[1]), low = hex_digit(s[2]);

	if (s[0] != '%' || high < 0 || low < 0) {
		return -1;
	}
	int byte = high << 4 | low;
	bool made = byte <= ' ' || byte == '.' || byte == '%' || byte == '"' || byte >= 0x7f;
	return made && byte != 0 ? byte : -1;
}

size_t gopm__percent_decode(gopm_str name, char *out)
{
	bool quoted = false;
	size_t size = 0;

	for (size_t i = 0; i < name.size; i++) {
		char c = name.data[i];
		int byte = !quoted && name.size - i > 2 ? escaped_byte(name.data + i) : -1;

		if (byte >= 0) {
			c = (char)byte;
			i += 2;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == '\\' && quoted && i + 1 < name.size) {
			out[size++] = c;
			c = name.data[++i];
		}
		out[size++] = c;
	}
	return size;
}

gopm_str gopm__percent_decoded(struct gopm__arena *arena, gopm_str name)
{
	if (!gopm__has_percent(name)) {
		return name;
	}
	/* A name without escapes after all keeps its address: equal names of one table have equal addresses. */
	gopm_str copy = gopm__arena_str(arena, name.data, name.size);
	if (copy.data == NULL) {
		return copy;
	}
	size_t size = gopm__percent_decode(name, (char *)(uintptr_t)copy.data);
	if (size == name.size) {
		return name;
	}
	((char *)(uintptr_t)copy.data)[size] = '\0';
	return (gopm_str){copy.data, size};
}
