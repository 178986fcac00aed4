/* SPDX-License-Identifier: Apache-2.0 */
/* The search for a value that is no longer in its listed location.
 *
 * Every step is proved by the abstract states of the frames: a slot or register with the same value number holds the
 * value. Go passes arguments in registers. So the search goes down the calls, to a callee that spilled the value, and
 * up, to the caller that passed it. Values that the goroutine waits with (the element of a send, the mutex) are read
 * from the objects of the runtime. */
#include "locals/value_search.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/vector_register.h"
#include "locals/roots.h"
#include "locals/wait_site.h"

/* Frames visited by one search. */
#define MAX_STEPS 12u

struct value_search {
	struct gopm__context *context;
	struct gopm__stack_state *stack_state;
	unsigned size, steps;
	bool live_only; /* accept a place only if it keeps the value's target alive */
	struct gopm__found_value *found;
};

static void set_origin(struct value_search *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void set_origin(struct value_search *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(s->found->origin, sizeof s->found->origin, format, args);
	va_end(args);
}

/* True if `address` is in an element that the frame made for the send it waits in, and passed to nothing else. */
static bool is_sent_element(struct value_search *s, size_t callee, size_t frame,
                            const struct gopm__abstract_state *state, uint64_t address)
{
	const struct gopm__frame *f = &s->stack_state->stack->frames[frame];
	const struct gopm__value_number *elem = &state->registers[s->stack_state->rt->core->arch->code->arguments[1]];
	struct gopm__code *code;
	uint64_t from = f->cfa + (uint64_t)elem->value, size, target;

	return elem->kind == GOPM__VN_FRAME && gopm__frame_state(s->stack_state, frame, &code) != NULL &&
	       gopm__wait_site_sends(s->stack_state, callee, from, &size) && address - from < size &&
	       s->size <= size - (address - from) && gopm__code_call_target(code, f->pc, &target) &&
	       gopm__code_only_passed(code, elem->value, size, target);
}

/* The name of an escaping slot to which only the runtime has a pointer: the element of a send, the cases of a select.
 * The runtime does not write to it while the frame waits. NULL: another slot. */
static const char *waiting_slot(struct value_search *s, size_t frame, const struct gopm__abstract_state *state,
                                uint64_t address)
{
	const char *name = NULL;
	size_t callee;
	bool exact;

	if (!gopm__frame_neighbour(s->stack_state->stack, frame, false, &callee) ||
	    !gopm__call_edge(s->stack_state, frame, callee, &exact) || !exact) {
		return NULL;
	}
	if (is_sent_element(s, callee, frame, state, address)) {
		name = "element sent";
	} else if (s->size == 8 && gopm__wait_site_case(s->stack_state, callee,
	                                                s->stack_state->stack->frames[frame].cfa, state, address)) {
		name = "select case";
	}
	s->found->runtime = s->found->runtime || name != NULL;
	return name;
}

static bool is_captured_word(const struct gopm__stack_state *stack_state, uint64_t address)
{
	for (size_t i = 0; i < stack_state->captured_count; i++) {
		if (stack_state->captured[i] == address) {
			return true;
		}
	}
	return false;
}

/* The name of a slot that still has the value that the function stored last. NULL: it may have another one. */
static const char *intact_slot(struct value_search *s, size_t frame, const struct gopm__abstract_state *state, size_t i,
                               uint64_t address)
{
	if (state->non_escaping[i]) {
		return "slot";
	}
	return is_captured_word(s->stack_state, address) ? "closure" : waiting_slot(s, frame, state, address);
}

static bool search_slots(struct value_search *s, size_t frame, const struct gopm__abstract_state *state,
                         const struct gopm__value_number *number)
{
	const struct gopm__frame *f = &s->stack_state->stack->frames[frame];

	for (size_t i = 0; i < state->slot_count; i++) {
		uint64_t at = f->cfa + (uint64_t)(int64_t)state->slots[i];
		if (!gopm__value_number_equal(&state->slot_numbers[i], number) ||
		    state->slot_numbers[i].width < s->size) {
			continue;
		}
		if (s->live_only && !gopm__is_root(s->stack_state, at)) {
			continue;
		}
		const char *name = intact_slot(s, frame, state, i, at);
		if (name != NULL && gopm__read_word(&s->context->reader, at, s->size, &s->found->value)) {
			set_origin(s, "%s at 0x%" PRIx64 " of frame %zu", name, at, frame);
			return true;
		}
	}
	return false;
}

static bool search_registers(struct value_search *s, size_t frame, const struct gopm__abstract_state *state,
                             const struct gopm__value_number *number)
{
	const struct gopm__frame *f = &s->stack_state->stack->frames[frame];
	const struct gopm__arch *arch = s->stack_state->rt->core->arch;

	for (size_t i = 0; f->registers != NULL && i < arch->register_count; i++) {
		unsigned index = arch->registers[i].dwarf_number >= 0
		                     ? arch->code->number((uint64_t)arch->registers[i].dwarf_number)
		                     : GOPM__CODE_NO_REGISTER;
		if (index < GOPM__CODE_VECTOR && gopm__value_number_equal(&state->registers[index], number) &&
		    state->registers[index].width >= s->size) {
			s->found->value = f->registers->value[i];
			set_origin(s, "register %s of frame %zu", arch->registers[i].name, frame);
			return true;
		}
	}
	return false;
}

static bool search_vector_registers(struct value_search *s, size_t frame, const struct gopm__abstract_state *state,
                                    const struct gopm__value_number *number)
{
	const struct gopm__registers *registers = s->stack_state->stack->frames[frame].registers;
	const struct gopm__corefile *core = s->stack_state->rt->core;
	uint8_t bytes[GOPM__VECTOR_SIZE];

	for (unsigned i = 0; registers != NULL && i < core->arch->vectors.count; i++) {
		const struct gopm__value_number *contents = &state->registers[GOPM__CODE_VECTOR + i];
		if (gopm__value_number_equal(contents, number) && contents->width >= s->size &&
		    gopm__vector_read(core->arch, &core->source, &s->context->reader, registers, i, bytes)) {
			s->found->value = 0;
			memcpy(&s->found->value, bytes, s->size);
			set_origin(s, "vector register %u of frame %zu", i, frame);
			return true;
		}
	}
	return false;
}

/* An argument of the function in which the goroutine parked. */
static bool search_wait_site(struct value_search *s, size_t frame, const struct gopm__value_number *number)
{
	const char *origin;

	if (s->size != 8 || number->kind != GOPM__VN_LIVE_IN ||
	    !gopm__wait_site_argument(s->stack_state, frame, (uint64_t)number->value, &s->found->value, &origin)) {
		return false;
	}
	set_origin(s, "%s", origin);
	s->found->runtime = true;
	return true;
}

/* Searches the frame, and the callees that received the value as an argument. */
static bool search_frame(struct value_search *s, size_t frame, const struct gopm__value_number *number)
{
	struct gopm__code *code;
	const struct gopm__abstract_state *state = gopm__frame_state(s->stack_state, frame, &code);
	size_t callee;
	bool exact;

	if (search_wait_site(s, frame, number)) {
		return true;
	}
	if (state == NULL || ++s->steps > MAX_STEPS) {
		return false;
	}
	if (search_slots(s, frame, state, number) || search_registers(s, frame, state, number) ||
	    search_vector_registers(s, frame, state, number)) {
		return true;
	}
	if (!gopm__frame_neighbour(s->stack_state->stack, frame, false, &callee) ||
	    !gopm__call_edge(s->stack_state, frame, callee, &exact)) {
		return false;
	}
	for (unsigned r = 0; r < GOPM__CODE_REGISTERS; r++) {
		struct gopm__value_number live_in = {GOPM__VN_LIVE_IN, 8, 0, (int64_t)r};
		if ((exact || r != 0) && gopm__value_number_equal(&state->registers[r], number) &&
		    state->registers[r].width >= s->size && search_frame(s, callee, &live_in)) {
			return true;
		}
	}
	return false;
}

static bool search_stack(struct value_search *s, size_t frame, const struct gopm__value_number *number, bool down);

/* A captured variable: a word of the closure that the frame's function was called with. */
static bool search_closure(struct value_search *s, size_t frame, const struct gopm__value_number *number)
{
	struct gopm__value_number context = {GOPM__VN_LIVE_IN, 8, 0, s->stack_state->rt->core->arch->code->context};
	struct gopm__found_value closure = {.value = 0};
	struct value_search inner = *s;

	inner.size = 8;
	inner.found = &closure;
	bool found = search_stack(&inner, frame, &context, true);
	s->found->runtime = s->found->runtime || closure.runtime;
	s->found->dangling = s->found->dangling || closure.dangling;
	if (!found ||
	    !gopm__read_word(&s->context->reader, closure.value + (uint64_t)number->value, s->size, &s->found->value)) {
		return false;
	}
	/* The collector may have freed a closure that the code no longer needs. */
	s->found->dangling = s->found->dangling || !(gopm__is_static(s->context, closure.value) ||
	                                             gopm__has_live_alias(s->stack_state, frame, &context));
	set_origin(s, "closure at 0x%" PRIx64 " of frame %zu", closure.value, frame);
	return true;
}

/* Continues in the caller with the value that it passed in argument register number->value. */
static bool search_caller(struct value_search *s, size_t frame, const struct gopm__value_number *number)
{
	struct gopm__code *code;
	size_t caller;
	bool exact;

	if (number->kind != GOPM__VN_LIVE_IN || ++s->steps > MAX_STEPS ||
	    !gopm__frame_neighbour(s->stack_state->stack, frame, true, &caller) ||
	    !gopm__call_edge(s->stack_state, caller, frame, &exact) || (!exact && number->value == 0)) {
		return false;
	}
	const struct gopm__abstract_state *state = gopm__frame_state(s->stack_state, caller, &code);
	if (state == NULL) {
		return false;
	}
	struct gopm__value_number passed = state->registers[number->value];
	if (passed.kind != GOPM__VN_LIVE_IN && passed.kind != GOPM__VN_CONSTANT && passed.kind != GOPM__VN_FRAME &&
	    passed.kind != GOPM__VN_CAPTURED) {
		/* A value that the caller computed can only be in its own slots. */
		return passed.width >= s->size && search_slots(s, caller, state, &passed);
	}
	const bool stored = passed.kind == GOPM__VN_LIVE_IN || passed.kind == GOPM__VN_CAPTURED;
	if (stored && passed.width >= s->size && search_slots(s, caller, state, &passed)) {
		return true;
	}
	return search_stack(s, caller, &passed, false);
}

/* Searches the callers of the frame. With `down`, the frame itself and its callees come first. */
static bool search_stack(struct value_search *s, size_t frame, const struct gopm__value_number *number, bool down)
{
	const struct gopm__frame *f = &s->stack_state->stack->frames[frame];

	switch (number->kind) {
	case GOPM__VN_UNKNOWN:
		return false;
	case GOPM__VN_CONSTANT:
		s->found->value = (uint64_t)number->value;
		set_origin(s, "constant in the code of frame %zu", frame);
		return number->width >= s->size;
	case GOPM__VN_FRAME:
		if (s->live_only) {
			break;
		}
		s->found->value = f->cfa + (uint64_t)number->value;
		set_origin(s, "address in frame %zu", frame);
		return f->cfa != 0 && number->width >= s->size;
	default:
		break;
	}
	if (number->width < s->size) {
		return false;
	}
	if (down && search_frame(s, frame, number)) {
		return true;
	}
	return number->kind == GOPM__VN_CAPTURED ? search_closure(s, frame, number) : search_caller(s, frame, number);
}

bool gopm__find_value(struct gopm__stack_state *stack_state, size_t frame, const struct gopm__value_number *number,
                      unsigned size, struct gopm__found_value *out)
{
	struct gopm__context *context = stack_state->context;
	struct value_search s = {.context = context, .stack_state = stack_state, .size = size, .found = out};

	*out = (struct gopm__found_value){.value = 0};
	return (size == 1 || size == 2 || size == 4 || size == 8) && search_stack(&s, frame, number, true);
}

bool gopm__has_live_alias(struct gopm__stack_state *stack_state, size_t frame, const struct gopm__value_number *number)
{
	struct gopm__context *context = stack_state->context;
	struct gopm__found_value found = {.value = 0};
	struct value_search s = {
	    .context = context, .stack_state = stack_state, .size = 8, .live_only = true, .found = &found};

	return search_stack(&s, frame, number, true);
}
