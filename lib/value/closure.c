/* SPDX-License-Identifier: Apache-2.0 */
#include "value/closure.h"

#include "dwarf/scope.h"

static void read_captured(struct gopm__context *context, const struct gopm__scope_node *node, uint64_t closure,
                          struct gopm__variable *out)
{
	gopm__variable_init(context, out, node->name, closure + (uint64_t)node->closure_offset,
	                    gopm__types_at(context->types, node->type), NULL);
	/* "&x" was captured by reference: the variable is the pointer's target. */
	if (node->name.size > 1 && node->name.data[0] == '&' && out->kind == GOPM_KIND_POINTER) {
		struct gopm__variable pointer = *out;
		gopm__variable_target(context, &pointer, out);
		out->name = (gopm_str){node->name.data + 1, node->name.size - 1};
		out->flags |= GOPM_VAR_ESCAPED;
	}
}

void gopm__closure_children(struct gopm__context *context, struct gopm__variable *v)
{
	const struct gopm__function_tree *tree;
	struct gopm__function function;
	struct gopm__unit *unit;
	size_t count = 0;

	if (context->types->dwarf == NULL ||
	    gopm__dwarf_function_at(context->types->dwarf, v->uinteger - context->exe->bias, &unit, &function) !=
	        GOPM_OK ||
	    gopm__function_tree(context->types->dwarf, function.die, &tree) != GOPM_OK) {
		return;
	}
	for (size_t i = 1; i < tree->node_count; i++) {
		count += gopm__node_is_captured(tree, &tree->nodes[i]) ? 1 : 0;
	}
	if (count == 0 || (v->children = gopm__variable_children(context, count)) == NULL) {
		return;
	}
	for (size_t i = 1; i < tree->node_count; i++) {
		if (gopm__node_is_captured(tree, &tree->nodes[i])) {
			read_captured(context, &tree->nodes[i], v->base, &v->children[v->child_count++]);
		}
	}
}
