/* SPDX-License-Identifier: Apache-2.0 */
/* The type with which a value was allocated: the type descriptor that the code passes to the allocator, as in
 * "CALL runtime.newobject". Results of functions that only return what they allocate count too. */
#ifndef GOPM_CODE_ALLOCATION_H
#define GOPM_CODE_ALLOCATION_H

#include "code/code.h"

enum gopm__allocation_kind {
	GOPM__ALLOCATED_UNKNOWN,
	GOPM__ALLOCATED_NIL,
	GOPM__ALLOCATED_SELF,     /* the value of the memory that the search names */
	GOPM__ALLOCATED_VALUE,    /* one value of the type */
	GOPM__ALLOCATED_ELEMENTS, /* elements of the type */
};

struct gopm__allocation {
	enum gopm__allocation_kind kind;
	uint64_t descriptor; /* of the type */
};

/* Functions and where they are cached. Free `results` in the end. */
struct gopm__allocation_search {
	struct gopm__code_cache *cache; /* not trimmed during a call */
	struct gopm__symtab *symtab;
	const struct gopm__arch *arch;
	int32_t minor;              /* Go 1.`minor`; 0: unknown */
	struct gopm__map64 results; /* of functions: entry -> packed allocation */
};

/* What `number` is, a value that `code` computes. `self` is the address of the memory that is stored to. */
struct gopm__allocation gopm__allocation_of(struct gopm__allocation_search *search, const struct gopm__code *code,
                                            const struct gopm__value_number *number, uint64_t self);

/* What two stores to one word say together. */
struct gopm__allocation gopm__allocation_join(struct gopm__allocation a, struct gopm__allocation b);

#endif
