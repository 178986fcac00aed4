/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict asks three questions. Is the location read again (liveness)? Does a slot still have a value that the list
 * gives the variable (value numbers)? Does another variable in scope have the location? The answers depend on the pc
 * alone, and are cached by pc: many goroutines are at the same one. */
#include "locals/verdict.h"

#include <stdlib.h>

#include "code/liveness.h"
#include "dwarf/constants.h"
#include "locals/slot_use.h"
#include "locals/stack_state.h"
#include "type/scalars.h"
#include "util/allocate.h"

#define MAX_EXTENTS 1024u

/* Bytes of the frame that the DWARF gives a variable in scope. */
struct variable_extent {
	uint32_t node;
	int64_t begin, end; /* from the CFA */
};

/* The verdicts at one pc. */
struct gopm__pc_verdicts {
	const struct gopm__function_tree *tree;
	bool returning;
	uint8_t *kinds; /* gopm__verdict_kind of each node */
	uint32_t *others;
	bool extents_known, extents_complete;
	struct variable_extent *extents;
	size_t extent_count;
};

/* A variable to judge. */
struct verdict_query {
	struct gopm__context *context;
	struct gopm__stack_state *stack_state;
	const struct gopm__local *local;
	const struct gopm__function_tree *tree;
	uint32_t node;
};

/* The cached verdicts at the frame's pc. NULL: out of memory, or the pc is in two functions. */
static struct gopm__pc_verdicts *pc_verdicts(struct verdict_query *q)
{
	struct gopm__code_cache *cache = q->stack_state->code_cache;
	const struct gopm__frame *frame = q->local->frame;
	bool returning = frame->lookup_pc != frame->pc, fresh;
	uint64_t *slot = gopm__map64_put(&cache->verdicts, frame->pc, &fresh);

	if (slot == NULL) {
		return NULL;
	}
	if (fresh || *slot == 0) {
		*slot = 0;
		struct gopm__pc_verdicts *verdicts = gopm__arena_alloc(&cache->arena, sizeof *verdicts);
		uint8_t *kinds = gopm__arena_alloc(&cache->arena, q->tree->node_count * sizeof *kinds);
		uint32_t *others = gopm__arena_alloc(&cache->arena, q->tree->node_count * sizeof *others);
		if (verdicts == NULL || kinds == NULL || others == NULL) {
			return NULL;
		}
		memset(kinds, GOPM__VERDICT_NONE, q->tree->node_count);
		cache->bytes += sizeof *verdicts + q->tree->node_count * (sizeof *kinds + sizeof *others);
		*verdicts = (struct gopm__pc_verdicts){
		    .tree = q->tree, .returning = returning, .kinds = kinds, .others = others};
		*slot = (uint64_t)(uintptr_t)verdicts;
	}
	struct gopm__pc_verdicts *verdicts = (struct gopm__pc_verdicts *)(uintptr_t)*slot;
	return verdicts != NULL && verdicts->tree == q->tree && verdicts->returning == returning ? verdicts : NULL;
}

/* The location of a node at the frame's pc. False: it has none that is known without registers and memory. */
static bool static_location(const struct verdict_query *q, const struct gopm__scope_node *node,
                            struct gopm__location_description *location)
{
	const struct gopm__frame *frame = q->local->frame;
	struct gopm__expression_frame expression = *q->local->expression;
	const uint64_t pcs[] = {frame->pc, frame->lookup_pc};
	struct gopm__node_location listed;
	const char *why;

	expression.read_register = NULL;
	expression.read_memory = NULL;
	for (size_t i = 0; i < 2; i++) {
		if (gopm__node_location(q->context->types->dwarf, q->tree, node, pcs[i] - expression.bias, &listed) ==
		        GOPM_OK &&
		    listed.size != 0 &&
		    gopm__expression_run(listed.expression, listed.size, &expression, location, &why) == GOPM_OK) {
			return true;
		}
	}
	return false;
}

static void add_variable_extents(struct verdict_query *q, struct gopm__pc_verdicts *verdicts, uint32_t index)
{
	const struct gopm__scope_node *node = &q->tree->nodes[index];
	uint64_t whole = gopm__type_size(q->context->types, gopm__types_at(q->context->types, node->type));
	struct gopm__location_description location;

	if (whole > INT32_MAX || !static_location(q, node, &location)) {
		return;
	}
	for (size_t i = 0; i < location.count; i++) {
		const struct gopm__piece *piece = &location.pieces[i];
		uint64_t size = piece->size != 0 && piece->size < whole ? piece->size : whole;
		int64_t begin = (int64_t)(piece->value - q->local->frame->cfa);
		if (piece->kind != GOPM__PIECE_MEMORY || size == 0 || begin < INT32_MIN || begin > INT32_MAX) {
			continue;
		}
		if (verdicts->extent_count == MAX_EXTENTS) {
			verdicts->extents_complete = false;
			return;
		}
		verdicts->extents[verdicts->extent_count++] =
		    (struct variable_extent){index, begin, begin + (int64_t)size};
	}
}

