/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the function at the pc, the chain of inlined calls around the pc in its tree, and the variables of one of
 * those. */
#include "dwarf/scope.h"

#include <stdlib.h>

#include "dwarf/constants.h"
#include "util/allocate.h"

/* Fills up to `capacity` node indexes of the inlined calls around the pc, outermost first. All scopes around such a
 * call cover the pc too: gopm__scopes_at() sees to it. */
static size_t inline_chain(const struct gopm__function_tree *tree, const bool *covers, uint32_t *chain, size_t capacity)
{
	size_t count = 0;

	for (size_t i = 1; i < tree->node_count && count < capacity; i++) {
		if (tree->nodes[i].tag == GOPM__TAG_INLINED_SUBROUTINE && covers[i]) {
			chain[count++] = (uint32_t)i;
		}
	}
	return count;
}

static bool is_declared(const struct gopm__scope *scope, const struct gopm__scope_node *node)
{
	const int64_t line = scope->line;

	/* A compiler of C gives a variable a location from its first assignment on, or none that depends on the pc. */
	if (!scope->tree->unit->go || node->tag == GOPM__TAG_FORMAL_PARAMETER || node->decl_line < 0) {
		return true;
	}
	/* A captured variable is declared on the line of its closure, and in scope there; others from the next line on.
	 */
	return node->closure_offset >= 0 ? line >= node->decl_line : line > node->decl_line;
}

static gopm_status collect_variables(struct gopm__scope *scope, const bool *covers)
{
	const struct gopm__function_tree *tree = scope->tree;
	uint32_t *depths = gopm__calloc(tree->node_count, sizeof *depths); /* 0: not in scope, else depth + 1 */

	scope->variables = gopm__calloc(tree->node_count, sizeof *scope->variables);
	if (depths == NULL || scope->variables == NULL) {
		free(depths);
		free(scope->variables);
		scope->variables = NULL;
		return GOPM_ERR_NO_MEMORY;
	}
	if (covers[scope->root]) {
		depths[scope->root] = 1;
	}
	for (size_t i = (size_t)scope->root + 1; i < tree->node_count; i++) {
		const struct gopm__scope_node *node = &tree->nodes[i];
		uint32_t outer = depths[node->parent];
		if (outer == 0) {
			continue;
		}
		if (node->tag == GOPM__TAG_LEXICAL_BLOCK) {
			depths[i] = covers[i] ? outer + 1 : 0;
		} else if (!gopm__is_scope(node->tag) && is_declared(scope, node)) {
			scope->variables[scope->count++] = (struct gopm__scope_variable){node, outer};
		}
	}
	free(depths);
	return GOPM_OK;
}

gopm_status gopm__scope_find(struct gopm__dwarf *dwarf, uint64_t pc, uint32_t inline_depth, int64_t line,
                             struct gopm__scope *out)
{
	struct gopm__unit *unit;
	struct gopm__function function;
	uint32_t chain[GOPM__MAX_SCOPE_NESTING];

	*out = (struct gopm__scope){0};
	gopm_status st = gopm__dwarf_function_at(dwarf, pc, &unit, &function);
	if (st == GOPM_OK) {
		st = gopm__function_tree(dwarf, function.die, &out->tree);
	}
	if (st != GOPM_OK) {
		return st;
	}
	bool *covers = gopm__calloc(out->tree->node_count, sizeof *covers);
	if (covers == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	gopm__scopes_at(out->tree, pc, covers);
	size_t depth = inline_chain(out->tree, covers, chain, GOPM__MAX_SCOPE_NESTING);
	if (inline_depth > depth) {
		st = GOPM_NOT_FOUND;
	} else {
		out->root = inline_depth == 0 ? 0 : chain[inline_depth - 1];
		out->depth = (uint32_t)depth;
		out->line = inline_depth < depth ? out->tree->nodes[chain[inline_depth]].call_line : line;
		out->name = out->tree->nodes[out->root].name;
		st = collect_variables(out, covers);
	}
	free(covers);
	return st;
}

const struct gopm__scope_node *gopm__scope_direct(const struct gopm__scope *scope, const char *name)
{
	size_t size = strlen(name);

	for (size_t i = (size_t)scope->root + 1; i < scope->tree->node_count; i++) {
		const struct gopm__scope_node *node = &scope->tree->nodes[i];
		if (node->parent == scope->root && !gopm__is_scope(node->tag) && node->name.size == size &&
		    memcmp(node->name.data, name, size) == 0) {
			return node;
		}
	}
	return NULL;
}
