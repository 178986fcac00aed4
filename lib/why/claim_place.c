/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/value_search.h"
#include "why/claim_private.h"

/* Values that are searched for in callers, callees and closures: that is slow, and only needed if the frame itself has
 * no copy. */

void gopm__claim_begin_search(struct gopm__claim_search *search)
{
	struct gopm__program *program = search->program;

	if (search->searching) {
		return;
	}
	search->searching = true;
	search->context = gopm__context(program, &search->values, &search->limits);
	search->stack_state = (struct gopm__stack_state){.context = &search->context,
	                                                 .rt = search->rt,
	                                                 .code_cache = &program->code,
	                                                 .stack = &search->stack,
	                                                 .roots = &search->roots,
	                                                 .captured = search->captured,
	                                                 .captured_count = search->captured_count};
	gopm__walk_goroutine(&search->stack.walk, search->rt, &search->g, false, &search->budget);
	search->no_memory = gopm__stack_collect(&search->stack, program->max_frames) != GOPM_OK || search->no_memory;
}

void gopm__claim_end_search(struct gopm__claim_search *search)
{
	if (!search->searching) {
		return;
	}
	search->searching = false;
	search->no_memory = search->no_memory || search->context.no_memory;
	gopm__stack_state_clear(&search->stack_state);
	gopm__stack_roots_clear(&search->roots);
	gopm__arena_free(&search->values);
}

/* Searches for the value of a number. */
static bool search_value(struct gopm__claim_search *search, const struct gopm__claim_frame *frame,
                         const struct gopm__value_number *number, uint64_t *value)
{
	struct gopm__found_value found;

	if (search->searches == 0) {
		return false;
	}
	search->searches--;
	gopm__claim_begin_search(search);
	for (size_t i = 0; i < search->stack.count; i++) {
		const struct gopm__frame *f = &search->stack.frames[i];
		if (f->pc == frame->pc && f->sp == frame->sp && f->cfa == frame->cfa) {
			const bool is = gopm__find_value(&search->stack_state, i, number, 8, &found) && !found.dangling;
			*value = found.value;
			return is;
		}
	}
	return false;
}

/* True if a word is a captured word of a closure that is still to be called: nothing writes to it. */
static bool is_captured_word(struct gopm__claim_search *search, uint64_t address)
{
	for (size_t i = 0; gopm__claim_spend(search, 1) && i < search->captured_count; i++) {
		if (search->captured[i] == address) {
			return true;
		}
	}
	return false;
}

static bool read_base(struct gopm__claim_search *search, uint64_t cfa, const struct gopm__base_slot *slot,
                      uint64_t *value)
{
	if (!gopm__read_u64(&search->reader, cfa + (uint64_t)(int64_t)slot->offset, value)) {
		return false;
	}
	*value -= (uint64_t)slot->more;
	return true;
}

/* The value of the base of a place. */
static bool base_value(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_place *place,
                       uint64_t *value)
{
	const struct gopm__claim_frame *f = &search->frames[frame];

	switch (place->at) {
	case GOPM__BASE_SLOT:
		return read_base(search, f->cfa, &place->slot, value);
	case GOPM__BASE_CONSTANT:
		*value = (uint64_t)place->value;
		return true;
	case GOPM__BASE_FRAME:
		*value = f->cfa + (uint64_t)place->value;
		return true;
	default:
		break;
	}
	for (uint8_t i = 0; i < place->word_count; i++) {
		if (is_captured_word(search, f->cfa + (uint64_t)(int64_t)place->words[i].offset)) {
			return read_base(search, f->cfa, &place->words[i], value);
		}
	}
	return search_value(search, f, &place->place.base, value);
}

