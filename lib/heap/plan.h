/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the plan of a type: from its descriptor, or if that is not one of a module, from the collector's mask. */
#ifndef GOPM_HEAP_PLAN_H
#define GOPM_HEAP_PLAN_H

#include "heap/object_type.h"
#include "type/types.h"

#define GOPM__PLAN_MAX_DEPTH 64u /* of types in types */

/* A plan that is being made: the entries of the table from `first` on. */
struct gopm__plan_build {
	struct gopm__object_types *types;
	uint32_t first;
};

/* Fills all but `mask` and `words` of a type by its key. False: neither descriptor nor mask can be read, or it is too
 * large; then it has no entries. */
bool gopm__plan_make(struct gopm__object_types *types, struct gopm__object_type *type);

/* The parts of it, for types that have no descriptor. Each is false if there are too many entries, or no memory. */

/* Counts steps of making plans. False: there were too many in this heap, which no real program needs. */
bool gopm__plan_step(struct gopm__object_types *types, uint64_t steps);

/* Adds one pointer at `offset`. `descriptor` is that of its target's type; 0: unknown. */
bool gopm__plan_add(struct gopm__plan_build *build, uint64_t offset, enum gopm__points_to to, uint64_t descriptor);

/* Adds the pointers of a value at `offset` whose type has this descriptor. */
bool gopm__plan_add_value(struct gopm__plan_build *build, uint64_t descriptor, uint64_t offset, unsigned depth);

/* Repeats the entries from `from` on for an array of `count` elements of `size` bytes. */
bool gopm__plan_repeat(struct gopm__plan_build *build, uint32_t from, uint64_t count, uint64_t size);

/* plan_type.c: the same for a type of the store. The caller holds the program's lock. */
bool gopm__plan_add_type(struct gopm__plan_build *build, struct gopm__types *store, const struct gopm__type *type,
                         uint64_t offset);

/* plan_type.c: numbers a type of the store and makes its plan. The caller holds the program's lock.
 * 0: it has no size, or cannot be read, or out of memory, which sets types->no_memory. */
uint32_t gopm__plan_type(struct gopm__object_types *types, struct gopm__types *store, const struct gopm__type *type);

#endif
