/* SPDX-License-Identifier: Apache-2.0 */
/* The names of all types of the program, by its DWARF and its descriptors. */
#ifndef GOPM_TYPE_TYPE_NAMES_H
#define GOPM_TYPE_TYPE_NAMES_H

#include "type/types.h"

struct gopm__type_names {
	struct gopm__type_name {
		gopm_str text;
		uint64_t descriptor; /* 0: none */
	} * list;                    /* by text; each once */
	size_t count, capacity;
	struct gopm__arena arena; /* of names that descriptors are made of */
};

/* Reads the names that match `glob`; NULL: all. The caller holds the program's lock. Free them even after a failure.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__type_names_read(struct gopm__type_names *names, struct gopm__types *types, const char *glob);
void gopm__type_names_free(struct gopm__type_names *names);

#endif
