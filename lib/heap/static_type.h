/* SPDX-License-Identifier: Apache-2.0 */
/* The types of variables that are no objects: package variables, and variables in frames. By the DWARF; without it all
 * are unknown. Made under the program's lock, and used without it. */
#ifndef GOPM_HEAP_STATIC_TYPE_H
#define GOPM_HEAP_STATIC_TYPE_H

#include "heap/object_type.h"
#include "program/program.h"

/* A variable that may have pointers, or a static value that a package variable points to. */
struct gopm__static_type {
	int64_t begin; /* its address; of a frame, its offset from the CFA */
	uint64_t size;
	gopm_str name; /* "main.sessions", "w"; lives as long as the DWARF */
	uint32_t type; /* number */
	bool pointed;  /* not the variable itself, but the static value that it points to: "main.frozen = &server{}" */
	bool pointer_only; /* only the pointer of a slice is in memory; its length and capacity are elsewhere */
};

/* Zero-initialized is empty. */
struct gopm__static_types {
	struct gopm__program *program;
	struct gopm__object_types *types;
	struct gopm__static_type *list; /* of package variables [0, variable_count), sorted; then of each pc */
	size_t count, capacity, variable_count;
	struct gopm__map64 by_pc; /* pc -> first and number of its entries */
	bool no_memory;
};

/* Reads the package variables. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__static_types_open(struct gopm__static_types *statics, struct gopm__program *program,
                                    struct gopm__object_types *types);
void gopm__static_types_close(struct gopm__static_types *statics);

/* The package variable with `address`, or what one points to; NULL: none, or its type has no pointers. Valid until the
 * next call. */
const struct gopm__static_type *gopm__static_variable(const struct gopm__static_types *statics, uint64_t address);

/* The variable in memory `offset` bytes from the CFA of a frame at lookup pc `pc`; NULL: none is known. Valid until the
 * next call. */
const struct gopm__static_type *gopm__static_local(struct gopm__static_types *statics, uint64_t pc, int64_t offset);

/* Makes the plan of a closure's type: of the variables that it has captured. It stays without one if they are not
 * known.
 */
void gopm__static_closure(struct gopm__static_types *statics, uint32_t number);

#endif
