/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/wait.h"

#include <stdlib.h>

#include "runtime/semaphore.h"

/* A queue shorter than this is cheaper to count again than to remember. */
#define SHORT_QUEUE 16u
#define MAX_CASES 65536u /* of one select */
#define DIRECTION_STEPS 256u
/* Words above sp in which a goroutine parked by the poller keeps its pollDesc. */
#define POLL_WORDS 96u

void gopm__wait_cache_free(struct gopm__wait_cache *cache)
{
	gopm__map64_free(&cache->channels);
	free(cache->counts);
	*cache = (struct gopm__wait_cache){0};
}

uint32_t gopm__wait_kind(gopm_str reason)
{
	/* Names and their prefixes, runtime/runtime2.go (Go 1.16 to 1.27). The first that fits wins. */
	static const struct {
		const char *prefix;
		uint32_t kind;
	} kinds[] = {
	    {"chan receive (nil chan)", GOPM_WAIT_FOREVER},
	    {"chan send (nil chan)", GOPM_WAIT_FOREVER},
	    {"select (no cases)", GOPM_WAIT_FOREVER},
	    {"chan receive", GOPM_WAIT_CHAN_RECEIVE},
	    {"chan send", GOPM_WAIT_CHAN_SEND},
	    {"select", GOPM_WAIT_SELECT},
	    {"semacquire", GOPM_WAIT_SEMAPHORE},
	    {"sync.Mutex.", GOPM_WAIT_SEMAPHORE},
	    {"sync.RWMutex.", GOPM_WAIT_SEMAPHORE},
	    {"sync.WaitGroup.", GOPM_WAIT_SEMAPHORE},
	    {"sync.Cond.", GOPM_WAIT_COND},
	    {"sleep", GOPM_WAIT_TIMER},
	    {"IO wait", GOPM_WAIT_IO},
	};

	if (reason.size == 0) {
		return GOPM_WAIT_NONE;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t size = strlen(kinds[i].prefix);
		if (reason.size >= size && memcmp(reason.data, kinds[i].prefix, size) == 0) {
			return kinds[i].kind;
		}
	}
	return GOPM_WAIT_OTHER;
}

static bool word_at(struct gopm__reader *reader, uint64_t address, int32_t offset, uint64_t *out)
{
	*out = 0;
	return offset >= 0 && address != 0 && gopm__read_u64(reader, address + (uint64_t)offset, out);
}

/* Length of a list of sudogs; false: it leads out of the core, or does not end. Brent's walk finds a circle. */
static bool count_queue(const struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__wait_cache *cache,
                        uint64_t first, uint64_t *count)
{
	/* All queues of a sound core together have no more sudogs than it has words; counted twice at most. */
	const uint64_t most = rt->core->memory_size / 4 + SHORT_QUEUE;
	uint64_t at = first, mark = first, limit = 2;

	*count = 0;
	while (at != 0) {
		++*count;
		if (!word_at(reader, at, rt->layout.sudog.next, &at)) {
			gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(at),
			                  "a channel's queue leads out of the core");
			return false;
		}
		if (at == mark || ++cache->steps > most) {
			gopm__finding_add(rt->findings, GOPM_FINDING_CYCLE, GOPM__AT_ADDRESS(first),
			                  "a channel's queue runs in a circle");
			return false;
		}
		if (*count == limit) {
			mark = at;
			limit *= 2;
		}
	}
	return true;
}

static struct gopm__queue_counts queue_counts(const struct gopm__runtime *rt, struct gopm__reader *reader,
                                              struct gopm__wait_cache *cache, uint64_t channel, uint64_t sendq,
                                              uint64_t recvq)
{
	struct gopm__queue_counts counts;
	const uint64_t *known = gopm__map64_get(&cache->channels, channel);
	bool fresh;

	if (known != NULL) {
		return cache->counts[*known];
	}
	counts.complete = count_queue(rt, reader, cache, sendq, &counts.senders);
	counts.complete = count_queue(rt, reader, cache, recvq, &counts.receivers) && counts.complete;
	if (counts.complete && counts.senders + counts.receivers < SHORT_QUEUE) {
		return counts;
	}
	if (cache->count == cache->capacity) {
		size_t capacity = cache->capacity != 0 ? cache->capacity * 2 : 16;
		struct gopm__queue_counts *list = realloc(cache->counts, capacity * sizeof *list);
		if (list == NULL) {
			return counts; /* the next one counts again */
		}
		cache->counts = list;
		cache->capacity = capacity;
	}
	uint64_t *slot = gopm__map64_put(&cache->channels, channel, &fresh);
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
		if (!word_at(reader, queue, rt->layout.sudog.next, &queue)) {
			break;
		}
	}
	return false;
}

/* When a timer fires next; 0: it does not, or is not known. */
static int64_t when(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t timer)
{
	uint64_t value;

	return word_at(reader, timer, rt->layout.timer.when, &value) && value <= INT64_MAX ? (int64_t)value : 0;
}

