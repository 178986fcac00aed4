/* SPDX-License-Identifier: Apache-2.0 */
/* Specials as roots: what a finalizer, a cleanup or a weak pointer keeps.
 *
 * The collector takes each for a root. But it lives as long as its object: a finalizer runs when the object becomes
 * garbage, and is gone then. So if the object is live without it, the special is a part of the object, and not a root
 * of its own: whoever retains the object retains it too. Else only the special keeps what it refers to. */
#ifndef GOPM_HEAP_SPECIAL_ROOT_H
#define GOPM_HEAP_SPECIAL_ROOT_H

#include <gopm/core.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gopm__marker;
struct gopm__root;

struct gopm__special_root {
	uint64_t word;  /* what it refers to; of `contents` the object */
	uint64_t place; /* address of the word; 0: none */
	uint32_t owner; /* slot of the object that has the special */
	uint8_t kind;   /* enum gopm__root_kind */
	bool contents;  /* of gopm__root */
	bool owned;     /* a part of its object */
};

/* Zero-initialized is empty. */
struct gopm__special_roots {
	struct gopm__special_root *list; /* after marking: sorted by owner */
	size_t count, capacity;
};

/* Keeps a root for gopm__special_roots_mark(), if it is the special of an object. *taken says so.
 * False: out of memory. */
bool gopm__special_roots_take(struct gopm__special_roots *specials, struct gopm__marker *marker,
                              const struct gopm__root *root, bool *taken);

/* Marks from the specials, after all other roots. False: marker->status says why marking must end. */
bool gopm__special_roots_mark(struct gopm__special_roots *specials, struct gopm__marker *marker);

/* The index of the first special of the object in `slot`, if any; else one of another object, or the number of all. */
size_t gopm__special_roots_of(const struct gopm__special_roots *specials, uint32_t slot);

void gopm__special_roots_free(struct gopm__special_roots *specials);

#endif
