/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/value_search.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/vector_register.h"
#include "locals/roots.h"
#include "locals/wait_site.h"

#define MAX_STEPS 12u

struct search {
	struct gopm__context *context;
	struct gopm__recovery *recovery;
	unsigned size, steps;
	bool keeping; /* places count that keep what the value points to from being freed, and no other */
	uint64_t value;
	char *origin;
	size_t origin_size;
};

void gopm__recovery_clear(struct gopm__recovery *recovery)
{
	for (size_t i = 0; i < recovery->state_count; i++) {
		if (recovery->states[i].known) {
			gopm__abstract_state_clear(&recovery->states[i].state);
		}
	}
	recovery->state_count = 0;
	gopm__code_cache_trim(recovery->code_cache);
}

bool gopm__recovery_frame(const struct gopm__recovery *recovery, const struct gopm__frame *frame, size_t *index)
{
	const struct gopm__stack *stack = recovery->stack;

	if (stack == NULL || frame < stack->frames || frame >= stack->frames + stack->count) {
		return false;
	}
	*index = (size_t)(frame - stack->frames);
	return true;
}

/* A frame whose place the runtime noted before it went on (runtime/proc.go, reentersyscall) has done more since. */
static bool followed(const struct gopm__recovery *recovery, const struct gopm__frame *frame)
{
	return frame->info != NULL && frame->info->known && frame->cfa != 0 &&
	       (frame->info->func.flag & (GOPM__FUNC_SP_WRITE | GOPM__FUNC_ASM)) == 0 &&
	       !(recovery->stack->walk.moved_on && (frame->flags & GOPM_FRAME_INNERMOST) != 0);
}

const struct gopm__abstract_state *gopm__recovery_state(struct gopm__context *context, size_t frame,
                                                        struct gopm__code **code)
{
	struct gopm__recovery *r = context->recovery;
	const struct gopm__frame *f = &r->stack->frames[frame];

	for (size_t i = 0; i < r->state_count; i++) {
		if (r->states[i].frame == frame) {
			*code = r->states[i].code;
			return r->states[i].known ? &r->states[i].state : NULL;
		}
	}
	if (r->state_count == GOPM__RESOLVE_STATES) {
		return NULL;
	}
	size_t at = r->state_count++;
	r->states[at].frame = frame;
	r->states[at].known = false;
	r->states[at].code =
	    followed(r, f) ? gopm__code_of(r->code_cache, r->rt->core->arch, context->symtab, &f->info->func) : NULL;
	*code = r->states[at].code;
	if (*code != NULL) {
		r->states[at].known = gopm__code_state_at(*code, f->pc, f->lookup_pc != f->pc, &r->states[at].state);
	}
	return r->states[at].known ? &r->states[at].state : NULL;
}

static bool same_frame(const struct gopm__frame *a, const struct gopm__frame *b)
{
	return a->sp == b->sp && a->pc == b->pc && a->cfa == b->cfa;
}

/* The physical frame that called the one of `frame`, or that it called. */
static bool neighbour(const struct gopm__stack *stack, size_t frame, bool caller, size_t *out)
{
	size_t i = frame;

	do {
		if (caller ? i + 1 >= stack->count : i == 0) {
			return false;
		}
		i = caller ? i + 1 : i - 1;
	} while (same_frame(&stack->frames[i], &stack->frames[frame]));
	*out = i;
	return true;
}

/* Whether `callee` was entered at its beginning by the call that `caller` stands at. *sure: register 0 too came through
 * unchanged; a wrapper that a method is called through may change the receiver and jump on. */
static bool linked(struct search *s, size_t callee, size_t caller, bool *sure)
{
	const struct gopm__frame *low = &s->recovery->stack->frames[callee];
	const struct gopm__frame *high = &s->recovery->stack->frames[caller];
	const uint32_t stacks = GOPM_FRAME_SYSTEM_STACK | GOPM_FRAME_SIGNAL_STACK;
	struct gopm__code *code;
	uint64_t target;

	if (high->lookup_pc == high->pc || (high->flags & GOPM_FRAME_INTERRUPTED) != 0 ||
	    (high->flags & stacks) != (low->flags & stacks) || low->cfa == 0 || low->cfa != high->sp ||
	    low->info == NULL || !low->info->known || gopm__recovery_state(s->context, caller, &code) == NULL ||
	    !gopm__code_call_target(code, high->pc, &target)) {
		return false;
	}
	*sure = target != 0;
	return target == 0 || target == low->info->func.entry;
}

static void say(struct search *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct search *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(s->origin, s->origin_size, format, args);
	va_end(args);
}

