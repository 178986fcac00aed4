/* SPDX-License-Identifier: Apache-2.0 */
/* Variables whose location list does not cover the pc: what the core holds of them elsewhere. */
#ifndef GOPM_LOCALS_RECOVERY_H
#define GOPM_LOCALS_RECOVERY_H

#include "code/liveness.h"
#include "dwarf/scope.h"
#include "locals/value_search.h"

struct gopm__recover_request {
	const struct gopm__frame *frame;
	const struct gopm__scope *scope;
	const struct gopm__expression_frame *expression; /* callbacks are not used */
	const struct gopm__scope_node *node;
	const struct gopm__type *type;
	int argument; /* number of the physical function's argument, from 0; -1: it is none */
};

struct gopm__recovered {
	uint32_t provenance; /* GOPM_FROM_* */
	const char *origin;
	uint64_t address;
	const struct gopm__bytes *bytes;
};

/* False: nothing is left of it. `context` has a recovery. */
bool gopm__recover(struct gopm__context *context, const struct gopm__recover_request *request,
                   struct gopm__recovered *out);

/* Compilers use slots again that their lists still give to a variable nobody needs any more. */
enum gopm__slot_use {
	GOPM__SLOT_HOLDS,  /* whatever the way here, it is a value that the list calls the variable's */
	GOPM__SLOT_UNSURE, /* what it is cannot be told, or only of some ways */
	GOPM__SLOT_REUSED, /* it is something that the list never calls the variable's */
	/* Another place that the list named still has the value it had then, which the code goes on to read, and which
	 * is not the value here: the list may have taken the place of another variable. */
	GOPM__SLOT_ELSEWHERE,
};

/* What the slots hold that the location list names. `live`: what is read of the frame; NULL: not known. `context` has a
 * recovery. */
enum gopm__slot_use gopm__slot_use(struct gopm__context *context, const struct gopm__recover_request *request,
                                   const struct gopm__live_set *live);

#endif
