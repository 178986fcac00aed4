/* SPDX-License-Identifier: Apache-2.0 */
/* What package variables point to, by the code that stores into them: "cache = make([]entry, 20)" names the type of the
 * elements, which nothing else in a stripped program may say. Each store to the word must be of an allocation with one
 * and the same type, of nil, or of the word's own value. */
#ifndef GOPM_HEAP_STORED_TYPE_H
#define GOPM_HEAP_STORED_TYPE_H

#include "program/program.h"

struct gopm__index;

struct gopm__stored_type {
	uint64_t address;    /* of the word */
	uint64_t descriptor; /* of the type that it points to */
	bool elements;       /* it is the pointer of a slice with elements of this type */
};

/* A static array of pointers, whose elements the code stores by an index. Where it ends is not known. */
struct gopm__stored_array {
	uint64_t address;    /* of the array, or of a part of it */
	uint64_t descriptor; /* of the type that its elements point to; 0: of several */
};

/* Zeroed is empty. */
struct gopm__stored_types {
	struct gopm__stored_type *list; /* sorted by address */
	size_t count;
	struct gopm__stored_array *arrays; /* sorted by address */
	size_t array_count;
};

/* Looks for the words of data and bss that point to objects of `index` whose allocator keeps no type. Takes the
 * program's lock. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__stored_types_find(struct gopm__stored_types *stored, struct gopm__program *program,
                                    const struct gopm__index *index);
void gopm__stored_types_free(struct gopm__stored_types *stored);

/* Whether the word at `address` may be an element of `array`: no store says otherwise. */
bool gopm__stored_array_may_have(const struct gopm__stored_types *stored, const struct gopm__stored_array *array,
                                 uint64_t address);

/* That of the word at `address`, or NULL. */
const struct gopm__stored_type *gopm__stored_type(const struct gopm__stored_types *stored, uint64_t address);

#endif