/* What the frame made for the send that it waits in, and gave to nobody else. */
static bool sends(struct search *s, size_t callee, size_t frame, const struct gopm__abstract_state *state,
                  uint64_t address)
{
	const struct gopm__frame *f = &s->recovery->stack->frames[frame];
	const struct gopm__value_number *elem = &state->registers[s->recovery->rt->core->arch->code->arguments[1]];
	struct gopm__code *code;
	uint64_t from = f->cfa + (uint64_t)elem->value, size, target;

	return elem->kind == GOPM__VN_FRAME && gopm__recovery_state(s->context, frame, &code) != NULL &&
	       gopm__parked_sends(s->context, callee, from, &size) && address - from < size &&
	       s->size <= size - (address - from) && gopm__code_call_target(code, f->pc, &target) &&
	       gopm__code_only_passed(code, elem->value, size, target);
}

/* What pointers lead to, but only those of the runtime, which leaves it alone while the frame waits: the element of a
 * send, the cases of a select. */
static const char *in_flight(struct search *s, size_t frame, const struct gopm__abstract_state *state, uint64_t address)
{
	const char *what = NULL;
	size_t callee;
	bool sure;

	if (!neighbour(s->recovery->stack, frame, false, &callee) || !linked(s, callee, frame, &sure) || !sure) {
		return NULL;
	}
	if (sends(s, callee, frame, state, address)) {
		what = "element sent";
	} else if (s->size == 8 &&
	           gopm__parked_case(s->context, callee, s->recovery->stack->frames[frame].cfa, state, address)) {
		what = "select's case";
	}
	s->recovery->runtime = s->recovery->runtime || what != NULL;
	return what;
}

static bool in_slot(struct search *s, size_t frame, const struct gopm__abstract_state *state,
                    const struct gopm__value_number *id)
{
	const struct gopm__frame *f = &s->recovery->stack->frames[frame];

	for (size_t i = 0; i < state->slot_count; i++) {
		uint64_t at = f->cfa + (uint64_t)(int64_t)state->slots[i];
		if (!gopm__value_number_equal(&state->slot_numbers[i], id) || state->slot_numbers[i].width < s->size) {
			continue;
		}
		if (s->keeping && !gopm__is_live_word(s->context, at)) {
			continue;
		}
		const char *what = state->non_escaping[i] ? "slot" : in_flight(s, frame, state, at);
		if (what != NULL && gopm__read_word(&s->context->reader, at, s->size, &s->value)) {
			say(s, "%s at 0x%" PRIx64 " of frame %zu", what, at, frame);
			return true;
		}
	}
	return false;
}

static bool in_register(struct search *s, size_t frame, const struct gopm__abstract_state *state,
                        const struct gopm__value_number *id)
{
	const struct gopm__frame *f = &s->recovery->stack->frames[frame];
	const struct gopm__arch *arch = s->recovery->rt->core->arch;

	for (size_t i = 0; f->registers != NULL && i < arch->register_count; i++) {
		unsigned number = arch->registers[i].dwarf_number >= 0
		                      ? arch->code->number((uint64_t)arch->registers[i].dwarf_number)
		                      : GOPM__CODE_NO_REGISTER;
		if (number < GOPM__CODE_VECTOR && gopm__value_number_equal(&state->registers[number], id) &&
		    state->registers[number].width >= s->size) {
			s->value = f->registers->value[i];
			say(s, "register %s of frame %zu", arch->registers[i].name, frame);
			return true;
		}
	}
	return false;
}

static bool in_vector(struct search *s, size_t frame, const struct gopm__abstract_state *state,
                      const struct gopm__value_number *id)
{
	const struct gopm__registers *registers = s->recovery->stack->frames[frame].registers;
	const struct gopm__arch *arch = s->recovery->rt->core->arch;
	uint8_t bytes[GOPM__VECTOR_SIZE];

	for (unsigned i = 0; registers != NULL && i < arch->vectors.count; i++) {
		const struct gopm__value_number *held = &state->registers[GOPM__CODE_VECTOR + i];
		if (gopm__value_number_equal(held, id) && held->width >= s->size &&
		    gopm__vector_read(arch, &s->recovery->rt->core->source, &s->context->reader, registers, i, bytes)) {
			s->value = 0;
			memcpy(&s->value, bytes, s->size);
			say(s, "vector register %u of frame %zu", i, frame);
			return true;
		}
	}
	return false;
}

/* In what the runtime notes of a goroutine that it parks in this very frame. */
static bool in_object(struct search *s, size_t frame, const struct gopm__value_number *id)
{
	const char *origin;

	if (s->size != 8 || id->kind != GOPM__VN_LIVE_IN ||
	    !gopm__parked_argument(s->context, frame, (uint64_t)id->value, &s->value, &origin)) {
		return false;
	}
	say(s, "%s", origin);
	s->recovery->runtime = true;
	return true;
}

