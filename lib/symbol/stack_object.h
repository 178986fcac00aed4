/* SPDX-License-Identifier: Apache-2.0 */
/* Stack objects: variables whose address is taken (FUNCDATA_StackObjects). Source: stackObjectRecord of
 * runtime/stack.go, Go 1.16 to 1.27. */
#ifndef GOPM_SYMBOL_STACK_OBJECT_H
#define GOPM_SYMBOL_STACK_OBJECT_H

#include "symbol/pclntab.h"

#define GOPM__MAX_STACK_OBJECTS 1024u

struct gopm__stack_object {
	int64_t offset; /* negative: from the end of the locals; else from the arguments */
	int64_t size;
	int64_t pointers; /* bytes from its start that may have pointers */
	uint64_t mask; /* address of a bit for each of their words, 1 for a pointer; 0: it has a GC program instead */
};

/* The number of objects. False: more than GOPM__MAX_STACK_OBJECTS, or not in the core. */
bool gopm__stack_objects(struct gopm__reader *reader, const struct gopm__func *func, uint64_t *count);

/* Reads object `index`, below that number. False: not in the core. */
bool gopm__stack_object_at(struct gopm__reader *reader, const struct gopm__func *func, uint64_t index,
                           struct gopm__stack_object *out);

#endif
