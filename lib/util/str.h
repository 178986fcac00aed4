/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed strings: what every room does with them. */
#ifndef GOPM_UTIL_STR_H
#define GOPM_UTIL_STR_H

#include <gopm/types.h>
#include <stdbool.h>
#include <string.h>

/* Empty strings have no bytes to look at: their data may be NULL. */
static inline bool gopm__str_equal(gopm_str a, gopm_str b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

#endif
