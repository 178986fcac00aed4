/* SPDX-License-Identifier: Apache-2.0 */
#include "code/sync_place.h"

/* The most additions that make one address. */
#define MAX_SUMS 16u
/* The most inputs of a phi that are tried. */
#define MAX_CANDIDATES 8u

/* base + offset */
struct sum {
	struct gopm__value_number base;
	int64_t offset;
};

struct gopm__value_number gopm__sync_register(struct gopm__sync_numbers *numbers, size_t index, unsigned reg)
{
	const struct gopm__cfg *cfg = numbers->values->cfg;

	if (reg == cfg->desc->sp) {
		return (struct gopm__value_number){GOPM__VN_FRAME, 8, 0, cfg->instructions[index].sp};
	}
	if (reg >= GOPM__CODE_REGISTERS || !gopm__values_seek(numbers->values, &numbers->cursor, index)) {
		return (struct gopm__value_number){0};
	}
	return numbers->cursor.at[reg];
}

struct gopm__value_number gopm__sync_slot(struct gopm__sync_numbers *numbers, size_t index, int64_t offset, bool own)
{
	const struct gopm__escape *escape = numbers->values->escape;
	int64_t slot = gopm__escape_slot(escape, offset);

	if (slot < 0 || (own && !escape->non_escaping[slot]) ||
	    !gopm__values_seek(numbers->values, &numbers->cursor, index)) {
		return (struct gopm__value_number){0};
	}
	return numbers->cursor.at[GOPM__CODE_REGISTERS + slot];
}

/* True if the value is the sum of a register and a constant; then *before is the value of that register. */
static bool is_sum(struct gopm__sync_numbers *numbers, const struct gopm__value_number *number,
                   struct gopm__value_number *before, int64_t *constant)
{
	const struct gopm__instruction *code = &numbers->values->cfg->instructions[number->at].code;

	for (unsigned k = 0; k < code->effect_count; k++) {
		const struct gopm__code_effect *e = &code->effects[k];
		if ((e->kind == GOPM__CODE_ADDRESS && e->reg == number->value) ||
		    (e->kind == GOPM__CODE_SUM && e->base == number->value)) {
			*before = gopm__sync_register(numbers, number->at, e->base);
			*constant = e->value;
			return true;
		}
	}
	return false;
}

/* Inputs of a phi: any of them may be the only one. */
struct candidates {
	struct gopm__value_number list[MAX_CANDIDATES];
	size_t count;
};

static bool add_candidate(void *user_data, const struct gopm__value_number *input)
{
	struct candidates *candidates = user_data;

	if (candidates->count < MAX_CANDIDATES) {
		candidates->list[candidates->count++] = *input;
	}
	return false; /* go on with the inputs of this one */
}

struct only_input {
	const struct gopm__value_number *phi, *input;
};

static bool is_only_input(void *user_data, const struct gopm__value_number *input)
{
	const struct only_input *only = user_data;

	return gopm__value_number_equal(input, only->phi) || gopm__value_number_equal(input, only->input);
}

/* True if all inputs of a phi are one value; then *only is that. The analysis of values makes such phis in loops: it
 * has seen the value of the first iteration before it knew of others. Whenever the value gets its number anew, no
 * location has the phi any more. */
static bool has_one_input(const struct gopm__values *values, const struct gopm__value_number *phi,
                          struct gopm__value_number *only)
{
	struct candidates candidates = {.count = 0};

	if (phi->kind != GOPM__VN_PHI) {
		return false;
	}
	(void)gopm__values_taken_inputs(values, phi, 8, add_candidate, &candidates);
	for (size_t i = 0; i < candidates.count; i++) {
		struct only_input input = {phi, &candidates.list[i]};
		if (!gopm__value_number_equal(phi, input.input) &&
		    gopm__values_taken_inputs(values, phi, 8, is_only_input, &input)) {
			*only = candidates.list[i];
			return true;
		}
	}
	return false;
}

static struct sum add(struct sum sum, int64_t offset)
{
	if (__builtin_add_overflow(sum.offset, offset, &sum.offset)) {
		sum.base = (struct gopm__value_number){0};
	}
	return sum;
}

/* The base has kind UNKNOWN if nothing is known. A constant or an address in the frame has all of the offset in its
 * value. */
static struct sum resolve_sum(struct gopm__sync_numbers *numbers, struct gopm__value_number number, int64_t offset)
{
	struct sum sum = {number, offset};
	struct gopm__value_number before;
	int64_t constant;

	for (unsigned i = 0; i < MAX_SUMS && sum.base.width == 8; i++) {
		if (has_one_input(numbers->values, &sum.base, &before)) {
			sum.base = before;
		} else if (sum.base.kind == GOPM__VN_DEFINITION && is_sum(numbers, &sum.base, &before, &constant)) {
			sum.base = before;
			sum = add(sum, constant);
		} else {
			break;
		}
	}
	if (sum.base.width != 8) {
		sum.base = (struct gopm__value_number){0};
	}
	if (sum.base.kind == GOPM__VN_CONSTANT || sum.base.kind == GOPM__VN_FRAME) {
		struct sum whole = add((struct sum){sum.base, sum.base.value}, sum.offset);
		whole.base.value = whole.offset;
		whole.offset = 0;
		return whole;
	}
	return sum;
}

