/* SPDX-License-Identifier: Apache-2.0 */
/* The scan of one goroutine's stack. */
#ifndef GOPM_HEAP_ROOT_STACK_H
#define GOPM_HEAP_ROOT_STACK_H

#include "heap/root_frame.h"
#include "heap/root_private.h"
#include "unwind/walk.h"

/* A stack object in a frame. */
struct gopm__scanned_object {
	uint64_t begin, end;      /* addresses */
	uint64_t mask;            /* of root_frame.h */
	uint64_t pc, cfa;         /* of its frame */
	uint32_t first, pointers; /* of root_frame.h */
	uint32_t frame;           /* number of its frame */
	bool guess;               /* of root_frame.h */
	bool seen;                /* a root points into it, and its words were visited */
};

/* Addresses in the stack that roots have, to be looked up among the stack objects. */
struct gopm__stack_pointers {
	uint64_t *list;
	size_t count, capacity;
};

/* Used for all goroutines, one after the other, so that none needs an allocation of its own. */
struct gopm__stack_scan {
	struct gopm__root_walk *roots;
	struct gopm__root_frames frames; /* of all goroutines */
	struct gopm__walk walk;
	uint64_t budget; /* frames of all walks */

	/* Of the current goroutine: */
	struct gopm__g g;
	uint32_t frame;    /* number of the current frame */
	uint8_t callee;    /* role of the frame before; 0: none, or an ordinary one */
	bool conservative; /* the frame before has the registers of the current one */
	uint64_t end;      /* of the frames that were scanned */
	struct gopm__scanned_object *objects;
	size_t object_count, object_capacity;
	struct gopm__stack_pointers exact, guessed; /* pointers of exact roots, and of conservative ones */
};

/* Visits the word at root->place, and remembers it if it points into the stack. */
void gopm__scan_word(struct gopm__stack_scan *scan, struct gopm__root *root);
/* The same for root->word. */
void gopm__scan_value(struct gopm__stack_scan *scan, const struct gopm__root *root);
/* Visits the words of [from, to), up to the first that the core lacks, conservatively. */
void gopm__scan_range(struct gopm__stack_scan *scan, const struct gopm__root *like, uint64_t from, uint64_t to);

/* A FRAME root of the current frame, without place and word. */
struct gopm__root gopm__scan_frame_root(const struct gopm__stack_scan *scan);

/* Visits the roots of the current frame. root_frame_scan.c */
void gopm__scan_frame(struct gopm__stack_scan *scan);
/* Visits the words of stack objects that roots point to, after all frames. root_object.c */
void gopm__scan_objects(struct gopm__stack_scan *scan);
/* Adds a stack object of the current frame. root_object.c */
void gopm__scan_add_object(struct gopm__stack_scan *scan, uint64_t begin, const struct gopm__root_object *object);

#endif
