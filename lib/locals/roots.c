/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/roots.h"

#include <stdlib.h>

#include "locals/value_search.h"
#include "symbol/stack_object.h"
#include "value/leaves.h"

#define MAX_WORDS ((size_t)1 << 18)
#define MAX_FRAMES ((size_t)1 << 16)
#define MAX_OBJECTS ((size_t)1 << 14)
#define MAX_BITS (1u << 16)
/* internal/abi/symtab.go, Go 1.17 to 1.27. */
enum { PCDATA_STACK_MAP = 1, FUNCDATA_ARGUMENTS = 0, FUNCDATA_LOCALS = 1 };

/* A variable whose address was taken: its words count where a live word points into it. */
struct object {
	uint64_t begin, end;
	uint64_t pointers; /* bytes from its beginning that may have some */
	bool seen;
};

struct gather {
	struct gopm__context *context;
	struct gopm__held *held;
	const struct gopm__arch *arch;
	struct object *objects;
	size_t object_count, object_capacity;
	bool no_memory;
};

void gopm__held_clear(struct gopm__held *held)
{
	held->count = 0;
	held->gathered = false;
	free(held->words);
	*held = (struct gopm__held){0};
}

static void add_word(struct gather *g, uint64_t address)
{
	struct gopm__held *held = g->held;

	if (held->count >= MAX_WORDS) {
		return;
	}
	if (held->count == held->capacity) {
		size_t capacity = held->capacity != 0 ? held->capacity * 2 : 256;
		uint64_t *words = realloc(held->words, capacity * sizeof *words);
		if (words == NULL) {
			g->no_memory = true;
			return;
		}
		held->words = words;
		held->capacity = capacity;
	}
	held->words[held->count++] = address;
}

static void add_object(struct gather *g, const struct object *object)
{
	if (g->object_count == MAX_OBJECTS) {
		return;
	}
	if (g->object_count == g->object_capacity) {
		size_t capacity = g->object_capacity != 0 ? g->object_capacity * 2 : 64;
		struct object *objects = realloc(g->objects, capacity * sizeof *objects);
		if (objects == NULL) {
			g->no_memory = true;
			return;
		}
		g->objects = objects;
		g->object_capacity = capacity;
	}
	g->objects[g->object_count++] = *object;
}

/* Bit map number `index` of the stack maps at `map`: its words begin at `first`, or, with `below`, end there. */
static void add_map(struct gather *g, uint64_t map, int32_t index, uint64_t first, bool below)
{
	struct gopm__reader *reader = &g->context->reader;
	uint64_t count, bits, byte = 0;

	if (map == 0 || !gopm__read_word(reader, map, 4, &count) || !gopm__read_word(reader, map + 4, 4, &bits) ||
	    index < 0 || (uint64_t)index >= count || bits > MAX_BITS) {
		return;
	}
	uint64_t bytes = map + 8 + (uint64_t)index * ((bits + 7) / 8);
	first -= below ? bits * 8 : 0;
	for (uint64_t i = 0; i < bits; i++) {
		if (i % 8 == 0 && !gopm__read_word(reader, bytes + i / 8, 1, &byte)) {
			return;
		}
		if ((byte >> (i % 8) & 1) != 0) {
			add_word(g, first + i * 8);
		}
	}
}

/* Which words are pointers does not matter: a live one counts for the pointer that lies in it, or in a place with the
 * same value, and for no other. */
static void add_objects(struct gather *g, const struct gopm__func *func, uint64_t locals_end, uint64_t arguments)
{
	struct gopm__reader *reader = &g->context->reader;
	struct gopm__stack_object object;
	uint64_t count;

	if (!gopm__stack_objects(reader, func, &count)) {
		return;
	}
	for (uint64_t i = 0; i < count && gopm__stack_object_at(reader, func, i, &object); i++) {
		uint64_t begin = (object.offset < 0 ? locals_end : arguments) + (uint64_t)object.offset;
		if (object.size > 0 && object.pointers <= object.size) {
			add_object(g, &(struct object){begin, begin + (uint64_t)object.size, (uint64_t)object.pointers,
			                               false});
		}
	}
}

/* A frame that was interrupted stands where its maps say nothing; so does the innermost one of a running thread. */
static void add_frame(struct gather *g, const struct gopm__frame *frame)
{
	int32_t index = -1;

	if (frame->info == NULL || !frame->info->known || frame->cfa == 0 || frame->lookup_pc == frame->pc ||
	    (frame->flags & (GOPM_FRAME_INTERRUPTED | GOPM_FRAME_SIGNAL_STACK | GOPM_FRAME_SYSTEM_STACK)) != 0) {
		return;
	}
	const struct gopm__func *func = &frame->info->func;
	/* runtime/stkframe.go: without a value it is the beginning of the function. */
	if (!gopm__pcvalue(func, gopm__pcdata(func, PCDATA_STACK_MAP), frame->lookup_pc, &index) || index < 0) {
		index = 0;
	}
	uint64_t arguments = frame->cfa + g->arch->argument_offset;
	/* The return address and the frame pointer, or the frame pointer alone. */
	uint64_t saved = (g->arch->return_address_on_stack ? 2 : 1) * (uint64_t)g->arch->pointer_size;
	uint64_t locals_end = frame->cfa - saved;
	if (locals_end > frame->sp + g->arch->argument_offset) {
		add_map(g, gopm__funcdata(func, FUNCDATA_LOCALS), index, locals_end, true);
	}
	add_map(g, gopm__funcdata(func, FUNCDATA_ARGUMENTS), index, arguments, false);
	add_objects(g, func, locals_end, arguments);
}

