/* SPDX-License-Identifier: Apache-2.0 */
/* Loads goroutines before they are read. A pass over a million of them spends most of its time on cache misses: the
 * first access to each g, its stack and its sudog, in an order that no CPU predicts. */
#ifndef GOPM_RUNTIME_AHEAD_H
#define GOPM_RUNTIME_AHEAD_H

#include "runtime/runtime.h"

/* What is read of each goroutine, besides its g. */
struct gopm__ahead {
	uint64_t stack; /* bytes of its stack, from the innermost frame on */
	bool sudog;     /* its first two sudogs, and the channel of the first */
};

/* Starts to load what comes a few entries after `index` of allgs.
 * @return the address of a g that comes soon; 0: there is none. */
uint64_t gopm__ahead(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t index,
                     struct gopm__ahead of);

#endif