/* Follows the loads of a place from the value of its base. */
static bool follow_loads(struct gopm__claim_search *search, const struct gopm__sync_place *place, uint64_t base,
                         uint64_t *address)
{
	*address = base + (uint64_t)(int64_t)place->offsets[0];
	for (uint8_t i = 0; i < place->loads && i < GOPM__SYNC_LOADS; i++) {
		if (!gopm__read_u64(&search->reader, *address, address) || *address == 0) {
			return false;
		}
		*address += (uint64_t)(int64_t)place->offsets[i + 1];
	}
	return true;
}

/* True if the base is the closure that the function was called with. */
static bool is_closure(const struct gopm__claim_search *search, const struct gopm__sync_place *place)
{
	const uint8_t context = search->rt->core->arch->code->context;

	return place->base.kind == GOPM__VN_LIVE_IN && place->base.value == context;
}

/* True if the place gives the same address at any time. Words of a closure never change. */
static bool is_exact(const struct gopm__claim_search *search, const struct gopm__sync_place *place)
{
	return place->loads == 0 || (place->loads == 1 && is_closure(search, place));
}

static bool is_cheap(const struct gopm__claim_place *place)
{
	return place->at != GOPM__BASE_UNKNOWN && place->at != GOPM__BASE_CAPTURED;
}

bool gopm__claim_base(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_place *place,
                      uint64_t *base)
{
	return is_cheap(place) && base_value(search, frame, place, base);
}

/* @param searches search for the value of a base that the frame has no copy of */
static bool eval_places(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_place *places,
                        uint8_t count, bool searches, uint64_t *address, bool *exact)
{
	uint64_t base;

	if (!gopm__claim_spend(search, 1)) {
		return false;
	}
	for (uint8_t i = 0; i < count; i++) {
		const struct gopm__claim_place *place = &places[i];
		if ((is_cheap(place) || searches) && !gopm__sync_is_some(&place->place) &&
		    base_value(search, frame, place, &base) && follow_loads(search, &place->place, base, address)) {
			*exact = is_exact(search, &place->place);
			return true;
		}
	}
	return false;
}

bool gopm__claim_eval(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact,
                      uint64_t *address, bool *exact)
{
	return eval_places(search, frame, fact->places, fact->place_count, true, address, exact);
}

bool gopm__claim_eval_call(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact,
                           struct gopm__called *called)
{
	uint64_t address;
	bool exact;

	*called = (struct gopm__called){0};
	if (!eval_places(search, frame, fact->places, fact->place_count, false, &address, &exact)) {
		return false;
	}
	if (fact->kind == GOPM__SYNC_CALL) {
		called->closure = address;
	} else if (!eval_places(search, frame, fact->receivers, fact->receiver_count, false, &called->receiver,
	                        &exact)) {
		return false;
	}
	return gopm__read_u64(&search->reader, address, &called->entry);
}

bool gopm__claim_eval_called(struct gopm__claim_search *search, const struct gopm__called *called,
                             const struct gopm__claim_place *places, uint8_t count, uint64_t *address, bool *exact,
                             uint64_t *word)
{
	const uint8_t first = search->rt->core->arch->code->arguments[0];

	for (uint8_t i = 0; i < count; i++) {
		const struct gopm__sync_place *place = &places[i].place;
		uint64_t base = (uint64_t)place->base.value;
		bool known = place->base.kind == GOPM__VN_CONSTANT;

		*word = 0;
		if (gopm__sync_is_some(place)) {
			continue;
		}
		if (called->closure != 0 && place->base.kind == GOPM__VN_CAPTURED) {
			*word = called->closure + base;
			known = gopm__read_u64(&search->reader, *word, &base);
		} else if (called->closure != 0 && is_closure(search, place)) {
			*word = called->closure + (uint64_t)(int64_t)place->offsets[0];
			base = called->closure;
			known = true;
		} else if (called->receiver != 0 && place->base.kind == GOPM__VN_LIVE_IN &&
		           place->base.value == first) {
			base = called->receiver;
			known = true;
		}
		if (known && follow_loads(search, place, base, address)) {
			*exact = is_exact(search, place);
			return true;
		}
	}
	return false;
}
