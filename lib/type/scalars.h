/* SPDX-License-Identifier: Apache-2.0 */
/* Scalar components of a type, as a compiler splits a variable: structs and arrays are opened, and the words of
 * strings, slices and interfaces are components of their own. */
#ifndef GOPM_TYPE_SCALARS_H
#define GOPM_TYPE_SCALARS_H

#include "type/type.h"

#define GOPM__MAX_SCALARS 128u

struct gopm__scalar_component {
	uint64_t offset;
	uint32_t size; /* bytes */
	bool pointer;  /* to bytes that are shown with the variable */
};

struct gopm__scalars {
	struct gopm__scalar_component list[GOPM__MAX_SCALARS];
	size_t count;
	bool all;          /* `list` covers the whole type */
	uint64_t complete; /* bytes at the beginning of the type that `list` covers */
};

/* The components of `type`, or only its pointers. */
void gopm__type_scalars(struct gopm__types *types, const struct gopm__type *type, bool pointers,
                        struct gopm__scalars *out);

#endif
