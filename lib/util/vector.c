/* SPDX-License-Identifier: Apache-2.0 */
#include "util/vector.h"

#include <stdint.h>
#include <string.h>

#include "util/allocate.h"

/* The first allocation has at least both. */
#define FIRST_CAPACITY ((size_t)16)
#define FIRST_BYTES ((size_t)64)

bool gopm__vector_grow(void *array, size_t *capacity, size_t count, size_t more, size_t size)
{
	size_t need, wanted = *capacity, bytes;
	void *elements;

	if (__builtin_add_overflow(count, more, &need)) {
		return false;
	}
	if (wanted == 0) {
		wanted = size < FIRST_BYTES / FIRST_CAPACITY ? FIRST_BYTES / size : FIRST_CAPACITY;
	}
	while (wanted < need) {
		if (__builtin_mul_overflow(wanted, 2, &wanted)) {
			return false;
		}
	}
	if (__builtin_mul_overflow(wanted, size, &bytes)) {
		return false;
	}
	/* `array` points to a pointer of a type unknown here. memcpy() avoids reading it through another type. */
	memcpy(&elements, array, sizeof elements);
	elements = gopm__realloc(elements, bytes);
	if (elements == NULL) {
		return false;
	}
	memcpy(array, &elements, sizeof elements);
	*capacity = wanted;
	return true;
}
