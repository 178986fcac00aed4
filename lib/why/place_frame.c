/* SPDX-License-Identifier: Apache-2.0 */
/* Without DWARF the heap does not know all types. But a method has the type of its receiver in its name, which survives
 * strip, and the fields of the type are in its descriptor. A goroutine that waits for main.(*room).mu mostly does so in
 * a method of main.room. */
#include "heap/size_class.h"
#include "locals/frame_arguments.h"
#include "unwind/stack.h"
#include "util/str.h"
#include "why/object_place.h"
#include "why/wait_frame.h"

#define MOST_FRAMES 32u
#define MOST_WORDS 256u    /* of a frame */
#define ARGUMENT_WORDS 10u /* above it, where its registers are spilled */
#define MOST_PARTS 32u
#define MOST_DEPTH 8u
#define MOST_FIELDS 256u
#define NAME_BYTES 512u

/* Offsets in a struct. */
struct part_offsets {
	uint64_t list[MOST_PARTS];
	size_t count;
	unsigned fields; /* that were looked at */
};

struct frame_search {
	struct gopm__places *places;
	struct gopm__types *types;
	struct gopm__object_place *place;
	uint32_t index; /* of `place` */
	struct gopm__reader reader;
	const struct gopm__frame *frame;
	const struct gopm__type *type; /* of the receiver */
	uint64_t size;
	bool has_pointers; /* the type */
	uint64_t receiver; /* its value; 0: not known */
	bool adjacent;     /* the frame called package sync or the runtime */
};

/* Finds the parts, or with `pointer` the fields that point to one, in the fields of a struct and of structs in it. */
static void find_parts(struct frame_search *s, const struct gopm__type *type, uint64_t base, bool pointer,
                       unsigned depth, struct part_offsets *out)
{
	const struct gopm__type *real = gopm__type_resolve(s->types, type);

	if (real == NULL || real->class_ != GOPM__TYPE_STRUCT || depth == 0) {
		return;
	}
	for (size_t i = 0; i < real->field_count && out->fields < MOST_FIELDS; i++) {
		const struct gopm__type *field = gopm__types_at(s->types, real->fields[i].type);
		const uint64_t offset = base + real->fields[i].offset;
		out->fields++;
		if (field == NULL) {
			continue;
		}
		if (!gopm__type_is_part(s->types, field, s->place->part, pointer)) {
			find_parts(s, field, offset, pointer, depth - 1, out);
		} else if (out->count < MOST_PARTS) {
			out->list[out->count++] = offset;
		}
	}
}

/* The full name of T in "path/of/package.(*T).Method", also of a function literal in it. */
static gopm_str receiver_name(gopm_str function, char *buffer)
{
	size_t start = 0, open, close;

	for (size_t i = 0; i < function.size; i++) {
		start = function.data[i] == '/' ? i + 1 : start;
	}
	for (open = start; open + 3 < function.size && memcmp(function.data + open, ".(*", 3) != 0; open++) {
	}
	for (close = open; close < function.size && function.data[close] != ')'; close++) {
	}
	if (close >= function.size || close - open <= 3 || close >= NAME_BYTES ||
	    memchr(function.data + open, '[', close - open) != NULL) {
		return (gopm_str){NULL, 0};
	}
	const size_t size = close - open - 3;
	memcpy(buffer, function.data, open);
	buffer[open] = '.';
	memcpy(buffer + open + 1, function.data + open + 3, size);
	return (gopm_str){buffer, open + 1 + size};
}

static bool type_has_pointers(struct frame_search *s)
{
	const uint64_t descriptor = gopm__type_descriptor(s->types, s->type);
	uint64_t bytes;

	/* abi.Type is {Size_, PtrBytes uintptr; ...}: internal/abi/type.go, until Go 1.19 runtime/type.go. */
	return descriptor != 0 && gopm__read_u64(&s->reader, descriptor + 8, &bytes) && bytes != 0;
}

/* True if the linker may have put a variable of the receiver's type at the address: in a section with pointers if it
 * has some, else in one without. */