static void describe_channel(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__wait_cache *cache,
                             uint64_t channel, uint64_t sudog, gopm_wait *out)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t closed, type, timer, sendq, recvq;

	out->object = channel;
	if (channel == 0 || l->size[GOPM__STRUCT_HCHAN] == 0) {
		return;
	}
	if (!word_at(reader, channel, l->hchan.qcount, &out->length) ||
	    !word_at(reader, channel, l->hchan.dataqsiz, &out->capacity) ||
	    !word_at(reader, channel, l->hchan.sendq, &sendq) || !word_at(reader, channel, l->hchan.recvq, &recvq)) {
		gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(channel),
		                  "a channel is not in the core");
		return;
	}
	if (l->hchan.closed >= 0 && gopm__read_word(reader, channel + (uint64_t)l->hchan.closed, 4, &closed) &&
	    closed != 0) {
		out->flags |= GOPM_WAIT_CLOSED;
	}
	if (word_at(reader, channel, l->hchan.elemtype, &type)) {
		out->type = gopm__runtime_type_name(rt, type);
	}
	if (word_at(reader, channel, l->hchan.timer, &timer)) {
		out->deadline = when(rt, reader, timer);
	}
	if (sudog != 0 && sendq != 0 && (recvq == 0 || in_queue(rt, reader, sendq, sudog))) {
		out->flags |= GOPM_WAIT_SEND | GOPM_WAIT_DIRECTION;
	} else if (sudog != 0 && recvq != 0 && (sendq == 0 || in_queue(rt, reader, recvq, sudog))) {
		out->flags |= GOPM_WAIT_DIRECTION;
	}
	struct gopm__queue_counts counts = queue_counts(rt, reader, cache, channel, sendq, recvq);
	out->senders = counts.senders;
	out->receivers = counts.receivers;
	out->flags |= counts.complete ? GOPM_WAIT_COUNTS : 0;
}

/* What pollDesc.rg and wg may be: pdNil, pdReady, pdWait (runtime/netpoll.go) or a g. */
static bool is_poll_semaphore(uint64_t word)
{
	return word <= 2 || (word >= 4096 && word % 8 == 0);
}

/* The poller parks a goroutine in pollDesc.rg or wg: a word of its stack that points to a pollDesc in which one of the
 * two is this g. Old words of stacks may look like that too: where two places do, neither is believed. */
static void find_poll(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                      gopm_wait *out)
{
	const struct gopm__layout *l = &rt->layout;
	struct gopm__reader probe = *reader;
	uint64_t word, rg, wg, fd;

	if (l->poll.rg < 0 || l->poll.wg < 0 || l->poll.fd < 0) {
		return;
	}
	for (unsigned i = 0; i < POLL_WORDS && g->sched_sp + i * 8 < g->stack_hi; i++) {
		if (!gopm__read_u64(reader, g->sched_sp + i * 8, &word)) {
			return;
		}
		if (word < 4096 || word % 8 != 0 || (word >= g->stack_lo && word < g->stack_hi) ||
		    !word_at(&probe, word, l->poll.rg, &rg) || !word_at(&probe, word, l->poll.wg, &wg) ||
		    (rg != g->address && wg != g->address) || rg == wg || !word_at(&probe, word, l->poll.fd, &fd) ||
		    fd > INT32_MAX || word == out->object || !is_poll_semaphore(rg) || !is_poll_semaphore(wg)) {
			continue;
		}
		if (out->object != 0) {
			out->object = 0;
			out->fd = -1;
			out->flags &= ~(GOPM_WAIT_DIRECTION | GOPM_WAIT_SEND);
			return;
		}
		out->object = word;
		out->fd = (int32_t)fd;
		out->flags |= GOPM_WAIT_DIRECTION | (wg == g->address ? GOPM_WAIT_SEND : 0);
	}
}

static size_t find(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__wait_cache *cache,
                   const struct gopm__g *g, gopm_wait *out, size_t capacity)
{
	const struct gopm__layout *l = &rt->layout;
	uint32_t kind = gopm__wait_kind(gopm__g_wait_reason(rt, g));
	gopm_wait one = {.kind = kind, .fd = -1};
	uint64_t sudog = g->waiting, channel;
	size_t count = 0;

	switch (kind) {
	case GOPM_WAIT_NONE:
		return 0;
	case GOPM_WAIT_CHAN_SEND:
	case GOPM_WAIT_CHAN_RECEIVE:
		if (word_at(reader, sudog, l->sudog.c, &channel)) {
			describe_channel(rt, reader, cache, channel, 0, &one);
		}
		one.flags |= GOPM_WAIT_DIRECTION | (kind == GOPM_WAIT_CHAN_SEND ? GOPM_WAIT_SEND : 0);
		break;
	case GOPM_WAIT_SELECT:
		for (; sudog != 0 && count < MAX_CASES; count++) {
			gopm_wait object = {.kind = kind, .fd = -1};
			if (count < capacity && word_at(reader, sudog, l->sudog.c, &channel)) {
				describe_channel(rt, reader, cache, channel, sudog, &object);
			}
			if (count < capacity) {
				out[count] = object;
			}
			if (!word_at(reader, sudog, l->sudog.waitlink, &sudog)) {
				break;
			}
		}
		return count;
	case GOPM_WAIT_SEMAPHORE:
		/* Until Go 1.25 g.waiting is for channels alone. */
		if (!word_at(reader, sudog, l->sudog.elem, &one.object)) {
			one.object = gopm__semaphore_of(rt, g->address);
		}
		break;
	case GOPM_WAIT_COND:
		(void)word_at(reader, sudog, l->sudog.elem, &one.object);
		break;
	case GOPM_WAIT_TIMER:
		one.object = g->timer;
		/* g.sleepWhen is of Go 1.23 and later; before, the timer alone knows (runtime/time.go). */
		one.deadline = l->g.sleep_when >= 0 ? g->sleep_when : when(rt, reader, g->timer);
		break;
	case GOPM_WAIT_IO:
		find_poll(rt, reader, g, &one);
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
