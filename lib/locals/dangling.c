/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/dangling.h"

#include "locals/roots.h"
#include "locals/value_search.h"
#include "type/scalars.h"

/* True if the word at `offset` of the variable keeps its target alive, or has a live alias. */
static bool is_reachable(struct gopm__stack_state *stack_state, size_t frame, const struct gopm__variable *v,
                         const struct gopm__bytes *proof, uint64_t offset)
{
	const struct gopm__bytes *bytes = proof != NULL ? proof : v->bytes;
	uint64_t address = v->bytes == NULL                ? v->address + offset
	                   : v->bytes->source_address != 0 ? v->bytes->source_address + offset
	                                                   : 0;
	struct gopm__value_number number = {0};
	struct gopm__code *code;

	if (address != 0 && gopm__is_root(stack_state, address)) {
		return true;
	}
	if (bytes != NULL && bytes->numbers != NULL) {
		number = offset % 8 == 0 ? bytes->numbers[offset / 8] : number;
	} else if (address != 0) {
		const struct gopm__abstract_state *state = gopm__frame_state(stack_state, frame, &code);
		const struct gopm__frame *f = &stack_state->stack->frames[frame];
		number = state != NULL ? gopm__abstract_state_slot(state, (int64_t)(address - f->cfa), 8) : number;
	}
	return gopm__has_live_alias(stack_state, frame, &number);
}

void gopm__mark_dangling(struct gopm__stack_state *stack_state, size_t frame, struct gopm__variable *v,
                         const struct gopm__bytes *proof)
{
	struct gopm__context *context = stack_state->context;
	struct gopm__scalars components;
	uint64_t addresses[GOPM__MAX_SCALARS], word;
	size_t count = 0;
	const char *why;

	if (v->address == 0 || v->unreadable != NULL || v->type == NULL) {
		return;
	}
	gopm__type_scalars(context->types, v->type, true, &components);
	for (size_t i = 0; i < components.count; i++) {
		uint64_t offset = components.list[i].offset;
		if (gopm__variable_word(context, v->bytes, v->address + offset, 8, &word, &why) && word != 0 &&
		    !gopm__is_static(context, word) && !is_reachable(stack_state, frame, v, proof, offset)) {
			addresses[count++] = v->address + offset;
		}
	}
	if (count == 0 && components.all) {
		return;
	}
	struct gopm__dangling *dangling = gopm__arena_alloc(context->arena, sizeof *dangling);
	uint64_t *copy = gopm__arena_alloc(context->arena, (count + 1) * sizeof *copy);
	if (dangling == NULL || copy == NULL) {
		context->no_memory = true;
		return;
	}
	memcpy(copy, addresses, count * sizeof *copy);
	*dangling =
	    (struct gopm__dangling){copy, count, components.all ? UINT64_MAX : v->address + components.complete};
	v->dangling = dangling;
	if (gopm__shows_dangling(v)) {
		v->provenance = GOPM_FROM_STALE;
		v->origin = gopm__dangling_origin;
	}
}
