/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/preempted_registers.h"

#include "runtime/g.h"
#include "util/str.h"

_Static_assert(GOPM__MAX_REGISTERS <= 64, "a bit for each register");

/* The frame that it was made to call; NULL: none. */
static const struct gopm__frame *called(const struct gopm__recovery *recovery, const struct gopm__frame *frame)
{
	size_t i;

	if (!gopm__recovery_frame(recovery, frame, &i)) {
		return NULL;
	}
	while (i > 0) {
		const struct gopm__frame *below = &recovery->stack->frames[--i];
		if (below->sp != frame->sp || below->pc != frame->pc || below->cfa != frame->cfa) {
			return below;
		}
	}
	return NULL;
}

/* The code itself tells where it saved what (runtime/preempt_<cpu>.s): a slot that holds what a register did at its
 * entry. */
static void find_saved(struct gopm__context *context, const struct gopm__frame *below,
                       const struct gopm__abstract_state *state, struct gopm__preempted *out)
{
	const struct gopm__arch *arch = context->recovery->rt->core->arch;

	for (size_t i = 0; i < arch->register_count; i++) {
		unsigned number = arch->registers[i].dwarf_number >= 0
		                      ? arch->code->number((uint64_t)arch->registers[i].dwarf_number)
		                      : GOPM__CODE_NO_REGISTER;
		const struct gopm__value_number entry = {GOPM__VN_LIVE_IN, 8, 0, (int64_t)number};
		for (size_t k = 0; number < GOPM__CODE_VECTOR && k < state->slot_count; k++) {
			uint64_t at = below->cfa + (uint64_t)(int64_t)state->slots[k];
			if (state->slot_numbers[k].width == 8 &&
			    gopm__value_number_equal(&state->slot_numbers[k], &entry) &&
			    gopm__read_u64(&context->reader, at, &out->registers.value[i])) {
				out->known |= UINT64_C(1) << i;
				break;
			}
		}
	}
}

/* Vector registers are in a place of the goroutine's own (runtime/preempt_xreg.go, since Go 1.26). */
static void find_vectors(struct gopm__context *context, struct gopm__preempted *out)
{
	uint64_t address = context->recovery->stack->walk.g_address;
	struct gopm__g g;

	if (address != 0 && gopm__g_read(context->recovery->rt, &context->reader, address, &g) && g.vectors != 0) {
		out->registers.vectors = g.vectors;
		out->registers.vectors_in = GOPM__VECTORS_MEMORY;
		out->registers.vectors_stride = context->recovery->rt->core->arch->vectors.preempted_stride;
	}
}

bool gopm__preempted(struct gopm__context *context, const struct gopm__frame *frame, struct gopm__preempted *out)
{
	static const char name[] = "runtime.asyncPreempt";
	struct gopm__recovery *recovery = context->recovery;
	struct gopm__abstract_state state;

	*out = (struct gopm__preempted){.known = 0};
	if (recovery == NULL || frame->registers != NULL || (frame->flags & GOPM_FRAME_INTERRUPTED) == 0) {
		return false;
	}
	const struct gopm__frame *below = called(recovery, frame);
	const struct gopm__arch *arch = recovery->rt->core->arch;
	if (below == NULL || below->call == NULL || below->cfa == 0 || below->info == NULL || !below->info->known ||
	    !gopm__str_equal(below->call->function, (gopm_str){name, sizeof name - 1})) {
		return false;
	}
	struct gopm__code *code = gopm__code_of(recovery->code_cache, arch, context->symtab, &below->info->func);
	if (code == NULL || !gopm__code_state_at(code, below->pc, below->lookup_pc != below->pc, &state)) {
		return false;
	}
	find_saved(context, below, &state, out);
	gopm__abstract_state_clear(&state);
	if (out->known == 0) {
		return false;
	}
	out->registers.value[arch->pc] = frame->pc;
	out->registers.value[arch->sp] = frame->sp;
	out->known |= UINT64_C(1) << arch->pc | UINT64_C(1) << arch->sp;
	find_vectors(context, out);
	return true;
}
