/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that a parked goroutine waits on: channels, a semaphore, a notifyList, a timer, a pollDesc. */
#ifndef GOPM_RUNTIME_WAIT_H
#define GOPM_RUNTIME_WAIT_H

#include "runtime/g.h"
#include "runtime/wait_kind.h"
#include "util/map64.h"

/* Lengths of long wait queues: a million goroutines may wait on one channel. Zeroed is ready. One thread at a time. */
struct gopm__wait_cache {
	struct gopm__map64 channels; /* address -> index into counts */
	struct gopm__queue_counts {
		uint64_t senders, receivers;
		bool complete;
		bool consistent; /* the header of the channel */
	} * counts;
	size_t count, capacity;
	uint64_t steps; /* sudogs counted so far, of all channels */
};

void gopm__wait_cache_free(struct gopm__wait_cache *cache);

/* Fills up to `capacity` objects that `g` waits on. Returns how many there are: 0 if it does not wait, more than one
 * only for select. */
size_t gopm__waits(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__wait_cache *cache,
                   const struct gopm__g *g, gopm_wait *out, size_t capacity);

#endif