/* In the frame itself, or where it was passed on. */
static bool below(struct search *s, size_t frame, const struct gopm__value_number *id)
{
	struct gopm__code *code;
	const struct gopm__abstract_state *state = gopm__recovery_state(s->context, frame, &code);
	size_t callee;
	bool sure;

	if (in_object(s, frame, id)) {
		return true;
	}
	if (state == NULL || ++s->steps > MAX_STEPS) {
		return false;
	}
	if (in_slot(s, frame, state, id) || in_register(s, frame, state, id) || in_vector(s, frame, state, id)) {
		return true;
	}
	if (!neighbour(s->recovery->stack, frame, false, &callee) || !linked(s, callee, frame, &sure)) {
		return false;
	}
	for (unsigned r = 0; r < GOPM__CODE_REGISTERS; r++) {
		struct gopm__value_number entry = {GOPM__VN_LIVE_IN, 8, 0, (int64_t)r};
		if ((sure || r != 0) && gopm__value_number_equal(&state->registers[r], id) &&
		    state->registers[r].width >= s->size && below(s, callee, &entry)) {
			return true;
		}
	}
	return false;
}

static bool find(struct search *s, size_t frame, const struct gopm__value_number *id, bool down);

/* The word of the closure that the frame's function was called as. */
static bool captured(struct search *s, size_t frame, const struct gopm__value_number *id)
{
	struct gopm__value_number closure = {GOPM__VN_LIVE_IN, 8, 0, s->recovery->rt->core->arch->code->context};
	struct search inner = *s;

	inner.size = 8;
	if (!find(&inner, frame, &closure, true) ||
	    !gopm__read_word(&s->context->reader, inner.value + (uint64_t)id->value, s->size, &s->value)) {
		return false;
	}
	/* A closure that nobody needs any more may have been freed. */
	s->recovery->astray = s->recovery->astray || !(gopm__is_laid_out(s->context, inner.value) ||
	                                               gopm__is_kept(s->context, frame, &closure));
	say(s, "closure at 0x%" PRIx64 " of frame %zu", inner.value, frame);
	return true;
}

static bool find(struct search *s, size_t frame, const struct gopm__value_number *id, bool down)
{
	const struct gopm__frame *f = &s->recovery->stack->frames[frame];
	struct gopm__code *code;
	size_t caller;
	bool sure;

	switch (id->kind) {
	case GOPM__VN_UNKNOWN:
		return false;
	case GOPM__VN_CONSTANT:
		s->value = (uint64_t)id->value;
		say(s, "constant in the code of frame %zu", frame);
		return id->width >= s->size;
	case GOPM__VN_FRAME:
		if (s->keeping) {
			break;
		}
		s->value = f->cfa + (uint64_t)id->value;
		say(s, "address in frame %zu", frame);
		return f->cfa != 0 && id->width >= s->size;
	default:
		break;
	}
	if (id->width < s->size) {
		return false;
	}
	if (down && below(s, frame, id)) {
		return true;
	}
	if (id->kind == GOPM__VN_CAPTURED) {
		return captured(s, frame, id);
	}
	if (id->kind != GOPM__VN_LIVE_IN || ++s->steps > MAX_STEPS ||
	    !neighbour(s->recovery->stack, frame, true, &caller) || !linked(s, frame, caller, &sure) ||
	    (!sure && id->value == 0)) {
		return false;
	}
	const struct gopm__abstract_state *state = gopm__recovery_state(s->context, caller, &code);
	if (state == NULL) {
		return false;
	}
	struct gopm__value_number passed = state->registers[id->value];
	if (passed.kind != GOPM__VN_LIVE_IN && passed.kind != GOPM__VN_CONSTANT && passed.kind != GOPM__VN_FRAME &&
	    passed.kind != GOPM__VN_CAPTURED) {
		/* Only the caller's own slots can still have it. */
		return passed.width >= s->size && in_slot(s, caller, state, &passed);
	}
	if (passed.kind == GOPM__VN_LIVE_IN && passed.width >= s->size && in_slot(s, caller, state, &passed)) {
		return true;
	}
	return find(s, caller, &passed, false);
}

bool gopm__resolve(struct gopm__context *context, size_t frame, const struct gopm__value_number *id, unsigned size,
                   uint64_t *value, char *origin, size_t origin_size)
{
	struct search s = {.context = context,
	                   .recovery = context->recovery,
	                   .size = size,
	                   .origin = origin,
	                   .origin_size = origin_size};

	if ((size != 1 && size != 2 && size != 4 && size != 8) || !find(&s, frame, id, true)) {
		return false;
	}
	*value = s.value;
	return true;
}

bool gopm__is_kept(struct gopm__context *context, size_t frame, const struct gopm__value_number *id)
{
	char origin[128];
	struct search s = {.context = context,
	                   .recovery = context->recovery,
	                   .size = 8,
	                   .keeping = true,
	                   .origin = origin,
	                   .origin_size = sizeof origin};
	const bool runtime = s.recovery->runtime, astray = s.recovery->astray;
	bool kept = find(&s, frame, id, true);

	s.recovery->runtime = runtime;
	s.recovery->astray = astray;
	return kept;
}
