/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/stack_state.h"

void gopm__stack_state_clear(struct gopm__stack_state *stack_state)
{
	for (size_t i = 0; i < stack_state->state_count; i++) {
		if (stack_state->states[i].known) {
			gopm__abstract_state_clear(&stack_state->states[i].state);
		}
	}
	stack_state->state_count = 0;
	gopm__code_cache_trim(stack_state->code_cache);
}

bool gopm__stack_state_index(const struct gopm__stack_state *stack_state, const struct gopm__frame *frame,
                             size_t *index)
{
	const struct gopm__stack *stack = stack_state->stack;

	if (stack == NULL || frame < stack->frames || frame >= stack->frames + stack->count) {
		return false;
	}
	*index = (size_t)(frame - stack->frames);
	return true;
}

/* True if the code can be analyzed and the pc is exact. In a system call the runtime saves the pc of the innermost
 * frame, which then executes more instructions (runtime/proc.go, reentersyscall). */
static bool is_analyzable(const struct gopm__stack_state *stack_state, const struct gopm__frame *frame)
{
	return frame->info != NULL && frame->info->known && frame->cfa != 0 &&
	       (frame->info->func.flag & (GOPM__FUNC_SP_WRITE | GOPM__FUNC_ASM)) == 0 &&
	       !(stack_state->stack->walk.moved_on && (frame->flags & GOPM_FRAME_INNERMOST) != 0);
}

const struct gopm__abstract_state *gopm__frame_state(struct gopm__stack_state *stack_state, size_t frame,
                                                     struct gopm__code **code)
{
	struct gopm__context *context = stack_state->context;
	struct gopm__stack_state *s = stack_state;
	const struct gopm__frame *f = &s->stack->frames[frame];

	for (size_t i = 0; i < s->state_count; i++) {
		if (s->states[i].frame == frame) {
			*code = s->states[i].code;
			return s->states[i].known ? &s->states[i].state : NULL;
		}
	}
	if (s->state_count == GOPM__STACK_STATES) {
		return NULL;
	}
	size_t at = s->state_count++;
	s->states[at].frame = frame;
	s->states[at].known = false;
	s->states[at].code = is_analyzable(s, f)
	                         ? gopm__code_of(s->code_cache, s->rt->core->arch, context->symtab, &f->info->func)
	                         : NULL;
	*code = s->states[at].code;
	if (*code != NULL) {
		s->states[at].known = gopm__code_state_at(*code, f->pc, f->lookup_pc != f->pc, &s->states[at].state);
	}
	return s->states[at].known ? &s->states[at].state : NULL;
}

static bool is_same_physical_frame(const struct gopm__frame *a, const struct gopm__frame *b)
{
	return a->sp == b->sp && a->pc == b->pc && a->cfa == b->cfa;
}

bool gopm__frame_neighbour(const struct gopm__stack *stack, size_t frame, bool caller, size_t *out)
{
	size_t i = frame;

	do {
		if (caller ? i + 1 >= stack->count : i == 0) {
			return false;
		}
		i = caller ? i + 1 : i - 1;
	} while (is_same_physical_frame(&stack->frames[i], &stack->frames[frame]));
	*out = i;
	return true;
}

bool gopm__call_edge(struct gopm__stack_state *stack_state, size_t caller, size_t callee, bool *exact)
{
	const struct gopm__frame *low = &stack_state->stack->frames[callee];
	const struct gopm__frame *high = &stack_state->stack->frames[caller];
	const uint32_t stacks = GOPM_FRAME_SYSTEM_STACK | GOPM_FRAME_SIGNAL_STACK;
	struct gopm__code *code;
	uint64_t target;

	if (high->lookup_pc == high->pc || (high->flags & GOPM_FRAME_INTERRUPTED) != 0 ||
	    (high->flags & stacks) != (low->flags & stacks) || low->cfa == 0 || low->cfa != high->sp ||
	    low->info == NULL || !low->info->known || gopm__frame_state(stack_state, caller, &code) == NULL ||
	    !gopm__code_call_target(code, high->pc, &target)) {
		return false;
	}
	*exact = target != 0;
	return target == 0 || target == low->info->func.entry;
}
