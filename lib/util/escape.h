/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a core or an executable as text that is safe on a terminal. All texts for people go through here: errors,
 * findings, tracebacks, values, descriptions of groups. Records have the bytes as they are. */
#ifndef GOPM_UTIL_ESCAPE_H
#define GOPM_UTIL_ESCAPE_H

#include "util/text.h"

/* Writes `text` to `out` with escapes, as gopm_escape() describes them: at most `capacity` - 1 bytes, whole escapes
 * only, then a NUL. Returns the length of the whole result. */
size_t gopm__escape(gopm_str text, uint32_t flags, char *out, size_t capacity);

/* Appends `str` with escapes. */
void gopm__text_escaped(struct gopm__text *text, gopm_str str, uint32_t flags);

/* Replaces the contents of `text` by the same with escapes. */
void gopm__text_escape_all(struct gopm__text *text, uint32_t flags);

#endif
