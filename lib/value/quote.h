/* SPDX-License-Identifier: Apache-2.0 */
/* Strings and numbers as Go prints them. */
#ifndef GOPM_VALUE_QUOTE_H
#define GOPM_VALUE_QUOTE_H

#include "util/text.h"

/* True if strconv.IsPrint is. */
bool gopm__rune_is_printable(uint32_t rune);

/* Appends the string in double quotes with Go's escapes, as %q does. */
void gopm__text_quoted(struct gopm__text *text, const char *data, size_t size);

/* Appends strconv.FormatFloat(value, 'f', -1, bits): the fewest digits that read back as `value`; bits: 32 or 64. */
void gopm__text_float(struct gopm__text *text, double value, unsigned bits);

#endif
