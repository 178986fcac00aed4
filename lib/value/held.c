#include "value/held.h"

#include <stdlib.h>

#include "runtime/heap.h"
#include "value/leaves.h"
#include "value/resolve.h"

#define MAX_WORDS ((size_t)1 << 18)
#define MAX_FRAMES ((size_t)1 << 16)
#define MAX_OBJECTS ((size_t)1 << 14)
#define MAX_BITS (1u << 16)
/* internal/abi/symtab.go; a stackObjectRecord is of runtime/stack.go (Go 1.17 to 1.27). */
enum { PCDATA_STACK_MAP = 1, FUNCDATA_ARGUMENTS = 0, FUNCDATA_LOCALS = 1, FUNCDATA_OBJECTS = 2, OBJECT_SIZE = 16 };

/* A variable whose address was taken: its words count where a live word points into it. */
struct object {
	uint64_t begin, end;
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
	uint64_t word;

	if (!gopm__read_u64(&g->context->reader, address, &word) || word == 0 || held->count >= MAX_WORDS) {
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
	held->words[held->count++] = word;
}

static void add_object(struct gather *g, uint64_t begin, uint64_t end)
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
	g->objects[g->object_count++] = (struct object){begin, end, false};
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

static void add_objects(struct gather *g, const struct gopm__func *func, uint64_t locals_end, uint64_t arguments)
{
	uint64_t table = gopm__funcdata(func, FUNCDATA_OBJECTS), count = 0, word;

	if (table == 0 || !gopm__read_u64(&g->context->reader, table, &count) || count > MAX_OBJECTS) {
		return;
	}
	for (uint64_t i = 0; i < count && gopm__read_u64(&g->context->reader, table + 8 + i * OBJECT_SIZE, &word);
	     i++) {
		int32_t offset = (int32_t)word, size = (int32_t)(word >> 32);
		uint64_t begin = (offset < 0 ? locals_end : arguments) + (uint64_t)(int64_t)offset;
		if (size > 0) {
			add_object(g, begin, begin + (uint64_t)size);
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
	if (g->object_count == 0) {
		return;
	}
	qsort(g->objects, g->object_count, sizeof *g->objects, by_begin);
	for (size_t i = 0; i < g->held->count; i++) {
		struct object *object = object_of(g, g->held->words[i]);
		if (object != NULL && !object->seen) {
			object->seen = true;
			for (uint64_t at = (object->begin + 7) & ~UINT64_C(7); at + 8 <= object->end; at += 8) {
				add_word(g, at);
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

/* Whether a live word lies in [begin, end). */
static bool any_word(const struct gopm__held *held, uint64_t begin, uint64_t end)
{
	size_t low = 0, high = held->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (held->words[middle] < begin) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < held->count && held->words[low] < end;
}

/* By the linker: it stays. */
static bool is_laid_out(struct gopm__context *context, uint64_t pointer)
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

bool gopm__is_held(struct gopm__context *context, uint64_t pointer)
{
	struct gopm__recovery *recovery = context->recovery;
	struct gopm__span span;

	if (is_laid_out(context, pointer)) {
		return true;
	}
	if (recovery->held == NULL || recovery->stack == NULL) {
		return false;
	}
	if (!recovery->held->gathered) {
		gather(context, recovery->held);
	}
	if (recovery->held->count == 0) {
		return false;
	}
	if (any_word(recovery->held, pointer, pointer + 1)) {
		return true;
	}
	const struct gopm__heap *heap = gopm__heap(recovery->rt);
	if (heap == NULL || !gopm__heap_span_of(recovery->rt, &context->reader, heap, pointer, &span) ||
	    span.state != GOPM__SPAN_IN_USE || span.elemsize == 0) {
		return false;
	}
	uint64_t begin = span.base + (pointer - span.base) / span.elemsize * span.elemsize;
	return any_word(recovery->held, begin, begin + span.elemsize);
}

void gopm__mark_unheld(struct gopm__context *context, struct gopm__variable *v)
{
	struct gopm__leaves leaves;
	uint64_t addresses[GOPM__MAX_LEAVES], word;
	size_t count = 0;
	const char *why;

	if (context->recovery == NULL || v->address == 0 || v->unreadable != NULL || v->type == NULL) {
		return;
	}
	gopm__leaves(context->dwarf, v->type, true, &leaves);
	for (size_t i = 0; i < leaves.count; i++) {
		uint64_t at = v->address + leaves.list[i].offset;
		if (gopm__variable_word(context, v->bytes, at, 8, &word, &why) && word != 0 &&
		    !gopm__is_held(context, word)) {
			addresses[count++] = at;
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
