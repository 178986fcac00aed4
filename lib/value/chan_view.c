/* SPDX-License-Identifier: Apache-2.0 */
#include "value/chan_view.h"

#include <inttypes.h>

#include "runtime/chan.h"

/* The most sudogs of a queue that are counted after those that are listed. */
#define MAX_COUNTED 65536u
/* The rest of the buffer is not read after more unreadable elements than this. */
#define MAX_BAD_ELEMENTS 3

static const char out_of_budget[] = "a limit on the number of values was reached";

/* Reads one waiter. False: the queue is damaged here, and out->damage says how. */
static bool read_waiter(struct gopm__context *context, uint64_t channel, uint64_t sudog, struct gopm__waiters *out)
{
	const struct gopm__layout *layout = context->layout;
	uint64_t of, g, id;

	if (channel != 0 && gopm__sudog_channel(layout, &context->reader, sudog, &of) && of != channel) {
		out->damage =
		    gopm__context_text(context, "damaged: the sudog at 0x%" PRIx64 " is of another channel", sudog);
		return false;
	}
	if (!gopm__sudog_g(layout, &context->reader, sudog, &g) && layout->sudog.g >= 0) {
		out->damage = gopm__context_text(context, "the core lacks memory at 0x%" PRIx64, sudog);
		return false;
	}
	(void)gopm__field_u64(&context->reader, g, layout->g.goid, &id);
	out->ids[out->count++] = id;
	return true;
}

/* Counts the rest of a queue from `sudog` on. */
static void count_rest(struct gopm__context *context, uint64_t sudog, struct gopm__waiters *out)
{
	uint64_t steps = MAX_COUNTED;

	switch (gopm__hchan_queue_length(context->layout, &context->reader, sudog, &steps, &out->more)) {
	case GOPM__QUEUE_TORN:
		out->more--;
		out->damage = "the core lacks a part of the queue";
		break;
	case GOPM__QUEUE_CYCLIC:
		out->more = 0;
		out->damage = "damaged: the queue is cyclic";
		break;
	case GOPM__QUEUE_LIMIT:
		out->at_least = true;
		break;
	default:
		break;
	}
}

void gopm__chan_waiters(struct gopm__context *context, uint64_t channel, uint64_t first, struct gopm__waiters *out)
{
	const struct gopm__layout *layout = context->layout;
	uint64_t steps = context->limits.max_elements, listed;

	*out = (struct gopm__waiters){0};
	if (layout == NULL || first == 0) {
		return;
	}
	/* A cycle among the waiters to list is found before they are listed. */
	enum gopm__queue_end end = gopm__hchan_queue_length(layout, &context->reader, first, &steps, &listed);
	if (end == GOPM__QUEUE_CYCLIC) {
		out->damage = "damaged: the queue is cyclic";
		return;
	}
	if (listed > context->budget || listed > SIZE_MAX / sizeof *out->ids) {
		out->damage = out_of_budget;
		return;
	}
	out->ids = gopm__arena_alloc(context->arena, (size_t)listed * sizeof *out->ids);
	if (out->ids == NULL) {
		context->no_memory = true;
		return;
	}
	context->budget -= (size_t)listed;
	uint64_t sudog = first;
	for (uint64_t i = 0; i < listed && sudog != 0; i++) {
		if (!read_waiter(context, channel, sudog, out)) {
			return;
		}
		if (!gopm__sudog_next(layout, &context->reader, sudog, &sudog)) {
			out->damage = gopm__context_text(context, "the core lacks a part of the queue");
			return;
		}
	}
	count_rest(context, sudog, out);
}

/* Slot of occupied slot number `index`, in the order of slots. */
static uint64_t occupied_slot(const struct gopm__hchan *chan, const struct gopm__hchan_ring *ring, uint64_t index)
{
	uint64_t to_end = chan->capacity - ring->first;
	uint64_t wrapped = chan->length > to_end ? chan->length - to_end : 0;

	return index < wrapped ? index : ring->first + (index - wrapped);
}

static void load_elements(struct gopm__context *context, const struct gopm__variable *v, const struct gopm__hchan *chan,
                          const struct gopm__hchan_ring *ring, uint32_t level, struct gopm__chan_view *out)
{
	uint64_t count = chan->length < context->limits.max_elements ? chan->length : context->limits.max_elements;
	unsigned bad = 0;

	out->elements = count <= SIZE_MAX ? gopm__variable_children(context, (size_t)count) : NULL;
	out->slots =
	    out->elements != NULL ? gopm__arena_alloc(context->arena, (size_t)count * sizeof *out->slots) : NULL;
	if (out->slots == NULL) {
		out->unreadable = context->no_memory || out->elements != NULL ? "out of memory" : out_of_budget;
		context->no_memory = context->no_memory || out->elements != NULL;
		return;
	}
	for (uint64_t i = 0; i < count && bad <= MAX_BAD_ELEMENTS; i++) {
		struct gopm__variable *element = &out->elements[i];
		out->slots[i] = occupied_slot(chan, ring, i);
		gopm__variable_init(context, element, (gopm_str){"", 0}, ring->buffer + out->slots[i] * chan->elem_size,
		                    v->elem, NULL);
		gopm__variable_load(context, element, level + 1);
		bad += element->unreadable != NULL ? 1 : 0;
		out->count++;
	}
}

void gopm__load_chan(struct gopm__context *context, struct gopm__variable *v, uint32_t level)
{
	struct gopm__hchan chan;
	struct gopm__hchan_ring ring;

	bool state_only = context->limits.max_depth == 0 && !context->limits.channels;

	if (context->limits.delve || state_only || level > context->limits.max_depth || v->base == 0 ||
	    context->layout == NULL || !gopm__hchan_read(context->layout, &context->reader, v->base, &chan)) {
		return;
	}
	struct gopm__chan_view *view = gopm__arena_alloc(context->arena, sizeof *view);
	if (view == NULL) {
		context->no_memory = true;
		return;
	}
	view->closed = chan.closed != 0;
	gopm__chan_waiters(context, v->base, chan.recvq, &view->receivers);
	gopm__chan_waiters(context, v->base, chan.sendq, &view->senders);
	if (chan.length != 0) {
		if (gopm__hchan_ring(context->layout, &context->reader, &chan, &ring)) {
			view->first = ring.first;
			load_elements(context, v, &chan, &ring, level, view);
		} else {
			view->unreadable = gopm__context_text(context, "the core lacks memory at 0x%" PRIx64, v->base);
		}
	}
	v->chan = view;
}
