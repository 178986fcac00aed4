/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays of the Arrow C data interface that own their buffers. A consumer may move each of them away from its parent,
 * and releases it on any thread. */
#ifndef GOPM_EXPORT_ARROW_ARRAY_H
#define GOPM_EXPORT_ARROW_ARRAY_H

#include <gopm/arrow.h>
#include <stdbool.h>

/* Buffers of an array, allocated, from the validity bitmap (NULL: no nulls) on. */
struct gopm__arrow_buffers {
	void *buffer[3];
	int64_t count; /* 2 or 3 */
};

/* Makes an array that takes the buffers and, if it is not NULL, the dictionary. False: out of memory; nothing is taken.
 */
bool gopm__arrow_array(struct ArrowArray *out, int64_t length, int64_t null_count,
                       const struct gopm__arrow_buffers *buffers, struct ArrowArray *dictionary);

/* Makes an array of structs with `count` children, which the caller fills. False: out of memory. */
bool gopm__arrow_struct(struct ArrowArray *out, int64_t length, size_t count);

/* A column of a struct. */
struct gopm__arrow_field {
	const char *name;   /* static */
	const char *format; /* of the values; of a dictionary "i", and the values are text */
	bool nullable;
	bool dictionary;
};

/* Makes the type of structs with these columns. False: out of memory. */
bool gopm__arrow_schema(struct ArrowSchema *out, const struct gopm__arrow_field *fields, size_t count);

#endif
