/* SPDX-License-Identifier: Apache-2.0 */
/* A tree is built by one walk over a subprogram's DIE and those below it. Nodes are in the order of the file, so a
 * parent comes before its children. */
#include "dwarf/function_tree.h"

#include <stdlib.h>

#include "dwarf/constants.h"
#include "util/allocate.h"
#include "util/vector.h"

#define MAX_NODES 200000
#define MAX_RANGES 400000
#define MAX_NESTING GOPM__MAX_SCOPE_NESTING
#define MAX_ORIGINS 8

bool gopm__is_scope(unsigned tag)
{
	return tag == GOPM__TAG_SUBPROGRAM || tag == GOPM__TAG_LEXICAL_BLOCK || tag == GOPM__TAG_INLINED_SUBROUTINE;
}

struct tree_builder {
	struct gopm__dwarf *dwarf;
	struct gopm__unit *unit;
	struct gopm__scope_node *nodes;
	size_t node_count, node_capacity;
	struct gopm__pc_range *ranges;
	size_t range_count, range_capacity;
	bool astray; /* a scope's range is not in its function */
	bool lost;   /* a range of a location list is not */
};

/* True if the range is in the function's. An empty one may be. */
static bool range_fits(const struct tree_builder *b, struct gopm__pc_range range)
{
	return !b->unit->go || b->range_count == 0 ||
	       (range.low <= range.high && range.low >= b->ranges[0].low && range.high <= b->ranges[0].high);
}

static gopm_status append_range(struct tree_builder *b, struct gopm__pc_range range)
{
	b->astray |= !range_fits(b, range);
	if (range.low >= range.high) {
		return GOPM_OK;
	}
	if (b->range_count >= MAX_RANGES) {
		return GOPM_ERR_LIMIT;
	}
	if (!GOPM__VECTOR_RESERVE(b->ranges, b->range_count, b->range_capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	b->ranges[b->range_count++] = range;
	return GOPM_OK;
}

static gopm_status append_scope_ranges(struct tree_builder *b, const struct gopm__die *die)
{
	const struct gopm__section *section =
	    b->unit->raw.version >= 5 ? &b->dwarf->sections.rnglists : &b->dwarf->sections.ranges;
	struct gopm__list_entry entry;
	struct gopm__pc_range extent;
	uint64_t offset = die->ranges.number;

	if (gopm__die_extent(die, &extent)) {
		return append_range(b, extent);
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
		st = append_range(b, entry.range);
		if (st != GOPM_OK) {
			return st;
		}
	}
	return st == GOPM_DONE ? GOPM_OK : st;
}

/* The offset of the variable's location list. False: it has none, or the list is damaged. */
static bool location_list_offset(const struct gopm__section *section, const struct gopm__unit *unit,
                                 const struct gopm__attribute *location, uint64_t *out)
{
	*out = location->number;
	switch (location->class_) {
	case GOPM__CLASS_LIST_INDEX:
		return gopm__list_offset(section, &unit->list, unit->loclists_base, location->number, out);
	case GOPM__CLASS_SECTION:
	case GOPM__CLASS_UNSIGNED:
		return true;
	default:
		return false;
	}
}

static const struct gopm__section *location_section(const struct gopm__dwarf *dwarf, const struct gopm__unit *unit)
{
	return unit->raw.version >= 5 ? &dwarf->sections.loclists : &dwarf->sections.loc;
}

/* True if the location list of a variable of Go has ranges in its function, in order: the compiler writes one after the
 * other (cmd/compile/internal/ssa/debug.go). */
static bool locations_fit(const struct tree_builder *b, const struct gopm__attribute *location)
{
	const struct gopm__section *section = location_section(b->dwarf, b->unit);
	struct gopm__list_entry entry;
	uint64_t offset, end = 0;
	gopm_status st;

	if (!b->unit->go || b->range_count == 0 || location->class_ == GOPM__CLASS_NONE ||
	    location->class_ == GOPM__CLASS_BLOCK) {
		return true;
	}
	if (!location_list_offset(section, b->unit, location, &offset)) {
		return false;
	}
	struct gopm__list list = gopm__list_open(section, offset, &b->unit->list, true);
	while ((st = gopm__list_next(&list, &entry)) == GOPM_OK) {
		if (entry.range.low < end || !range_fits(b, entry.range)) {
			return false;
		}
		end = entry.range.high;
	}
	return st == GOPM_DONE;
}

static void inherit_attribute(struct gopm__attribute *to, const struct gopm__attribute *from)
{
	if (to->class_ == GOPM__CLASS_NONE) {
		*to = *from;
	}
}

/* Takes the attributes that a DIE lacks from its abstract origin or specification, and from the origins of those. */
static gopm_status inherit_from_origins(struct gopm__dwarf *dwarf, struct gopm__die *die)
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
		inherit_attribute(&die->name, &at.name);
		inherit_attribute(&die->type, &at.type);
		inherit_attribute(&die->decl_line, &at.decl_line);
		inherit_attribute(&die->variable_parameter, &at.variable_parameter);
		inherit_attribute(&die->location, &at.location);
		inherit_attribute(&die->const_value, &at.const_value);
		inherit_attribute(&die->linkage_name, &at.linkage_name);
		inherit_attribute(&die->frame_base, &at.frame_base);
		inherit_attribute(&die->go_closure_offset, &at.go_closure_offset);
	}
	return GOPM_OK;
}

