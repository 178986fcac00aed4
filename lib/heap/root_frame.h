/* SPDX-License-Identifier: Apache-2.0 */
/* Live words and stack objects of frames. They are the same for all frames at one pc, and decoded once. */
#ifndef GOPM_HEAP_ROOT_FRAME_H
#define GOPM_HEAP_ROOT_FRAME_H

#include "symbol/symtab.h"

/* A stack object of a function. */
struct gopm__root_object {
	int32_t offset;    /* negative: from the end of the locals; else from the arguments */
	uint32_t size;     /* bytes */
	uint32_t first;    /* bytes before the first word that may be a pointer */
	uint32_t pointers; /* bytes before the end of the last one */
	uint64_t mask;     /* address of a bit for each word of the object; 0: all of them may be pointers */
	bool guess;        /* or they may not */
};

/* A part of an array: elements [first, first + count). */
struct gopm__root_part {
	uint32_t first, count;
};

struct gopm__root_frame {
	struct gopm__root_part locals;  /* of `words`: indexes of live words, from the first local on */
	struct gopm__root_part args;    /* of `words`: from the first argument on */
	struct gopm__root_part objects; /* of `objects` */
	uint32_t local_words;           /* words that the locals' bitmap describes; it ends with the locals */
	uint32_t arg_words;             /* words of all arguments and results */
	bool no_locals_map;             /* its locals are unknown */
	bool bad;                       /* so is something else of it, because of damage */
	bool stub;                      /* reflect.makeFuncStub or methodValueCall: see root_stack.c */
};

/* Zero-initialized is empty. */
struct gopm__root_frames {
	struct gopm__map64 by_pc; /* pc -> index of `list`, + 1 */
	struct gopm__root_frame *list;
	size_t count, capacity;
	uint32_t *words;
	size_t word_count, word_capacity;
	struct gopm__root_object *objects;
	size_t object_count, object_capacity;
	bool full; /* frames of some functions are not read, as there are too many words */
};

void gopm__root_frames_free(struct gopm__root_frames *frames);

/* The frame of the physical function at `pc`, the address of the call, in `info`: 1 below the address at which the
 * frame continues, but not below the function's entry. Valid until the next call. NULL: out of memory. */
const struct gopm__root_frame *gopm__root_frame(struct gopm__root_frames *frames, struct gopm__reader *reader,
                                                const struct gopm__func *func, uint64_t pc);

#endif
