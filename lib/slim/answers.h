/* SPDX-License-Identifier: Apache-2.0 */
/* What a core says of its goroutines, as a number: equal for a small core and the one it was made from. */
#ifndef GOPM_SLIM_ANSWERS_H
#define GOPM_SLIM_ANSWERS_H

#include <gopm/goroutine.h>

#include "runtime/g.h"

#define GOPM__ANSWER_WAITS 64

struct gopm__answers {
	uint64_t goroutines; /* not dead */
	uint64_t hash;       /* of their ids, statuses, stacks and waits, in the order of allgs */
};

/* Adds a goroutine that is not dead. `waits` has the first GOPM__ANSWER_WAITS of the `count` objects it waits on. */
void gopm__answers_add(struct gopm__answers *answers, const struct gopm__g *g, const gopm_wait *waits, size_t count);

#endif
