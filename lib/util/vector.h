/* SPDX-License-Identifier: Apache-2.0 */
/* Growth of a plain array (pointer, count, capacity) by doubling. The array belongs to the caller, who frees it. */
#ifndef GOPM_UTIL_VECTOR_H
#define GOPM_UTIL_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

/* True if `array`, an lvalue with `count` elements in use, has room for `more` elements past them. It may move. False:
 * out of memory; the array is unchanged. The arguments are evaluated more than once. */
#define GOPM__VECTOR_RESERVE(array, count, capacity, more)                                                             \
	((capacity) - (count) >= (more) || gopm__vector_grow(&(array), &(capacity), (count), (more), sizeof *(array)))

/* GOPM__VECTOR_RESERVE() past the room there is. `array` is the address of the pointer, `size` one element's bytes. */
bool gopm__vector_grow(void *array, size_t *capacity, size_t count, size_t more, size_t size);

#endif
