/* SPDX-License-Identifier: Apache-2.0 */
/* Glob patterns over bytes: `*` any run, `?` one byte, `[a-z]` and `[!a-z]` a set, `\` quotes. */
#ifndef GOPM_UTIL_GLOB_H
#define GOPM_UTIL_GLOB_H

#include <gopm/types.h>
#include <stdbool.h>

/* Whether the whole text matches. Takes at most size of pattern times size of text. */
bool gopm__glob(const char *pattern, gopm_str text);

#endif
