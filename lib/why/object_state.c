/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/chan.h"
#include "runtime/sync_state.h"
#include "why/object.h"

#define MOST_STEPS ((uint64_t)1 << 26) /* sudogs of one queue */

/* The time at which the channel's timer sends; 0: it is not armed, or has no timer. */
static int64_t chan_deadline(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t timer)
{
	uint64_t when;

	return gopm__field_u64(reader, timer, rt->layout.timer.when, &when) && when <= INT64_MAX ? (int64_t)when : 0;
}

static void chan_state(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__object *object)
{
	const struct gopm__layout *l = &rt->layout;
	struct gopm__hchan chan;
	uint64_t steps = rt->g_count + 1 < MOST_STEPS ? rt->g_count + 1 : MOST_STEPS, more = steps;

	if (l->size[GOPM__STRUCT_HCHAN] == 0 || !gopm__hchan_read(l, reader, object->address, &chan) ||
	    gopm__hchan_check(&chan, NULL) != GOPM__HCHAN_SOUND || chan.closed > 1) {
		return;
	}
	object->flags |= GOPM__OBJECT_READ | (chan.closed != 0 ? GOPM__OBJECT_CLOSED : 0);
	object->length = chan.length;
	object->capacity = chan.capacity;
	object->deadline = chan_deadline(rt, reader, chan.timer);
	const bool all =
	    gopm__hchan_queue_check(l, reader, &chan, true, &steps, &object->senders) == GOPM__QUEUE_COMPLETE;
	if (gopm__hchan_queue_check(l, reader, &chan, false, &more, &object->receivers) == GOPM__QUEUE_COMPLETE &&
	    all) {
		object->flags |= GOPM__OBJECT_COUNTS;
	}
}

static void mutex_flags(const struct gopm__mutex_state *state, struct gopm__object *object)
{
	object->flags |= GOPM__OBJECT_READ | (state->locked ? GOPM__OBJECT_LOCKED : 0) |
	                 (state->starving ? GOPM__OBJECT_STARVING : 0);
	object->waiters = state->waiters;
}

/* While a writer holds an RWMutex, readerCount is negative and readerWait is 0. */
static void rwmutex_state(const struct gopm__rwmutex_state *state, struct gopm__object *object)
{
	object->waiters = state->w.waiters;
	object->readers = state->readers;
	object->flags |= GOPM__OBJECT_READ;
	if (!state->writer) {
		object->reading = state->readers;
	} else if (state->departing > 0) {
		object->flags |= GOPM__OBJECT_PENDING;
		object->reading = state->departing;
	} else {
		object->flags |= GOPM__OBJECT_LOCKED;
	}
}

void gopm__object_state(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__object *object)
{
	struct gopm__waitgroup_state waitgroup;
	struct gopm__rwmutex_state rwmutex;
	struct gopm__notify_list list;
	struct gopm__mutex_state mutex;
	bool done;

	switch (object->kind) {
	case GOPM_OBJECT_CHAN:
	case GOPM_OBJECT_CONTEXT:
		chan_state(rt, reader, object);
		break;
	case GOPM_OBJECT_MUTEX:
		if (gopm__mutex_read(reader, object->address, &mutex)) {
			mutex_flags(&mutex, object);
		}
		break;
	case GOPM_OBJECT_ONCE:
		if (gopm__once_read(reader, object->address, &done, &mutex)) {
			mutex_flags(&mutex, object);
			object->flags |= done ? GOPM__OBJECT_DONE : 0;
		}
		break;
	case GOPM_OBJECT_RWMUTEX:
		if (gopm__rwmutex_read(reader, object->address, &rwmutex) && rwmutex.readers >= 0) {
			rwmutex_state(&rwmutex, object);
		}
		break;
	case GOPM_OBJECT_WAITGROUP:
		if (gopm__waitgroup_read(reader, object->address, &waitgroup)) {
			object->flags |= GOPM__OBJECT_READ;
			object->counter = waitgroup.counter;
			object->waiters = waitgroup.waiters;
		}
		break;
	case GOPM_OBJECT_COND:
		/* Tickets wrap around. */
		if (gopm__notify_list_read(reader, object->address + GOPM__COND_NOTIFY, &list)) {
			object->flags |= GOPM__OBJECT_READ;
			object->waiters = list.wait - list.notify;
		}
		break;
	default:
		break;
	}
}
