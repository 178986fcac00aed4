/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8, decoded strictly. */
#ifndef GOPM_UTIL_UTF8_H
#define GOPM_UTIL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Decodes the rune at `s`, size > 0. Returns its bytes; 0: not valid (overlong, surrogate, cut). */
unsigned gopm__decode_rune(const unsigned char *s, size_t size, uint32_t *rune);

/* Writes up to four bytes of UTF-8. A rune that does not exist is U+FFFD. Returns the number of bytes. */
size_t gopm__encode_rune(uint32_t rune, char *out);

#endif
