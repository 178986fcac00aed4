/* SPDX-License-Identifier: Apache-2.0 */
#include "export/arrow_dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "export/arrow_array.h"
#include "util/allocate.h"
#include "util/escape.h"
#include "util/utf8.h"
#include "util/vector.h"

#define LEAST_TABLE 64

static bool is_utf8(gopm_str str)
{
	const unsigned char *s = (const unsigned char *)str.data;
	uint32_t rune;

	for (size_t i = 0; i < str.size;) {
		unsigned size = s[i] < 0x80 ? 1 : gopm__decode_rune(s + i, str.size - i, &rune);
		if (size == 0) {
			return false;
		}
		i += size;
	}
	return true;
}

static size_t slot_of(const struct gopm__arrow_dictionary *d, const char *data, size_t size)
{
	uint64_t hash = size * UINT64_C(0x9e3779b97f4a7c15);

	for (size_t i = 0; i < size; i++) {
		hash = (hash ^ (unsigned char)data[i]) * UINT64_C(0x100000001b3);
	}
	size_t slot = (size_t)(hash ^ hash >> 32) & (d->table_size - 1);
	while (d->table[slot] != 0) {
		uint32_t number = d->table[slot] - 1;
		size_t begin = (size_t)d->ends[number];
		if ((size_t)d->ends[number + 1] - begin == size &&
		    (size == 0 || memcmp(d->bytes.data + begin, data, size) == 0)) {
			break;
		}
		slot = (slot + 1) & (d->table_size - 1);
	}
	return slot;
}

/* Keeps the table at most half full. */
static bool grow_table(struct gopm__arrow_dictionary *d)
{
	if ((d->count + 1) * 2 <= d->table_size) {
		return true;
	}
	size_t size = d->table_size != 0 ? d->table_size * 2 : LEAST_TABLE;
	uint32_t *table = gopm__calloc(size, sizeof *table);
	if (table == NULL) {
		return false;
	}
	free(d->table);
	d->table = table;
	d->table_size = size;
	for (size_t i = 0; i < d->count; i++) {
		size_t begin = (size_t)d->ends[i];
		d->table[slot_of(d, d->bytes.data + begin, (size_t)d->ends[i + 1] - begin)] = (uint32_t)i + 1;
	}
	return true;
}

/* Finds or adds valid UTF-8. */
static int32_t add_text(struct gopm__arrow_dictionary *d, const char *data, size_t size)
{
	if (!grow_table(d) || !GOPM__VECTOR_RESERVE(d->ends, d->count, d->capacity, 2)) {
		return -1;
	}
	d->ends[0] = 0;
	size_t slot = slot_of(d, data, size);
	if (d->table[slot] == 0) {
		/* An earlier failure may have left a part. */
		d->bytes.size = (size_t)d->ends[d->count];
		d->bytes.failed = false;
		if (size > (size_t)(INT32_MAX - d->ends[d->count])) {
			return -1;
		}
		gopm__text_add(&d->bytes, data, size);
		if (d->bytes.failed) {
			return -1;
		}
		d->ends[++d->count] = (int32_t)d->bytes.size;
		d->table[slot] = (uint32_t)d->count;
	}
	return (int32_t)d->table[slot] - 1;
}

int32_t gopm__arrow_dictionary_add(struct gopm__arrow_dictionary *d, gopm_str str)
{
	size_t recent = (size_t)(((uintptr_t)str.data * UINT64_C(0x9e3779b97f4a7c15)) >> 58) % GOPM__ARROW_RECENT;
	int32_t number;

	if (str.data != NULL && d->recent[recent].str.data == str.data && d->recent[recent].str.size == str.size) {
		return d->recent[recent].number;
	}
	if (is_utf8(str)) {
		number = add_text(d, str.data, str.size);
	} else {
		struct gopm__text escaped = {0};
		gopm__text_escaped(&escaped, str, 0);
		number = escaped.failed ? -1 : add_text(d, escaped.data, escaped.size);
		gopm__text_free(&escaped);
	}
	if (number >= 0) {
		d->recent[recent].str = str;
		d->recent[recent].number = number;
	}
	return number;
}

bool gopm__arrow_dictionary_finish(struct gopm__arrow_dictionary *d, struct ArrowArray *out)
{
	if (!GOPM__VECTOR_RESERVE(d->ends, d->count, d->capacity, 1)) {
		return false;
	}
	d->ends[0] = 0;
	d->bytes.size = (size_t)d->ends[d->count];
	d->bytes.failed = false;
	gopm__text_add(&d->bytes, "", 0); /* consumers want a buffer for empty text too */
	const struct gopm__arrow_buffers buffers = {{NULL, d->ends, d->bytes.data}, 3};
	if (d->bytes.failed || !gopm__arrow_array(out, (int64_t)d->count, 0, &buffers, NULL)) {
		return false;
	}
	d->ends = NULL;
	d->bytes = (struct gopm__text){0};
	gopm__arrow_dictionary_clear(d);
	return true;
}

void gopm__arrow_dictionary_clear(struct gopm__arrow_dictionary *d)
{
	gopm__text_free(&d->bytes);
	free(d->ends);
	free(d->table);
	*d = (struct gopm__arrow_dictionary){0};
}
