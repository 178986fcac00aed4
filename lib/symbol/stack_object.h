/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of a function whose address is taken: FUNCDATA_StackObjects. Source: stackObjectRecord of runtime/stack.go,
 * Go 1.17 to 1.27; before, a record has other members, and none of them looks like an object. */
#ifndef GOPM_SYMBOL_STACK_OBJECT_H
#define GOPM_SYMBOL_STACK_OBJECT_H

#include "symbol/pclntab.h"

#define GOPM__MAX_STACK_OBJECTS 1024u

struct gopm__stack_object {
	int64_t offset; /* negative: from where locals end; else from where arguments begin */
	int64_t size;
	int64_t pointers; /* bytes from its beginning that may have some */
};

/* How many there are. False: more than GOPM__MAX_STACK_OBJECTS, or the core lacks it. */
bool gopm__stack_objects(struct gopm__reader *reader, const struct gopm__func *func, uint64_t *count);

/* Object `index`, below that count. False: the core lacks it. */
bool gopm__stack_object_at(struct gopm__reader *reader, const struct gopm__func *func, uint64_t index,
                           struct gopm__stack_object *out);

#endif
