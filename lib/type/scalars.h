/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a type that are assigned to one by one, in its own bytes: words of strings, slices and interfaces,
 * scalars; structs and arrays opened. */
#ifndef GOPM_TYPE_SCALARS_H
#define GOPM_TYPE_SCALARS_H

#include "type/type.h"

#define GOPM__MAX_LEAVES 128u

struct gopm__leaf {
	uint64_t offset;
	uint32_t size;
	bool pointer; /* it leads to bytes that are shown with the variable */
};

struct gopm__leaves {
	struct gopm__leaf list[GOPM__MAX_LEAVES];
	size_t count;
	bool all;          /* all of the type's are there */
	uint64_t complete; /* bytes from its beginning whose leaves are all there */
};

/* With `pointers` those alone. */
void gopm__leaves(struct gopm__dwarf *dwarf, const struct gopm__type *type, bool pointers, struct gopm__leaves *out);

#endif
