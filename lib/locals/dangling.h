/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers in a variable that may dangle.
 *
 * After the last use of a variable, nothing keeps its targets alive. A pointer is safe if it points to static memory,
 * or if its word is a GC root. It is also safe if a GC root or a register is a live alias of it: has the same value
 * number. Equal addresses prove nothing (roots.h). */
#ifndef GOPM_LOCALS_DANGLING_H
#define GOPM_LOCALS_DANGLING_H

#include "value/variable.h"

struct gopm__stack_state; /* stack_state.h */

/* Marks the words of a readable variable whose targets may have been freed. A variable that shows such a target as its
 * own value, as a string does, becomes stale-possible.
 * @param frame index of the variable's frame in `stack_state`
 * @param proof other bytes of the variable with value numbers; NULL: v->bytes */
void gopm__mark_dangling(struct gopm__stack_state *stack_state, size_t frame, struct gopm__variable *v,
                         const struct gopm__bytes *proof);

#endif
