/* SPDX-License-Identifier: Apache-2.0 */
/* The prospect of each goroutine: what its wait ends with, if at all.
 *
 * A goroutine that waits has a way on if one of its releasers has, or if no releaser of a channel, WaitGroup or Cond is
 * known: somebody else may come. Who has no way on is stuck: certainly (stuck.h), or likely, because a goroutine that
 * is not in sight may still be the one that helps. */
#ifndef GOPM_WHY_PROSPECT_H
#define GOPM_WHY_PROSPECT_H

#include "why/port.h"

enum gopm__prospect {
	GOPM__PROSPECT_FREE,   /* it runs, can run, waits for what no goroutine ends, or has a way on */
	GOPM__PROSPECT_BEHIND, /* it has a way on, but that is a goroutine that holds its lock, or is to receive, and is
	                          slow itself; or it is the main goroutine in an init function */
	GOPM__PROSPECT_SLOW,   /* a goroutine that others are behind, and that waits for no goroutine that is known */
	GOPM__PROSPECT_LIKELY, /* likely stuck */
	GOPM__PROSPECT_CERTAIN, /* certainly stuck */
};

struct gopm__prospects {
	const struct gopm__ports *ports;
	uint32_t in_init;         /* the main goroutine, if it is in an init function; else GOPM__NO_INDEX */
	uint8_t *of;              /* enum gopm__prospect of each member */
	uint32_t *released;       /* indexes of releasers, sorted by member */
	uint32_t *first_released; /* of each member, and one past the last: index in `released` */
};

/* @param basis of each member, by gopm__stuck_find()
 * @param in_init by gopm__member_in_init()
 * @param sound false: the core lacks something, so that only axioms are certain
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__prospects_open(struct gopm__prospects *prospects, const struct gopm__ports *ports,
                                 const uint8_t *basis, uint32_t in_init, bool sound);
void gopm__prospects_close(struct gopm__prospects *prospects);

/* True if nobody is seen to hold the lock of this port, though it is waited for. */
bool gopm__port_is_orphan(const struct gopm__ports *ports, uint32_t port);

#endif
