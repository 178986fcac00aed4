/* SPDX-License-Identifier: Apache-2.0 */
/* Source: getStackMap and argMapInternal of runtime/stkframe.go, until Go 1.19 of runtime/stack.go and traceback.go. */
#include "heap/root_frame.h"

#include <stdlib.h>

#include "symbol/stack_map.h"
#include "symbol/stack_object.h"
#include "util/vector.h"

/* Words and objects of all pcs. A large program has a hundred thousand; a hostile one must not use up all memory. */
#define MAX_WORDS ((size_t)1 << 24)
#define MAX_OBJECTS ((size_t)1 << 22)
#define ARGS_UNKNOWN INT32_MIN /* abi.ArgsSizeUnknown */

void gopm__root_frames_free(struct gopm__root_frames *frames)
{
	gopm__map64_free(&frames->by_pc);
	free(frames->list);
	free(frames->words);
	free(frames->objects);
	*frames = (struct gopm__root_frames){0};
}

/* Adds the live words of one bitmap. False: out of memory. */
static bool add_live_words(struct gopm__root_frames *frames, struct gopm__reader *reader,
                           const struct gopm__stack_maps *maps, uint32_t index, struct gopm__root_part *out)
{
	out->first = (uint32_t)frames->word_count;
	for (uint32_t word = 0; gopm__stack_map_next(reader, maps, index, &word); word++) {
		if (frames->word_count == MAX_WORDS) {
			frames->full = true;
			break;
		}
		if (!GOPM__VECTOR_RESERVE(frames->words, frames->word_count, frames->word_capacity, 1)) {
			return false;
		}
		frames->words[frames->word_count++] = word;
	}
	out->count = (uint32_t)frames->word_count - out->first;
	return true;
}

/* Adds the stack objects of a function that have pointers. False: out of memory. */
static bool add_stack_objects(struct gopm__root_frames *frames, struct gopm__reader *reader,
                              const struct gopm__func *func, struct gopm__root_frame *frame)
{
	struct gopm__stack_object object;
	uint64_t count;

	frame->objects.first = (uint32_t)frames->object_count;
	if (!gopm__stack_objects(reader, func, &count)) {
		frame->bad = true;
		return true;
	}
	for (uint64_t i = 0; i < count; i++) {
		if (!gopm__stack_object_at(reader, func, i, &object) || object.size <= 0 || object.pointers < 0 ||
		    object.pointers > object.size) {
			frame->bad = true;
			continue;
		}
		if (frames->object_count == MAX_OBJECTS) {
			frames->full = true;
			break;
		}
		if (!GOPM__VECTOR_RESERVE(frames->objects, frames->object_count, frames->object_capacity, 1)) {
			return false;
		}
		frames->objects[frames->object_count++] =
		    (struct gopm__root_object){.offset = (int32_t)object.offset,
		                               .size = (uint32_t)object.size,
		                               .pointers = (uint32_t)object.pointers,
		                               .mask = object.mask,
		                               .guess = object.mask == 0};
	}
	frame->objects.count = (uint32_t)frames->object_count - frame->objects.first;
	return true;
}

/* Decodes the tables of a function for one pc. False: out of memory. */
static bool decode_frame(struct gopm__root_frames *frames, struct gopm__reader *reader, const struct gopm__func *func,
                         uint64_t pc, struct gopm__root_frame *frame)
{
	/* At the entry, the first bitmap describes the arguments. */
	const uint32_t index = gopm__stack_map_index(func, pc);
	struct gopm__stack_maps maps;

	frame->stub = func->args == ARGS_UNKNOWN;
	frame->arg_words = func->args > 0 ? (uint32_t)func->args / 8 : 0;
	if (gopm__stack_maps(reader, func, GOPM__FUNCDATA_LOCALS_MAPS, &maps) &&
	    (maps.words == 0 || index < maps.count)) {
		frame->local_words = maps.words;
		if (!add_live_words(frames, reader, &maps, index, &frame->locals)) {
			return false;
		}
	} else {
		frame->no_locals_map = true;
	}
	if (frame->arg_words != 0) {
		if (!gopm__stack_maps(reader, func, GOPM__FUNCDATA_ARGS_MAPS, &maps) ||
		    (maps.words != 0 && index >= maps.count)) {
			frame->bad = true;
		} else if (!add_live_words(frames, reader, &maps, index, &frame->args)) {
			return false;
		}
	}
	return add_stack_objects(frames, reader, func, frame);
}

const struct gopm__root_frame *gopm__root_frame(struct gopm__root_frames *frames, struct gopm__reader *reader,
                                                const struct gopm__func *func, uint64_t pc)
{
	bool fresh;
	uint64_t *index = gopm__map64_put(&frames->by_pc, pc, &fresh);

	if (index == NULL) {
		return NULL;
	}
	if (!fresh && *index != 0) {
		return &frames->list[*index - 1];
	}
	if (!GOPM__VECTOR_RESERVE(frames->list, frames->count, frames->capacity, 1)) {
		return NULL;
	}
	struct gopm__root_frame *frame = &frames->list[frames->count];
	*frame = (struct gopm__root_frame){0};
	if (!decode_frame(frames, reader, func, pc, frame)) {
		return NULL;
	}
	*index = ++frames->count;
	return frame;
}
