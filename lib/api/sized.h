/* SPDX-License-Identifier: Apache-2.0 */
/* Structs that grow in later versions. The caller's struct_size is the size that the caller was compiled with. */
#ifndef GOPM_API_SIZED_H
#define GOPM_API_SIZED_H

#include <gopm/types.h>
#include <string.h>

#include "util/error.h"

/* Copies a caller's options over our defaults. Fields that a shorter struct lacks keep their defaults. A longer struct
 * is accepted if the fields that this library does not know are zero.
 * @return GOPM_OK; GOPM_ERR_ARGUMENT (struct_size is less than `least`); GOPM_ERR_UNSUPPORTED (an unknown field is
 *   set). */
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

/* gopm__sized_in() with an error that names the struct. */
static inline gopm_status gopm__options_in(void *ours, size_t our_size, const void *theirs, size_t least,
                                           const char *name, gopm_error **err)
{
	gopm_status status = gopm__sized_in(ours, our_size, theirs, least);

	if (status == GOPM_ERR_ARGUMENT) {
		return gopm__fail(err, status, GOPM__NOWHERE,
		                  "%s.struct_size is not a size of this struct; call %s_init()", name, name);
	}
	return status == GOPM_OK ? status
	                         : gopm__fail(err, status, GOPM__NOWHERE,
	                                      "%s has a field that this library is too old to know; set it to 0", name);
}

/* Copies a record into the caller's, which has `size` bytes. Bytes after the fields we know are zeroed. */
static inline void gopm__sized_out(void *theirs, size_t size, const void *ours, size_t our_size)
{
	if (size > our_size) {
		memset((unsigned char *)theirs + our_size, 0, size - our_size);
	}
	memcpy(theirs, ours, size < our_size ? size : our_size);
}

/* Our view of a caller's record of `size` bytes: the record itself, or a copy in `ours` with zeros after a shorter one.
 */
static inline const void *gopm__sized_record(const void *theirs, size_t size, void *ours, size_t our_size)
{
	if (size >= our_size) {
		return theirs;
	}
	memset(ours, 0, our_size);
	return memcpy(ours, theirs, size);
}

/* Sets the caller's struct, struct_size included, to the defaults. */
static inline void gopm__sized_init(void *theirs, size_t size, void *ours, size_t our_size)
{
	if (theirs == NULL || size < sizeof(size_t)) {
		return;
	}
	memcpy(ours, &size, sizeof size);
	gopm__sized_out(theirs, size, ours, our_size);
}

/* Record `index` of the caller's array. */
static inline void *gopm__sized_at(void *records, size_t stride, size_t index)
{
	return (unsigned char *)records + stride * index;
}

#endif
