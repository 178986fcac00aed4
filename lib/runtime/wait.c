/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/wait.h"

#include <stdlib.h>

#include "runtime/chan.h"
#include "runtime/netpoll.h"
#include "runtime/semaphore.h"
#include "util/vector.h"

/* A queue shorter than this is cheaper to count again than to remember. */
#define SHORT_QUEUE 16u
#define MAX_CASES 65536u /* of one select */
#define DIRECTION_STEPS 256u

void gopm__wait_cache_free(struct gopm__wait_cache *cache)
{
	gopm__map64_free(&cache->channels);
	free(cache->counts);
	*cache = (struct gopm__wait_cache){0};
}

/* Counts one queue; false: it is damaged, and a finding says so. */
static bool count_queue(const struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__wait_cache *cache,
                        uint64_t first, uint64_t *count)
{
	/* All queues of a sound core have fewer sudogs than half its words; each is counted twice at most. */
	const uint64_t most = rt->core->memory_size / 4 + SHORT_QUEUE;
	uint64_t steps = most - cache->steps;

	enum gopm__queue_end end = gopm__hchan_queue_length(&rt->layout, reader, first, &steps, count);
	cache->steps = most - steps;
	if (end == GOPM__QUEUE_TORN) {
		gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(first),
		                  "a channel's queue leads out of the core");
	} else if (end != GOPM__QUEUE_COMPLETE) {
		gopm__finding_add(rt->findings, GOPM_FINDING_CYCLE, GOPM__AT_ADDRESS(first),
		                  "a channel's queue runs in a circle");
	}
	return end == GOPM__QUEUE_COMPLETE;
}

static struct gopm__queue_counts queue_counts(const struct gopm__runtime *rt, struct gopm__reader *reader,
                                              struct gopm__wait_cache *cache, const struct gopm__hchan *chan)
{
	struct gopm__queue_counts counts;
	const uint64_t *known = gopm__map64_get(&cache->channels, chan->address);
	bool fresh;

	if (known != NULL) {
		return cache->counts[*known];
	}
	counts.complete = count_queue(rt, reader, cache, chan->sendq, &counts.senders);
	counts.complete = count_queue(rt, reader, cache, chan->recvq, &counts.receivers) && counts.complete;
	if (counts.complete && counts.senders + counts.receivers < SHORT_QUEUE) {
		return counts;
	}
	if (!GOPM__VECTOR_RESERVE(cache->counts, cache->count, cache->capacity, 1)) {
		return counts; /* the next call counts again */
	}
	uint64_t *slot = gopm__map64_put(&cache->channels, chan->address, &fresh);
	if (slot != NULL) {
		*slot = cache->count;
		cache->counts[cache->count++] = counts;
	}
	return counts;
}

/* Whether the sudog waits in `queue`; a queue in which only the other one is empty needs no walk. */
static bool in_queue(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t queue, uint64_t sudog)
{
	for (unsigned i = 0; i < DIRECTION_STEPS && queue != 0; i++) {
		if (queue == sudog) {
			return true;
		}
		if (!gopm__sudog_next(&rt->layout, reader, queue, &queue)) {
			break;
		}
	}
	return false;
}

/* When a timer fires next; 0: it does not, or is not known. */
static int64_t when(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t timer)
{
	uint64_t value;

	return gopm__field_u64(reader, timer, rt->layout.timer.when, &value) && value <= INT64_MAX ? (int64_t)value : 0;
}