static bool variable_fits(struct frame_search *s, uint64_t address)
{
	const struct gopm__symtab *symtab = &s->places->program->symtab;

	for (size_t i = 0; i < symtab->module_count; i++) {
		const struct gopm__module *m = &symtab->modules[i];
		if ((address >= m->data && address < m->edata) || (address >= m->bss && address < m->ebss)) {
			return s->has_pointers;
		}
		if ((address >= m->noptrdata && address < m->enoptrdata) ||
		    (address >= m->noptrbss && address < m->enoptrbss)) {
			return !s->has_pointers;
		}
	}
	return false;
}

/* True if the heap may have a value of the receiver's type at the address. */
static bool heap_fits(struct frame_search *s, uint64_t address)
{
	struct gopm__heap *heap = s->places->heap;
	const struct gopm__slots *span;
	const uint32_t slot = heap != NULL ? gopm__index_object(&heap->index, address, &span) : GOPM__NO_SLOT;

	if (slot == GOPM__NO_SLOT || gopm__object_address(span, slot) != address ||
	    gopm__object_bytes(span) < s->size) {
		return false;
	}
	const uint64_t wanted = gopm__slot_size(s->size + span->header);
	if (wanted != 0 && s->size <= GOPM__MAX_SMALL_SIZE && wanted != span->size) {
		return false;
	}
	if (gopm__typed_evidence(heap->typed[slot]) <= GOPM__EVIDENCE_GUESS) {
		return true;
	}
	const struct gopm__object_type *type = gopm__object_type(&heap->types, gopm__typed_type(heap->typed[slot]));
	return type->key_kind == GOPM__KEY_DESCRIPTOR && gopm__types_of_descriptor(s->types, type->key) == s->type;
}

/* True if a word of the frame, or one of its spilled arguments, is `value`. */
static bool frame_has(struct frame_search *s, uint64_t value)
{
	const uint64_t end = s->frame->cfa + ARGUMENT_WORDS * 8;
	uint64_t word;

	for (uint64_t at = s->frame->sp, i = 0; at < end && i < MOST_WORDS; at += 8, i++) {
		if (gopm__read_u64(&s->reader, at, &word) && word == value) {
			return true;
		}
	}
	return false;
}

static void take_receiver(struct frame_search *s, uint64_t base, uint64_t offset, enum gopm__place_rank rank)
{
	gopm__place_take(
	    s->places, s->types,
	    &(struct gopm__place_candidate){.base = base, .offset = offset, .place = s->index, .rank = (uint8_t)rank},
	    s->type);
}

/* The object is in the receiver. At offset 0 its own address says nothing of the receiver. */
static void try_inside(struct frame_search *s)
{
	struct part_offsets parts = {.count = 0};

	find_parts(s, s->type, 0, false, MOST_DEPTH, &parts);
	for (size_t i = 0; i < parts.count; i++) {
		const uint64_t base = s->place->address - parts.list[i];
		const bool fits = heap_fits(s, base);
		if (!fits && !variable_fits(s, base)) {
			continue;
		}
		if (base == s->receiver || (parts.list[i] != 0 && frame_has(s, base))) {
			take_receiver(s, base, parts.list[i], GOPM__PLACE_FRAME);
		} else if (s->adjacent && parts.count == 1 && s->receiver == 0) {
			take_receiver(s, base, parts.list[i], GOPM__PLACE_GUESS);
		}
	}
}

/* A field of the receiver points to the object. */
static void try_pointers(struct frame_search *s)
{
	const uint64_t end = s->frame->cfa + ARGUMENT_WORDS * 8;
	struct gopm__reader probe = s->reader;
	struct part_offsets parts = {.count = 0};
	uint64_t word, value;

	find_parts(s, s->type, 0, true, MOST_DEPTH, &parts);
	for (uint64_t at = s->frame->sp, i = 0; parts.count != 0 && at < end && i < MOST_WORDS; at += 8, i++) {
		if (!gopm__read_u64(&s->reader, at, &word) || word % 8 != 0 ||
		    !(heap_fits(s, word) || variable_fits(s, word))) {
			continue;
		}
		for (size_t k = 0; k < parts.count; k++) {
			if (gopm__read_u64(&probe, word + parts.list[k], &value) && value == s->place->address) {
				take_receiver(s, word, parts.list[k], GOPM__PLACE_HOLDER_FRAME);
			}
		}
	}
}

