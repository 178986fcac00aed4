/* SPDX-License-Identifier: Apache-2.0 */
/* The way to a part of a value, as source code writes it: the defined type that has it, and the fields from there on.
 * For a Mutex in an element of main.server.rooms it is "main.room.mu". */
#ifndef GOPM_WHY_TYPE_PATH_H
#define GOPM_WHY_TYPE_PATH_H

#include "type/types.h"

#define GOPM__PATH_BYTES 512u

struct gopm__type_path {
	char text[GOPM__PATH_BYTES];
	size_t size;
	uint64_t owner; /* offset of the value of that defined type; 0 without one */
	gopm_str type;  /* its name; empty: there is none, and the text begins with what the caller has put there */
	bool plain;     /* set by the caller: the way from the beginning of the value, with the indexes of arrays */
	bool cut;       /* the text is not whole */
};

/* What the part is to be. */
enum gopm__part {
	GOPM__PART_WORD, /* a pointer, or what is one: a channel, map, func, interface ... */
	GOPM__PART_MUTEX,
	GOPM__PART_RWMUTEX,
	GOPM__PART_ONCE,
	GOPM__PART_WAITGROUP,
	GOPM__PART_COND,
	GOPM__PART_SEMA, /* a semaphore of the runtime: 4 bytes */
};

void gopm__type_path_add(struct gopm__type_path *path, const char *data, size_t size);

/* True if `type` is that of the part, or of the pointer to it if `pointer`. */
bool gopm__type_is_part(struct gopm__types *types, const struct gopm__type *type, enum gopm__part part, bool pointer);

/* Adds to `path` the way from a value of `type` to its part at `offset`. Unless it is plain, the indexes of arrays are
 * left out: the path is that of all elements. False: there is no such part. The caller holds the program's lock. */
bool gopm__type_path(struct gopm__types *types, const struct gopm__type *type, uint64_t offset, enum gopm__part part,
                     struct gopm__type_path *path);

#endif