static void describe_channel(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__wait_cache *cache,
                             uint64_t channel, uint64_t sudog, gopm_wait *out)
{
	const struct gopm__layout *l = &rt->layout;
	struct gopm__hchan chan;

	out->object = channel;
	if (channel == 0 || l->size[GOPM__STRUCT_HCHAN] == 0) {
		return;
	}
	if (!gopm__hchan_read(l, reader, channel, &chan)) {
		gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(channel),
		                  "a channel is not in the core");
		return;
	}
	if (gopm__hchan_check(&chan, NULL) != GOPM__HCHAN_SOUND) {
		gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(channel),
		                  "channel header is damaged");
		return;
	}
	out->length = chan.length;
	out->capacity = chan.capacity;
	out->flags |= chan.closed != 0 ? GOPM_WAIT_CLOSED : 0;
	if (chan.elem_type != 0) {
		out->type = gopm__runtime_type_name(rt, chan.elem_type);
	}
	out->deadline = when(rt, reader, chan.timer);
	if (sudog != 0 && chan.sendq != 0 && (chan.recvq == 0 || in_queue(rt, reader, chan.sendq, sudog))) {
		out->flags |= GOPM_WAIT_SEND | GOPM_WAIT_DIRECTION;
	} else if (sudog != 0 && chan.recvq != 0 && (chan.sendq == 0 || in_queue(rt, reader, chan.recvq, sudog))) {
		out->flags |= GOPM_WAIT_DIRECTION;
	}
	struct gopm__queue_counts counts = queue_counts(rt, reader, cache, &chan);
	out->senders = counts.senders;
	out->receivers = counts.receivers;
	out->flags |= counts.complete ? GOPM_WAIT_COUNTS : 0;
}

static size_t find(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__wait_cache *cache,
                   const struct gopm__g *g, gopm_wait *out, size_t capacity)
{
	const struct gopm__layout *l = &rt->layout;
	uint32_t kind = gopm__wait_kind(gopm__g_wait_reason(rt, g));
	gopm_wait one = {.kind = kind, .fd = -1};
	struct gopm__poll_wait poll;
	uint64_t sudog = g->waiting, channel;
	size_t count = 0;

	switch (kind) {
	case GOPM_WAIT_NONE:
		return 0;
	case GOPM_WAIT_CHAN_SEND:
	case GOPM_WAIT_CHAN_RECEIVE:
		if (gopm__sudog_channel(l, reader, sudog, &channel)) {
			describe_channel(rt, reader, cache, channel, 0, &one);
		}
		one.flags |= GOPM_WAIT_DIRECTION | (kind == GOPM_WAIT_CHAN_SEND ? GOPM_WAIT_SEND : 0);
		break;
	case GOPM_WAIT_SELECT:
		for (; sudog != 0 && count < MAX_CASES; count++) {
			gopm_wait object = {.kind = kind, .fd = -1};
			if (count < capacity && gopm__sudog_channel(l, reader, sudog, &channel)) {
				describe_channel(rt, reader, cache, channel, sudog, &object);
			}
			if (count < capacity) {
				out[count] = object;
			}
			if (!gopm__sudog_waitlink(l, reader, sudog, &sudog)) {
				break;
			}
		}
		return count;
	case GOPM_WAIT_SEMAPHORE:
		/* Until Go 1.25 g.waiting is for channels alone. */
		if (!gopm__sudog_elem(l, reader, sudog, &one.object)) {
			one.object = gopm__semaphore_of(rt, g->address);
		}
		break;
	case GOPM_WAIT_COND:
		(void)gopm__sudog_elem(l, reader, sudog, &one.object);
		break;
	case GOPM_WAIT_TIMER:
		one.object = g->timer;
		/* g.sleepWhen is of Go 1.23 and later; before, the timer alone knows (runtime/time.go). */
		one.deadline = l->g.sleep_when >= 0 ? g->sleep_when : when(rt, reader, g->timer);
		break;
	case GOPM_WAIT_IO:
		poll = gopm__poll_wait(rt, reader, g);
		one.object = poll.poll_desc;
		one.fd = poll.fd;
		one.flags |= poll.poll_desc != 0 ? GOPM_WAIT_DIRECTION : 0;
		one.flags |= poll.writes ? GOPM_WAIT_SEND : 0;
		break;
	default:
		break;
	}
	if (capacity != 0) {
		out[0] = one;
	}
	return 1;
}

size_t gopm__waits(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__wait_cache *cache,
                   const struct gopm__g *g, gopm_wait *out, size_t capacity)
{
	size_t count = find(rt, reader, cache, g, out, capacity);

	/* Timers of a bubble of testing/synctest go by a clock of its own. */
	for (size_t i = 0; g->bubble != 0 && i < count && i < capacity; i++) {
		out[i].deadline = 0;
	}
	return count;
}
