/* SPDX-License-Identifier: Apache-2.0 */
#include "unwind/stack.h"

#include <stdlib.h>

#include "unwind/native_name.h"
#include "util/vector.h"

/* More calls than one physical frame has. */
#define MAX_CALLS 256
/* Bytes of registers of native frames. Further frames have none. */
#define MAX_NATIVE_REGISTERS ((size_t)4 << 20)

void gopm__stack_clear(struct gopm__stack *stack)
{
	free(stack->frames);
	stack->frames = NULL;
	gopm__arena_free(&stack->native_registers);
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
	const struct gopm__native_place *native =
	    gopm__walk_in_native(walk) ? gopm__native_describe(walk->native, walk->lookup_pc) : NULL;
	uint32_t calls = walk->info->known ? walk->info->call_count : native != NULL ? native->count : 1;

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
		    .native = native,
		    .inline_depth = calls - 1 - i,
		    .flags = walk->flags | (i + 1 < calls ? GOPM_FRAME_INLINED : 0) |
		             (call != NULL && call->role == GOPM__ROLE_WRAPPER ? GOPM_FRAME_WRAPPER : 0),
		};
	}
	return true;
}

/* The current frame's registers, which the stack keeps; NULL: they are unknown. */
static const struct gopm__registers *keep_registers(struct gopm__stack *stack)
{
	struct gopm__walk *walk = &stack->walk;

	if (gopm__walk_in_native(walk) && walk->has_registers && stack->native_registers.total < MAX_NATIVE_REGISTERS) {
		struct gopm__registers *kept = gopm__arena_alloc(&stack->native_registers, sizeof *kept);
		if (kept != NULL) {
			*kept = walk->registers;
		}
		return kept;
	}
	if (!walk->has_registers || stack->register_sets == GOPM__STACK_REGISTER_SETS) {
		walk->flags &= ~(uint32_t)GOPM_FRAME_REGISTERS;
		return NULL;
	}
	stack->registers[stack->register_sets] = walk->registers;
	return &stack->registers[stack->register_sets++];
}

/* Removes frames that the window does not need. Those of one physical frame before it stay. */
static void forget_frames(struct gopm__stack *stack, const struct gopm__stack_window *window)
{
	uint64_t next = stack->base + stack->count;
	size_t surplus = 0;

	if (window->outer && stack->count > 2 * ((size_t)window->count + MAX_CALLS)) {
		surplus = stack->count - window->count - MAX_CALLS;
		memmove(stack->frames, stack->frames + surplus, (stack->count - surplus) * sizeof *stack->frames);
	} else if (!window->outer && next <= window->first) {
		surplus = stack->count;
	}
	stack->base += surplus;
	stack->count -= surplus;
}

/* Sets `hidden`, and returns the number of frames past the window. */
static uint64_t place_window(struct gopm__stack *stack, const struct gopm__stack_window *window)
{
	uint64_t total = stack->base + stack->count;
	uint64_t first = window->outer ? (total > window->count ? total - window->count : 0) : window->first;

	stack->hidden = first <= stack->base                 ? 0
	                : first - stack->base > stack->count ? stack->count
	                                                     : (size_t)(first - stack->base);
	uint64_t shown = stack->count - stack->hidden;
	return shown > window->count ? shown - window->count : 0;
}

gopm_status gopm__stack_collect_window(struct gopm__stack *stack, const struct gopm__stack_window *window)
{
	struct gopm__walk *walk = &stack->walk;
	bool endless = window->outer || window->first > UINT64_MAX - window->count;
	uint64_t end = endless ? UINT64_MAX : window->first + window->count, surplus = 0, sp = 0;

	stack->count = stack->hidden = stack->register_sets = 0;
	stack->base = stack->depth = 0;
	gopm__arena_free(&stack->native_registers);
	bool more = walk->at_frame;
	while (more && stack->base + stack->count < end) {
		forget_frames(stack, window);
		if (!push_calls(stack, keep_registers(stack))) {
			stack->count = 0;
			return GOPM_ERR_NO_MEMORY;
		}
		sp = walk->sp;
		more = gopm__walk_next(walk);
	}
	surplus = place_window(stack, window);
	stack->count -= (size_t)surplus;
	if (more || surplus != 0) {
		stack->end = GOPM_STACK_END_LIMIT;
		stack->end_address = sp;
		return GOPM_OK;
	}
	stack->depth = gopm__walk_is_cut(walk) ? 0 : stack->base + stack->count;
	stack->end = walk->end;
	stack->end_address = walk->end_address;
	return GOPM_OK;
}

gopm_status gopm__stack_collect(struct gopm__stack *stack, uint32_t max_frames)
{
	const struct gopm__stack_window window = {.count = max_frames};

	return gopm__stack_collect_window(stack, &window);
}
