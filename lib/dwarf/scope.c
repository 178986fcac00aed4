/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf/scope.h"

#include <stdlib.h>

#include "dwarf/constants.h"

#define MAX_NODES 200000
#define MAX_RANGES 400000
#define MAX_NESTING 128
#define MAX_ORIGINS 8

struct tree_builder {
	struct gopm__dwarf *dwarf;
	struct gopm__unit *unit;
	struct gopm__scope_node *nodes;
	size_t node_count, node_capacity;
	struct gopm__pc_range *ranges;
	size_t range_count, range_capacity;
};

static void *grown(void *list, size_t count, size_t *capacity, size_t size, size_t limit)
{
	if (count < *capacity) {
		return list;
	}
	size_t wanted = *capacity != 0 ? *capacity * 2 : 64;
	if (count >= limit) {
		return NULL;
	}
	void *made = realloc(list, wanted * size);
	if (made != NULL) {
		*capacity = wanted;
	}
	return made;
}

static gopm_status add_range(struct tree_builder *b, struct gopm__pc_range range)
{
	if (range.low >= range.high) {
		return GOPM_OK;
	}
	struct gopm__pc_range *ranges =
	    grown(b->ranges, b->range_count, &b->range_capacity, sizeof *ranges, MAX_RANGES);
	if (ranges == NULL) {
		return b->range_count >= MAX_RANGES ? GOPM_ERR_LIMIT : GOPM_ERR_NO_MEMORY;
	}
	b->ranges = ranges;
	b->ranges[b->range_count++] = range;
	return GOPM_OK;
}

static gopm_status add_ranges(struct tree_builder *b, const struct gopm__die *die)
{
	const struct gopm__section *section =
	    b->unit->raw.version >= 5 ? &b->dwarf->sections.rnglists : &b->dwarf->sections.ranges;
	struct gopm__list_entry entry;
	struct gopm__pc_range extent;
	uint64_t offset = die->ranges.number;

	if (gopm__die_extent(die, &extent)) {
		return add_range(b, extent);
	}
	switch (die->ranges.class_) {
	case GOPM__CLASS_SECTION:
	case GOPM__CLASS_UNSIGNED:
		break;
	case GOPM__CLASS_LIST_INDEX:
		if (!gopm__list_offset(section, &b->unit->list, b->unit->rnglists_base, offset, &offset)) {
			return GOPM_ERR_FORMAT;
		}
		break;
	default:
		return GOPM_OK;
	}
	struct gopm__list list = gopm__list_open(section, offset, &b->unit->list, false);
	gopm_status st;
	while ((st = gopm__list_next(&list, &entry)) == GOPM_OK) {
		st = add_range(b, entry.range);
		if (st != GOPM_OK) {
			return st;
		}
	}
	return st == GOPM_DONE ? GOPM_OK : st;
}

static void take(struct gopm__attribute *to, const struct gopm__attribute *from)
{
	if (to->class_ == GOPM__CLASS_NONE) {
		*to = *from;
	}
}

/* What a concrete DIE does not say, its abstract origin (or specification) does. */
static gopm_status add_origins(struct gopm__dwarf *dwarf, struct gopm__die *die)
{
	struct gopm__die at = *die;

	for (unsigned i = 0; i < MAX_ORIGINS; i++) {
		uint64_t origin = gopm__attribute_reference(&at.origin);
		if (origin == 0) {
			origin = gopm__attribute_reference(&at.specification);
		}
		if (origin == 0 || origin == die->offset) {
			return GOPM_OK;
		}
		gopm_status st = gopm__dwarf_die(dwarf, origin, &at);
		if (st != GOPM_OK) {
			return GOPM_ERR_FORMAT;
		}
		take(&die->name, &at.name);
		take(&die->type, &at.type);
		take(&die->decl_line, &at.decl_line);
		take(&die->variable_parameter, &at.variable_parameter);
		take(&die->location, &at.location);
		take(&die->frame_base, &at.frame_base);
		take(&die->go_closure_offset, &at.go_closure_offset);
	}
	return GOPM_OK;
}

