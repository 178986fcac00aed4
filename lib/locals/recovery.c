/* SPDX-License-Identifier: Apache-2.0 */
/* How a variable is recovered that its location list lost.
 *
 * The compiler's location lists end soon after the last use of a variable, but its value is often still in the core.
 * The sources, in the order in which they are tried:
 *
 * 1. The closure, for a variable captured by value. Nothing assigns to such a variable.
 * 2. The values that the list names elsewhere in the function (listed_value.h). If all entries of a parameter name one
 *    value, it is the value that was passed. Every place with the same value number has it (value_search.h). The
 *    result is "recovered", or "runtime" if an object of the runtime has it.
 *    Any other variable may have been assigned a value without a location since, such as a constant. Then the value of
 *    the nearest entry is "stale-possible". So is the memory at the address that the entry names, unless the code
 *    stored something else there.
 * 3. The slot that the caller reserves for spilling a register argument. It is "recovered" if the table of live
 *    arguments (symbol/arg_info.h) has it and the variable is never reassigned, else "stale-possible". */
#include "locals/recovery.h"

#include <inttypes.h>
#include <stdio.h>

#include "dwarf/constants.h"
#include "locals/listed_value.h"
#include "locals/value_search.h"
#include "symbol/arg_info.h"

#define MAX_SIZE 4096u
#define MAX_CAPTURED_SIZE 128u

/* True if entry `a` is nearer to the pc than `b`. Entries before the pc are nearer than those after it. */
static bool is_nearer_entry(const struct gopm__list_entry *a, const struct gopm__list_entry *b, uint64_t pc)
{
	bool before = a->range.low <= pc;

	if (before != (b->range.low <= pc)) {
		return before;
	}
	return before ? a->range.high > b->range.high : a->range.low < b->range.low;
}

/* Reads the values of all entries together, and those of the nearest one. */
static bool read_listed_values(const struct gopm__local_state *s, struct gopm__value_parts *all,
                               struct gopm__value_parts *nearest)
{
	const struct gopm__local *local = s->local;
	uint64_t pc = local->frame->pc - s->context->exe->bias;
	struct gopm__list list;
	struct gopm__list_entry entry, best = {0};
	bool any = false;

	if (!gopm__node_location_list(s->context->types->dwarf, local->scope->tree, local->node, &list)) {
		return false;
	}
	for (unsigned i = 0; gopm__list_next(&list, &entry) == GOPM_OK; i++) {
		if (i == GOPM__MAX_LIST_ENTRIES) {
			return false;
		}
		if (entry.range.low >= entry.range.high || entry.expression_size == 0) {
			continue;
		}
		gopm__listed_value_add(s, &entry, all);
		if (!any || is_nearer_entry(&entry, &best, pc)) {
			best = entry;
		}
		any = true;
	}
	if (any) {
		gopm__listed_value_add(s, &best, nearest);
	}
	return any;
}

static struct gopm__bytes *new_bytes(const struct gopm__local_state *s)
{
	struct gopm__arena *arena = s->context->arena;
	struct gopm__bytes *bytes = gopm__arena_alloc(arena, sizeof *bytes);
	uint8_t *data = gopm__arena_alloc(arena, (size_t)s->size);
	uint8_t *known = gopm__arena_alloc(arena, (size_t)s->size);

	if (bytes == NULL || data == NULL || known == NULL) {
		s->context->no_memory = true;
		return NULL;
	}
	memset(known, GOPM__BYTE_MISSING, (size_t)s->size);
	*bytes = (struct gopm__bytes){.size = s->size, .data = data, .known = known};
	return bytes;
}

static bool set_recovered(const struct gopm__local_state *s, const struct gopm__bytes *bytes, uint32_t provenance,
                          const char *origin, struct gopm__recovered *out)
{
	*out = (struct gopm__recovered){.provenance = provenance, .address = GOPM__BYTES_BASE, .bytes = bytes};
	out->origin = gopm__context_text(s->context, "%s", origin);
	return true;
}

/* False: the code stored another value at the listed address. */
static bool may_be_unchanged(const struct gopm__local_state *s, const struct gopm__value_part *part)
{
	struct gopm__value_number now = {0};

	if (s->now != NULL) {
		now = gopm__abstract_state_slot(s->now, (int64_t)(part->address - s->local->frame->cfa), 1);
	}
	return now.kind == GOPM__VN_UNKNOWN || now.kind == GOPM__VN_PHI ||
	       gopm__value_number_equal(&now, &part->number);
}

/* Sets the value numbers of whole words, for gopm__mark_dangling(). */
static bool set_value_numbers(const struct gopm__local_state *s, const struct gopm__value_parts *parts,
                              struct gopm__bytes *bytes)
{
	size_t count = (size_t)(s->size + 7) / 8;
	struct gopm__value_number *numbers = gopm__arena_alloc(s->context->arena, count * sizeof *numbers);

	if (numbers == NULL) {
		s->context->no_memory = true;
		return false;
	}
	memset(numbers, 0, count * sizeof *numbers);
	for (size_t i = 0; i < parts->count; i++) {
		if (parts->list[i].size == 8 && parts->list[i].offset % 8 == 0) {
			numbers[parts->list[i].offset / 8] = parts->list[i].number;
		}
	}
	bytes->numbers = numbers;
	return true;
}

/* Finds all parts of a value. With `stale`, the memory at a listed address counts too. */
static bool find_parts(const struct gopm__local_state *s, const struct gopm__value_parts *parts, bool stale,
                       struct gopm__recovered *out)
{
	struct gopm__bytes *bytes = new_bytes(s);
	bool complete = parts->count != 0 && bytes != NULL && set_value_numbers(s, parts, bytes);
	bool runtime = false, dangling = false;
	char origin[sizeof((struct gopm__found_value *)0)->origin] = "";