static int by_begin(const void *a, const void *b)
{
	const struct object *x = a, *y = b;
	return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static struct object *object_of(struct gather *g, uint64_t address)
{
	size_t low = 0, high = g->object_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (g->objects[middle].begin <= address) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low != 0 && address < g->objects[low - 1].end ? &g->objects[low - 1] : NULL;
}

/* Objects on the stack that live words point into are as good as live words. */
static void trace_objects(struct gather *g)
{
	uint64_t word;

	if (g->object_count == 0) {
		return;
	}
	qsort(g->objects, g->object_count, sizeof *g->objects, by_begin);
	for (size_t i = 0; i < g->held->count; i++) {
		struct object *object =
		    gopm__read_u64(&g->context->reader, g->held->words[i], &word) ? object_of(g, word) : NULL;
		if (object != NULL && !object->seen) {
			object->seen = true;
			for (uint64_t at = 0; at + 8 <= object->pointers; at += 8) {
				add_word(g, object->begin + at);
			}
		}
	}
}

static void gather(struct gopm__context *context, struct gopm__held *held)
{
	const struct gopm__stack *stack = context->recovery->stack;
	struct gather g = {.context = context, .held = held, .arch = context->recovery->rt->core->arch};

	held->gathered = true;
	for (size_t i = 0; i < stack->count && i < MAX_FRAMES; i++) {
		const struct gopm__frame *frame = &stack->frames[i];
		/* Inlined calls have the frame of the function they are in. */
		if (i == 0 || frame->cfa != stack->frames[i - 1].cfa || frame->pc != stack->frames[i - 1].pc) {
			add_frame(&g, frame);
		}
	}
	trace_objects(&g);
	if (held->count != 0) {
		qsort(held->words, held->count, sizeof *held->words, by_number);
	}
	context->no_memory |= g.no_memory;
	free(g.objects);
}

bool gopm__is_laid_out(struct gopm__context *context, uint64_t pointer)
{
	size_t count = 0;
	const struct gopm__load *loads = gopm__executable_loads(context->exe, &count);

	for (size_t i = 0; i < count; i++) {
		if (pointer >= loads[i].address && pointer - loads[i].address < loads[i].memory_size) {
			return true;
		}
	}
	return gopm__symtab_module(context->symtab, pointer) != NULL;
}

bool gopm__is_live_word(struct gopm__context *context, uint64_t address)
{
	struct gopm__recovery *recovery = context->recovery;

	if (recovery->held == NULL || recovery->stack == NULL) {
		return false;
	}
	if (!recovery->held->gathered) {
		gather(context, recovery->held);
	}
	return recovery->held->count != 0 &&
	       bsearch(&address, recovery->held->words, recovery->held->count, sizeof address, by_number) != NULL;
}

/* Whether the word at `offset` of a variable is live, or another one that is has its very value. */
static bool is_held(struct gopm__context *context, size_t frame, const struct gopm__variable *v,
                    const struct gopm__bytes *proof, uint64_t offset)
{
	const struct gopm__bytes *bytes = proof != NULL ? proof : v->bytes;
	uint64_t place = v->bytes == NULL ? v->address + offset : v->bytes->place != 0 ? v->bytes->place + offset : 0;
	struct gopm__value_number id = {0};
	struct gopm__code *code;

	if (place != 0 && gopm__is_live_word(context, place)) {
		return true;
	}
	if (bytes != NULL && bytes->numbers != NULL) {
		id = offset % 8 == 0 ? bytes->numbers[offset / 8] : id;
	} else if (place != 0) {
		const struct gopm__abstract_state *state = gopm__recovery_state(context, frame, &code);
		const struct gopm__frame *f = &context->recovery->stack->frames[frame];
		id = state != NULL ? gopm__abstract_state_slot(state, (int64_t)(place - f->cfa), 8) : id;
	}
	return gopm__is_kept(context, frame, &id);
}

void gopm__mark_unheld(struct gopm__context *context, size_t frame, struct gopm__variable *v,
                       const struct gopm__bytes *proof)
{
	struct gopm__leaves leaves;
	uint64_t addresses[GOPM__MAX_LEAVES], word;
	size_t count = 0;
	const char *why;

	if (v->address == 0 || v->unreadable != NULL || v->type == NULL) {
		return;
	}
	gopm__leaves(context->dwarf, v->type, true, &leaves);
	for (size_t i = 0; i < leaves.count; i++) {
		uint64_t offset = leaves.list[i].offset;
		if (gopm__variable_word(context, v->bytes, v->address + offset, 8, &word, &why) && word != 0 &&
		    !gopm__is_laid_out(context, word) && !is_held(context, frame, v, proof, offset)) {
			addresses[count++] = v->address + offset;
		}
	}
	if (count == 0 && leaves.all) {
		return;
	}
	struct gopm__unheld *unheld = gopm__arena_alloc(context->arena, sizeof *unheld);
	uint64_t *copy = gopm__arena_alloc(context->arena, (count + 1) * sizeof *copy);
	if (unheld == NULL || copy == NULL) {
		context->no_memory = true;
		return;
	}
	memcpy(copy, addresses, count * sizeof *copy);
	*unheld = (struct gopm__unheld){copy, count, leaves.all ? UINT64_MAX : v->address + leaves.complete};
	v->unheld = unheld;
	if (gopm__shows_astray(v)) {
		v->provenance = GOPM_FROM_STALE;
		v->origin = gopm__unheld_origin;
	}
}
