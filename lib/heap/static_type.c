/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/static_type.h"

#include <stdlib.h>

#include "dwarf/expression.h"
#include "dwarf/function_tree.h"
#include "dwarf/names.h"
#include "dwarf/static_address.h"
#include "heap/plan.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/str.h"
#include "util/vector.h"

/* The CFA for which locations are evaluated: only distances from it matter. */
#define ANY_CFA (UINT64_C(1) << 40)
#define MAX_FRAME (UINT64_C(1) << 30) /* bytes of a frame */
#define MAX_STATICS ((size_t)1 << 26)
#define MAX_CLOSURE ((int64_t)1 << 20) /* bytes */
#define COUNT_BITS 24                  /* of an entry of by_pc */

static int compare_statics(const void *a, const void *b)
{
	const struct gopm__static_type *x = a, *y = b;

	if (x->begin != y->begin) {
		return x->begin < y->begin ? -1 : 1;
	}
	return gopm__str_compare(x->name, y->name);
}

/* Adds a variable if its type has pointers. */
static void add_static(struct gopm__static_types *s, struct gopm__types *store, int64_t begin, uint64_t type_id,
                       gopm_str name)
{
	const struct gopm__type *type = gopm__types_at(store, type_id);
	const uint32_t number = type != NULL ? gopm__plan_type(s->types, store, type) : 0;

	if (number == 0 || s->types->list[number].count == 0 || s->count >= MAX_STATICS) {
		return;
	}
	if (!GOPM__VECTOR_RESERVE(s->list, s->count, s->capacity, 1)) {
		s->no_memory = true;
		return;
	}
	s->list[s->count++] = (struct gopm__static_type){
	    .begin = begin, .size = s->types->list[number].size, .name = name, .type = number};
}

/* Adds all package variables. The caller holds the program's lock. */
static void add_variables(struct gopm__static_types *s)
{
	struct gopm__dwarf *dwarf;
	struct gopm__types *store;

	if (gopm__program_dwarf(s->program, &dwarf, NULL) != GOPM_OK ||
	    gopm__program_types(s->program, &store, NULL) != GOPM_OK || gopm__dwarf_read_names(dwarf) != GOPM_OK) {
		return;
	}
	for (size_t i = 0; i < dwarf->name_count; i++) {
		const struct gopm__name *name = &dwarf->names[i];
		struct gopm__die die;
		const char *why;
		if (name->kind != GOPM__NAME_VARIABLE || gopm__dwarf_die(dwarf, name->die, &die) != GOPM_OK) {
			continue;
		}
		const uint64_t type = gopm__attribute_reference(&die.type);
		const uint64_t address = gopm__static_address(&die, s->program->exe.bias, &why);
		if (type != 0 && address != 0) {
			add_static(s, store, (int64_t)address, type, name->text);
		}
	}
}

/* The entry of a sorted part of the list that has `at`. */
static const struct gopm__static_type *find_static(const struct gopm__static_type *list, size_t count, int64_t at)
{
	size_t i;

	GOPM__LOWER_BOUND(i, count, list[i].begin <= at);
	return i != 0 && (uint64_t)(at - list[i - 1].begin) < list[i - 1].size ? &list[i - 1] : NULL;
}

/* True if all of it is in the data or bss of one module. */
static bool is_static_value(const struct gopm__symtab *symtab, uint64_t begin, uint64_t size)
{
	for (size_t i = 0; i < symtab->module_count; i++) {
		const struct gopm__module *m = &symtab->modules[i];
		if ((begin >= m->data && begin < m->edata && size <= m->edata - begin) ||
		    (begin >= m->bss && begin < m->ebss && size <= m->ebss - begin)) {
			return true;
		}
	}
	return false;
}

static void sort_statics(struct gopm__static_types *s)
{
	if (s->count != 0) {
		qsort(s->list, s->count, sizeof *s->list, compare_statics);
	}
	s->variable_count = s->count;
}

/* Adds the value that a package variable points to, if the compiler has laid it out in data or bss: it has no DWARF of
 * its own ("main..stmp_3"). */
