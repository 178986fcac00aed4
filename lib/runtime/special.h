/* SPDX-License-Identifier: Apache-2.0 */
/* Specials: records of an object, in a list of its span. Source: runtime/mheap.go, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_SPECIAL_H
#define GOPM_RUNTIME_SPECIAL_H

#include "runtime/runtime.h"

/* Kinds that the collector takes roots from. */
enum gopm__special_kind {
	GOPM__SPECIAL_OTHER, /* none */
	GOPM__SPECIAL_FINALIZER,
	GOPM__SPECIAL_WEAK,
	GOPM__SPECIAL_CLEANUP,
};

struct gopm__special {
	uint64_t address, next; /* next: 0: the last */
	uint64_t offset;        /* of the object, or of a byte in it, from the beginning of its span */
	uint64_t fields;        /* address of what the kind has of its own */
	uint8_t kind;           /* enum gopm__special_kind */
	uint8_t words;          /* at `fields`, that can have pointers to the heap */
};

/* True if the layout of specials is known. */
bool gopm__specials_known(const struct gopm__runtime *rt);

/* Reads the special at `address`. False: not in the core, or the layout is unknown. */
bool gopm__special_read(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address,
                        struct gopm__special *out);

#endif
