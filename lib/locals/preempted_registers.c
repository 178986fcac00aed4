/* SPDX-License-Identifier: Apache-2.0 */
/* To preempt a goroutine between two instructions, the runtime makes it call asyncPreempt, which saves all registers in
 * its frame. The abstract state of asyncPreempt tells the slot of each register (runtime/preempt_<cpu>.s): the one with
 * the value that the register had at entry. */
#include "locals/preempted_registers.h"

#include "runtime/g.h"

_Static_assert(GOPM__MAX_REGISTERS <= 64, "a bit for each register");

static void read_saved_registers(struct gopm__stack_state *stack_state, const struct gopm__frame *callee,
                                 const struct gopm__abstract_state *state, struct gopm__preempted_registers *out)
{
	struct gopm__context *context = stack_state->context;
	const struct gopm__arch *arch = stack_state->rt->core->arch;

	for (size_t i = 0; i < arch->register_count; i++) {
		unsigned number = arch->registers[i].dwarf_number >= 0
		                      ? arch->code->number((uint64_t)arch->registers[i].dwarf_number)
		                      : GOPM__CODE_NO_REGISTER;
		const struct gopm__value_number live_in = {GOPM__VN_LIVE_IN, 8, 0, (int64_t)number};
		for (size_t k = 0; number < GOPM__CODE_VECTOR && k < state->slot_count; k++) {
			uint64_t at = callee->cfa + (uint64_t)(int64_t)state->slots[k];
			if (state->slot_numbers[k].width == 8 &&
			    gopm__value_number_equal(&state->slot_numbers[k], &live_in) &&
			    gopm__read_u64(&context->reader, at, &out->registers.value[i])) {
				out->known |= UINT64_C(1) << i;
				break;
			}
		}
	}
}

/* Since Go 1.26, vector registers are saved in memory that belongs to the goroutine (runtime/preempt_xreg.go). */
static void find_saved_vectors(struct gopm__stack_state *stack_state, struct gopm__preempted_registers *out)
{
	struct gopm__context *context = stack_state->context;
	uint64_t address = stack_state->stack->walk.g_address;
	struct gopm__g g;

	if (address != 0 && gopm__g_read(stack_state->rt, &context->reader, address, &g) && g.vectors != 0) {
		out->registers.vectors = g.vectors;
		out->registers.vectors_in = GOPM__VECTORS_MEMORY;
		out->registers.vectors_stride = stack_state->rt->core->arch->vectors.preempted_stride;
	}
}

bool gopm__preempted_registers(struct gopm__stack_state *stack_state, const struct gopm__frame *frame,
                               struct gopm__preempted_registers *out)
{
	struct gopm__abstract_state state;
	size_t index;

	*out = (struct gopm__preempted_registers){.known = 0};
	if (stack_state == NULL || frame->registers != NULL || (frame->flags & GOPM_FRAME_INTERRUPTED) == 0 ||
	    !gopm__stack_state_index(stack_state, frame, &index) ||
	    !gopm__frame_neighbour(stack_state->stack, index, false, &index)) {
		return false;
	}
	const struct gopm__frame *callee = &stack_state->stack->frames[index];
	const struct gopm__arch *arch = stack_state->rt->core->arch;
	if (callee->call == NULL || callee->cfa == 0 || callee->info == NULL || !callee->info->known ||
	    callee->call->role != GOPM__ROLE_ASYNC_PREEMPT) {
		return false;
	}
	struct gopm__code *code =
	    gopm__code_of(stack_state->code_cache, arch, stack_state->context->symtab, &callee->info->func);
	if (code == NULL || !gopm__code_state_at(code, callee->pc, callee->lookup_pc != callee->pc, &state)) {
		return false;
	}
	read_saved_registers(stack_state, callee, &state, out);
	gopm__abstract_state_clear(&state);
	if (out->known == 0) {
		return false;
	}
	out->registers.value[arch->pc] = frame->pc;
	out->registers.value[arch->sp] = frame->sp;
	out->known |= UINT64_C(1) << arch->pc | UINT64_C(1) << arch->sp;
	find_saved_vectors(stack_state, out);
	return true;
}