static gopm_status append_node(struct tree_builder *b, const struct gopm__raw_die *raw, uint32_t parent,
                               struct gopm__attribute *frame_base)
{
	struct gopm__die die;
	size_t first = b->range_count;

	gopm_status st = gopm__die_read(b->dwarf, b->unit, raw, &die);
	if (st == GOPM_OK && gopm__is_scope(raw->tag)) {
		st = append_scope_ranges(b, &die);
	}
	if (st == GOPM_OK) {
		st = inherit_from_origins(b->dwarf, &die);
	}
	if (st != GOPM_OK) {
		return st;
	}
	if (b->node_count >= MAX_NODES) {
		return GOPM_ERR_LIMIT;
	}
	if (!GOPM__VECTOR_RESERVE(b->nodes, b->node_count, b->node_capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (frame_base != NULL) {
		*frame_base = die.frame_base;
	}
	b->lost |= !locations_fit(b, &die.location);
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
	    .call_file = gopm__attribute_number(&die.call_file, -1),
	    .linkage_name = die.linkage_name.class_ == GOPM__CLASS_STRING
	                        ? (gopm_str){(const char *)die.linkage_name.data, (size_t)die.linkage_name.size}
	                        : (gopm_str){"", 0},
	    .closure_offset = gopm__attribute_number(&die.go_closure_offset, -1),
	    .result = gopm__attribute_number(&die.variable_parameter, 0) != 0,
	    .location = die.location,
	    .const_value = die.const_value,
	};
	return GOPM_OK;
}

/* Walks depth first, without recursion: `path` has the open DIEs from a child of the root down to the current one. */
static gopm_status append_subtree(struct tree_builder *b, const struct gopm__raw_die *root,
                                  struct gopm__attribute *frame_base)
{
	struct gopm__raw_die path[MAX_NESTING];
	uint32_t parents[MAX_NESTING];
	size_t depth = 0;

	gopm_status st = append_node(b, root, 0, frame_base);
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
			st = append_node(b, &path[depth], parents[depth], NULL);
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

static gopm_status store_tree(struct tree_builder *b, const struct gopm__attribute *frame_base, uint64_t die,
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
		return st == GOPM_ERR_NO_MEMORY ? st : GOPM_ERR_FORMAT;
	}
	const uint64_t failures = gopm__failed_allocations();
	st = append_subtree(&b, &root, &frame_base);
	if (b.astray) {
		gopm__dwarf_damage(dwarf, die, "a DWARF function has a scope with code outside of it");
	}
	if (b.lost) {
		gopm__dwarf_damage(dwarf, die,
		                   "a DWARF function has a location list that is not its own, or is damaged");
	}
	gopm__libdwarf_release(dwarf->raw, &root);
	struct gopm__function_tree *tree = NULL;
	if (!gopm__is_cacheable(failures)) {
		st = GOPM_ERR_NO_MEMORY;
	}
	if (st == GOPM_OK) {
		tree = gopm__arena_alloc(&dwarf->arena, sizeof *tree);
		st = tree != NULL ? store_tree(&b, &frame_base, die, tree) : GOPM_ERR_NO_MEMORY;
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

/* A scope also covers a pc that a scope inside it covers: the compiler leaves the instructions of an inner block out of
 * the ranges of the outer one. */
void gopm__scopes_at(const struct gopm__function_tree *tree, uint64_t pc, bool *covers)
{
	for (size_t i = 0; i < tree->node_count; i++) {
		covers[i] = gopm__is_scope(tree->nodes[i].tag) && node_covers(tree, &tree->nodes[i], pc);
	}
	for (size_t i = tree->node_count; i-- > 1;) {
		if (covers[i]) {
			covers[tree->nodes[i].parent] = true;
		}
	}
}

gopm_status gopm__node_location(struct gopm__dwarf *dwarf, const struct gopm__function_tree *tree,
                                const struct gopm__scope_node *node, uint64_t pc, struct gopm__node_location *out)
{
	const struct gopm__section *section = location_section(dwarf, tree->unit);
	uint64_t offset;

	*out = (struct gopm__node_location){0};
	if (node->location.class_ == GOPM__CLASS_NONE) {
		return GOPM_DONE;
	}
	if (node->location.class_ == GOPM__CLASS_BLOCK) {
		out->expression = node->location.data;
		out->size = node->location.size;
		return GOPM_OK;
	}
	if (!location_list_offset(section, tree->unit, &node->location, &offset)) {
		return GOPM_ERR_FORMAT;
	}
	out->list_offset = offset;
	return gopm__location_find(section, offset, &tree->unit->list, pc, &out->expression, &out->size);
}

bool gopm__node_location_list(struct gopm__dwarf *dwarf, const struct gopm__function_tree *tree,
                              const struct gopm__scope_node *node, struct gopm__list *out)
{
	const struct gopm__section *section = location_section(dwarf, tree->unit);
	uint64_t offset;

	if (!location_list_offset(section, tree->unit, &node->location, &offset)) {
		return false;
	}
	*out = gopm__list_open(section, offset, &tree->unit->list, true);
	return true;
}

bool gopm__node_is_captured(const struct gopm__function_tree *tree, const struct gopm__scope_node *node)
{
	if (node->tag != GOPM__TAG_VARIABLE || node->closure_offset < 0 || node->name.size == 0) {
		return false;
	}
	/* A parent is before its children, so this ends. */
	for (uint32_t at = node->parent; at != 0; at = tree->nodes[at].parent) {
		if (tree->nodes[at].tag == GOPM__TAG_INLINED_SUBROUTINE) {
			return false;
		}
	}
	return true;
}