static bool is_scope(unsigned tag)
{
	return tag == GOPM__TAG_SUBPROGRAM || tag == GOPM__TAG_LEXICAL_BLOCK || tag == GOPM__TAG_INLINED_SUBROUTINE;
}

static gopm_status add_node(struct tree_builder *b, const struct gopm__raw_die *raw, uint32_t parent,
                            struct gopm__attribute *frame_base)
{
	struct gopm__die die;
	size_t first = b->range_count;

	gopm_status st = gopm__die_read(b->dwarf, b->unit, raw, &die);
	if (st == GOPM_OK && is_scope(raw->tag)) {
		st = add_ranges(b, &die);
	}
	if (st == GOPM_OK) {
		st = add_origins(b->dwarf, &die);
	}
	if (st != GOPM_OK) {
		return st;
	}
	struct gopm__scope_node *nodes = grown(b->nodes, b->node_count, &b->node_capacity, sizeof *nodes, MAX_NODES);
	if (nodes == NULL) {
		return b->node_count >= MAX_NODES ? GOPM_ERR_LIMIT : GOPM_ERR_NO_MEMORY;
	}
	b->nodes = nodes;
	if (frame_base != NULL) {
		*frame_base = die.frame_base;
	}
	b->nodes[b->node_count++] = (struct gopm__scope_node){
	    .tag = raw->tag,
	    .parent = parent,
	    .first_range = (uint32_t)first,
	    .range_count = (uint32_t)(b->range_count - first),
	    .name = gopm__die_name(&die),
	    .die = raw->offset,
	    .type = gopm__attribute_reference(&die.type),
	    .decl_line = gopm__attribute_number(&die.decl_line, -1),
	    .call_line = gopm__attribute_number(&die.call_line, -1),
	    .closure_offset = gopm__attribute_number(&die.go_closure_offset, -1),
	    .result = gopm__attribute_number(&die.variable_parameter, 0) != 0,
	    .location = die.location,
	};
	return GOPM_OK;
}

/* Depth first without recursion: `path` holds the DIEs from below the root to where it stands. */
static gopm_status add_subtree(struct tree_builder *b, const struct gopm__raw_die *root,
                               struct gopm__attribute *frame_base)
{
	struct gopm__raw_die path[MAX_NESTING];
	uint32_t parents[MAX_NESTING];
	size_t depth = 0;

	gopm_status st = add_node(b, root, 0, frame_base);
	if (st != GOPM_OK) {
		return st;
	}
	st = gopm__libdwarf_child(b->dwarf->raw, root, &path[0]);
	parents[0] = 0;
	while (st == GOPM_OK || (st == GOPM_NOT_FOUND && depth > 0)) {
		if (st == GOPM_NOT_FOUND) {
			depth--;
			st = gopm__libdwarf_next(b->dwarf->raw, &path[depth]);
			continue;
		}
		unsigned tag = path[depth].tag;
		bool scope = tag == GOPM__TAG_LEXICAL_BLOCK || tag == GOPM__TAG_INLINED_SUBROUTINE;
		if (scope || tag == GOPM__TAG_VARIABLE || tag == GOPM__TAG_FORMAL_PARAMETER) {
			st = add_node(b, &path[depth], parents[depth], NULL);
			if (st != GOPM_OK) {
				depth++;
				break;
			}
		}
		if (scope && depth + 1 < MAX_NESTING) {
			parents[depth + 1] = (uint32_t)(b->node_count - 1);
			st = gopm__libdwarf_child(b->dwarf->raw, &path[depth], &path[depth + 1]);
			depth++;
			if (st == GOPM_NOT_FOUND) {
				depth--;
				st = gopm__libdwarf_next(b->dwarf->raw, &path[depth]);
			}
		} else {
			st = gopm__libdwarf_next(b->dwarf->raw, &path[depth]);
		}
	}
	while (depth > 0) {
		gopm__libdwarf_release(b->dwarf->raw, &path[--depth]);
	}
	return st == GOPM_NOT_FOUND ? GOPM_OK : st;
}