/* Collects the extents of all variables in scope, once. A variable that is out of scope is assigned before it is read
 * again, so it needs no location now. False: some are missing. */
static bool collect_extents(struct verdict_query *q, struct gopm__pc_verdicts *verdicts)
{
	struct gopm__code_cache *cache = q->stack_state->code_cache;
	uint64_t pc = q->local->frame->lookup_pc - q->local->expression->bias;

	if (verdicts->extents_known) {
		return verdicts->extents_complete;
	}
	const uint64_t failures = gopm__failed_allocations();
	bool *covers = gopm__calloc(q->tree->node_count, sizeof *covers);
	struct variable_extent *extents = gopm__calloc(MAX_EXTENTS, sizeof *extents), *copy = NULL;
	verdicts->extents_known = true;
	verdicts->extents_complete = covers != NULL && extents != NULL;
	if (verdicts->extents_complete) {
		verdicts->extents = extents;
		gopm__scopes_at(q->tree, pc, covers);
		for (uint32_t i = 1; i < q->tree->node_count; i++) {
			const struct gopm__scope_node *node = &q->tree->nodes[i];
			bool variable = node->tag == GOPM__TAG_VARIABLE || node->tag == GOPM__TAG_FORMAL_PARAMETER;
			if (variable && covers[node->parent] && node->type != 0) {
				add_variable_extents(q, verdicts, i);
			}
		}
		copy = gopm__arena_alloc(&cache->arena, (verdicts->extent_count + 1) * sizeof *copy);
		if (copy != NULL) {
			memcpy(copy, extents, verdicts->extent_count * sizeof *copy);
			cache->bytes += verdicts->extent_count * sizeof *copy;
		}
		verdicts->extents_complete = verdicts->extents_complete && copy != NULL;
		verdicts->extents = copy;
	}
	free(covers);
	free(extents);
	if (!gopm__is_cacheable(failures)) {
		verdicts->extents_known = false;
		verdicts->extents = NULL;
		verdicts->extent_count = 0;
		return false;
	}
	return verdicts->extents_complete;
}

/* True if `a` is a component of `b` that the compiler made a variable: "p.len" of "p". Names in Go have no dot. */
static bool is_component_name(gopm_str a, gopm_str b)
{
	return a.size > b.size && memcmp(a.data, b.data, b.size) == 0 && a.data[b.size] == '.';
}

/* True if another variable has the location, unless the code proves that something else is stored there. */
static bool is_shared_location(struct verdict_query *q, struct gopm__pc_verdicts *verdicts, uint32_t *other)
{
	for (size_t i = 0; i < verdicts->extent_count; i++) {
		const struct variable_extent *ours = &verdicts->extents[i];
		for (size_t k = 0; ours->node == q->node && k < verdicts->extent_count; k++) {
			const struct variable_extent *theirs = &verdicts->extents[k];
			if (theirs->node == q->node || theirs->begin >= ours->end || theirs->end <= ours->begin) {
				continue;
			}
			struct gopm__local local = *q->local;
			local.node = &q->tree->nodes[theirs->node];
			if (is_component_name(local.node->name, q->local->node->name) ||
			    is_component_name(q->local->node->name, local.node->name)) {
				continue;
			}
			local.type = gopm__types_at(q->context->types, local.node->type);
			local.argument = -1;
			if (gopm__slot_use(q->stack_state, &local, NULL) != GOPM__SLOT_CLOBBERED) {
				*other = theirs->node;
				return true;
			}
		}
	}
	return false;
}

/* True if the bytes of a scalar component, `within` a piece of the location, are live. */
static bool is_component_live(const struct verdict_query *q, const struct gopm__live_set *live,
                              const struct gopm__piece *piece, uint64_t within, uint64_t size)
{
	const struct gopm__frame *frame = q->local->frame;
	const struct gopm__arch *arch = q->stack_state->rt->core->arch;

	switch (piece->kind) {
	case GOPM__PIECE_MEMORY:
		return gopm__is_live(live, (int64_t)(piece->value + within - frame->cfa), size);
	case GOPM__PIECE_REGISTER:
		return gopm__is_live_register(live, arch->code->number(piece->value));
	default:
		return true; /* a constant, or no location */
	}
}

/* True if the function that is being called got the address of the location as an argument. Then the location is in
 * use, like the element of a channel operation. */
static bool is_address_passed(const struct verdict_query *q, const struct gopm__abstract_state *state,
                              const struct gopm__location_description *location)
{
	const struct gopm__frame *frame = q->local->frame;
	int64_t offset = (int64_t)(location->pieces[0].value - frame->cfa);
	bool passed = false;

	if (location->count != 1 || location->pieces[0].kind != GOPM__PIECE_MEMORY || frame->lookup_pc == frame->pc) {
		return false;
	}
	for (unsigned r = 0; r < GOPM__CODE_VECTOR; r++) {
		const struct gopm__value_number *number = &state->registers[r];
		passed = passed || (number->kind == GOPM__VN_FRAME && number->width == 8 && number->value == offset);
	}
	return passed;
}