/* True if the value was loaded; then *address is where from. */
static bool is_load(struct gopm__sync_numbers *numbers, const struct gopm__value_number *number, struct sum *address)
{
	const struct gopm__cfg *cfg = numbers->values->cfg;

	if (number->kind == GOPM__VN_CAPTURED) {
		*address = (struct sum){{GOPM__VN_LIVE_IN, 8, 0, cfg->desc->context}, number->value};
		return true;
	}
	const struct gopm__instruction *code = &cfg->instructions[number->at].code;
	for (unsigned k = 0; number->kind == GOPM__VN_DEFINITION && k < code->effect_count; k++) {
		const struct gopm__code_effect *e = &code->effects[k];
		if (e->size != 8 || e->reg != number->value) {
			continue;
		}
		if (e->kind == GOPM__CODE_ELEMENT) {
			*address = resolve_sum(numbers, gopm__sync_register(numbers, number->at, e->base), 0);
			address->offset = GOPM__SYNC_SOME;
			return true;
		}
		if (e->kind == GOPM__CODE_LOAD) {
			*address = resolve_sum(numbers, gopm__sync_register(numbers, number->at, e->base), e->value);
			return true;
		}
		if (e->kind == GOPM__CODE_LOAD_FIXED) {
			*address = (struct sum){{GOPM__VN_CONSTANT, 8, 0, e->value}, 0};
			return true;
		}
	}
	return false;
}

struct induction {
	struct gopm__sync_numbers *numbers;
	const struct gopm__value_number *phi;
	bool found;
};

static bool is_next(void *user_data, const struct gopm__value_number *input)
{
	struct induction *induction = user_data;
	const struct sum sum = resolve_sum(induction->numbers, *input, 0);

	induction->found |= sum.offset > 0 && gopm__value_number_equal(&sum.base, induction->phi);
	return true;
}

/* True if a loop adds a constant to the phi: a pointer that moves through an array. */
static bool is_induction(struct gopm__sync_numbers *numbers, const struct gopm__value_number *number)
{
	struct induction induction = {numbers, number, false};

	return number->kind == GOPM__VN_PHI &&
	       gopm__values_taken_inputs(numbers->values, number, 8, is_next, &induction) && induction.found;
}

/* True if the value is the address of an element of an array, or of a value of a map; then *from is the address of the
 * array, and *step the offset that only a run knows. Of a map also *type. */
static bool is_element(struct gopm__sync_numbers *numbers, const struct gopm__value_number *number, struct sum *from,
                       int32_t *step, uint64_t *type)
{
	const struct gopm__cfg *cfg = numbers->values->cfg;

	*step = GOPM__SYNC_SOME;
	if (is_induction(numbers, number)) {
		*from = (struct sum){*number, 0};
		return true;
	}
	if (number->kind != GOPM__VN_DEFINITION) {
		return false;
	}
	const struct gopm__instruction *code = &cfg->instructions[number->at].code;
	for (unsigned k = 0; k < code->effect_count; k++) {
		const struct gopm__code_effect *e = &code->effects[k];
		if (e->kind == GOPM__CODE_ELEMENT_ADDRESS && e->reg == number->value) {
			*from = resolve_sum(numbers, gopm__sync_register(numbers, number->at, e->base), e->value);
			return true;
		}
	}
	if (code->flow == GOPM__CODE_CALL && number->value == cfg->desc->arguments[0] &&
	    numbers->is_map_access != NULL && numbers->is_map_access(numbers->user_data, code->target)) {
		const struct gopm__value_number map_type =
		    gopm__sync_register(numbers, number->at, cfg->desc->arguments[0]);
		*from = resolve_sum(numbers, gopm__sync_register(numbers, number->at, cfg->desc->arguments[1]), 0);
		*step = GOPM__SYNC_MAPPED;
		*type = (uint64_t)map_type.value;
		return map_type.kind == GOPM__VN_CONSTANT && map_type.width == 8;
	}
	return false;
}

/* Adds a place with the same loads as `last`, from the array or map that its base is in. False: there is no room, or it
 * cannot be described. */
static bool add_element(struct gopm__sync_numbers *numbers, struct gopm__sync_places *places)
{
	const struct gopm__sync_place *last = &places->list[places->count - 1];
	struct gopm__sync_place place = *last;
	struct sum from;
	int32_t step;

	if (!is_element(numbers, &last->base, &from, &step, &place.map_type) || from.base.kind == GOPM__VN_UNKNOWN ||
	    places->count == GOPM__SYNC_PLACES || last->offsets[0] <= GOPM__SYNC_MAPPED) {
		return false;
	}
	if (step == GOPM__SYNC_MAPPED && (last->offsets[0] != 0 || from.offset != 0 || last->map_type != 0)) {
		return false;
	}
	place.base = from.base;
	place.offsets[0] = step;
	places->list[places->count++] = place;
	return true;
}

