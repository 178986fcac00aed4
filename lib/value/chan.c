/* SPDX-License-Identifier: Apache-2.0 */
#include "value/chan.h"

#include <inttypes.h>

#include "runtime/chan.h"

/* Sudogs counted of one queue. */
#define MAX_WAITERS 1000000u

const char *gopm__chan_init(struct gopm__context *context, struct gopm__variable *v)
{
	struct gopm__hchan chan;
	struct gopm__hchan_ring ring;

	if (context->layout == NULL || context->layout->size[GOPM__STRUCT_HCHAN] == 0) {
		return "runtime.hchan is not described";
	}
	if (!gopm__hchan_read(context->layout, &context->reader, v->base, &chan)) {
		return gopm__context_text(context, "the core lacks memory at 0x%" PRIx64, v->base);
	}
	const bool has_ring = gopm__hchan_ring(context->layout, &context->reader, &chan, &ring);
	v->length = (int64_t)chan.length;
	v->capacity = (int64_t)chan.capacity;
	switch (gopm__hchan_check(&chan, has_ring ? &ring : NULL)) {
	case GOPM__HCHAN_LENGTH:
		return gopm__context_text(context, "its header is damaged: %" PRId64 " of %" PRId64 " elements",
		                          v->length, v->capacity);
	case GOPM__HCHAN_FIRST:
		return gopm__context_text(context,
		                          "its header is damaged: element %" PRIu64 " of %" PRIu64 " is its first",
		                          ring.first, chan.capacity);
	default:
		break;
	}
	if (chan.elem_size != v->stride) {
		return gopm__context_text(context, "its header is damaged: elements of %" PRIu64 " bytes",
		                          chan.elem_size);
	}
	return NULL;
}

/* A queue that cannot be read to its end counts as far as it can be; one without an end counts 0. */
static uint64_t count_waiters(struct gopm__context *context, uint64_t first)
{
	uint64_t steps = MAX_WAITERS, count;

	switch (gopm__hchan_queue_length(context->layout, &context->reader, first, &steps, &count)) {
	case GOPM__QUEUE_CYCLIC:
		return 0;
	case GOPM__QUEUE_TORN:
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
	out->senders = count_waiters(context, chan.sendq);
	out->receivers = count_waiters(context, chan.recvq);
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
