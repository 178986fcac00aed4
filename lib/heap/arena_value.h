/* SPDX-License-Identifier: Apache-2.0 */
/* Values in arenas of package arena. A chunk has only the mask of its pointers; the types of its values come from the
 * pointers to them. They say what the objects are that only arenas point to. */
#ifndef GOPM_HEAP_ARENA_VALUE_H
#define GOPM_HEAP_ARENA_VALUE_H

#include "heap/pointer_scan.h"

struct gopm__arena_values;

/* NULL: the heap has no arenas, or out of memory, which sets *status. */
struct gopm__arena_values *gopm__arena_values_new(struct gopm__heap *heap, gopm_status *status);
void gopm__arena_values_free(struct gopm__arena_values *values);

/* Adds what an edge to a chunk points to, if the edge has a type. False: out of memory. */
bool gopm__arena_values_add(struct gopm__arena_values *values, const struct gopm__edge *edge);

/* Takes a value off the list, and starts the scan with it. False: there are no more, or they would take too long. */
bool gopm__arena_values_next(struct gopm__arena_values *values, struct gopm__pointer_scan *scan);

#endif
