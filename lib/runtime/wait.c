/* SPDX-License-Identifier: Apache-2.0 */
/* The kind of a wait comes from the wait reason, its objects from the sudogs at g.waiting. Kinds without sudogs have
 * other sources: the semaphore table, the timer of g, a pollDesc on the stack. */
#include "runtime/wait.h"

#include <stdlib.h>

#include "runtime/chan.h"
#include "runtime/g_check.h"
#include "runtime/netpoll.h"
#include "runtime/semaphore.h"
#include "util/vector.h"

/* Counting a queue shorter than this again costs less than caching its length. */
#define SHORT_QUEUE 16u
#define MAX_CASES 65536u     /* of one select */
#define MOST_CHECKED 100000u /* goroutines of a program whose semaphores and queues are all read to check one wait */
#define DIRECTION_STEPS 256u /* sudogs read to tell a sender from a receiver */

struct wait_reading {
	struct gopm__runtime *rt;
	struct gopm__reader *reader;
	struct gopm__wait_cache *cache;
};

void gopm__wait_cache_free(struct gopm__wait_cache *cache)
{
	gopm__map64_free(&cache->channels);
	free(cache->counts);
	*cache = (struct gopm__wait_cache){0};
}

/* False if a sudog of the queue is not in the list of its goroutine, which has it before the queue has, and as long
 * as the channel is not locked (runtime/select.go, selectgo, Go 1.16 to 1.27). */
static bool is_waited_by_all(const struct wait_reading *w, uint64_t first)
{
	const struct gopm__layout *l = &w->rt->layout;
	uint64_t sudog = first, g, own;

	for (unsigned i = 0; i < DIRECTION_STEPS && sudog != 0; i++) {
		if (!gopm__sudog_g(l, w->reader, sudog, &g) || !gopm__field_u64(w->reader, g, l->g.waiting, &own)) {
			break;
		}
		for (unsigned k = 0; own != sudog; k++) {
			if (own == 0) {
				return false;
			}
			if (k == MAX_CASES || !gopm__sudog_waitlink(l, w->reader, own, &own)) {
				return true; /* another finding says so */
			}
		}
		if (!gopm__sudog_next(l, w->reader, sudog, &sudog)) {
			break;
		}
	}
	return true;
}

/* Counts one queue. False: it is damaged, and a finding says so. */
static bool count_queue(const struct wait_reading *w, const struct gopm__hchan *chan, bool senders, uint64_t *count)
{
	/* A sound core has at most one sudog a word, and each queue is counted at most twice. */
	const uint64_t most = w->rt->core->memory_size / 4 + SHORT_QUEUE;
	uint64_t steps = most - w->cache->steps;

	enum gopm__queue_end end = gopm__hchan_queue_check(&w->rt->layout, w->reader, chan, senders, &steps, count);
	w->cache->steps = most - steps;
	const uint64_t first = senders ? chan->sendq : chan->recvq;
	if (end == GOPM__QUEUE_TORN) {
		gopm__finding_add(w->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(first),
		                  "channel wait queue: the core lacks one of its sudogs");
	} else if (end == GOPM__QUEUE_CROSSED) {
		gopm__finding_add(w->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(first),
		                  "channel wait queue: its sudogs are not linked both ways");
	} else if (end != GOPM__QUEUE_COMPLETE) {
		gopm__finding_add(w->rt->findings, GOPM_FINDING_CYCLE, GOPM__AT_ADDRESS(first),
		                  "channel wait queue is cyclic");
	} else if (w->rt->g_count <= MOST_CHECKED && !gopm__hchan_is_locked(&w->rt->layout, w->reader, chan) &&
	           !is_waited_by_all(w, first)) {
		gopm__finding_add(w->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(first),
		                  "channel wait queue: a goroutine in it lacks this wait in its own list");
	}
	return end == GOPM__QUEUE_COMPLETE;
}

