/* SPDX-License-Identifier: Apache-2.0 */
/* The types of an executable: one store for all three origins. It reads a type when it is first used and keeps it by
 * id.
 *
 * A program without DWARF has a store without DWARF: its types are those of the runtime's descriptors. One thread at a
 * time, with the DWARF. */
#ifndef GOPM_TYPE_TYPES_H
#define GOPM_TYPE_TYPES_H

#include "dwarf/dwarf.h"
#include "type/descriptor_index.h"
#include "type/dwarf_index.h"
#include "type/type.h"

/* Kinds of synthetic types that are kept by the type they are made from. */
enum gopm__synthetic { GOPM__SYNTHETIC_POINTER, GOPM__SYNTHETIC_SLICE, GOPM__SYNTHETIC_BASIC, GOPM__SYNTHETIC_COUNT };

struct gopm__types {
	struct gopm__dwarf *dwarf;   /* NULL: descriptors only; not owned */
	struct gopm__symtab *symtab; /* NULL: DWARF only; not owned */
	struct gopm__arena arena;
	struct gopm__map64 by_id; /* id -> struct gopm__type * */

	struct gopm__dwarf_index dies; /* of `dwarf` */
	struct gopm__descriptor_index descriptors;
	bool descriptors_read; /* `descriptors` is complete */

	struct gopm__map64 synthetic[GOPM__SYNTHETIC_COUNT]; /* id -> struct gopm__type * */
	uint64_t synthetic_count;
};

/* `dwarf` and `symtab` must outlive the store; either may be NULL. */
void gopm__types_init(struct gopm__types *types, struct gopm__dwarf *dwarf, struct gopm__symtab *symtab);
void gopm__types_free(struct gopm__types *types);

/* The type with that id. A damaged one is of class GOPM__TYPE_UNSUPPORTED. NULL: `id` is 0, or out of memory. */
const struct gopm__type *gopm__types_at(struct gopm__types *types, uint64_t id);

/* The type of the descriptor at that address: that of the DIE that names it, else one made from the descriptor.
 * NULL: no descriptor is there. */
const struct gopm__type *gopm__types_of_descriptor(struct gopm__types *types, uint64_t descriptor);

/* The type with this full name, "path/of/package.Name", by its DIE or else by its descriptor; NULL: none. The names of
 * the DWARF must have been read (dwarf/names.h). */
const struct gopm__type *gopm__types_named(struct gopm__types *types, gopm_str name);

#endif
