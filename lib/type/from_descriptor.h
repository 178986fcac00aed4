/* SPDX-License-Identifier: Apache-2.0 */
/* Types that have no DIE, made from type descriptors, so that the same code reads values without DWARF. */
#ifndef GOPM_TYPE_FROM_DESCRIPTOR_H
#define GOPM_TYPE_FROM_DESCRIPTOR_H

#include "type/type_id.h"
#include "type/types.h"

/* Fills the type with an id of type_id.h. @return GOPM_OK, GOPM_ERR_FORMAT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__type_from_descriptor(struct gopm__types *types, uint64_t id, struct gopm__type *type);

/* The id of a descriptor's type: the DIE that names it, else GOPM__ID_DESCRIPTOR; 0: no descriptor is there. */
uint64_t gopm__type_id_of_descriptor(struct gopm__types *types, uint64_t descriptor);

/* Reads types->descriptors, unless that was done. The store has a symtab. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__types_read_descriptors(struct gopm__types *types);

/* The address of the descriptor with this full name; 0: none. The first call makes the index. */
uint64_t gopm__types_find_descriptor(struct gopm__types *types, gopm_str name);

#endif