static gopm_status keep(struct tree_builder *b, const struct gopm__attribute *frame_base, uint64_t die,
                        struct gopm__function_tree *tree)
{
	bool fresh;

	tree->unit = b->unit;
	tree->frame_base = *frame_base;
	tree->nodes = gopm__arena_alloc(&b->dwarf->arena, b->node_count * sizeof *tree->nodes);
	tree->ranges = gopm__arena_alloc(&b->dwarf->arena, b->range_count * sizeof *tree->ranges);
	if (tree->nodes == NULL || tree->ranges == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	memcpy(tree->nodes, b->nodes, b->node_count * sizeof *tree->nodes);
	if (b->range_count != 0) {
		memcpy(tree->ranges, b->ranges, b->range_count * sizeof *tree->ranges);
	}
	tree->node_count = b->node_count;
	tree->range_count = b->range_count;
	uint64_t *slot = gopm__map64_put(&b->dwarf->functions, die, &fresh);
	if (slot == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	*slot = (uint64_t)(uintptr_t)tree;
	return GOPM_OK;
}

gopm_status gopm__function_tree(struct gopm__dwarf *dwarf, uint64_t die, const struct gopm__function_tree **out)
{
	const uint64_t *known = gopm__map64_get(&dwarf->functions, die);
	struct tree_builder b = {.dwarf = dwarf, .unit = gopm__dwarf_unit_of(dwarf, die)};
	struct gopm__attribute frame_base = {0};
	struct gopm__raw_die root;

	*out = NULL;
	if (known != NULL) {
		*out = (const struct gopm__function_tree *)(uintptr_t)*known;
		return GOPM_OK;
	}
	if (b.unit == NULL) {
		return GOPM_ERR_FORMAT;
	}
	gopm_status st = gopm__libdwarf_die_at(dwarf->raw, die, &root);
	if (st != GOPM_OK) {
		return GOPM_ERR_FORMAT;
	}
	st = add_subtree(&b, &root, &frame_base);
	gopm__libdwarf_release(dwarf->raw, &root);
	struct gopm__function_tree *tree = NULL;
	if (st == GOPM_OK) {
		tree = gopm__arena_alloc(&dwarf->arena, sizeof *tree);
		st = tree != NULL ? keep(&b, &frame_base, die, tree) : GOPM_ERR_NO_MEMORY;
	}
	free(b.nodes);
	free(b.ranges);
	if (st == GOPM_OK) {
		*out = tree;
	}
	return st;
}

static bool node_covers(const struct gopm__function_tree *tree, const struct gopm__scope_node *node, uint64_t pc)
{
	for (size_t i = 0; i < node->range_count; i++) {
		const struct gopm__pc_range *range = &tree->ranges[node->first_range + i];
		if (pc >= range->low && pc < range->high) {
			return true;
		}
	}
	return false;
}

/* A scope covers a pc when its own ranges or those of a scope inside it do: the compiler leaves
 * instructions out of the outer block that it gives to an inner one. */
void gopm__scopes_at(const struct gopm__function_tree *tree, uint64_t pc, bool *covers)
{
	for (size_t i = 0; i < tree->node_count; i++) {
		covers[i] = is_scope(tree->nodes[i].tag) && node_covers(tree, &tree->nodes[i], pc);
	}
	for (size_t i = tree->node_count; i-- > 1;) {
		if (covers[i]) {
			covers[tree->nodes[i].parent] = true;
		}
	}
}

/* The inlined calls around the pc, outermost first: fills up to `capacity` node indexes. A call counts
 * when all scopes around it cover the pc too, which gopm__scopes_at() made so. */
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

static bool in_scope(const struct gopm__scope_node *node, int64_t line)
{
	if (node->tag == GOPM__TAG_FORMAL_PARAMETER || node->decl_line < 0) {
		return true;
	}
	/* A captured variable is there from the line of the closure on, others from the next line on. */
	return node->closure_offset >= 0 ? line >= node->decl_line : line > node->decl_line;
}

static gopm_status collect(struct gopm__scope *scope, const bool *covers)
{
	const struct gopm__function_tree *tree = scope->tree;
	uint32_t *depths = calloc(tree->node_count, sizeof *depths); /* 0: outside, else depth + 1 */

	scope->variables = calloc(tree->node_count, sizeof *scope->variables);
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
		} else if (!is_scope(node->tag) && in_scope(node, scope->line)) {
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
	uint32_t chain[MAX_NESTING];

	*out = (struct gopm__scope){0};
	gopm_status st = gopm__dwarf_function_at(dwarf, pc, &unit, &function);
	if (st == GOPM_OK) {
		st = gopm__function_tree(dwarf, function.die, &out->tree);
	}
	if (st != GOPM_OK) {
		return st;
	}
	bool *covers = calloc(out->tree->node_count, sizeof *covers);
	if (covers == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	gopm__scopes_at(out->tree, pc, covers);
	size_t depth = inline_chain(out->tree, covers, chain, MAX_NESTING);
	if (inline_depth > depth) {
		st = GOPM_NOT_FOUND;
	} else {
		out->root = inline_depth == 0 ? 0 : chain[inline_depth - 1];
		out->depth = (uint32_t)depth;
		out->line = inline_depth < depth ? out->tree->nodes[chain[inline_depth]].call_line : line;
		out->name = out->tree->nodes[out->root].name;
		st = collect(out, covers);
	}
	free(covers);
	return st;
}

const struct gopm__scope_node *gopm__scope_direct(const struct gopm__scope *scope, const char *name)
{
	size_t size = strlen(name);

	for (size_t i = (size_t)scope->root + 1; i < scope->tree->node_count; i++) {
		const struct gopm__scope_node *node = &scope->tree->nodes[i];
		if (node->parent == scope->root && !is_scope(node->tag) && node->name.size == size &&
		    memcmp(node->name.data, name, size) == 0) {
			return node;
		}
	}
	return NULL;
}

gopm_status gopm__scope_location(struct gopm__dwarf *dwarf, const struct gopm__function_tree *tree,
                                 const struct gopm__scope_node *node, uint64_t pc, const uint8_t **expression,
                                 uint64_t *size, uint64_t *list_offset)
{
	const struct gopm__section *section =
	    tree->unit->raw.version >= 5 ? &dwarf->sections.loclists : &dwarf->sections.loc;
	uint64_t offset = node->location.number;

	*expression = NULL;
	*size = 0;
	*list_offset = 0;
	switch (node->location.class_) {
	case GOPM__CLASS_NONE:
		return GOPM_DONE;
	case GOPM__CLASS_BLOCK:
		*expression = node->location.data;
		*size = node->location.size;
		return GOPM_OK;
	case GOPM__CLASS_LIST_INDEX:
		if (!gopm__list_offset(section, &tree->unit->list, tree->unit->loclists_base, offset, &offset)) {
			return GOPM_ERR_FORMAT;
		}
		break;
	case GOPM__CLASS_SECTION:
	case GOPM__CLASS_UNSIGNED:
		break;
	default:
		return GOPM_ERR_FORMAT;
	}
	*list_offset = offset;
	return gopm__location_find(section, offset, &tree->unit->list, pc, expression, size);
}

bool gopm__scope_list(struct gopm__dwarf *dwarf, const struct gopm__function_tree *tree,
                      const struct gopm__scope_node *node, struct gopm__list *out)
{
	const struct gopm__section *section =
	    tree->unit->raw.version >= 5 ? &dwarf->sections.loclists : &dwarf->sections.loc;
	uint64_t offset = node->location.number;

	switch (node->location.class_) {
	case GOPM__CLASS_LIST_INDEX:
		if (!gopm__list_offset(section, &tree->unit->list, tree->unit->loclists_base, offset, &offset)) {
			return false;
		}
		break;
	case GOPM__CLASS_SECTION:
	case GOPM__CLASS_UNSIGNED:
		break;
	default:
		return false;
	}
	*out = gopm__list_open(section, offset, &tree->unit->list, true);
	return true;
}