/* True if the process had memory for all elements. The core may lack it, or the address. */
static bool has_buffer(const struct wait_reading *w, const struct gopm__hchan *chan)
{
	struct gopm__hchan_ring ring;

	return chan->capacity == 0 || chan->elem_size == 0 ||
	       !gopm__hchan_ring(&w->rt->layout, w->reader, chan, &ring) ||
	       gopm__corefile_maps(w->rt->core, ring.buffer, chan->capacity * chan->elem_size);
}

/* True if its element type is in a module, or in memory of the process: package reflect makes types. */
static bool has_type(const struct wait_reading *w, const struct gopm__hchan *chan)
{
	return w->rt->layout.hchan.elemtype < 0 || w->rt->symtab->incomplete ||
	       gopm__symtab_module(w->rt->symtab, chan->elem_type) != NULL ||
	       gopm__corefile_maps(w->rt->core, chan->elem_type, 1);
}

static struct gopm__queue_counts count_queues(const struct wait_reading *w, const struct gopm__hchan *chan)
{
	struct gopm__wait_cache *cache = w->cache;
	struct gopm__queue_counts counts;
	const uint64_t *cached = gopm__map64_get(&cache->channels, chan->address);
	bool fresh;

	if (cached != NULL) {
		return cache->counts[*cached];
	}
	counts.consistent =
	    gopm__hchan_is_consistent(&w->rt->layout, w->reader, chan) && has_buffer(w, chan) && has_type(w, chan);
	counts.complete = count_queue(w, chan, true, &counts.senders);
	counts.complete = count_queue(w, chan, false, &counts.receivers) && counts.complete;
	if (counts.complete && counts.senders + counts.receivers < SHORT_QUEUE) {
		return counts;
	}
	if (!GOPM__VECTOR_RESERVE(cache->counts, cache->count, cache->capacity, 1)) {
		return counts; /* not cached: the next call counts again */
	}
	uint64_t *slot = gopm__map64_put(&cache->channels, chan->address, &fresh);
	if (slot != NULL) {
		*slot = cache->count;
		cache->counts[cache->count++] = counts;
	}
	return counts;
}

/* True if the first DIRECTION_STEPS sudogs of the queue have `sudog` among them. */
static bool queue_has(const struct wait_reading *w, uint64_t first, uint64_t sudog)
{
	uint64_t at = first;

	for (unsigned i = 0; i < DIRECTION_STEPS && at != 0; i++) {
		if (at == sudog) {
			return true;
		}
		if (!gopm__sudog_next(&w->rt->layout, w->reader, at, &at)) {
			break;
		}
	}
	return false;
}

/* True if the sudog of `g` is in a queue of its channel, or may be. It leaves the queue when another goroutine takes it
 * out, which sets g.param (runtime/chan.go, send, recv and closechan, Go 1.16 to 1.27). */
static bool is_queued(const struct wait_reading *w, uint64_t g, uint64_t sudog, const struct gopm__hchan *chan,
                      const struct gopm__queue_counts *counts)
{
	uint64_t param;

	return !counts->complete || counts->senders > DIRECTION_STEPS || counts->receivers > DIRECTION_STEPS ||
	       gopm__hchan_is_locked(&w->rt->layout, w->reader, chan) ||
	       !gopm__field_u64(w->reader, g, w->rt->layout.g.param, &param) || param != 0 ||
	       queue_has(w, chan->sendq, sudog) || queue_has(w, chan->recvq, sudog);
}

/* The time at which a timer fires; 0: never, or unknown. */
static int64_t timer_when(const struct wait_reading *w, uint64_t timer)
{
	uint64_t when;

	return gopm__field_u64(w->reader, timer, w->rt->layout.timer.when, &when) && when <= INT64_MAX ? (int64_t)when
	                                                                                               : 0;
}

