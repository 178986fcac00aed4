/* SPDX-License-Identifier: Apache-2.0 */
/* Names with bytes as %xx: "yaml%2ev3" for "yaml.v3". The linker escapes the paths of packages so: control bytes,
 * space,
 * `%`, `"`, bytes from 0x7f on, and dots of the last element (PathToPrefix in cmd/internal/objabi/path.go). Only these
 * escapes are decoded, and none within double quotes, where a name has tags of fields. */
#ifndef GOPM_UTIL_PERCENT_H
#define GOPM_UTIL_PERCENT_H

#include "util/arena.h"
#include "util/str.h"

/* True if the name may have an escape. Most names have none. */
static inline bool gopm__has_percent(gopm_str name)
{
	return name.size > 2 && memchr(name.data, '%', name.size) != NULL;
}

/* Decodes into `out`, which has room for name.size bytes and may be name.data. Returns the number of bytes. */
size_t gopm__percent_decode(gopm_str name, char *out);

/* The decoded name: `name` itself if it has no escape, else a copy in the arena. {NULL, 0}: out of memory. */
gopm_str gopm__percent_decoded(struct gopm__arena *arena, gopm_str name);

#endif
