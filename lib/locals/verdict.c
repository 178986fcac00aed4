/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/verdict.h"

#include <stdlib.h>

#include "code/liveness.h"
#include "dwarf/constants.h"
#include "value/leaves.h"

#define MAX_EXTENTS 1024u

/* Bytes of the frame that some variable in scope is said to lie in. */
struct extent {
	uint32_t node;
	int64_t begin, end; /* from the CFA */
};

/* What was found out of one pc: it is the same for all goroutines that stand there. */
struct gopm__site {
	const struct gopm__function_tree *tree;
	bool returning;
	uint8_t *kinds; /* gopm__claim_kind of each node */
	uint32_t *others;
	bool extents_known, all_extents;
	struct extent *extents;
	size_t extent_count;
};

struct judge {
	struct gopm__context *context;
	const struct gopm__recover_request *request;
	const struct gopm__function_tree *tree;
	uint32_t node;
};

static struct gopm__site *site_of(struct judge *j)
{
	struct gopm__code_cache *cache = j->context->recovery->code_cache;
	const struct gopm__frame *frame = j->request->frame;
	bool returning = frame->lookup_pc != frame->pc, fresh;
	uint64_t *slot = gopm__map64_put(&cache->sites, frame->pc, &fresh);

	if (slot == NULL) {
		return NULL;
	}
	if (fresh) {
		*slot = 0;
		struct gopm__site *site = gopm__arena_alloc(&cache->arena, sizeof *site);
		uint8_t *kinds = gopm__arena_alloc(&cache->arena, j->tree->node_count * sizeof *kinds);
		uint32_t *others = gopm__arena_alloc(&cache->arena, j->tree->node_count * sizeof *others);
		if (site == NULL || kinds == NULL || others == NULL) {
			return NULL;
		}
		memset(kinds, GOPM__CLAIM_UNSEEN, j->tree->node_count);
		cache->bytes += sizeof *site + j->tree->node_count * (sizeof *kinds + sizeof *others);
		*site = (struct gopm__site){.tree = j->tree, .returning = returning, .kinds = kinds, .others = others};
		*slot = (uint64_t)(uintptr_t)site;
	}
	struct gopm__site *site = (struct gopm__site *)(uintptr_t)*slot;
	return site != NULL && site->tree == j->tree && site->returning == returning ? site : NULL;
}

/* Where a node lies here, as far as it needs neither registers nor memory to tell. */
static bool place_of(const struct judge *j, const struct gopm__scope_node *node, struct gopm__place_of_value *place)
{
	const struct gopm__frame *frame = j->request->frame;
	struct gopm__expression_frame expression = *j->request->expression;
	const uint64_t pcs[] = {frame->pc, frame->lookup_pc};
	const uint8_t *code;
	uint64_t size, list;
	const char *why;

	expression.read_register = NULL;
	expression.read_memory = NULL;
	for (size_t i = 0; i < 2; i++) {
		if (gopm__scope_location(j->context->dwarf, j->tree, node, pcs[i] - expression.bias, &code, &size,
		                         &list) == GOPM_OK &&
		    size != 0 && gopm__expression_run(code, size, &expression, place, &why) == GOPM_OK) {
			return true;
		}
	}
	return false;
}

static void add_extents(struct judge *j, struct gopm__site *site, uint32_t index)
{
	const struct gopm__scope_node *node = &j->tree->nodes[index];
	uint64_t whole = gopm__type_size(j->context->dwarf, gopm__types_at(j->context->dwarf, node->type));
	struct gopm__place_of_value place;

	if (whole > INT32_MAX || !place_of(j, node, &place)) {
		return;
	}
	for (size_t i = 0; i < place.count; i++) {
		const struct gopm__piece *piece = &place.pieces[i];
		uint64_t size = piece->size != 0 && piece->size < whole ? piece->size : whole;
		int64_t begin = (int64_t)(piece->value - j->request->frame->cfa);
		if (piece->kind != GOPM__PIECE_MEMORY || size == 0 || begin < INT32_MIN || begin > INT32_MAX) {
			continue;
		}
		if (site->extent_count == MAX_EXTENTS) {
			site->all_extents = false;
			return;
		}
		site->extents[site->extent_count++] = (struct extent){index, begin, begin + (int64_t)size};
	}
}

