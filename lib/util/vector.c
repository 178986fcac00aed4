/* SPDX-License-Identifier: Apache-2.0 */
#include "util/vector.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The first allocation has room for both. */
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
	/* The pointer's own type is the caller's: copied, because another type may not alias it. */
	memcpy(&elements, array, sizeof elements);
	elements = realloc(elements, bytes);
	if (elements == NULL) {
		return false;
	}
	memcpy(array, &elements, sizeof elements);
	*capacity = wanted;
	return true;
}