static void report_wait(const struct wait_reading *w, const struct gopm__g *g, gopm_wait *out)
{
	gopm__g_report(w->rt, g, UINT32_C(1) << GOPM__FAULT_WAITS);
	out->flags |= GOPM_WAIT_FLAG_UNREADABLE;
}

/* Reads a channel with its queues. False: it is missing or damaged, and a finding says so. */
static bool read_channel(const struct wait_reading *w, uint64_t address, struct gopm__recent_channel *out)
{
	*out = (struct gopm__recent_channel){0};
	if (!gopm__hchan_read(&w->rt->layout, w->reader, address, &out->chan)) {
		gopm__finding_add(w->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(address),
		                  "channel is not in the core");
		return false;
	}
	out->counts.consistent = gopm__hchan_check(&out->chan, NULL) == GOPM__HCHAN_SOUND;
	if (out->counts.consistent) {
		out->counts = count_queues(w, &out->chan);
	}
	if (!out->counts.consistent) {
		gopm__finding_add(w->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(address),
		                  "channel header is damaged");
		return false;
	}
	if (out->chan.elem_type != 0) {
		out->type = gopm__runtime_type_name(w->rt, out->chan.elem_type);
	}
	out->deadline = timer_when(w, out->chan.timer);
	return true;
}

/* The channel at `address`, valid until the next call. NULL: it is missing or damaged, and a finding says so. */
static const struct gopm__recent_channel *find_channel(const struct wait_reading *w, uint64_t address,
                                                       struct gopm__recent_channel *own)
{
	struct gopm__recent_channel *recent = &w->cache->recent[gopm__recent_place(address)];

	if (recent->chan.address == address) {
		return recent;
	}
	if (!read_channel(w, address, own)) {
		return NULL;
	}
	if (own->counts.complete) {
		*recent = *own;
	}
	return own;
}

/* Fills `out` for the channel at `address`, which `sudog` of `g` waits for. */
static void describe_channel(const struct wait_reading *w, const struct gopm__g *g, uint64_t address, uint64_t sudog,
                             gopm_wait *out)
{
	struct gopm__recent_channel own;

	out->object = address;
	if (address == 0) {
		return;
	}
	out->flags |= GOPM_WAIT_FLAG_UNREADABLE;
	if (w->rt->layout.size[GOPM__STRUCT_HCHAN] == 0) {
		return;
	}
	const struct gopm__recent_channel *found = find_channel(w, address, &own);
	if (found == NULL) {
		return;
	}
	const struct gopm__hchan *chan = &found->chan;
	out->flags &= ~GOPM_WAIT_FLAG_UNREADABLE;
	out->length = chan->length;
	out->capacity = chan->capacity;
	out->flags |= chan->closed != 0 ? GOPM_WAIT_FLAG_CLOSED : 0;
	out->type = found->type;
	out->deadline = found->deadline;
	/* If one queue is empty, the sudog is in the other. Else only a select has to look. */
	const bool selects = out->kind == GOPM_WAIT_SELECT;
	if (selects && chan->sendq != 0 && (chan->recvq == 0 || queue_has(w, chan->sendq, sudog))) {
		out->flags |= GOPM_WAIT_FLAG_SEND | GOPM_WAIT_FLAG_DIRECTION;
	} else if (selects && chan->recvq != 0 && (chan->sendq == 0 || queue_has(w, chan->recvq, sudog))) {
		out->flags |= GOPM_WAIT_FLAG_DIRECTION;
	}
	out->senders = found->counts.senders;
	out->receivers = found->counts.receivers;
	out->flags |= found->counts.complete ? GOPM_WAIT_FLAG_COUNTS : 0;
	if (!is_queued(w, g->address, sudog, chan, &found->counts)) {
		report_wait(w, g, out);
	}
}

/* True if the sudog is one of the goroutine's own. Else nothing is known of the object, and a finding says so. */
static bool owns_sudog(const struct wait_reading *w, const struct gopm__g *g, uint64_t sudog, gopm_wait *out)
{
	if (gopm__sudog_is_of(&w->rt->layout, w->reader, sudog, g->address)) {
		return true;
	}
	report_wait(w, g, out);
	return false;
}