	for (size_t i = 0; complete && i < parts->count; i++) {
		const struct gopm__value_part *part = &parts->list[i];
		struct gopm__found_value found = {.value = 0};
		uint8_t word[8] = {0};
		bool known = (part->size & (part->size - 1)) == 0 &&
		             gopm__find_value(s->stack_state, s->frame, &part->number, part->size, &found);
		runtime = runtime || found.runtime;
		dangling = dangling || found.dangling;
		if (known) {
			memcpy(word, &found.value, sizeof word);
		} else if (stale && part->address != 0 && may_be_unchanged(s, part)) {
			known = gopm__read_copy(&s->context->reader, part->address, word, part->size) == part->size;
			(void)snprintf(found.origin, sizeof found.origin,
			               "slot at 0x%" PRIx64 ", its last listed location", part->address);
		}
		complete = known;
		if (known) {
			memcpy((uint8_t *)(uintptr_t)bytes->data + part->offset, word, part->size);
			memset((uint8_t *)(uintptr_t)bytes->known + part->offset, GOPM__BYTE_KNOWN, part->size);
		}
		if (origin[0] == '\0') {
			memcpy(origin, found.origin, sizeof origin);
		}
	}
	uint32_t sure = runtime ? GOPM_FROM_RUNTIME : GOPM_FROM_RECOVERED;
	return complete && set_recovered(s, bytes, stale || dangling ? GOPM_FROM_STALE : sure, origin, out);
}

/* Reads the spill slot of a register argument. `unchanged`: the variable has the value that was passed. */
static bool recover_spilled(const struct gopm__local_state *s, bool unchanged, struct gopm__recovered *out)
{
	const struct gopm__frame *frame = s->local->frame;
	struct gopm__reader *reader = &s->context->reader;
	char origin[128];
	uint8_t offset;
	bool live, written = false;

	if (s->local->argument < 0 || !gopm__arg_place(reader, &frame->info->func, frame->lookup_pc,
	                                               (size_t)s->local->argument, &offset, &live)) {
		return false;
	}
	int64_t slot = (int64_t)offset + s->stack_state->rt->core->arch->argument_offset;
	uint64_t address = frame->cfa + (uint64_t)slot;
	/* A slot that the function has not written still has the contents from before the call. */
	for (uint64_t at = 0; s->now != NULL && at < s->size; at += 8) {
		struct gopm__value_number number = gopm__abstract_state_slot(s->now, slot + (int64_t)at, 1);
		written = written || (number.kind != GOPM__VN_UNKNOWN && number.kind != GOPM__VN_LIVE_IN_SLOT);
	}
	if (!live && s->now != NULL && !written) {
		return false;
	}
	struct gopm__bytes *bytes = new_bytes(s);
	if (bytes == NULL ||
	    gopm__read_copy(reader, address, (uint8_t *)(uintptr_t)bytes->data, (size_t)s->size) != s->size) {
		return false;
	}
	memset((uint8_t *)(uintptr_t)bytes->known, GOPM__BYTE_KNOWN, (size_t)s->size);
	bytes->source_address = address;
	(void)snprintf(origin, sizeof origin, "argument slot at 0x%" PRIx64 ", %s", address,
	               live && unchanged ? "live here" : "may be overwritten or uninitialized");
	return set_recovered(s, bytes, live && unchanged ? GOPM_FROM_RECOVERED : GOPM_FROM_STALE, origin, out);
}

/* Reads a captured variable from the closure. */
static bool recover_captured(const struct gopm__local_state *s, struct gopm__recovered *out)
{
	struct gopm__value_parts parts = {.agree = true};
	const struct gopm__scope_node *node = s->local->node;

	if (node->closure_offset < 0 || s->local->frame->inline_depth != 0 || node->parent != 0 ||
	    s->size > MAX_CAPTURED_SIZE) {
		return false;
	}
	for (uint64_t at = 0; at < s->size; at += 8) {
		unsigned take = s->size - at < 8 ? (unsigned)(s->size - at) : 8;
		struct gopm__value_number number = {GOPM__VN_CAPTURED, 8, 0, node->closure_offset + (int64_t)at};
		parts.list[parts.count++] = (struct gopm__value_part){at, take, number, 0};
	}
	return find_parts(s, &parts, false, out);
}

bool gopm__recover(struct gopm__stack_state *stack_state, const struct gopm__local *local, struct gopm__recovered *out)
{
	struct gopm__context *context = stack_state->context;
	struct gopm__local_state s = {.context = context, .stack_state = stack_state, .local = local};
	struct gopm__value_parts all = {.agree = true}, nearest = {.agree = true};
	const struct gopm__frame *frame = local->frame;
	bool parameter = local->node->tag == GOPM__TAG_FORMAL_PARAMETER && !local->node->result;

	s.size = gopm__type_size(context->types, local->type);
	if (s.size == 0 || s.size > MAX_SIZE || frame->cfa == 0 || frame->info == NULL || !frame->info->known ||
	    stack_state->rt->core->arch->code == NULL || !gopm__stack_state_index(stack_state, frame, &s.frame)) {
		return false;
	}
	s.now = gopm__frame_state(stack_state, s.frame, &s.code);
	if (recover_captured(&s, out)) {
		return true;
	}
	bool listed = read_listed_values(&s, &all, &nearest);
	if (listed && all.agree && parameter && find_parts(&s, &all, false, out)) {
		return true;
	}
	if (listed && find_parts(&s, &nearest, true, out)) {
		return true;
	}
	bool unchanged = listed && all.agree;
	for (size_t i = 0; i < all.count; i++) {
		unchanged = unchanged && all.list[i].number.kind == GOPM__VN_LIVE_IN;
	}
	return recover_spilled(&s, unchanged, out);
}
