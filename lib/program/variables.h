/* SPDX-License-Identifier: Apache-2.0 */
/* The package variables of a program, from its DWARF or from .symtab. */
#ifndef GOPM_PROGRAM_VARIABLES_H
#define GOPM_PROGRAM_VARIABLES_H

#include "program/program.h"

struct gopm__program_variable {
	uint64_t address, size; /* bytes; 0: unknown */
	gopm_str name;          /* "main.lobby" */
	uint64_t type;          /* id; 0: unknown */
};

/* Returns false to stop. */
typedef bool gopm__program_variable_visit(void *user_data, const struct gopm__program_variable *variable);

/* Visits the variables of the DWARF that have an address. The caller holds the program's lock. */
void gopm__dwarf_variables(struct gopm__program *program, gopm__program_variable_visit *visit, void *user_data);

/* Visits the data symbols of .symtab. Decoded names live in `arena`; a name without data: out of memory. */
void gopm__symbol_variables(struct gopm__program *program, struct gopm__arena *arena,
                            gopm__program_variable_visit *visit, void *user_data);

#endif
