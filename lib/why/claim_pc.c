/* SPDX-License-Identifier: Apache-2.0 */
/* Facts about a pc are the same in all frames that stand there, up to the place of the values. So they are decoded
 * once, with the slots of the frame that have the values. */
#include <stdlib.h>

#include "util/allocate.h"
#include "why/claim_private.h"

/* Set in the key of a return address: the same pc may be that of an instruction. */
#define RETURNING ((uint64_t)1 << 63)

/* The state at a pc. */
struct pc_state {
	const struct gopm__sync *sync; /* of the function */
	struct gopm__abstract_state values;
};

/* True if the value `number` is the value `base` plus *more. */
static bool is_base(const struct pc_state *state, const struct gopm__value_number *number,
                    const struct gopm__value_number *base, int64_t *more)
{
	struct gopm__value_number split;

	*more = 0;
	const bool split_may_differ = number->kind == GOPM__VN_DEFINITION || number->kind == GOPM__VN_PHI;

	return gopm__value_number_equal(number, base) ||
	       (split_may_differ && gopm__sync_base(state->sync, number, &split, more) &&
	        gopm__value_number_equal(&split, base));
}

static void find_base(struct gopm__claim_place *out, const struct pc_state *state)
{
	const struct gopm__value_number *base = &out->place.base;
	const struct gopm__abstract_state *values = &state->values;
	int64_t more;

	out->value = base->value;
	switch (base->kind) {
	case GOPM__VN_CONSTANT:
		out->at = GOPM__BASE_CONSTANT;
		return;
	case GOPM__VN_FRAME:
		out->at = GOPM__BASE_FRAME;
		return;
	case GOPM__VN_CAPTURED:
		out->at = GOPM__BASE_CAPTURED;
		break;
	default:
		break;
	}
	for (size_t i = 0; i < values->slot_count; i++) {
		const struct gopm__value_number *number = &values->slot_numbers[i];
		if (number->width != 8 || !is_base(state, number, base, &more)) {
			continue;
		}
		const struct gopm__base_slot slot = {values->slots[i], more};
		if (values->non_escaping[i]) {
			out->at = GOPM__BASE_SLOT;
			out->slot = slot;
			return;
		}
		if (out->word_count < GOPM__CLAIM_WORDS) {
			out->words[out->word_count++] = slot;
		}
	}
}

/* Copies the places of a fact, and finds their bases. NULL: out of memory. */
static struct gopm__claim_place *copy_places(struct gopm__claim_search *search, const struct gopm__sync_fact *fact,
                                             const struct pc_state *state, uint8_t *count)
{
	struct gopm__claim_place *places;

	*count = (uint8_t)(fact->end - fact->first);
	places = gopm__arena_alloc(&search->arena, *count * sizeof *places);
	for (uint8_t k = 0; places != NULL && k < *count; k++) {
		places[k] = (struct gopm__claim_place){.place = fact->op->places[fact->first + k]};
		find_base(&places[k], state);
	}
	return places;
}

/* The fact about the receiver of a method, of the same list. NULL: none. */
static const struct gopm__sync_fact *find_receiver(const struct gopm__sync_fact *facts, size_t count,
                                                   const struct gopm__sync_op *method)
{
	for (size_t i = 0; i < count; i++) {
		if (facts[i].op->kind == GOPM__SYNC_RECEIVER && facts[i].op->receiver == method->receiver) {
			return &facts[i];
		}
	}
	return NULL;
}

/* Copies facts, and finds the bases of their places. False: out of memory. */
static bool copy_facts(struct gopm__claim_search *search, struct gopm__claim_pc *at, enum gopm__fact_list list,
                       const struct gopm__sync_fact *facts, size_t count, const struct pc_state *state)
{
	for (size_t i = 0; i < count; i++) {
		const struct gopm__sync_op *op = facts[i].op;
		const struct gopm__sync_fact *receiver =
		    op->kind == GOPM__SYNC_METHOD ? find_receiver(facts, count, op) : NULL;
		struct gopm__claim_fact *out = &at->facts[at->fact_count];
		if (op->kind == GOPM__SYNC_RECEIVER) {
			continue;
		}
		*out = (struct gopm__claim_fact){
		    .kind = op->kind, .flags = op->flags, .list = (uint8_t)list, .must = facts[i].must};
		at->claims |= list != GOPM__FACT_RELEASED && list != GOPM__FACT_DURING;
		out->places = copy_places(search, &facts[i], state, &out->place_count);
		if (receiver != NULL) {
			out->receivers = copy_places(search, receiver, state, &out->receiver_count);
		}
		if (out->places == NULL || (receiver != NULL && out->receivers == NULL)) {
			return false;
		}
		at->fact_count++;
	}
	return true;
}

/* Copies all facts about a pc. False: out of memory. */
static bool copy_all_facts(struct gopm__claim_search *search, struct gopm__claim_pc *at, struct gopm__sync_facts *facts,
                           const struct pc_state *state)
{
	const size_t count =
	    facts->held_count + facts->released_count + facts->pending_count + facts->late_count + facts->during_count;

	at->facts = gopm__arena_alloc(&search->arena, count * sizeof *at->facts);
	return at->facts != NULL && copy_facts(search, at, GOPM__FACT_HELD, facts->held, facts->held_count, state) &&
	       copy_facts(search, at, GOPM__FACT_RELEASED, facts->released, facts->released_count, state) &&
	       copy_facts(search, at, GOPM__FACT_PENDING, facts->pending, facts->pending_count, state) &&
	       copy_facts(search, at, GOPM__FACT_LATE, facts->late, facts->late_count, state) &&
	       copy_facts(search, at, GOPM__FACT_DURING, facts->during, facts->during_count, state);
}