static void add_pointed(struct gopm__static_types *s, struct gopm__reader *reader, size_t index)
{
	const struct gopm__static_type pointer = s->list[index];
	const struct gopm__object_type *type = gopm__object_type(s->types, pointer.type);
	uint64_t begin;

	if (type->size != 8 || type->count != 1 || s->types->entries[type->first].to != GOPM__TO_VALUE ||
	    !gopm__read_u64(reader, (uint64_t)pointer.begin, &begin) || begin % 8 != 0) {
		return;
	}
	const uint32_t number = s->types->entries[type->first].type;
	const struct gopm__object_type *value = gopm__object_type(s->types, number);
	if (value->count == 0 || !is_static_value(s->types->symtab, begin, value->size) ||
	    find_static(s->list, s->variable_count, (int64_t)begin) != NULL) {
		return;
	}
	if (!GOPM__VECTOR_RESERVE(s->list, s->count, s->capacity, 1)) {
		s->no_memory = true;
		return;
	}
	s->list[s->count++] = (struct gopm__static_type){
	    .begin = (int64_t)begin, .size = value->size, .name = pointer.name, .type = number, .pointed = true};
}

gopm_status gopm__static_types_open(struct gopm__static_types *statics, struct gopm__program *program,
                                    struct gopm__object_types *types)
{
	*statics = (struct gopm__static_types){.program = program, .types = types};
	if (gopm__program_has_dwarf(program)) {
		gopm__program_lock(program);
		add_variables(statics);
		gopm__program_unlock(program);
	}
	sort_statics(statics);
	struct gopm__reader reader = gopm__reader(&program->file.memory);
	for (size_t i = 0; i < statics->variable_count; i++) {
		add_pointed(statics, &reader, i);
	}
	sort_statics(statics);
	return statics->no_memory || types->no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}

void gopm__static_types_close(struct gopm__static_types *statics)
{
	free(statics->list);
	gopm__map64_free(&statics->by_pc);
	*statics = (struct gopm__static_types){0};
}

const struct gopm__static_type *gopm__static_variable(const struct gopm__static_types *statics, uint64_t address)
{
	return find_static(statics->list, statics->variable_count, (int64_t)address);
}

/* Adds a variable of a frame if it is in the memory of the frame at `pc`, an address of the file. */
static void add_local(struct gopm__static_types *s, struct gopm__dwarf *dwarf, const struct gopm__function_tree *tree,
                      const struct gopm__scope_node *node, uint64_t pc)
{
	const bool base = tree->frame_base.class_ == GOPM__CLASS_BLOCK;
	const struct gopm__expression_frame frame = {
	    .cfa = ANY_CFA,
	    .bias = s->program->exe.bias,
	    .unit = &tree->unit->list,
	    .frame_base = base ? tree->frame_base.data : NULL,
	    .frame_base_size = base ? tree->frame_base.size : 0,
	};
	struct gopm__node_location listed;
	struct gopm__location_description location;
	struct gopm__types *store;
	const char *why;

	if (gopm__program_types(s->program, &store, NULL) != GOPM_OK ||
	    gopm__node_location(dwarf, tree, node, pc, &listed) != GOPM_OK || listed.size == 0 ||
	    gopm__expression_run(listed.expression, listed.size, &frame, &location, &why) != GOPM_OK ||
	    location.count == 0 || location.pieces[0].kind != GOPM__PIECE_MEMORY ||
	    location.pieces[0].value - (ANY_CFA - MAX_FRAME) > 2 * MAX_FRAME) {
		return;
	}
	/* A value in pieces is in one piece if they follow each other. */
	bool whole = true;
	for (size_t i = 1; i < location.count; i++) {
		const struct gopm__piece *piece = &location.pieces[i], *last = &location.pieces[i - 1];
		whole = whole && piece->kind == GOPM__PIECE_MEMORY && piece->value == last->value + last->size;
	}
	/* Of others only the pointer at the beginning of a slice is used. */
	const size_t before = s->count;
	add_static(s, store, (int64_t)(location.pieces[0].value - ANY_CFA), node->type, node->name);
	if (!whole && s->count != before) {
		const struct gopm__object_type *type = &s->types->list[s->list[before].type];
		s->list[before].size = 8;
		s->list[before].pointer_only = true;
		if (type->count != 1 || s->types->entries[type->first].to != GOPM__TO_ELEMENTS) {
			s->count = before;
		}
	}
}

/* Finds the variables of the function at `pc`. What is damaged gives no types, and is a finding. */
static const struct gopm__function_tree *function_tree(struct gopm__dwarf *dwarf, uint64_t pc)
{
	struct gopm__unit *unit;
	struct gopm__function function;
	const struct gopm__function_tree *tree;

	if (gopm__dwarf_function_at(dwarf, pc, &unit, &function) != GOPM_OK) {
		return NULL;
	}
	const gopm_status status = gopm__function_tree(dwarf, function.die, &tree);
	if (status == GOPM_ERR_FORMAT) {
		gopm__dwarf_damage(
		    dwarf, function.die,
		    "the variables of a function are damaged: objects may lack the types that they tell");
	}
	return status == GOPM_OK ? tree : NULL;
}

