/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that a parked goroutine waits on: channels, a semaphore, a notifyList, a timer, a pollDesc. */
#ifndef GOPM_RUNTIME_WAIT_H
#define GOPM_RUNTIME_WAIT_H

#include "runtime/chan.h"
#include "runtime/g.h"
#include "runtime/wait_kind.h"
#include "util/map64.h"

#define GOPM__RECENT_CHANNELS 64u /* a power of 2 */

/* Channels that were read: a million goroutines may wait on one. Zeroed is ready. One thread at a time. */
struct gopm__wait_cache {
	struct gopm__map64 channels; /* with a long queue: address -> index into counts */
	struct gopm__queue_counts {
		uint64_t senders, receivers;
		bool complete;
		bool consistent; /* the header of the channel */
	} * counts;
	size_t count, capacity;
	uint64_t steps; /* sudogs counted so far, of all channels */
	struct gopm__recent_channel {
		struct gopm__hchan chan; /* address 0: none. It is sound, and so are its queues */
		struct gopm__queue_counts counts;
		gopm_str type;
		int64_t deadline;
	} recent[GOPM__RECENT_CHANNELS]; /* by a hash of the address */
};

void gopm__wait_cache_free(struct gopm__wait_cache *cache);

static inline size_t gopm__recent_place(uint64_t address)
{
	return gopm__hash64(address, 32) % GOPM__RECENT_CHANNELS;
}

/* The header of a channel that gopm__waits() has read. NULL: read it. */
static inline const struct gopm__hchan *gopm__recent_channel(const struct gopm__wait_cache *cache, uint64_t address)
{
	const struct gopm__hchan *chan = &cache->recent[gopm__recent_place(address)].chan;

	return chan->address == address ? chan : NULL;
}

/* Fills up to `capacity` objects that `g` waits on. Returns how many there are: 0 if it does not wait, more than one
 * only for select. */
size_t gopm__waits(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__wait_cache *cache,
                   const struct gopm__g *g, gopm_wait *out, size_t capacity);

#endif
