/* SPDX-License-Identifier: Apache-2.0 */
/* All package variables by address, also those without pointers: by the DWARF with their types, else by .symtab. Static
 * values of the compiler ("var lobby = &room{}") have the name of the variable that points to them. */
#ifndef GOPM_WHY_VARIABLE_INDEX_H
#define GOPM_WHY_VARIABLE_INDEX_H

#include "program/program.h"

struct gopm__indexed_variable {
	uint64_t begin, size; /* bytes */
	gopm_str name;        /* "main.lobby" */
	uint64_t type;        /* id; 0: unknown */
	bool pointed;         /* what the variable points to */
};

/* Zero-initialized is empty. */
struct gopm__variable_index {
	struct gopm__indexed_variable *list; /* sorted, disjoint */
	size_t count, capacity;
	struct gopm__arena arena; /* decoded names */
	bool no_memory;
};

/* The caller holds the program's lock. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__variable_index_open(struct gopm__variable_index *index, struct gopm__program *program);
void gopm__variable_index_close(struct gopm__variable_index *index);

/* The variable, or what one points to, that contains `address`; NULL: none. */
const struct gopm__indexed_variable *gopm__variable_at(const struct gopm__variable_index *index, uint64_t address);

#endif
