/* SPDX-License-Identifier: Apache-2.0 */
/* Escape sequences of Go's string literals. */
#ifndef GOPM_UTIL_UNESCAPE_H
#define GOPM_UTIL_UNESCAPE_H

#include <gopm/types.h>
#include <stdbool.h>

/* The value of a digit of base 16 or less; -1: it is none. */
int gopm__digit_value(char c);

/* Reads one byte or escape sequence at *i, which is below text.size, and advances *i. *byte: *rune is a byte, and not a
 * rune to encode. `quote` may be escaped too. False: not a valid escape sequence. */
bool gopm__unescape(gopm_str text, size_t *i, char quote, uint32_t *rune, bool *byte);

#endif
