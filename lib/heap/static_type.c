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
#include "util/vector.h"

/* The CFA for which locations are evaluated: only distances from it matter. */
#define ANY_CFA (UINT64_C(1) << 40)
#define MAX_FRAME (UINT64_C(1) << 30) /* bytes of a frame */
#define MAX_STATICS ((size_t)1 << 26)
#define COUNT_BITS 24 /* of an entry of by_pc */

static int compare_statics(const void *a, const void *b)
{
	const struct gopm__static_type *x = a, *y = b;
	return (x->begin > y->begin) - (x->begin < y->begin);
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
	s->list[s->count++] = (struct gopm__static_type){begin, s->types->list[number].size, name, number};
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

gopm_status gopm__static_types_open(struct gopm__static_types *statics, struct gopm__program *program,
                                    struct gopm__object_types *types)
{
	*statics = (struct gopm__static_types){.program = program, .types = types};
	if (gopm__program_has_dwarf(program)) {
		gopm__program_lock(program);
		add_variables(statics);
		gopm__program_unlock(program);
	}
	if (statics->count != 0) {
		qsort(statics->list, statics->count, sizeof *statics->list, compare_statics);
	}
	statics->variable_count = statics->count;
	return statics->no_memory || types->no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}

void gopm__static_types_close(struct gopm__static_types *statics)
{
	free(statics->list);
	gopm__map64_free(&statics->by_pc);
	*statics = (struct gopm__static_types){0};
}

/* The entry of a sorted part of the list that has `at`. */
static const struct gopm__static_type *find_static(const struct gopm__static_type *list, size_t count, int64_t at)
{
	size_t i;

	GOPM__LOWER_BOUND(i, count, list[i].begin <= at);
	return i != 0 && (uint64_t)(at - list[i - 1].begin) < list[i - 1].size ? &list[i - 1] : NULL;
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
	for (size_t i = 1; i < location.count; i++) {
		const struct gopm__piece *piece = &location.pieces[i], *last = &location.pieces[i - 1];
		if (piece->kind != GOPM__PIECE_MEMORY || piece->value != last->value + last->size) {
			return;
		}
	}
	add_static(s, store, (int64_t)(location.pieces[0].value - ANY_CFA), node->type, node->name);
}

/* Adds the variables of all calls at `pc`, inlined ones included. The caller holds the program's lock. */
static void add_locals(struct gopm__static_types *s, uint64_t pc)
{
	struct gopm__dwarf *dwarf;
	struct gopm__unit *unit;
	struct gopm__function function;
	const struct gopm__function_tree *tree;

	if (gopm__program_dwarf(s->program, &dwarf, NULL) != GOPM_OK ||
	    gopm__dwarf_function_at(dwarf, pc, &unit, &function) != GOPM_OK ||
	    gopm__function_tree(dwarf, function.die, &tree) != GOPM_OK) {
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
