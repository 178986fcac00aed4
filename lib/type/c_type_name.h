/* SPDX-License-Identifier: Apache-2.0 */
/* Types of C by name, as Go code writes them with cgo: C.uint, C.struct_record, C.union_u, C.enum_color, C.size_t. */
#ifndef GOPM_TYPE_C_TYPE_NAME_H
#define GOPM_TYPE_C_TYPE_NAME_H

#include "dwarf/c_names.h"
#include "type/types.h"

/* The name of the type of a DIE with this tag. Types of C++ and Rust keep the name that they have. In the arena of
 * `types`; empty: it has none, or out of memory. */
gopm_str gopm__c_type_name(struct gopm__types *types, const struct gopm__unit *unit, unsigned tag, gopm_str name);

/* The DIE of the type `C.name`, of any file of the program. 0: none, or *ambiguous: files define it with different
 * sizes, or in different lines. The names of C must have been read. */
uint64_t gopm__c_type_die(struct gopm__dwarf *dwarf, gopm_str name, bool *ambiguous);

/* The DIE that defines the struct, union or enumeration that another file only declares. 0: none, or
 * ambiguous, as for gopm__c_type_die(). */
uint64_t gopm__c_type_definition(struct gopm__dwarf *dwarf, unsigned tag, gopm_str name);

#endif