/* One object for each case of a select that has a channel. */
static size_t describe_select(const struct wait_reading *w, const struct gopm__g *g, gopm_wait *out, size_t capacity)
{
	const struct gopm__layout *l = &w->rt->layout;
	uint64_t sudog = g->waiting, channel;
	size_t count = 0;

	/* All its channels are nil (runtime/select.go, selectgo). */
	if (sudog == 0) {
		if (capacity != 0) {
			out[0] = (gopm_wait){.kind = GOPM_WAIT_SELECT, .fd = -1};
		}
		return 1;
	}
	do {
		gopm_wait object = {.kind = GOPM_WAIT_SELECT, .fd = -1};
		bool own = owns_sudog(w, g, sudog, &object);
		if (own && gopm__sudog_channel(l, w->reader, sudog, &channel)) {
			if (channel == 0) {
				report_wait(w, g, &object);
			} else if (count < capacity) {
				describe_channel(w, g, channel, sudog, &object);
			}
		}
		if (count < capacity) {
			out[count] = object;
		}
		count++;
		if (!own || !gopm__sudog_waitlink(l, w->reader, sudog, &sudog)) {
			break;
		}
	} while (sudog != 0 && count < MAX_CASES);
	return count;
}

/* The channel of a goroutine that sends or receives. */
static void describe_operation(const struct wait_reading *w, const struct gopm__g *g, gopm_wait *wait)
{
	const struct gopm__layout *l = &w->rt->layout;
	uint64_t channel;

	wait->flags |= GOPM_WAIT_FLAG_DIRECTION | (wait->kind == GOPM_WAIT_CHAN_SEND ? GOPM_WAIT_FLAG_SEND : 0);
	if (!owns_sudog(w, g, g->waiting, wait) || !gopm__sudog_channel(l, w->reader, g->waiting, &channel)) {
		return;
	}
	if (channel == 0) {
		report_wait(w, g, wait);
		return;
	}
	describe_channel(w, g, channel, g->waiting, wait);
}

/* time.Sleep sets both the timer and the time, and others that sleep set neither. The timer has the same time until it
 * fires; then it has none (runtime/time.go, Go 1.23 to 1.27). */
static bool has_wrong_timer(const struct wait_reading *w, const struct gopm__g *g)
{
	if (w->rt->layout.g.sleep_when < 0 || w->rt->layout.g.timer < 0) {
		return false;
	}
	int64_t when = timer_when(w, g->timer);
	return g->timer == 0 ? g->sleep_when != 0 : when != 0 && when != g->sleep_when;
}