/* The value of the receiver, if its spill slot is live at the pc; else 0. Only physical frames have one. */
static uint64_t live_receiver(struct frame_search *s)
{
	const struct gopm__limits limits = {.max_depth = 1};
	struct gopm__program *program = s->places->program;
	struct gopm__arena arena = {0};
	struct gopm__context context = gopm__context(program, &arena, &limits);
	struct gopm__variable_list arguments = {0};
	uint64_t value = 0;

	if (s->frame->inline_depth == 0 &&
	    gopm__frame_arguments(&context, NULL, program->file.arch, s->frame, &arguments) == GOPM_OK &&
	    arguments.count != 0 && arguments.list[0].provenance == GOPM_FROM_RECOVERED &&
	    arguments.list[0].address != 0 && !gopm__read_u64(&s->reader, arguments.list[0].address, &value)) {
		value = 0;
	}
	gopm__arena_free(&arena);
	return value;
}

/* The linker leaves out the descriptors of types that no interface has: the name of the type is all there is. */
static void take_method(struct frame_search *s, gopm_str name)
{
	const gopm_str copy = gopm__arena_str(s->places->arena, name.data, name.size);

	if (copy.data == NULL) {
		s->places->status = GOPM_ERR_NO_MEMORY;
		return;
	}
	s->place->rank = GOPM__PLACE_METHOD;
	s->place->in = s->place->type = copy;
}

static void search_call(struct frame_search *s, const struct gopm__frame *frame)
{
	char buffer[NAME_BYTES];
	const gopm_str name = receiver_name(frame->call->function, buffer);

	s->frame = frame;
	s->type = name.size != 0 ? gopm__types_named(s->types, name) : NULL;
	s->size = s->type != NULL ? gopm__type_size(s->types, s->type) : 0;
	if (s->size == 0 && name.size != 0 && s->adjacent && s->place->rank == GOPM__PLACE_NONE) {
		take_method(s, name);
	}
	if (s->size == 0 || frame->cfa == 0) {
		return;
	}
	s->has_pointers = type_has_pointers(s);
	s->receiver = live_receiver(s);
	if (s->place->part != GOPM__PART_WORD) {
		try_inside(s);
	}
	try_pointers(s);
}

static void search_stack(struct frame_search *s, uint64_t address)
{
	struct gopm__runtime *rt = &s->places->program->runtime;
	struct gopm__stack stack = {0};
	struct gopm__g g;

	if (!gopm__g_read(rt, &s->reader, address, &g)) {
		return;
	}
	gopm__walk_goroutine(&stack.walk, rt, &g, true, NULL);
	if (gopm__stack_collect(&stack, MOST_FRAMES) != GOPM_OK) {
		s->places->status = GOPM_ERR_NO_MEMORY;
	}
	s->adjacent = true;
	for (size_t i = 0; i < stack.count; i++) {
		const struct gopm__frame *frame = &stack.frames[i];
		if (frame->call != NULL && !gopm__waits_inside(frame->call->function)) {
			search_call(s, frame);
			s->adjacent = false;
		}
	}
	gopm__stack_clear(&stack);
}

void gopm__place_frames(struct gopm__places *places, struct gopm__types *types)
{
	struct frame_search s = {
	    .places = places, .types = types, .reader = gopm__reader(&places->program->file.memory)};

	for (uint32_t i = 0; i < places->count && places->status == GOPM_OK; i++) {
		s.place = &places->list[i];
		s.index = i;
		for (size_t k = 0; k <= GOPM__OBJECT_MORE_GS && s.place->rank < GOPM__PLACE_FRAME; k++) {
			if (s.place->gs[k] != 0) {
				search_stack(&s, s.place->gs[k]);
			}
		}
	}
}
