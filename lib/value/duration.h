/* SPDX-License-Identifier: Apache-2.0 */
/* time.Duration as text. */
#ifndef GOPM_VALUE_DURATION_H
#define GOPM_VALUE_DURATION_H

#include <gopm/types.h>
#include <stdbool.h>

/* Room for the longest text, "-2562047h47m16.854775808s", and its NUL. */
#define GOPM__DURATION_SIZE 32

/* Writes what time.Duration.String() returns, "1h30m0s". Returns its size. */
size_t gopm__duration_text(int64_t nanoseconds, char out[GOPM__DURATION_SIZE]);

/* True if this is the name of time.Duration. */
bool gopm__is_duration(gopm_str type);

#endif
