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

/* True if the sudogs are linked both ways. `before` is 0 for the first of a queue. */
static bool links_back(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t sudog, uint64_t before)
{
	uint64_t back;

	return l->sudog.prev < 0 || (gopm__sudog_prev(l, reader, sudog, &back) && back == before);
}

/* Brent's algorithm finds cycles: `mark` is the sudog at the last power of two. If `linked`, sets *last. */
static enum gopm__queue_end walk_queue(const struct gopm__layout *l, struct gopm__reader *reader,
                                       struct gopm__queue *queue, bool linked, uint64_t *steps, uint64_t *count)
{
	uint64_t at = queue->first, mark = at, next_mark = 2, before = 0;

	*count = 0;
	while (at != 0) {
		if (*steps == 0) {
			return GOPM__QUEUE_LIMIT;
		}
		--*steps;
		++*count;
		uint64_t this = at;
		if (!gopm__sudog_next(l, reader, this, &at)) {
			return GOPM__QUEUE_TORN;
		}
		if (linked && !links_back(l, reader, this, before)) {
			return GOPM__QUEUE_CROSSED;
		}
		before = this;
		if (at == mark) {
			return GOPM__QUEUE_CYCLIC;
		}
		if (*count == next_mark) {
			mark = at;
			next_mark *= 2;
		}
	}
	return linked && before != queue->last ? GOPM__QUEUE_CROSSED : GOPM__QUEUE_COMPLETE;
}

enum gopm__queue_end gopm__hchan_queue_length(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t first,
                                              uint64_t *steps, uint64_t *count)
{
	struct gopm__queue queue = {.first = first};

	return walk_queue(l, reader, &queue, false, steps, count);
}

bool gopm__hchan_is_locked(const struct gopm__layout *l, struct gopm__reader *reader, const struct gopm__hchan *chan)
{
	uint64_t lock;

	return !gopm__field_u64(reader, chan->address, l->hchan.lock, &lock) || lock != 0;
}

enum gopm__queue_end gopm__hchan_queue_check(const struct gopm__layout *l, struct gopm__reader *reader,
                                             const struct gopm__hchan *chan, bool senders, uint64_t *steps,
                                             uint64_t *count)
{
	struct gopm__queue queue = {.first = senders ? chan->sendq : chan->recvq};
	bool linked =
	    !gopm__hchan_is_locked(l, reader, chan) &&
	    gopm__field_u64(reader, chan->address, senders ? l->hchan.sendq_last : l->hchan.recvq_last, &queue.last);

	return walk_queue(l, reader, &queue, linked, steps, count);
}

/* The first words of abi.Type (internal/abi/type.go, until Go 1.20 runtime/type.go). */
enum { TYPE_SIZE = 0, TYPE_PTR_BYTES = 8, TYPE_ALIGN = 21, TYPE_FIELD_ALIGN = 22, TYPE_KIND = 23 };
enum { KIND_MASK = 31, LAST_KIND = 26, MAX_ALIGN = 8 };

static bool type_has_pointers(struct gopm__reader *reader, uint64_t type, bool *out)
{
	uint64_t bytes;

	const bool known = type != 0 && gopm__read_u64(reader, type + TYPE_PTR_BYTES, &bytes);
	*out = known && bytes != 0;
	return known;
}

static bool is_align(uint64_t align)
{
	return align != 0 && align <= MAX_ALIGN && (align & (align - 1)) == 0;
}

/* True if there is a type, of the size of the channel's elements. The core may lack it. */
static bool type_fits(struct gopm__reader *reader, const struct gopm__hchan *chan)
{
	const uint64_t type = chan->elem_type;
	uint64_t size, pointers, align, field_align, kind;

	if (type == 0 || type % 8 != 0 || type >> 47 != 0) {
		return false;
	}
	if (!gopm__read_u64(reader, type + TYPE_SIZE, &size) ||
	    !gopm__read_u64(reader, type + TYPE_PTR_BYTES, &pointers) ||
	    !gopm__read_word(reader, type + TYPE_ALIGN, 1, &align) ||
	    !gopm__read_word(reader, type + TYPE_FIELD_ALIGN, 1, &field_align) ||
	    !gopm__read_word(reader, type + TYPE_KIND, 1, &kind)) {
		return true;
	}
	return size == chan->elem_size && pointers <= size && is_align(align) && is_align(field_align) &&
	       (kind & KIND_MASK) != 0 && (kind & KIND_MASK) <= LAST_KIND;
}

/* True if the channel's timer sends to it: the argument of its function, an interface, is the channel (time/sleep.go,
 * NewTimer, and time/tick.go, Go 1.23 to 1.27). */
static bool timer_fits(const struct gopm__layout *l, struct gopm__reader *reader, const struct gopm__hchan *chan)
{
	uint64_t to;

	return chan->timer == 0 ||
	       (chan->timer % 8 == 0 &&
	        (l->timer.arg < 0 || !gopm__read_u64(reader, chan->timer + (uint64_t)l->timer.arg + 8, &to) ||
	         to == chan->address));
}

bool gopm__hchan_is_consistent(const struct gopm__layout *l, struct gopm__reader *reader,
                               const struct gopm__hchan *chan)
{
	uint64_t sendx, recvx, buffer;

	if (chan->closed > 1 || !timer_fits(l, reader, chan) || (l->hchan.elemtype >= 0 && !type_fits(reader, chan))) {
		return false;
	}
	if (gopm__hchan_is_locked(l, reader, chan) || !gopm__field_u64(reader, chan->address, l->hchan.sendx, &sendx) ||
	    !gopm__field_u64(reader, chan->address, l->hchan.recvx, &recvx) ||
	    !gopm__field_u64(reader, chan->address, l->hchan.buf, &buffer)) {
		return true;
	}
	if ((chan->closed != 0 && (chan->recvq != 0 || chan->sendq != 0)) || (chan->length != 0 && chan->recvq != 0) ||
	    (chan->length != chan->capacity && chan->sendq != 0)) {
		return false;
	}
	/* The buffer follows the channel if no element has pointers (runtime/chan.go, makechan). */
	bool pointers;
	if (chan->capacity != 0 && chan->elem_size != 0 && l->size[GOPM__STRUCT_HCHAN] != 0 &&
	    type_has_pointers(reader, chan->elem_type, &pointers) &&
	    pointers == (buffer == chan->address + (l->size[GOPM__STRUCT_HCHAN] + 7) / 8 * 8)) {
		return false;
	}
	/* A channel without a buffer points to its own field (makechan, raceaddr). */
	bool unbuffered = chan->capacity == 0 || chan->elem_size == 0;
	if (unbuffered != (buffer == chan->address + (uint64_t)l->hchan.buf)) {
		return false;
	}
	if (chan->capacity == 0) {
		return sendx == 0 && recvx == 0;
	}
	return buffer != 0 && sendx < chan->capacity && recvx < chan->capacity &&
	       sendx == (chan->length < chan->capacity - recvx ? recvx + chan->length
	                                                       : chan->length - (chan->capacity - recvx));
}
