/* SPDX-License-Identifier: Apache-2.0 */
/* Types that an expression names and the DWARF need not have: pointers, slices and arrays of its types, Go's basic
 * types, and those of constants that have none. They are types like others: gopm__types_at() finds them. */
#ifndef GOPM_TYPE_SYNTHETIC_H
#define GOPM_TYPE_SYNTHETIC_H

#include "dwarf/names.h"
#include "type/type.h"

/* "*T", "[]T", "[N]T"; NULL: out of memory, or no name can be made. */
const struct gopm__type *gopm__types_pointer_to(struct gopm__dwarf *dwarf, const struct gopm__type *to);
const struct gopm__type *gopm__types_slice_of(struct gopm__dwarf *dwarf, const struct gopm__type *elem);
const struct gopm__type *gopm__types_array_of(struct gopm__dwarf *dwarf, const struct gopm__type *elem, uint64_t count);

/* "int", "byte", "string", ...: the DWARF's, or made. NULL: no basic type has this name. Names must have been read. */
const struct gopm__type *gopm__types_basic(struct gopm__dwarf *dwarf, gopm_str name);

/* The type without a name of constants: GOPM_KIND_BOOL, INT64, UINT64, FLOAT64, COMPLEX128 or STRING. Static. */
const struct gopm__type *gopm__type_untyped(uint32_t kind);

#endif
