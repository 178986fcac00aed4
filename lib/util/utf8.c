/* SPDX-License-Identifier: Apache-2.0 */
#include "util/utf8.h"

#include <stdbool.h>

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

size_t gopm__encode_rune(uint32_t rune, char *out)
{
	bool good = rune <= 0x10ffff && (rune < 0xd800 || rune > 0xdfff);
	uint32_t r = good ? rune : 0xfffd;

	if (r < 0x80) {
		out[0] = (char)r;
		return 1;
	}
	if (r < 0x800) {
		out[0] = (char)(0xc0 | r >> 6);
		out[1] = (char)(0x80 | (r & 0x3f));
		return 2;
	}
	if (r < 0x10000) {
		out[0] = (char)(0xe0 | r >> 12);
		out[1] = (char)(0x80 | (r >> 6 & 0x3f));
		out[2] = (char)(0x80 | (r & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | r >> 18);
	out[1] = (char)(0x80 | (r >> 12 & 0x3f));
	out[2] = (char)(0x80 | (r >> 6 & 0x3f));
	out[3] = (char)(0x80 | (r & 0x3f));
	return 4;
}
