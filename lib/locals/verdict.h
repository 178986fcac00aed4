/* SPDX-License-Identifier: Apache-2.0 */
/* What a location says of a variable's place, held against the code. Location lists go on naming a place after the last
 * use of a variable: the compiler may have given the variable another value since that has no place of its own, and the
 * collector may have freed what the old one points to. A place is the variable's for sure while the code still reads
 * all of it, no other variable has it, and nothing else was stored there. */
#ifndef GOPM_LOCALS_VERDICT_H
#define GOPM_LOCALS_VERDICT_H

#include "locals/recovery.h"

enum gopm__claim_kind {
	GOPM__CLAIM_UNSEEN, /* not looked at yet */
	GOPM__CLAIM_GOOD,
	GOPM__CLAIM_DEAD,      /* a part of it is not read any more */
	GOPM__CLAIM_REUSED,    /* the code stored something else there */
	GOPM__CLAIM_UNSURE,    /* what the code stored there cannot be told */
	GOPM__CLAIM_ELSEWHERE, /* what it had in another place is there still, and read again */
	GOPM__CLAIM_SHARED,    /* another variable in scope is said to lie there too */
};

struct gopm__claim {
	uint8_t kind;
	gopm_str other; /* of a shared one: the other variable */
};

/* Judges the place that was found for request->node. `context` has a recovery. */
struct gopm__claim gopm__claim(struct gopm__context *context, const struct gopm__recover_request *request,
                               const struct gopm__place_of_value *place);

#endif
