/* SPDX-License-Identifier: Apache-2.0 */
/* The names at the top level of units that are not Go's, which are those of C, C++ and Rust: variables, types,
 * enumerators. */
#ifndef GOPM_DWARF_C_NAMES_H
#define GOPM_DWARF_C_NAMES_H

#include "dwarf/dwarf.h"

enum gopm__c_name_kind {
	GOPM__C_NAME_VARIABLE,
	GOPM__C_NAME_TYPE, /* a typedef or a basic type */
	GOPM__C_NAME_STRUCT,
	GOPM__C_NAME_UNION,
	GOPM__C_NAME_ENUM,
	GOPM__C_NAME_ENUMERATOR,
};

struct gopm__c_name {
	gopm_str text; /* "counter"; of C++ and Rust "space::counter" */
	uint64_t die;
	uint64_t type;    /* the DIE of an enumerator's enumeration; 0: another kind */
	uint32_t unit;    /* index */
	bool is_external; /* of a variable: all units share it */
	enum gopm__c_name_kind kind;
};

/* Reads the names into dwarf->c_names, unless that was done. `dwarf` may be NULL. Declarations are left out.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__c_names_read(struct gopm__dwarf *dwarf);

/* The names of that kind with exactly this text: *count of them, next to each other. The names must have been read. */
const struct gopm__c_name *gopm__c_names_find(const struct gopm__dwarf *dwarf, enum gopm__c_name_kind kind,
                                              gopm_str text, size_t *count);

/* True if `file` is the name of the unit, or its last elements: "b.c", "src/b.c". */
bool gopm__c_name_is_in(const struct gopm__dwarf *dwarf, const struct gopm__c_name *name, gopm_str file);

/* Takes the attributes that the DIE of a variable lacks from its declaration (DW_AT_specification). */
void gopm__c_name_complete(struct gopm__dwarf *dwarf, struct gopm__die *die);

#endif
