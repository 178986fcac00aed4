/* SPDX-License-Identifier: Apache-2.0 */
#include "value/chan.h"

#include <inttypes.h>

#include "runtime/chan.h"
#include "type/synthetic.h"

/* The most sudogs to count in one queue. */
#define MAX_WAITERS 1000000u

/* Number of sudogs in a queue. If the queue cannot be read to its end, those before that; if it is cyclic, 0. */
static uint64_t count_waiters(struct gopm__context *context, uint64_t first, bool *partial)
{
	uint64_t steps = MAX_WAITERS, count;

	switch (gopm__hchan_queue_length(context->layout, &context->reader, first, &steps, &count)) {
	case GOPM__QUEUE_CYCLIC:
		*partial = true;
		return 0;
	case GOPM__QUEUE_TORN:
		*partial = true;
		return count - 1;
	default:
		return count;
	}
}

void gopm__chan_state(struct gopm__context *context, const struct gopm__variable *v, struct gopm__chan_state *out)
{
	struct gopm__hchan chan;

	*out = (struct gopm__chan_state){0};
	if (context->layout == NULL || !gopm__hchan_read(context->layout, &context->reader, v->base, &chan)) {
		return;
	}
	out->closed = chan.closed != 0;
	out->senders = count_waiters(context, chan.sendq, &out->partial);
	out->receivers = count_waiters(context, chan.recvq, &out->partial);
}

bool gopm__chan_element(struct gopm__context *context, const struct gopm__variable *v, uint64_t index,
                        struct gopm__variable *out)
{
	struct gopm__hchan chan;
	struct gopm__hchan_ring ring;

	if (v->capacity <= 0 || context->layout == NULL ||
	    !gopm__hchan_read(context->layout, &context->reader, v->base, &chan) ||
	    !gopm__hchan_ring(context->layout, &context->reader, &chan, &ring)) {
		return false;
	}
	gopm__variable_init(context, out, (gopm_str){"", 0}, gopm__hchan_element(&chan, &ring, index), v->elem, NULL);
	return true;
}

bool gopm__chan_buffer(struct gopm__context *context, const struct gopm__variable *v, struct gopm__variable *out)
{
	if (v->base == 0 || v->capacity < 0 || context->layout == NULL || context->layout->hchan.buf < 0) {
		return false;
	}
	const struct gopm__type *array = gopm__types_array_of(context->types, v->elem, (uint64_t)v->capacity);
	const struct gopm__type *pointer = array != NULL ? gopm__types_pointer_to(context->types, array) : NULL;
	if (pointer == NULL) {
		return false;
	}
	gopm__variable_init(context, out, (gopm_str){"buf", 3}, v->base + (uint64_t)context->layout->hchan.buf, pointer,
	                    NULL);
	return true;
}