/* A variable that is not in scope here is given a new value before it is read again: it needs no place now. */
static bool find_extents(struct judge *j, struct gopm__site *site)
{
	struct gopm__code_cache *cache = j->context->recovery->code_cache;
	uint64_t pc = j->request->frame->lookup_pc - j->request->expression->bias;

	if (site->extents_known) {
		return site->all_extents;
	}
	bool *covers = calloc(j->tree->node_count, sizeof *covers);
	struct extent *extents = calloc(MAX_EXTENTS, sizeof *extents), *kept = NULL;
	site->extents_known = true;
	site->all_extents = covers != NULL && extents != NULL;
	if (site->all_extents) {
		site->extents = extents;
		gopm__scopes_at(j->tree, pc, covers);
		for (uint32_t i = 1; i < j->tree->node_count; i++) {
			const struct gopm__scope_node *node = &j->tree->nodes[i];
			bool variable = node->tag == GOPM__TAG_VARIABLE || node->tag == GOPM__TAG_FORMAL_PARAMETER;
			if (variable && covers[node->parent] && node->type != 0) {
				add_extents(j, site, i);
			}
		}
		kept = gopm__arena_alloc(&cache->arena, (site->extent_count + 1) * sizeof *kept);
		if (kept != NULL) {
			memcpy(kept, extents, site->extent_count * sizeof *kept);
			cache->bytes += site->extent_count * sizeof *kept;
		}
		site->all_extents = site->all_extents && kept != NULL;
		site->extents = kept;
	}
	free(covers);
	free(extents);
	return site->all_extents;
}

/* "p.len" is a part of "p" that the compiler names by itself: a variable of Go has no dot in its name. */
static bool is_part(gopm_str a, gopm_str b)
{
	return a.size > b.size && memcmp(a.data, b.data, b.size) == 0 && a.data[b.size] == '.';
}

/* Another variable that the code does not prove to be elsewhere by now. */
static bool is_shared(struct judge *j, struct gopm__site *site, uint32_t *other)
{
	for (size_t i = 0; i < site->extent_count; i++) {
		const struct extent *ours = &site->extents[i];
		for (size_t k = 0; ours->node == j->node && k < site->extent_count; k++) {
			const struct extent *theirs = &site->extents[k];
			if (theirs->node == j->node || theirs->begin >= ours->end || theirs->end <= ours->begin) {
				continue;
			}
			struct gopm__recover_request request = *j->request;
			request.node = &j->tree->nodes[theirs->node];
			if (is_part(request.node->name, j->request->node->name) ||
			    is_part(j->request->node->name, request.node->name)) {
				continue;
			}
			request.type = gopm__types_at(j->context->dwarf, request.node->type);
			request.argument = -1;
			if (gopm__slot_use(j->context, &request, NULL) != GOPM__SLOT_REUSED) {
				*other = theirs->node;
				return true;
			}
		}
	}
	return false;
}

static bool leaf_is_live(const struct judge *j, const struct gopm__live_set *live, const struct gopm__piece *piece,
                         uint64_t within, uint64_t size)
{
	const struct gopm__frame *frame = j->request->frame;

	switch (piece->kind) {
	case GOPM__PIECE_MEMORY:
		return gopm__is_live(live, (int64_t)(piece->value + within - frame->cfa), size);
	case GOPM__PIECE_REGISTER:
		return gopm__is_live_register(live, j->context->recovery->rt->core->arch->code->number(piece->value));
	default:
		return true; /* it is said, or said to be nowhere */
	}
}

/* The function that runs was given the address of the place: it is in use, as what a channel operation sends is. */
static bool is_passed(const struct judge *j, const struct gopm__abstract_state *state,
                      const struct gopm__place_of_value *place)
{
	const struct gopm__frame *frame = j->request->frame;
	int64_t offset = (int64_t)(place->pieces[0].value - frame->cfa);
	bool passed = false;

	if (place->count != 1 || place->pieces[0].kind != GOPM__PIECE_MEMORY || frame->lookup_pc == frame->pc) {
		return false;
	}
	for (unsigned r = 0; r < GOPM__CODE_VECTOR; r++) {
		const struct gopm__value_number *id = &state->registers[r];
		passed = passed || (id->kind == GOPM__VN_FRAME && id->width == 8 && id->value == offset);
	}
	return passed;
}

