/* SPDX-License-Identifier: Apache-2.0 */
/* Identity of types, by "Type identity" of the Go specification. */
#ifndef GOPM_TYPE_IDENTITY_H
#define GOPM_TYPE_IDENTITY_H

#include "type/type.h"

/* True if the types are one type of the program, or literals ("*T", "[]T", "[3]T") of identical element types. */
bool gopm__type_identical(struct gopm__types *types, const struct gopm__type *a, const struct gopm__type *b);

/* True if values of one convert to the other without a change: their underlying types are identical. Pointers also if
 * the underlying types that they point to are, or if one is an unsafe.Pointer. */
bool gopm__type_identical_underlying(struct gopm__types *types, const struct gopm__type *a, const struct gopm__type *b);

#endif
