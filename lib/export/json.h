/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON into the caller's buffer, or through one to a callback. It allocates nothing. Strings are always valid
 * UTF-8: any other byte becomes U+FFFD, as in Go's encoding/json. Control characters are escaped, because JSON is
 * printed on terminals too. */
#ifndef GOPM_EXPORT_JSON_H
#define GOPM_EXPORT_JSON_H

#include <gopm/json.h>
#include <stdbool.h>
#include <string.h>

/* All of GOPM_JSON_*. */
#define GOPM__JSON_FLAGS (GOPM_JSON_DELVE | GOPM_JSON_MEMBERS | GOPM_JSON_REGISTERS)

/*
 *  buffer        at          end
 *    |  written   |   room    | NUL |
 *
 * Not thread-safe.
 */
struct gopm__json {
	char *at, *end; /* `end` is the place of the NUL, if nothing more fits */
	char *buffer;
	size_t gone;         /* bytes that are not in the buffer: `write` has them, or they did not fit */
	gopm_write_fn write; /* receives a full buffer; NULL: the rest is counted and left out */
	void *user_data;
	bool stopped; /* `write` did not return 0: the rest is counted and left out */
};

/* Writes to `size` bytes, of which the last is a NUL. If `size` is 0, nothing is written, and `buffer` may be NULL. */
void gopm__json_init(struct gopm__json *w, char *buffer, size_t size);

/* Ends the text with a NUL, or passes its last part on to `write`. Returns the length of all of it. */
size_t gopm__json_end(struct gopm__json *w);

/* gopm__json_raw() if the bytes do not fit. */
void gopm__json_long(struct gopm__json *w, const char *data, size_t size);

/* Writes bytes as they are: literals, digits, and JSON. */
static inline void gopm__json_raw(struct gopm__json *w, const char *data, size_t size)
{
	if ((size_t)(w->end - w->at) < size) {
		gopm__json_long(w, data, size);
		return;
	}
	memcpy(w->at, data, size);
	w->at += size;
}

/* Writes a string literal. */
#define gopm__json_text(w, literal) gopm__json_raw((w), "" literal, sizeof(literal) - 1)

/* Write `"key":` or `,"key":`. The key is a literal that needs no escapes. */
#define gopm__json_key(w, key) gopm__json_text((w), "\"" key "\":")
#define gopm__json_next_key(w, key) gopm__json_text((w), ",\"" key "\":")

/* Write a string with quotes and escapes. */
void gopm__json_string(struct gopm__json *w, gopm_str str);
void gopm__json_cstring(struct gopm__json *w, const char *text);

void gopm__json_u64(struct gopm__json *w, uint64_t value);
void gopm__json_i64(struct gopm__json *w, int64_t value);

static inline void gopm__json_bool(struct gopm__json *w, bool value)
{
	if (value) {
		gopm__json_text(w, "true");
	} else {
		gopm__json_text(w, "false");
	}
}

/* Writes `{` unless `flags` has GOPM_JSON_MEMBERS. */
static inline void gopm__json_open(struct gopm__json *w, uint32_t flags)
{
	if ((flags & GOPM_JSON_MEMBERS) == 0) {
		gopm__json_text(w, "{");
	}
}

static inline void gopm__json_close(struct gopm__json *w, uint32_t flags)
{
	if ((flags & GOPM_JSON_MEMBERS) == 0) {
		gopm__json_text(w, "}");
	}
}

#endif