/* *passed: by its address, whoever reads it. */
static bool is_live(const struct judge *j, const struct gopm__place_of_value *place, bool *passed,
                    struct gopm__live_set *live, bool *known)
{
	const struct gopm__frame *frame = j->request->frame;
	struct gopm__recovery *recovery = j->context->recovery;
	struct gopm__code *code = NULL;
	const struct gopm__abstract_state *state = NULL;
	struct gopm__leaves leaves;
	size_t index;

	if (gopm__recovery_frame(recovery, frame, &index)) {
		state = gopm__recovery_state(j->context, index, &code);
	}
	*passed = state != NULL && is_passed(j, state, place);
	*known = state != NULL && gopm__code_live_at(code, frame->pc, frame->lookup_pc != frame->pc, live);
	if (*passed || !*known) {
		return *passed;
	}
	gopm__leaves(j->context->dwarf, j->request->type, false, &leaves);
	bool all = leaves.all;
	for (size_t i = 0; all && i < leaves.count; i++) {
		const struct gopm__leaf *leaf = &leaves.list[i];
		uint64_t at = 0;
		bool found = false;
		for (size_t k = 0; k < place->count && !found; k++) {
			const struct gopm__piece *piece = &place->pieces[k];
			uint64_t size = piece->size != 0 ? piece->size : UINT64_MAX - at;
			found = leaf->offset >= at && leaf->offset - at < size;
			if (found) {
				all = leaf_is_live(j, live, piece, leaf->offset - at, leaf->size);
			}
			at += size;
		}
	}
	return all;
}

/* Nothing is gone on with where the frame faulted: it is left, or its deferred calls end it. */
static bool has_faulted(const struct gopm__context *context, const struct gopm__frame *frame)
{
	const struct gopm__stack *stack = context->recovery->stack;
	size_t index;

	if (!gopm__recovery_frame(context->recovery, frame, &index)) {
		return false;
	}
	while (index > 0 && stack->frames[index - 1].cfa == frame->cfa && stack->frames[index - 1].pc == frame->pc) {
		index--;
	}
	return index > 0 && stack->frames[index - 1].info != NULL && stack->frames[index - 1].info->known &&
	       stack->frames[index - 1].info->role == GOPM__ROLE_SIGPANIC;
}

struct gopm__claim gopm__claim(struct gopm__context *context, const struct gopm__recover_request *request,
                               const struct gopm__place_of_value *place)
{
	const struct gopm__function_tree *tree = request->scope->tree;
	struct judge j = {context, request, tree, (uint32_t)(request->node - tree->nodes)};
	bool listed = request->node->location.class_ != GOPM__CLASS_BLOCK;
	uint32_t other = 0;
	struct gopm__claim claim = {.kind = GOPM__CLAIM_GOOD};

	if (request->frame->cfa == 0 || context->recovery->rt->core->arch->code == NULL ||
	    has_faulted(context, request->frame)) {
		claim.kind = listed ? GOPM__CLAIM_DEAD : GOPM__CLAIM_GOOD;
		return claim;
	}
	struct gopm__site *site = site_of(&j);
	if (site == NULL) {
		claim.kind = GOPM__CLAIM_DEAD; /* memory is out, or one pc is in two functions */
		return claim;
	}
	if (site->kinds[j.node] == GOPM__CLAIM_UNSEEN) {
		struct gopm__live_set live;
		bool passed = false, known = false;
		if (listed && !is_live(&j, place, &passed, &live, &known)) {
			claim.kind = GOPM__CLAIM_DEAD;
		} else if (listed) {
			enum gopm__slot_use use = gopm__slot_use(context, request, known ? &live : NULL);
			/* Who has its address may have stored there what is not followed. */
			claim.kind = use == GOPM__SLOT_REUSED              ? GOPM__CLAIM_REUSED
			             : use == GOPM__SLOT_ELSEWHERE         ? GOPM__CLAIM_ELSEWHERE
			             : use == GOPM__SLOT_UNSURE && !passed ? GOPM__CLAIM_UNSURE
			                                                   : GOPM__CLAIM_GOOD;
		}
		if (claim.kind == GOPM__CLAIM_GOOD && (!find_extents(&j, site) || is_shared(&j, site, &other))) {
			claim.kind = GOPM__CLAIM_SHARED;
		}
		site->kinds[j.node] = claim.kind;
		site->others[j.node] = other;
	}
	claim.kind = site->kinds[j.node];
	if (claim.kind == GOPM__CLAIM_SHARED) {
		claim.other = tree->nodes[site->others[j.node]].name;
	}
	return claim;
}