/* The object of every kind but select. */
static gopm_wait describe_object(const struct wait_reading *w, const struct gopm__g *g, uint32_t kind)
{
	const struct gopm__layout *l = &w->rt->layout;
	gopm_wait wait = {.kind = kind, .fd = -1};
	struct gopm__poll_wait poll;

	switch (kind) {
	case GOPM_WAIT_CHAN_SEND:
	case GOPM_WAIT_CHAN_RECEIVE:
		describe_operation(w, g, &wait);
		break;
	case GOPM_WAIT_SEMAPHORE:
		/* Otherwise only channels set g.waiting. */
		/* Makes a table that disagrees with its sudogs a finding. */
		if (w->rt->all_waiting && w->rt->g_count <= MOST_CHECKED) {
			(void)gopm__semaphores(w->rt);
		}
		if ((g->waiting == 0 && !w->rt->all_waiting) ||
		    (owns_sudog(w, g, g->waiting, &wait) &&
		     !gopm__sudog_elem(l, w->reader, g->waiting, &wait.object))) {
			wait.object = gopm__semaphore_of(w->rt, g->address);
		}
		/* Set until the goroutine that ends the wait takes it out (runtime/sema.go, queue and dequeue). */
		if (w->rt->all_waiting && wait.object == 0 && (wait.flags & GOPM_WAIT_FLAG_UNREADABLE) == 0) {
			report_wait(w, g, &wait);
		}
		if (wait.object % 4 != 0 ||
		    (wait.object != 0 && !gopm__corefile_maps(w->rt->core, wait.object, 4))) { /* a uint32 */
			wait.object = 0;
			report_wait(w, g, &wait);
		}
		break;
	case GOPM_WAIT_COND:
		if ((g->waiting != 0 || w->rt->all_waiting) && owns_sudog(w, g, g->waiting, &wait)) {
			(void)gopm__sudog_elem(l, w->reader, g->waiting, &wait.object);
		}
		break;
	case GOPM_WAIT_TIMER:
		wait.object = g->timer;
		/* g.sleepWhen exists since Go 1.23. Before that only the timer has the time (runtime/time.go). */
		wait.deadline = l->g.sleep_when >= 0 ? g->sleep_when : timer_when(w, g->timer);
		if (has_wrong_timer(w, g)) {
			wait.deadline = 0;
			gopm__g_report(w->rt, g, UINT32_C(1) << GOPM__FAULT_TIMER);
			wait.flags |= GOPM_WAIT_FLAG_UNREADABLE;
		}
		break;
	case GOPM_WAIT_IO:
		poll = gopm__poll_wait(w->rt, w->reader, g);
		if (poll.poll_desc == 0 && l->poll.rg >= 0 && l->poll.wg >= 0 && l->poll.fd >= 0) {
			wait.flags |= GOPM_WAIT_FLAG_UNREADABLE;
		}
		wait.object = poll.poll_desc;
		wait.fd = poll.fd;
		wait.flags |= poll.poll_desc != 0 ? GOPM_WAIT_FLAG_DIRECTION : 0;
		wait.flags |= poll.writes ? GOPM_WAIT_FLAG_SEND : 0;
		break;
	default:
		break;
	}
	return wait;
}

/* True if the goroutine is runnable, and its sudog is still that of a wait: the goroutine that ends the wait sets
 * g.param first. Between both the runtime holds locks, so that no preemption makes it runnable (runtime/chan.go,
 * select.go, Go 1.16 to 1.27). */
static bool is_queued_and_ready(const struct wait_reading *w, const struct gopm__g *g)
{
	uint64_t param, channel;

	return (g->status == GOPM_G_RUNNABLE || g->status == GOPM_G_PREEMPTED) && g->waiting != 0 &&
	       gopm__sudog_is_of(&w->rt->layout, w->reader, g->waiting, g->address) &&
	       gopm__sudog_channel(&w->rt->layout, w->reader, g->waiting, &channel) && channel != 0 &&
	       gopm__field_u64(w->reader, g->address, w->rt->layout.g.param, &param) && param == 0;
}

size_t gopm__waits(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__wait_cache *cache,
                   const struct gopm__g *g, gopm_wait *out, size_t capacity)
{
	const struct wait_reading w = {rt, reader, cache};
	uint32_t kind = gopm__g_wait_kind(rt, g);
	size_t count = 1;

	if (kind == GOPM_WAIT_NONE) {
		if (is_queued_and_ready(&w, g)) {
			gopm__g_report(rt, g, UINT32_C(1) << GOPM__FAULT_READY);
		}
		return 0;
	}
	if (kind == GOPM_WAIT_SELECT) {
		count = describe_select(&w, g, out, capacity);
	} else {
		gopm_wait wait = describe_object(&w, g, kind);
		if (capacity != 0) {
			out[0] = wait;
		}
	}
	/* Timers of a testing/synctest bubble follow the bubble's own clock. */
	for (size_t i = 0; g->bubble != 0 && i < count && i < capacity; i++) {
		out[i].deadline = 0;
	}
	return count;
}