/* Adds the variables of all calls at `pc`, inlined ones included. The caller holds the program's lock. */
static void add_locals(struct gopm__static_types *s, uint64_t pc)
{
	struct gopm__dwarf *dwarf;
	const struct gopm__function_tree *tree;

	if (gopm__program_dwarf(s->program, &dwarf, NULL) != GOPM_OK || (tree = function_tree(dwarf, pc)) == NULL) {
		return;
	}
	bool *covers = gopm__calloc(tree->node_count + 1, sizeof *covers);
	if (covers == NULL) {
		s->no_memory = true;
		return;
	}
	gopm__scopes_at(tree, pc, covers);
	for (size_t i = 1; i < tree->node_count; i++) {
		const struct gopm__scope_node *node = &tree->nodes[i];
		if (!gopm__is_scope(node->tag) && covers[node->parent] && node->type != 0) {
			add_local(s, dwarf, tree, node, pc);
		}
	}
	free(covers);
}

const struct gopm__static_type *gopm__static_local(struct gopm__static_types *s, uint64_t pc, int64_t offset)
{
	bool fresh;

	if (!gopm__program_has_dwarf(s->program) || pc == 0) {
		return NULL;
	}
	uint64_t *part = gopm__map64_put(&s->by_pc, pc, &fresh);
	if (part == NULL) {
		s->no_memory = true;
		return NULL;
	}
	if (fresh) {
		const size_t first = s->count;
		gopm__program_lock(s->program);
		add_locals(s, pc - s->program->exe.bias);
		gopm__program_unlock(s->program);
		if (s->count != first) {
			qsort(s->list + first, s->count - first, sizeof *s->list, compare_statics);
		}
		*part = (uint64_t)first << COUNT_BITS | (s->count - first);
	}
	return find_static(s->list + (*part >> COUNT_BITS), *part & ((UINT64_C(1) << COUNT_BITS) - 1), offset);
}

/* Adds the captured variables of the function at `entry`, an address of the file, to a plan. A variable that is shared
 * with the function around it is captured by its address, and its name begins with "&". */
static bool add_captured(struct gopm__static_types *s, struct gopm__plan_build *build, uint64_t entry, uint64_t *size)
{
	struct gopm__dwarf *dwarf;
	struct gopm__types *store;
	const struct gopm__function_tree *tree;

	if (gopm__program_dwarf(s->program, &dwarf, NULL) != GOPM_OK ||
	    gopm__program_types(s->program, &store, NULL) != GOPM_OK || (tree = function_tree(dwarf, entry)) == NULL) {
		return false;
	}
	for (size_t i = 1; i < tree->node_count; i++) {
		const struct gopm__scope_node *node = &tree->nodes[i];
		if (!gopm__node_is_captured(tree, node) || node->closure_offset < 8 ||
		    node->closure_offset > MAX_CLOSURE) {
			continue;
		}
		const struct gopm__type *type = gopm__types_at(store, node->type);
		const uint64_t bytes = type != NULL ? gopm__type_size(store, type) : 0;
		if (bytes == 0 || bytes > MAX_CLOSURE ||
		    !gopm__plan_add_type(build, store, type, (uint64_t)node->closure_offset)) {
			return false;
		}
		const uint64_t end = (uint64_t)node->closure_offset + bytes;
		*size = end > *size ? end : *size;
	}
	return true;
}

void gopm__static_closure(struct gopm__static_types *s, uint32_t number)
{
	struct gopm__plan_build build = {s->types, (uint32_t)s->types->entry_count};
	struct gopm__object_type type = s->types->list[number];

	if (type.tried) {
		return;
	}
	type.tried = true;
	type.size = 8;
	if (gopm__program_has_dwarf(s->program)) {
		gopm__program_lock(s->program);
		type.typed = add_captured(s, &build, type.key - s->program->exe.bias, &type.size);
		gopm__program_unlock(s->program);
	}
	if (!type.typed) {
		s->types->entry_count = build.first;
	}
	type.size = (type.size + 7) / 8 * 8;
	type.first = build.first;
	type.count = (uint32_t)(s->types->entry_count - build.first);
	type.pointer_bytes = type.count != 0 ? type.size : 0;
	gopm__object_type_index(s->types, &type);
	s->types->list[number] = type;
}
