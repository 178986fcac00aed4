/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers the GC roots of a stack, as the collector would. First come the live words of each frame, by its stack maps.
 * Then come the words of stack objects (variables whose address was taken) that a root points into. */
#include "locals/roots.h"

#include <stdlib.h>

#include "locals/stack_state.h"
#include "symbol/stack_map.h"
#include "symbol/stack_object.h"
#include "util/search.h"
#include "util/vector.h"

#define MAX_ROOTS ((size_t)1 << 18)
#define MAX_FRAMES ((size_t)1 << 16)
#define MAX_OBJECTS ((size_t)1 << 14)
#define MAX_MAP_WORDS (1u << 16)

/* A stack object: its words are roots if a root points into it. */
struct root_object {
	uint64_t begin, end;
	uint64_t pointers; /* bytes from its beginning that may contain pointers */
	bool seen;
};

struct root_gatherer {
	struct gopm__context *context;
	struct gopm__stack_roots *roots;
	const struct gopm__arch *arch;
	struct root_object *objects;
	size_t object_count, object_capacity;
	bool no_memory;
};

void gopm__stack_roots_clear(struct gopm__stack_roots *roots)
{
	free(roots->words);
	*roots = (struct gopm__stack_roots){0};
}

static void add_root(struct root_gatherer *g, uint64_t address)
{
	struct gopm__stack_roots *roots = g->roots;

	if (roots->count >= MAX_ROOTS) {
		return;
	}
	if (!GOPM__VECTOR_RESERVE(roots->words, roots->count, roots->capacity, 1)) {
		g->no_memory = true;
		return;
	}
	roots->words[roots->count++] = address;
}

static void add_root_object(struct root_gatherer *g, const struct root_object *object)
{
	if (g->object_count == MAX_OBJECTS) {
		return;
	}
	if (!GOPM__VECTOR_RESERVE(g->objects, g->object_count, g->object_capacity, 1)) {
		g->no_memory = true;
		return;
	}
	g->objects[g->object_count++] = *object;
}

/* Adds the words of one bitmap. They begin at `first`; of the locals' bitmap they end there. */
static void add_stack_map(struct root_gatherer *g, const struct gopm__func *func, enum gopm__funcdata_number which,
                          uint32_t index, uint64_t first)
{
	struct gopm__reader *reader = &g->context->reader;
	struct gopm__stack_maps maps;

	if (!gopm__stack_maps(reader, func, which, &maps) || maps.words > MAX_MAP_WORDS) {
		return;
	}
	first -= which == GOPM__FUNCDATA_LOCALS_MAPS ? (uint64_t)maps.words * 8 : 0;
	for (uint32_t word = 0; gopm__stack_map_next(reader, &maps, index, &word); word++) {
		add_root(g, first + (uint64_t)word * 8);
	}
}

/* All words up to the last pointer count, scalars included. A scalar as a root does no harm: a root only vouches for
 * the pointer in its own word, and for its aliases. */
static void add_stack_objects(struct root_gatherer *g, const struct gopm__func *func, uint64_t locals_end,
                              uint64_t arguments)
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
			add_root_object(g, &(struct root_object){begin, begin + (uint64_t)object.size,
			                                         (uint64_t)object.pointers, false});
		}
	}
}

/* Stack maps describe call sites. Frames that a signal interrupted, and the innermost frame of a running thread, are
 * not at one, and add no roots. */
static void add_frame_roots(struct root_gatherer *g, const struct gopm__frame *frame)
{
	if (frame->info == NULL || !frame->info->known || frame->cfa == 0 || frame->lookup_pc == frame->pc ||
	    (frame->flags & (GOPM_FRAME_INTERRUPTED | GOPM_FRAME_SIGNAL_STACK | GOPM_FRAME_SYSTEM_STACK)) != 0) {
		return;
	}
	const struct gopm__func *func = &frame->info->func;
	uint32_t index = gopm__stack_map_index(func, frame->lookup_pc);
	uint64_t arguments = frame->cfa + g->arch->argument_offset;
	/* The return address and the frame pointer, or the frame pointer alone. */
	uint64_t saved = (g->arch->return_address_on_stack ? 2 : 1) * (uint64_t)g->arch->pointer_size;
	uint64_t locals_end = frame->cfa - saved;
	if (locals_end > frame->sp + g->arch->argument_offset) {
		add_stack_map(g, func, GOPM__FUNCDATA_LOCALS_MAPS, index, locals_end);
	}
	add_stack_map(g, func, GOPM__FUNCDATA_ARGS_MAPS, index, arguments);
	add_stack_objects(g, func, locals_end, arguments);
}

static int compare_objects(const void *a, const void *b)
{
	const struct root_object *x = a, *y = b;
	return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static int compare_roots(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static struct root_object *root_object_at(struct root_gatherer *g, uint64_t address)
{
	size_t i;

	GOPM__LOWER_BOUND(i, g->object_count, g->objects[i].begin <= address);
	return i != 0 && address < g->objects[i - 1].end ? &g->objects[i - 1] : NULL;
}

static void trace_stack_objects(struct root_gatherer *g)
{
	uint64_t word;

	if (g->object_count == 0) {
		return;
	}
	qsort(g->objects, g->object_count, sizeof *g->objects, compare_objects);
	for (size_t i = 0; i < g->roots->count; i++) {
		struct root_object *object =
		    gopm__read_u64(&g->context->reader, g->roots->words[i], &word) ? root_object_at(g, word) : NULL;
		if (object != NULL && !object->seen) {
			object->seen = true;
			for (uint64_t at = 0; at + 8 <= object->pointers; at += 8) {
				add_root(g, object->begin + at);
			}
		}
	}
}

static void gather_roots(struct gopm__stack_state *stack_state, struct gopm__stack_roots *roots)
{
	struct gopm__context *context = stack_state->context;
	const struct gopm__stack *stack = stack_state->stack;
	struct root_gatherer g = {.context = context, .roots = roots, .arch = stack_state->rt->core->arch};

	roots->gathered = true;
	for (size_t i = 0; i < stack->count && i < MAX_FRAMES; i++) {
		const struct gopm__frame *frame = &stack->frames[i];
		/* An inlined call shares the frame of the function it is inlined into. */
		if (i == 0 || frame->cfa != stack->frames[i - 1].cfa || frame->pc != stack->frames[i - 1].pc) {
			add_frame_roots(&g, frame);
		}
	}
	trace_stack_objects(&g);
	if (roots->count != 0) {
		qsort(roots->words, roots->count, sizeof *roots->words, compare_roots);
	}
	if (g.no_memory) {
		context->no_memory = true;
		gopm__stack_roots_clear(roots);
	}
	free(g.objects);
}

bool gopm__is_root(struct gopm__stack_state *stack_state, uint64_t address)
{

	if (stack_state->roots == NULL || stack_state->stack == NULL) {
		return false;
	}
	if (!stack_state->roots->gathered) {
		gather_roots(stack_state, stack_state->roots);
	}
	return stack_state->roots->count != 0 && bsearch(&address, stack_state->roots->words, stack_state->roots->count,
	                                                 sizeof address, compare_roots) != NULL;
}

bool gopm__is_static(struct gopm__context *context, uint64_t address)
{
	size_t count = 0;
	const struct gopm__load *loads = gopm__executable_loads(context->exe, &count);

	for (size_t i = 0; i < count; i++) {
		if (address >= loads[i].address && address - loads[i].address < loads[i].memory_size) {
			return true;
		}
	}
	return gopm__symtab_module(context->symtab, address) != NULL;
}
