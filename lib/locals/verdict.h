/* SPDX-License-Identifier: Apache-2.0 */
/* Verdict on a location list entry: can the location be trusted at this pc?
 *
 * Location lists go on naming a location after the last use of a variable. By then the compiler may have assigned a
 * value that has no location, and the collector may have freed the target of the old one. A location has the variable's
 * value for certain only if three things are true: the code still reads all of it, no other variable in scope has it,
 * and nothing else was stored there. */
#ifndef GOPM_LOCALS_VERDICT_H
#define GOPM_LOCALS_VERDICT_H

#include "locals/local.h"

struct gopm__stack_state; /* stack_state.h */

enum gopm__verdict_kind {
	GOPM__VERDICT_NONE, /* not computed yet */
	GOPM__VERDICT_LIVE,
	GOPM__VERDICT_DEAD,      /* the code no longer reads a part of it */
	GOPM__VERDICT_CLOBBERED, /* the code stored another value there */
	GOPM__VERDICT_UNKNOWN,   /* the value that the code stored there is unknown */
	GOPM__VERDICT_MOVED,     /* another location has the variable's earlier value, and the code reads it again */
	GOPM__VERDICT_SHARED,    /* another variable in scope has the same location */
};

struct gopm__verdict {
	uint8_t kind;
	gopm_str other; /* of a shared location: the other variable */
};

/* The verdict on `location`, which the list gives local->node. */
struct gopm__verdict gopm__verdict(struct gopm__stack_state *stack_state, const struct gopm__local *local,
                                   const struct gopm__location_description *location);

#endif
