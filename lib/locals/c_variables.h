/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of C, C++ and Rust that are not of a function, by name. */
#ifndef GOPM_LOCALS_C_VARIABLES_H
#define GOPM_LOCALS_C_VARIABLES_H

#include "dwarf/c_names.h"
#include "locals/variable_list.h"

struct gopm__program; /* program/program.h */

/* The variables of the executable and of all other modules whose names match `glob`, with or without the "C." before
 * them, sorted by name. NULL: all. Those that several files define have the file's name before theirs:
 * "\"b.c\".counter". The caller holds the program's lock, and has opened its types. It may not use the context for
 * another module after that, but for one with a type: gopm__context_use_type().
 * @return GOPM_OK, GOPM_ERR_NO_DWARF (no module has any), GOPM_ERR_NO_MEMORY */
gopm_status gopm__c_variables(struct gopm__program *program, struct gopm__context *context, const char *glob,
                              struct gopm__variable_list *out);

/* The variables and enumerators `name` that a file defines. */
struct gopm__c_definitions {
	const struct gopm__c_name *found; /* NULL: none, or several */
	const struct gopm__c_name *other; /* another one, of another value; NULL: none */
};

/* `file`: the name of the unit, or its last elements; empty: all files. A variable that all files share has one
 * definition. The names must have been read. */
struct gopm__c_definitions gopm__c_find_variable(struct gopm__context *context, gopm_str file, gopm_str name);

/* Sets up the variable or enumerator. False: its DIE is damaged. */
bool gopm__c_variable(struct gopm__context *context, const struct gopm__c_name *of, gopm_str name,
                      struct gopm__variable *out);

/* The bytes of a value that the DWARF has as a constant (DW_AT_const_value). NULL: it has none of the type's size. */
const struct gopm__bytes *gopm__const_value(struct gopm__context *context, const struct gopm__attribute *value,
                                            const struct gopm__type *type);

#endif
