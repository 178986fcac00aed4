/* SPDX-License-Identifier: Apache-2.0 */
/* Type descriptors by name, collected in one pass over the descriptors of all modules. */
#ifndef GOPM_TYPE_DESCRIPTOR_INDEX_H
#define GOPM_TYPE_DESCRIPTOR_INDEX_H

#include "type/descriptor_name.h"

struct gopm__descriptor_index {
	struct gopm__descriptor_entry {
		uint64_t hash; /* of the full name */
		uint64_t address;
	} * entries; /* by hash, then by address */
	size_t count, capacity;
};

/* @return GOPM_OK (also if modules lack their descriptors), GOPM_ERR_NO_MEMORY. */
gopm_status gopm__descriptor_index_make(struct gopm__descriptor_index *index, const struct gopm__symtab *symtab);
void gopm__descriptor_index_free(struct gopm__descriptor_index *index);

/* The descriptor of the type with this full name; 0: none. Types that functions define may share a name: the one at the
 * lowest address wins. */
uint64_t gopm__descriptor_index_find(const struct gopm__descriptor_index *index, const struct gopm__symtab *symtab,
                                     gopm_str name);

#endif
