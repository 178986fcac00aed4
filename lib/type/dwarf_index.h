/* SPDX-License-Identifier: Apache-2.0 */
/* Types and constants of the DWARF by other keys than a DIE offset: the DIE of each runtime descriptor, and the named
 * constants of each type. */
#ifndef GOPM_TYPE_DWARF_INDEX_H
#define GOPM_TYPE_DWARF_INDEX_H

#include "dwarf/dwarf.h"
#include "util/map64.h"

/* A named constant. */
struct gopm__constant {
	uint64_t type; /* DIE offset */
	int64_t value;
	gopm_str name;  /* "main.Green" */
	uint32_t order; /* in the DWARF */
};

/* Zeroed is empty. The first search fills it, from the units of Go. */
struct gopm__dwarf_index {
	bool filled;
	struct gopm__map64 descriptors;   /* DW_AT_go_runtime_type + 1 -> DIE offset */
	struct gopm__constant *constants; /* by type, value, order */
	size_t constant_count, constant_capacity;
};

/* Fills the index unless it is filled. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__dwarf_index_fill(struct gopm__dwarf_index *index, struct gopm__dwarf *dwarf);
void gopm__dwarf_index_free(struct gopm__dwarf_index *index);

/* The DIE of the type whose descriptor is `offset` bytes after moduledata.types; 0: none. `dwarf` may be NULL. */
uint64_t gopm__dwarf_index_type(struct gopm__dwarf_index *index, struct gopm__dwarf *dwarf, uint64_t offset);

/* The constants of a type, sorted by value; *count 0: none. `dwarf` may be NULL. */
const struct gopm__constant *gopm__dwarf_index_constants(struct gopm__dwarf_index *index, struct gopm__dwarf *dwarf,
                                                         uint64_t type, size_t *count);

#endif