/* Adds base + sum.offset, then the loads and offsets of `rest`, whose offsets[0] the first load adds. False: there is
 * no room, or the base is unknown. */
static bool add_place(struct gopm__sync_places *places, const struct sum *sum, const struct gopm__sync_place *rest)
{
	struct gopm__sync_place *place = &places->list[places->count];
	const unsigned loads = rest != NULL ? rest->loads + 1u : 0;

	if (sum->base.kind == GOPM__VN_UNKNOWN || sum->offset < INT32_MIN || sum->offset > INT32_MAX ||
	    loads > GOPM__SYNC_LOADS || places->count == GOPM__SYNC_PLACES) {
		return false;
	}
	*place = (struct gopm__sync_place){.base = sum->base, .loads = (uint8_t)loads};
	place->offsets[0] = (int32_t)sum->offset;
	for (unsigned i = 0; i < loads; i++) {
		place->offsets[i + 1] = rest->offsets[i];
	}
	place->map_type = rest != NULL ? rest->map_type : 0;
	places->count++;
	return true;
}

struct gopm__sync_places gopm__sync_describe(struct gopm__sync_numbers *numbers, struct gopm__value_number number,
                                             int64_t offset)
{
	struct gopm__sync_places places = {.count = 0};
	struct sum sum = resolve_sum(numbers, number, offset);
	bool more = add_place(&places, &sum, NULL);

	while (more) {
		const struct gopm__sync_place *last = &places.list[places.count - 1];
		more = (is_load(numbers, &last->base, &sum) && add_place(&places, &sum, last)) ||
		       add_element(numbers, &places);
	}
	return places;
}

/* Adds `offset` to the address that the place describes. False: it does not fit. */
static bool shift_place(struct gopm__sync_place *place, int64_t offset)
{
	int64_t last = place->offsets[place->loads] + offset;

	if (place->offsets[place->loads] <= GOPM__SYNC_MAPPED) {
		return place->offsets[place->loads] == GOPM__SYNC_SOME || offset == 0;
	}
	if (place->loads == 0 && (place->base.kind == GOPM__VN_CONSTANT || place->base.kind == GOPM__VN_FRAME)) {
		return !__builtin_add_overflow(place->base.value, offset, &place->base.value);
	}
	place->offsets[place->loads] = (int32_t)last;
	return last >= INT32_MIN && last <= INT32_MAX;
}

struct gopm__sync_places gopm__sync_shift(const struct gopm__sync_places *places, int64_t offset)
{
	struct gopm__sync_places shifted = *places;

	for (unsigned i = 0; i < shifted.count; i++) {
		if (!shift_place(&shifted.list[i], offset)) {
			shifted.count = i;
		}
	}
	return shifted;
}

struct gopm__sync_places gopm__sync_extend(const struct gopm__sync_places *places, const struct gopm__sync_place *more)
{
	struct gopm__sync_places extended = gopm__sync_shift(places, more->offsets[0]);
	unsigned count = 0;

	while (count < extended.count && extended.list[count].loads + more->loads <= GOPM__SYNC_LOADS) {
		struct gopm__sync_place *place = &extended.list[count++];
		for (unsigned i = 0; i < more->loads; i++) {
			place->offsets[++place->loads] = more->offsets[i + 1];
		}
	}
	extended.count = count;
	return extended;
}

bool gopm__sync_same(const struct gopm__sync_place *a, const struct gopm__sync_place *b)
{
	for (unsigned i = 0; i <= a->loads && a->loads == b->loads; i++) {
		if (a->offsets[i] != b->offsets[i]) {
			return false;
		}
	}
	return a->loads == b->loads && gopm__value_number_equal(&a->base, &b->base);
}

bool gopm__sync_may_alias(const struct gopm__sync_place *a, const struct gopm__sync_place *b)
{
	const unsigned x = a->base.kind, y = b->base.kind;

	if (a->loads != 0 || b->loads != 0) {
		return true;
	}
	if (gopm__value_number_equal(&a->base, &b->base)) {
		return a->offsets[0] == b->offsets[0];
	}
	if (x == y && (x == GOPM__VN_CONSTANT || x == GOPM__VN_FRAME)) {
		return false;
	}
	/* The caller has no address in this frame, and no package variable is in a frame. */
	return !(x == GOPM__VN_FRAME && (y == GOPM__VN_CONSTANT || y == GOPM__VN_LIVE_IN)) &&
	       !(y == GOPM__VN_FRAME && (x == GOPM__VN_CONSTANT || x == GOPM__VN_LIVE_IN));
}
