/* SPDX-License-Identifier: Apache-2.0 */
/* Types that an expression names and the program may lack: pointers, slices and arrays of other types, Go's basic
 * types, and the types of untyped constants. Except for the last, gopm__types_at() finds them by id like any other. */
#ifndef GOPM_TYPE_SYNTHETIC_H
#define GOPM_TYPE_SYNTHETIC_H

#include "type/types.h"

/* "*T", "[]T", "[N]T". NULL: `to` or `elem` is NULL or has no id, the name or the size is too long, or out of memory.
 */
const struct gopm__type *gopm__types_pointer_to(struct gopm__types *types, const struct gopm__type *to);
const struct gopm__type *gopm__types_slice_of(struct gopm__types *types, const struct gopm__type *elem);
const struct gopm__type *gopm__types_array_of(struct gopm__types *types, const struct gopm__type *elem, uint64_t count);

/* "int", "byte", "string", ...: from the DWARF, else synthetic. NULL: there is no basic type of this name. The names of
 * the DWARF must have been read (dwarf/names.h). */
const struct gopm__type *gopm__types_basic(struct gopm__types *types, gopm_str name);

/* The nameless type of constants of a kind: GOPM_KIND_BOOL, INT64, UINT64, FLOAT64, COMPLEX128 or STRING. Static. */
const struct gopm__type *gopm__type_untyped(uint32_t kind);

#endif
