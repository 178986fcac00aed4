/* SPDX-License-Identifier: Apache-2.0 */
/* Structs that grow: the caller's struct_size says how much of one it knows. */
#ifndef GOPM_API_SIZED_H
#define GOPM_API_SIZED_H

#include <gopm/types.h>
#include <string.h>

/* Copies a caller's options over our defaults. A shorter struct leaves the rest at its default; a longer one is
 * taken when what we do not know of it is zero.
 * @return GOPM_OK; GOPM_ERR_ARGUMENT (struct_size below `least`); GOPM_ERR_UNSUPPORTED (an unknown field is set). */
static inline gopm_status gopm__sized_in(void *ours, size_t our_size, const void *theirs, size_t least)
{
	size_t size;

	memcpy(&size, theirs, sizeof size);
	if (size < least || size > 65536) {
		return GOPM_ERR_ARGUMENT;
	}
	for (size_t i = our_size; i < size; i++) {
		if (((const unsigned char *)theirs)[i] != 0) {
			return GOPM_ERR_UNSUPPORTED;
		}
	}
	memcpy(ours, theirs, size < our_size ? size : our_size);
	return GOPM_OK;
}

/* Writes a record into the caller's, which is `size` bytes long: a tail that we do not know is zeroed. */
static inline void gopm__sized_out(void *theirs, size_t size, const void *ours, size_t our_size)
{
	if (size > our_size) {
		memset((unsigned char *)theirs + our_size, 0, size - our_size);
	}
	memcpy(theirs, ours, size < our_size ? size : our_size);
}

/* Writes defaults, struct_size included, into the caller's struct. */
static inline void gopm__sized_init(void *theirs, size_t size, void *ours, size_t our_size)
{
	if (theirs == NULL || size < sizeof(size_t)) {
		return;
	}
	memcpy(ours, &size, sizeof size);
	gopm__sized_out(theirs, size, ours, our_size);
}

/* Record `index` of a caller's batch. */
static inline void *gopm__sized_at(void *records, size_t stride, size_t index)
{
	return (unsigned char *)records + stride * index;
}

#endif
