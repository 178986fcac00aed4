/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers in a variable that may dangle.
 *
 * The code may be past its last use of a variable, and then nothing keeps the variable's targets alive. A pointer is
 * safe if it points into a segment of a file, if its word is a GC root, or if a GC root or register has a live alias of
 * it: the same value by value numbering. Equal addresses prove nothing (roots.h). */
#ifndef GOPM_LOCALS_DANGLING_H
#define GOPM_LOCALS_DANGLING_H

#include "value/variable.h"

/* Marks the words of a readable variable whose targets may have been freed. A variable that shows such a target as its
 * own value, as a string does, becomes stale-possible.
 * @param frame index of the variable's frame in context->stack_state
 * @param proof other bytes of the variable with value numbers; NULL: v->bytes */
void gopm__mark_dangling(struct gopm__context *context, size_t frame, struct gopm__variable *v,
                         const struct gopm__bytes *proof);

#endif
