/* SPDX-License-Identifier: Apache-2.0 */
/* Tells if the stack slots of a location list entry still hold the variable. Compilers reuse the slot of a variable
 * that the code no longer needs, but the list continues to name it. */
#ifndef GOPM_LOCALS_SLOT_USE_H
#define GOPM_LOCALS_SLOT_USE_H

#include "code/liveness.h"
#include "locals/local.h"

struct gopm__stack_state; /* stack_state.h */

/* In order of severity: the worst of all slots counts. */
enum gopm__slot_use {
	GOPM__SLOT_HOLDS,     /* on every path, the slot has a value that the list gives the variable */
	GOPM__SLOT_UNKNOWN,   /* unknown, or so on some paths only */
	GOPM__SLOT_CLOBBERED, /* the slot has a value that the list never gives the variable */
	/* Another listed location still has a value that the list gave the variable, the code reads it again, and it is
	 * not the value here: this location may be that of another variable by now. */
	GOPM__SLOT_MOVED,
};

/* The use of all slots of the variable's entry at the frame's pc. `live`: locations live there; NULL: unknown.
 * */
enum gopm__slot_use gopm__slot_use(struct gopm__stack_state *stack_state, const struct gopm__local *local,
                                   const struct gopm__live_set *live);

#endif
