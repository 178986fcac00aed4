/* SPDX-License-Identifier: Apache-2.0 */
/* State and buffered elements of a channel, by runtime/chan.h. */
#ifndef GOPM_VALUE_CHAN_H
#define GOPM_VALUE_CHAN_H

#include "value/variable.h"

struct gopm__chan_state {
	bool closed;
	uint64_t senders, receivers; /* goroutines in its queues */
	bool partial;                /* a queue is damaged, or the core lacks a part of it */
};

/* The state of a channel that is not nil. Members that cannot be read are 0. */
void gopm__chan_state(struct gopm__context *context, const struct gopm__variable *v, struct gopm__chan_state *out);

/* The field `buf` of a channel's header, as a pointer to the array of its slots. False: it cannot be read, or the
 * layout of hchan is unknown. */
bool gopm__chan_buffer(struct gopm__context *context, const struct gopm__variable *v, struct gopm__variable *out);

/* Element `index` of the buffer; 0 is the next to be received. False: it cannot be read. */
bool gopm__chan_element(struct gopm__context *context, const struct gopm__variable *v, uint64_t index,
                        struct gopm__variable *out);

#endif
