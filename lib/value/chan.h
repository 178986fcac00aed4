/* SPDX-License-Identifier: Apache-2.0 */
/* Values of channel types: their length, capacity, waiters and buffered elements, by runtime/chan.h. */
#ifndef GOPM_VALUE_CHAN_H
#define GOPM_VALUE_CHAN_H

#include "value/variable.h"

struct gopm__chan_state {
	bool closed;
	uint64_t senders, receivers;
};

/* Sets length and capacity of a channel that is not nil. Returns why its header cannot be read or is damaged; NULL:
 * it is sound. */
const char *gopm__chan_init(struct gopm__context *context, struct gopm__variable *v);

/* Of a channel that is not nil; what cannot be read is left at 0. */
void gopm__chan_state(struct gopm__context *context, const struct gopm__variable *v, struct gopm__chan_state *out);

/* Element `index` of the buffer, the one to be received next first. False: it cannot be read. */
bool gopm__chan_element(struct gopm__context *context, const struct gopm__variable *v, uint64_t index,
                        struct gopm__variable *out);

#endif
