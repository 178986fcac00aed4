/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of a function at a pc: the tree of its lexical blocks and inlined calls, read once a
 * function and kept. */
#ifndef GOPM_DWARF_SCOPE_H
#define GOPM_DWARF_SCOPE_H

#include "dwarf/dwarf.h"
#include "dwarf/expression.h"

/* One DIE of the tree, in the order of the file (parents first). */
struct gopm__scope_node {
	uint16_t tag;
	uint32_t parent;      /* index; its own for the root */
	uint32_t first_range; /* of a scope, into gopm__function_tree.ranges */
	uint32_t range_count;
	gopm_str name;
	uint64_t die, type;
	int64_t decl_line;      /* -1: unknown */
	int64_t call_line;      /* of an inlined call; -1: unknown */
	int64_t closure_offset; /* DW_AT_go_closure_offset; -1: not captured */
	bool result;
	struct gopm__attribute location;
};

struct gopm__function_tree {
	struct gopm__unit *unit;
	struct gopm__attribute frame_base;
	struct gopm__scope_node *nodes;
	size_t node_count;
	struct gopm__pc_range *ranges;
	size_t range_count;
};

/* The tree of the subprogram at `die`. @return GOPM_OK, GOPM_ERR_FORMAT, GOPM_ERR_LIMIT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__function_tree(struct gopm__dwarf *dwarf, uint64_t die, const struct gopm__function_tree **out);

/* One variable that is in scope. */
struct gopm__scope_variable {
	const struct gopm__scope_node *node;
	uint32_t depth; /* of its block below the function or inlined call */
};

struct gopm__scope {
	const struct gopm__function_tree *tree;
	gopm_str name;                          /* of the function, or of the inlined one */
	uint32_t root;                          /* node: the function, or the inlined call */
	uint32_t depth;                         /* inlined calls around the pc within the tree */
	int64_t line;                           /* where it stands, see gopm__scope_find() */
	struct gopm__scope_variable *variables; /* in the order of the file; free() */
	size_t count;
};

/* Which variables are in scope.
 * @param pc of the file, inside the call
 * @param inline_depth 0: the physical function, 1: inlined into it, ...
 * @param line of the innermost frame at this pc; used when `inline_depth` is the innermost, else the
 *   line of the call inlined next. A variable is in scope on the lines after its declaration.
 * @return GOPM_OK, GOPM_NOT_FOUND (no function, or none so deep), GOPM_ERR_FORMAT, ... */
gopm_status gopm__scope_find(struct gopm__dwarf *dwarf, uint64_t pc, uint32_t inline_depth, int64_t line,
                             struct gopm__scope *out);

/* Which nodes are scopes around `pc` (of the file): fills `covers`, one for each node of the tree. */
void gopm__scopes_at(const struct gopm__function_tree *tree, uint64_t pc, bool *covers);

/* The node of the variable `name` directly in the scope's root, whatever the line; NULL: none. */
const struct gopm__scope_node *gopm__scope_direct(const struct gopm__scope *scope, const char *name);

/* Finds the location of a variable at `pc` (of the file). *list_offset: the list's offset for messages.
 * @return GOPM_OK (*size may be 0: an empty expression), GOPM_NOT_FOUND (a list does not cover pc),
 *   GOPM_DONE (no location at all), GOPM_ERR_FORMAT. */
gopm_status gopm__scope_location(struct gopm__dwarf *dwarf, const struct gopm__function_tree *tree,
                                 const struct gopm__scope_node *node, uint64_t pc, const uint8_t **expression,
                                 uint64_t *size, uint64_t *list_offset);

/* The location list of a variable, to go through with gopm__list_next(). False: it has none, or one location for all.
 */
bool gopm__scope_list(struct gopm__dwarf *dwarf, const struct gopm__function_tree *tree,
                      const struct gopm__scope_node *node, struct gopm__list *out);

#endif
