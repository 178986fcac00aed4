/* SPDX-License-Identifier: Apache-2.0 */
/* Reads hchan field by field, by the offsets of the layout: a core may hold some of its fields and lack others. */
#include "runtime/chan.h"

/* Bytes a process can address. */
#define MAX_BUFFER (UINT64_C(1) << 48)

bool gopm__hchan_read(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t address,
                      struct gopm__hchan *out)
{
	uint64_t closed;

	*out = (struct gopm__hchan){.address = address};
	if (!gopm__field_u64(reader, address, l->hchan.qcount, &out->length) ||
	    !gopm__field_u64(reader, address, l->hchan.dataqsiz, &out->capacity) ||
	    !gopm__field(reader, address, l->hchan.elemsize, 2, &out->elem_size) ||
	    !gopm__field(reader, address, l->hchan.closed, 4, &closed) ||
	    !gopm__field_u64(reader, address, l->hchan.recvq, &out->recvq) ||
	    !gopm__field_u64(reader, address, l->hchan.sendq, &out->sendq)) {
		return false;
	}
	out->closed = (uint32_t)closed;
	out->elem_type = gopm__field_or_0(reader, address, l->hchan.elemtype, 8);
	out->timer = gopm__field_or_0(reader, address, l->hchan.timer, 8);
	return true;
}

bool gopm__hchan_ring(const struct gopm__layout *l, struct gopm__reader *reader, const struct gopm__hchan *chan,
                      struct gopm__hchan_ring *out)
{
	return gopm__field_u64(reader, chan->address, l->hchan.buf, &out->buffer) &&
	       gopm__field_u64(reader, chan->address, l->hchan.recvx, &out->first);
}

enum gopm__hchan_fault gopm__hchan_check(const struct gopm__hchan *chan, const struct gopm__hchan_ring *ring)
{
	/* Elements of size 0 need no buffer: makechan takes any int as their capacity. */
	uint64_t most = chan->elem_size != 0 ? MAX_BUFFER / chan->elem_size : INT64_MAX;

	if (chan->length > chan->capacity || chan->capacity > most) {
		return GOPM__HCHAN_LENGTH;
	}
	/* An unbuffered channel has no slots; its recvx is 0. */
	if (ring != NULL && chan->capacity != 0 && ring->first >= chan->capacity) {
		return GOPM__HCHAN_FIRST;
	}
	return GOPM__HCHAN_SOUND;
}

uint64_t gopm__hchan_element(const struct gopm__hchan *chan, const struct gopm__hchan_ring *ring, uint64_t index)
{
	if (chan->capacity == 0) {
		return 0;
	}
	uint64_t slot = (ring->first % chan->capacity + index % chan->capacity) % chan->capacity;
	return ring->buffer + slot * chan->elem_size;
}

/* Brent's algorithm finds cycles: `mark` is the sudog at the last power of two. */
enum gopm__queue_end gopm__hchan_queue_length(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t first,
                                              uint64_t *steps, uint64_t *count)
{
	uint64_t at = first, mark = first, next_mark = 2;

	*count = 0;
	while (at != 0) {
		if (*steps == 0) {
			return GOPM__QUEUE_LIMIT;
		}
		--*steps;
		++*count;
		if (!gopm__sudog_next(l, reader, at, &at)) {
			return GOPM__QUEUE_TORN;
		}
		if (at == mark) {
			return GOPM__QUEUE_CYCLIC;
		}
		if (*count == next_mark) {
			mark = at;
			next_mark *= 2;
		}
	}
	return GOPM__QUEUE_COMPLETE;
}
