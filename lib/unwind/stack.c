/* SPDX-License-Identifier: Apache-2.0 */
#include "unwind/stack.h"

#include <stdlib.h>

#include "util/vector.h"

void gopm__stack_clear(struct gopm__stack *stack)
{
	free(stack->frames);
	stack->frames = NULL;
	stack->count = stack->capacity = 0;
}

static struct gopm__frame *push_frame(struct gopm__stack *stack)
{
	if (!GOPM__VECTOR_RESERVE(stack->frames, stack->count, stack->capacity, 1)) {
		return NULL;
	}
	return &stack->frames[stack->count++];
}

static bool push_calls(struct gopm__stack *stack, const struct gopm__registers *registers)
{
	const struct gopm__walk *walk = &stack->walk;
	uint32_t calls = walk->info->known ? walk->info->call_count : 1;

	for (uint32_t i = 0; i < calls; i++) {
		struct gopm__frame *frame = push_frame(stack);
		if (frame == NULL) {
			return false;
		}
		const struct gopm__call *call = walk->info->known ? &walk->info->calls[i] : NULL;
		*frame = (struct gopm__frame){
		    .pc = walk->pc,
		    .lookup_pc = walk->lookup_pc,
		    .sp = walk->sp,
		    .cfa = walk->cfa,
		    .registers = registers,
		    .info = walk->info,
		    .call = call,
		    .inline_depth = calls - 1 - i,
		    .flags = walk->flags | (i + 1 < calls ? GOPM_FRAME_INLINED : 0) |
		             (call != NULL && call->role == GOPM__ROLE_WRAPPER ? GOPM_FRAME_WRAPPER : 0),
		};
	}
	return true;
}

gopm_status gopm__stack_collect(struct gopm__stack *stack, uint32_t max_frames)
{
	struct gopm__walk *walk = &stack->walk;

	stack->count = 0;
	stack->register_sets = 0;
	for (bool more = walk->at_frame; more; more = gopm__walk_next(walk)) {
		const struct gopm__registers *registers = NULL;
		if (walk->has_registers && stack->register_sets < GOPM__STACK_REGISTER_SETS) {
			stack->registers[stack->register_sets] = walk->registers;
			registers = &stack->registers[stack->register_sets++];
		} else {
			walk->flags &= ~(uint32_t)GOPM_FRAME_REGISTERS;
		}
		if (!push_calls(stack, registers)) {
			stack->count = 0;
			return GOPM_ERR_NO_MEMORY;
		}
		if (stack->count >= max_frames) {
			stack->count = max_frames;
			stack->end = GOPM_STACK_END_LIMIT;
			stack->end_address = walk->sp;
			return GOPM_OK;
		}
	}
	stack->end = walk->end;
	stack->end_address = walk->end_address;
	return GOPM_OK;
}
