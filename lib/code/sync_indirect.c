/* SPDX-License-Identifier: Apache-2.0 */
#include "code/sync_indirect.h"

#include <string.h>

/* runtime.itab is {inter, _type, hash, fun}: internal/abi/iface.go, in older versions runtime/runtime2.go. */
#define ITAB_METHODS 24
/* Methods of an interface that are looked at. */
#define MAX_METHODS 64

/* True if an indirect call calls the closure in the context register, and no method of an interface: the address was
 * loaded from the closure's first word. */
static bool calls_closure(struct gopm__sync_numbers *numbers, size_t index, const struct gopm__sync_places *closure)
{
	const uint64_t reads = numbers->values->cfg->instructions[index].code.reads;

	for (unsigned r = 0; r < GOPM__CODE_VECTOR; r++) {
		if ((reads >> r & 1) == 0) {
			continue;
		}
		const struct gopm__value_number code = gopm__sync_register(numbers, index, r);
		const struct gopm__sync_places places = gopm__sync_describe(numbers, code, 0);
		if (code.kind == GOPM__VN_CONSTANT) {
			return true;
		}
		if (places.count >= 2 && places.list[1].loads == 1 && closure->count != 0 &&
		    places.list[1].offsets[1] == 0 && places.list[1].offsets[0] == closure->list[0].offsets[0] &&
		    gopm__value_number_equal(&places.list[1].base, &closure->list[0].base)) {
			return true;
		}
	}
	return false;
}

/* The entry of the function of a closure; 0: not known. */
static uint64_t closure_entry(struct gopm__sync_numbers *numbers, size_t index,
                              const struct gopm__value_number *closure,
                              uint64_t (*read_closure)(void *user_data, uint64_t address), void *user_data)
{
	if (closure->kind == GOPM__VN_CONSTANT && closure->width == 8) {
		return read_closure(user_data, (uint64_t)closure->value);
	}
	if (closure->kind == GOPM__VN_FRAME) {
		const struct gopm__value_number code = gopm__sync_slot(numbers, index, closure->value, false);
		return code.kind == GOPM__VN_CONSTANT && code.width == 8 ? (uint64_t)code.value : 0;
	}
	return 0;
}

/* True if the context register was loaded from the frame. A deferred closure is, when the function ends. */
static bool is_context_loaded(const struct gopm__cfg *cfg, size_t index)
{
	const size_t begin = cfg->blocks[cfg->instructions[index].block].begin;
	const unsigned context = cfg->desc->context;

	for (size_t i = index; i > begin; i--) {
		const struct gopm__instruction *code = &cfg->instructions[i - 1].code;
		for (unsigned k = 0; k < code->effect_count; k++) {
			const struct gopm__code_effect *e = &code->effects[k];
			if (e->kind == GOPM__CODE_LOAD && e->reg == context) {
				return e->base == cfg->desc->sp;
			}
		}
		if ((code->clobbers >> context & 1) != 0 || code->flow == GOPM__CODE_CALL) {
			return false;
		}
	}
	return true;
}

/* Finds the method of an interface that an indirect call calls: its code was loaded from a table of methods. *word is
 * set to the places of the table's word. */
static bool calls_method(struct gopm__sync_numbers *numbers, size_t index, struct gopm__sync_places *word)
{
	const uint64_t reads = numbers->values->cfg->instructions[index].code.reads;

	for (unsigned r = 0; r < GOPM__CODE_VECTOR; r++) {
		if ((reads >> r & 1) == 0 || r == numbers->values->cfg->desc->sp) {
			continue;
		}
		const struct gopm__value_number code = gopm__sync_register(numbers, index, r);
		const struct gopm__sync_places places = gopm__sync_describe(numbers, code, 0);
		word->count = 0;
		for (unsigned i = 1;
		     i < places.count && places.list[i].loads != 0 && places.list[i].offsets[places.list[i].loads] == 0;
		     i++) {
			struct gopm__sync_place *place = &word->list[word->count++];
			*place = places.list[i];
			place->loads--;
		}
		if (word->count == 0) {
			continue;
		}
		const int32_t offset = word->list[0].offsets[0];
		if (offset >= ITAB_METHODS && offset < ITAB_METHODS + MAX_METHODS * 8 && offset % 8 == 0) {
			return true;
		}
	}
	return false;
}

struct gopm__sync_indirect gopm__sync_indirect_call(struct gopm__sync_numbers *numbers, size_t index, bool defers,
                                                    uint64_t (*read_closure)(void *user_data, uint64_t address),
                                                    void *user_data)
{
	const struct gopm__code_desc *desc = numbers->values->cfg->desc;
	const struct gopm__value_number closure = gopm__sync_register(numbers, index, desc->context);
	struct gopm__sync_indirect call = {.kind = GOPM__SYNC_CALLS_UNKNOWN};

	call.places = gopm__sync_describe(numbers, closure, 0);
	if (calls_closure(numbers, index, &call.places)) {
		const bool own = closure.kind != GOPM__VN_LIVE_IN && closure.kind != GOPM__VN_CAPTURED;
		call.entry = closure_entry(numbers, index, &closure, read_closure, user_data);
		if (call.entry != 0) {
			call.kind = GOPM__SYNC_CALLS_ENTRY;
		} else if (defers && own && is_context_loaded(numbers->values->cfg, index)) {
			call.kind = GOPM__SYNC_CALLS_DEFERRED;
		} else {
			call.kind = call.places.count != 0 ? GOPM__SYNC_CALLS_CLOSURE : GOPM__SYNC_CALLS_UNKNOWN;
		}
	} else if (calls_method(numbers, index, &call.places)) {
		call.receiver =
		    gopm__sync_describe(numbers, gopm__sync_register(numbers, index, desc->arguments[0]), 0);
		call.kind = call.receiver.count != 0 ? GOPM__SYNC_CALLS_METHOD : GOPM__SYNC_CALLS_UNKNOWN;
	}
	return call;
}