/* Decodes the operations of the code. False: out of memory. */
static bool decode_code(struct gopm__claim_search *search, struct gopm__claim_pc *at, uint64_t pc, bool returning)
{
	struct gopm__program *program = search->program;
	const struct gopm__func *func = &at->info->func;
	const struct gopm__arch *arch = search->rt->core->arch;
	struct pc_state state;
	struct gopm__sync_facts *facts;
	bool done = true;

	struct gopm__code *code = gopm__code_of(&program->code, arch, &program->symtab, func);
	if (code == NULL) {
		at->opaque = true;
		return true;
	}
	const struct gopm__sync *sync = gopm__sync_of(&program->code, arch, &program->symtab, func);
	if (sync == NULL) {
		return true;
	}
	facts = gopm__malloc(sizeof *facts);
	if (facts == NULL) {
		return false;
	}
	state.sync = sync;
	if (!gopm__sync_at(sync, pc, returning, facts) || !gopm__code_state_at(code, pc, returning, &state.values)) {
		at->opaque = true;
	} else {
		done = copy_all_facts(search, at, facts, &state);
		if (pc == func->entry && !gopm__sync_keeps(sync, &at->keeps_kind, &at->keeps)) {
			at->keeps_kind = GOPM__SYNC_KINDS;
		}
		gopm__abstract_state_clear(&state.values);
	}
	free(facts);
	return done;
}

/* True if the function has set the byte of its open-coded defers before the instruction at `pc`. */
static bool has_set_bits(struct gopm__claim_search *search, const struct gopm__claim_pc *at, uint64_t pc,
                         const struct gopm__open_defers *defers)
{
	struct gopm__program *program = search->program;
	const struct gopm__arch *arch = search->rt->core->arch;
	struct gopm__abstract_state state;

	/* The end of the locals, from the CFA. */
	const int64_t end = -(int64_t)arch->pointer_size * (arch->return_address_on_stack ? 2 : 1);
	struct gopm__code *code = gopm__code_of(&program->code, arch, &program->symtab, &at->info->func);
	if (code == NULL || !gopm__code_state_at(code, pc, false, &state)) {
		return false;
	}
	const struct gopm__value_number bits = gopm__abstract_state_stored(&state, end - (int64_t)defers->bits, 1);
	gopm__abstract_state_clear(&state);
	return bits.kind != GOPM__VN_UNKNOWN && bits.kind != GOPM__VN_LIVE_IN_SLOT;
}

/* False: out of memory. */
static bool decode_defers(struct gopm__claim_search *search, struct gopm__claim_pc *at, uint64_t pc, bool returning)
{
	struct gopm__open_defers defers, *copy;

	if (!gopm__open_defers(&search->reader, &at->info->func, search->rt->open_defers, &defers) ||
	    (!returning && !has_set_bits(search, at, pc, &defers))) {
		return true;
	}
	copy = gopm__arena_alloc(&search->arena, sizeof *copy);
	if (copy != NULL) {
		*copy = defers;
		at->defers = copy;
	}
	return copy != NULL;
}

/* False: out of memory. */
static bool decode_pc(struct gopm__claim_search *search, struct gopm__claim_pc *at, uint64_t pc, bool returning)
{
	const struct gopm__pcinfo *info = at->info;
	const struct gopm__call *function = &info->calls[info->call_count - 1];

	if (gopm__name_is_runtime(function->symbol)) {
		at->panics = info->role == GOPM__ROLE_GOPANIC || info->role == GOPM__ROLE_GOEXITS;
		return true;
	}
	return info->assembly || (decode_defers(search, at, pc, returning) && decode_code(search, at, pc, returning));
}

const struct gopm__claim_pc *gopm__claim_pc_of(struct gopm__claim_search *search, const struct gopm__pcinfo *info,
                                               uint64_t pc, bool returning)
{
	bool fresh;
	uint64_t *slot = gopm__map64_put(&search->pcs, returning ? pc | RETURNING : pc, &fresh);

	if (slot == NULL) {
		search->no_memory = true;
		return NULL;
	}
	if (!fresh) {
		return (struct gopm__claim_pc *)(uintptr_t)*slot;
	}
	struct gopm__claim_pc at = {.info = info, .keeps_kind = GOPM__SYNC_KINDS}, *kept = NULL;
	if (!decode_pc(search, &at, pc, returning)) {
		search->no_memory = true;
		return NULL;
	}
	if (at.fact_count != 0 || at.defers != NULL || at.opaque || at.panics) {
		kept = gopm__arena_alloc(&search->arena, sizeof *kept);
		search->no_memory = search->no_memory || kept == NULL;
	}
	if (kept != NULL) {
		*kept = at;
	}
	/* Decoding may have added other pcs. */
	slot = gopm__map64_put(&search->pcs, returning ? pc | RETURNING : pc, &fresh);
	if (slot != NULL) {
		*slot = (uint64_t)(uintptr_t)kept;
	}
	return kept;
}
