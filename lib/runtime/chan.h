/* SPDX-License-Identifier: Apache-2.0 */
/* Channels: the one decoder of runtime.hchan and of its wait queues.
 * Source: runtime/chan.go, hchan and waitq, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_CHAN_H
#define GOPM_RUNTIME_CHAN_H

#include "runtime/sudog.h"

struct gopm__hchan {
	uint64_t address;
	uint64_t length;       /* elements in the buffer: qcount */
	uint64_t capacity;     /* elements that fit into the buffer: dataqsiz */
	uint64_t elem_size;    /* bytes */
	uint64_t elem_type;    /* address of its type descriptor; 0: unknown */
	uint64_t timer;        /* address of the timer that sends to it, since Go 1.23; 0: none */
	uint64_t recvq, sendq; /* first sudog of the receivers, of the senders; 0: none waits */
	uint32_t closed;       /* 0 or 1; another number is damage */
};

/* The buffer of a channel: a ring of `capacity` elements. */
struct gopm__hchan_ring {
	uint64_t buffer; /* address of slot 0 */
	uint64_t first;  /* slot of the element to receive next: recvx */
};

/* Inconsistencies of a header. A sound process has none. */
enum gopm__hchan_fault {
	GOPM__HCHAN_SOUND,
	GOPM__HCHAN_LENGTH, /* longer than its capacity, or a buffer larger than the address space */
	GOPM__HCHAN_FIRST,  /* the ring begins past its end */
};

/* Reads the header at `address`. False: the core lacks a part of it, or the layout of hchan is unknown. */
bool gopm__hchan_read(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t address,
                      struct gopm__hchan *out);

/* Reads address and first slot of the buffer. False: as gopm__hchan_read(). */
bool gopm__hchan_ring(const struct gopm__layout *l, struct gopm__reader *reader, const struct gopm__hchan *chan,
                      struct gopm__hchan_ring *out);

/* Checks length and capacity; with `ring`, which may be NULL, its first slot too. */
enum gopm__hchan_fault gopm__hchan_check(const struct gopm__hchan *chan, const struct gopm__hchan_ring *ring);

/* Address of element `index` of the buffer, the one to receive next first. `chan` passed gopm__hchan_check(). */
uint64_t gopm__hchan_element(const struct gopm__hchan *chan, const struct gopm__hchan_ring *ring, uint64_t index);

enum gopm__queue_end {
	GOPM__QUEUE_COMPLETE,
	GOPM__QUEUE_TORN,    /* the core lacks a sudog */
	GOPM__QUEUE_CYCLIC,  /* it leads back to itself */
	GOPM__QUEUE_LIMIT,   /* *steps ran out */
	GOPM__QUEUE_CROSSED, /* its links back, or its last sudog, are of another queue */
};

struct gopm__queue {
	uint64_t first, last; /* sudogs; 0: the queue is empty */
};

/* Counts the sudogs of a wait queue from its first one. *steps is the number that may be read, and is reduced by those
 * read. Unless the queue is complete, it has at least *count sudogs. If it is torn, the core lacks the last of them. */
enum gopm__queue_end gopm__hchan_queue_length(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t first,
                                              uint64_t *steps, uint64_t *count);

/* True if a goroutine has the lock of the channel and may be changing it, or the core lacks the lock. */
bool gopm__hchan_is_locked(const struct gopm__layout *l, struct gopm__reader *reader, const struct gopm__hchan *chan);

/* The same for one of the queues of a channel, and checks its links back and its end, unless a goroutine has the lock
 * of the channel and may be changing them. */
enum gopm__queue_end gopm__hchan_queue_check(const struct gopm__layout *l, struct gopm__reader *reader,
                                             const struct gopm__hchan *chan, bool senders, uint64_t *steps,
                                             uint64_t *count);

/* True unless the fields of a header contradict each other: the ring has as many elements as qcount says, only a full
 * channel has senders and only an empty one has receivers, a closed one has neither (runtime/chan.go, Go 1.16 to 1.27).
 */
bool gopm__hchan_is_consistent(const struct gopm__layout *l, struct gopm__reader *reader,
                               const struct gopm__hchan *chan);

#endif
