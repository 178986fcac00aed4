/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on gopm_str, a borrowed string of a given size. */
#ifndef GOPM_UTIL_STR_H
#define GOPM_UTIL_STR_H

#include <gopm/types.h>
#include <stdbool.h>
#include <string.h>

/* True if both have the same bytes. The data of an empty string may be NULL. */
static inline bool gopm__str_equal(gopm_str a, gopm_str b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* The order of their bytes: less than, equal to or greater than 0. */
static inline int gopm__str_compare(gopm_str a, gopm_str b)
{
	const size_t size = a.size < b.size ? a.size : b.size;
	const int order = size != 0 ? memcmp(a.data, b.data, size) : 0;

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* True if `s` begins with `prefix`, a string with a NUL. */
static inline bool gopm__str_has_prefix(gopm_str s, const char *prefix)
{
	size_t size = strlen(prefix);
	return s.size >= size && (size == 0 || memcmp(s.data, prefix, size) == 0);
}

/* True if `s` has `part`, a string with a NUL. */
static inline bool gopm__str_contains(gopm_str s, const char *part)
{
	const size_t size = strlen(part);

	for (size_t i = 0; size <= s.size && i <= s.size - size; i++) {
		if (size == 0 || memcmp(s.data + i, part, size) == 0) {
			return true;
		}
	}
	return false;
}

#endif
