/* SPDX-License-Identifier: Apache-2.0 */
/* The variables in scope in one call, physical or inlined, at a pc. */
#ifndef GOPM_DWARF_SCOPE_H
#define GOPM_DWARF_SCOPE_H

#include "dwarf/expression.h"
#include "dwarf/function_tree.h"

struct gopm__scope_variable {
	const struct gopm__scope_node *node;
	uint32_t depth; /* of its block; 1: directly in the function or inlined call */
};

struct gopm__scope {
	const struct gopm__function_tree *tree;
	gopm_str name;                          /* of the function, or of the inlined one */
	uint32_t root;                          /* node of the function, or of the inlined call */
	uint32_t depth;                         /* number of inlined calls around the pc */
	int64_t line;                           /* current line in it; see gopm__scope_find() */
	struct gopm__scope_variable *variables; /* in the order of the file; free() */
	size_t count;
};

/* Finds the variables in scope. A variable of Go is in scope on the lines after its declaration, one of C in its block.
 * @param pc an address of the file, inside the call
 * @param inline_depth 0: the physical function, 1: inlined into it, ...
 * @param line of the innermost frame at this pc. For an outer frame, the line of the call inlined next is used instead.
 * @return GOPM_OK, GOPM_NOT_FOUND (no function, or no call that deep), GOPM_ERR_FORMAT, GOPM_ERR_LIMIT,
 *   GOPM_ERR_NO_MEMORY. */
gopm_status gopm__scope_find(struct gopm__dwarf *dwarf, uint64_t pc, uint32_t inline_depth, int64_t line,
                             struct gopm__scope *out);

/* The node of the variable `name` directly in the scope's root, at any line; NULL if there is none. */
const struct gopm__scope_node *gopm__scope_direct(const struct gopm__scope *scope, const char *name);

#endif