/* True if all scalar components of the variable are live, or its address is passed. *live is valid if *known. */
static bool is_location_live(const struct verdict_query *q, const struct gopm__location_description *location,
                             bool *passed, struct gopm__live_set *live, bool *known)
{
	const struct gopm__frame *frame = q->local->frame;
	struct gopm__code *code = NULL;
	const struct gopm__abstract_state *state = NULL;
	struct gopm__scalars components;
	size_t index;

	if (gopm__stack_state_index(q->stack_state, frame, &index)) {
		state = gopm__frame_state(q->stack_state, index, &code);
	}
	*passed = state != NULL && is_address_passed(q, state, location);
	*known = state != NULL && gopm__code_live_at(code, frame->pc, frame->lookup_pc != frame->pc, live);
	if (*passed || !*known) {
		return *passed;
	}
	gopm__type_scalars(q->context->types, q->local->type, false, &components);
	bool all = components.all;
	for (size_t i = 0; all && i < components.count; i++) {
		const struct gopm__scalar_component *component = &components.list[i];
		uint64_t at = 0;
		bool found = false;
		for (size_t k = 0; k < location->count && !found; k++) {
			const struct gopm__piece *piece = &location->pieces[k];
			uint64_t size = piece->size != 0 ? piece->size : UINT64_MAX - at;
			found = component->offset >= at && component->offset - at < size;
			if (found) {
				all = is_component_live(q, live, piece, component->offset - at, component->size);
			}
			at += size;
		}
	}
	return all;
}

/* True if the frame faulted. Such a frame never resumes: it is unwound, or ends after its deferred calls. */
static bool has_faulted(const struct gopm__stack_state *stack_state, const struct gopm__frame *frame)
{
	const struct gopm__stack *stack = stack_state->stack;
	size_t index;

	if (!gopm__stack_state_index(stack_state, frame, &index)) {
		return false;
	}
	while (index > 0 && stack->frames[index - 1].cfa == frame->cfa && stack->frames[index - 1].pc == frame->pc) {
		index--;
	}
	return index > 0 && stack->frames[index - 1].info != NULL && stack->frames[index - 1].info->known &&
	       stack->frames[index - 1].info->role == GOPM__ROLE_SIGPANIC;
}

/* The verdict on an entry of a location list, without regard to other variables. */
static uint8_t list_verdict(const struct verdict_query *q, const struct gopm__location_description *location)
{
	struct gopm__live_set live;
	bool passed = false, known = false;

	if (!is_location_live(q, location, &passed, &live, &known)) {
		return GOPM__VERDICT_DEAD;
	}
	switch (gopm__slot_use(q->stack_state, q->local, known ? &live : NULL)) {
	case GOPM__SLOT_CLOBBERED:
		return GOPM__VERDICT_CLOBBERED;
	case GOPM__SLOT_MOVED:
		return GOPM__VERDICT_MOVED;
	case GOPM__SLOT_UNKNOWN:
		/* The callee that has the address may have stored the variable's value. */
		return passed ? GOPM__VERDICT_LIVE : GOPM__VERDICT_UNKNOWN;
	default:
		return GOPM__VERDICT_LIVE;
	}
}

struct gopm__verdict gopm__verdict(struct gopm__stack_state *stack_state, const struct gopm__local *local,
                                   const struct gopm__location_description *location)
{
	const struct gopm__function_tree *tree = local->scope->tree;
	struct verdict_query q = {stack_state->context, stack_state, local, tree,
	                          (uint32_t)(local->node - tree->nodes)};
	bool listed = local->node->location.class_ != GOPM__CLASS_BLOCK;
	uint32_t other = 0;
	struct gopm__verdict verdict = {.kind = GOPM__VERDICT_LIVE};

	if (local->frame->cfa == 0 || stack_state->rt->core->arch->code == NULL ||
	    has_faulted(stack_state, local->frame)) {
		verdict.kind = listed ? GOPM__VERDICT_DEAD : GOPM__VERDICT_LIVE;
		return verdict;
	}
	struct gopm__pc_verdicts *verdicts = pc_verdicts(&q);
	if (verdicts == NULL) {
		verdict.kind = GOPM__VERDICT_DEAD;
		return verdict;
	}
	if (verdicts->kinds[q.node] == GOPM__VERDICT_NONE) {
		const uint64_t failures = gopm__failed_allocations();
		verdict.kind = listed ? list_verdict(&q, location) : GOPM__VERDICT_LIVE;
		if (verdict.kind == GOPM__VERDICT_LIVE &&
		    (!collect_extents(&q, verdicts) || is_shared_location(&q, verdicts, &other))) {
			verdict.kind = GOPM__VERDICT_SHARED;
		}
		if (!gopm__is_cacheable(failures)) {
			verdict.kind = GOPM__VERDICT_DEAD;
			return verdict;
		}
		verdicts->kinds[q.node] = verdict.kind;
		verdicts->others[q.node] = other;
	}
	verdict.kind = verdicts->kinds[q.node];
	if (verdict.kind == GOPM__VERDICT_SHARED) {
		verdict.other = tree->nodes[verdicts->others[q.node]].name;
	}
	return verdict;
}
