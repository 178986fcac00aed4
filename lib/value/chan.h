/* SPDX-License-Identifier: Apache-2.0 */
/* What a channel holds and who waits for it, by the DWARF of its runtime.hchan. */
#ifndef GOPM_VALUE_CHAN_H
#define GOPM_VALUE_CHAN_H

#include "value/variable.h"

struct gopm__chan_state {
	bool closed;
	uint64_t senders, receivers;
};

/* Why the header of a channel whose length and capacity were read cannot be one; NULL: it can. */
const char *gopm__chan_damage(struct gopm__context *context, const struct gopm__variable *v);

/* Of a channel that is not nil; what cannot be read is left at 0. */
void gopm__chan_state(struct gopm__context *context, const struct gopm__variable *v, struct gopm__chan_state *out);

/* Element `index` of the buffer, the one to be received next first. False: it cannot be read. */
bool gopm__chan_element(struct gopm__context *context, const struct gopm__variable *v, uint64_t index,
                        struct gopm__variable *out);

#endif
