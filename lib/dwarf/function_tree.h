/* SPDX-License-Identifier: Apache-2.0 */
/* A function as DWARF describes it: the tree of its lexical blocks, inlined calls, parameters and variables. It is read
 * once, and lives as long as the struct gopm__dwarf. */
#ifndef GOPM_DWARF_FUNCTION_TREE_H
#define GOPM_DWARF_FUNCTION_TREE_H

#include "dwarf/dwarf.h"

#define GOPM__MAX_SCOPE_NESTING 128

/* One DIE of the tree: a scope or a variable. */
struct gopm__scope_node {
	uint16_t tag;
	uint32_t parent;      /* index; the root is its own parent */
	uint32_t first_range; /* of a scope, index in gopm__function_tree.ranges */
	uint32_t range_count;
	gopm_str name;
	uint64_t die, type;
	int64_t decl_line;      /* -1: unknown */
	int64_t call_line;      /* of an inlined call; -1: unknown */
	int64_t call_file;      /* its number in the line table; -1: unknown */
	gopm_str linkage_name;  /* of a scope; empty: none */
	int64_t closure_offset; /* DW_AT_go_closure_offset; -1: not captured */
	bool result;
	struct gopm__attribute location, const_value;
};

struct gopm__function_tree {
	struct gopm__unit *unit;
	struct gopm__attribute frame_base;
	struct gopm__scope_node *nodes; /* a parent is before its children */
	size_t node_count;
	struct gopm__pc_range *ranges;
	size_t range_count;
};

/* The tree of the subprogram at `die`. @return GOPM_OK, GOPM_ERR_FORMAT, GOPM_ERR_LIMIT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__function_tree(struct gopm__dwarf *dwarf, uint64_t die, const struct gopm__function_tree **out);

/* True if the function itself captured the variable, not a function inlined into it. */
bool gopm__node_is_captured(const struct gopm__function_tree *tree, const struct gopm__scope_node *node);

/* True for a subprogram, a lexical block or an inlined call. */
bool gopm__is_scope(unsigned tag);

/* Sets covers[i], for each node, to true if the node is a scope around `pc`, an address of the file. */
void gopm__scopes_at(const struct gopm__function_tree *tree, uint64_t pc, bool *covers);

/* The location of a variable at one pc. */
struct gopm__node_location {
	const uint8_t *expression;
	uint64_t size;        /* of the expression; 0: empty, the variable is optimized away */
	uint64_t list_offset; /* of the location list, for messages; 0: one location for all pcs */
};

/* @param pc an address of the file
 * @return GOPM_OK, GOPM_NOT_FOUND (the location list does not cover pc), GOPM_DONE (no location), GOPM_ERR_FORMAT. */
gopm_status gopm__node_location(struct gopm__dwarf *dwarf, const struct gopm__function_tree *tree,
                                const struct gopm__scope_node *node, uint64_t pc, struct gopm__node_location *out);

/* The location list of a variable, for gopm__list_next(). False: it has none. */
bool gopm__node_location_list(struct gopm__dwarf *dwarf, const struct gopm__function_tree *tree,
                              const struct gopm__scope_node *node, struct gopm__list *out);

#endif
