/* SPDX-License-Identifier: Apache-2.0 */
/* The contents of a channel for its text: buffered elements, and the goroutines that wait. */
#ifndef GOPM_VALUE_CHAN_VIEW_H
#define GOPM_VALUE_CHAN_VIEW_H

#include "value/variable.h"

/* The goroutines in one queue, the first to be woken first. */
struct gopm__waiters {
	uint64_t *ids;      /* goid; 0: it cannot be read */
	size_t count;       /* of `ids` */
	uint64_t more;      /* others */
	bool at_least;      /* there may be still more than those */
	const char *damage; /* why the queue ends early; NULL: it does not */
};

struct gopm__chan_view {
	struct gopm__variable *elements; /* loaded, in the order of their slots */
	uint64_t *slots;                 /* of each element: its index in hchan.buf */
	size_t count;                    /* of `elements` */
	uint64_t first;                  /* hchan.recvx: the slot of the next element to receive */
	bool closed;
	struct gopm__waiters receivers, senders;
	const char *unreadable; /* why elements are missing; NULL: none is */
};

/* Sets v->chan of a channel that is not nil and has a sound header. */
void gopm__load_chan(struct gopm__context *context, struct gopm__variable *v, uint32_t level);

/* Reads the goroutines of the queue whose first sudog is `first`; at most limits.max_elements of them get into `ids`.
 * @param channel address of its hchan, which every sudog must name; 0: unknown */
void gopm__chan_waiters(struct gopm__context *context, uint64_t channel, uint64_t first, struct gopm__waiters *out);

#endif
