/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/listed_value.h"

/* The value number of `size` bytes of a piece, `within` bytes from its start, in `state`. */
static struct gopm__value_number piece_number(const struct gopm__local_state *s,
                                              const struct gopm__abstract_state *state, const struct gopm__piece *piece,
                                              uint64_t within, unsigned size, uint64_t *address)
{
	struct gopm__value_number none = {0};

	*address = 0;
	if (piece->kind == GOPM__PIECE_MEMORY) {
		*address = piece->value + within;
		int64_t slot = (int64_t)(*address - s->local->frame->cfa);
		return s->escaping ? gopm__abstract_state_stored(state, slot, size)
		                   : gopm__abstract_state_slot(state, slot, size);
	}
	if (piece->kind == GOPM__PIECE_REGISTER && within == 0) {
		unsigned number = s->stack_state->rt->core->arch->code->number(piece->value);
		if (number < GOPM__CODE_REGISTERS && state->registers[number].width >= size) {
			return state->registers[number];
		}
	}
	return none;
}

/* Adds the `size` bytes of a piece as parts, from offset `at` of the variable on. */
static void add_piece_parts(const struct gopm__local_state *s, const struct gopm__abstract_state *state,
                            const struct gopm__piece *piece, uint64_t at, uint64_t size,
                            struct gopm__value_parts *parts)
{
	for (uint64_t within = 0; within < size; within += 8) {
		unsigned take = size - within < 8 ? (unsigned)(size - within) : 8;
		uint64_t address;
		struct gopm__value_number number = piece_number(s, state, piece, within, take, &address);
		size_t i = 0;
		while (i < parts->count && parts->list[i].offset != at + within) {
			i++;
		}
		if (i < parts->count) {
			parts->agree = parts->agree && parts->list[i].size == take &&
			               gopm__value_number_equal(&parts->list[i].number, &number);
			continue;
		}
		if (parts->count == GOPM__MAX_VALUE_PARTS) {
			parts->agree = false;
			return;
		}
		parts->agree = parts->agree && number.kind != GOPM__VN_UNKNOWN;
		parts->list[parts->count++] = (struct gopm__value_part){at + within, take, number, address};
	}
}

void gopm__listed_value_add(const struct gopm__local_state *s, const struct gopm__list_entry *entry,
                            struct gopm__value_parts *parts)
{
	struct gopm__expression_frame frame = *s->local->expression;
	struct gopm__abstract_state state;
	struct gopm__location_description location;
	const char *why;
	uint64_t at = 0;

	frame.read_register = NULL;
	frame.read_memory = NULL;
	if (gopm__expression_run(entry->expression, entry->expression_size, &frame, &location, &why) != GOPM_OK ||
	    s->code == NULL || !gopm__code_state_at(s->code, entry->range.low + frame.bias, false, &state)) {
		parts->agree = false;
		return;
	}
	for (size_t i = 0; i < location.count && at < s->size; i++) {
		uint64_t size = location.pieces[i].size != 0 ? location.pieces[i].size : s->size;
		size = size < s->size - at ? size : s->size - at;
		if (location.pieces[i].kind != GOPM__PIECE_MISSING) {
			add_piece_parts(s, &state, &location.pieces[i], at, size, parts);
		}
		at += size;
	}
	gopm__abstract_state_clear(&state);
}
