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
		more = is_load(numbers, &last->base, &sum) && add_place(&places, &sum, last);
	}
	return places;
}

/* Adds `offset` to the address that the place describes. False: it does not fit. */
static bool shift_place(struct gopm__sync_place *place, int64_t offset)
{
	int64_t last = place->offsets[place->loads] + offset;

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
			shifted.count = 0;
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
