/* SPDX-License-Identifier: Apache-2.0 */
/* Glob patterns over bytes. `*` matches any run of bytes, and `?` one byte. `[a-z]` matches one byte of the set,
 * `[!a-z]` one outside of it. `\` takes the special meaning from the next byte. */
#ifndef GOPM_UTIL_GLOB_H
#define GOPM_UTIL_GLOB_H

#include <gopm/types.h>
#include <stdbool.h>

/* True if `pattern` matches all of `text`. Takes at most their sizes multiplied. */
bool gopm__glob(const char *pattern, gopm_str text);

#endif
