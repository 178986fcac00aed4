/* SPDX-License-Identifier: Apache-2.0 */
/* Ports: who waits for the same event of an object, and who can cause it. The wait graph has an edge from each waiter
 * of a port to each of its releasers.
 *
 *	object            port                                released by a goroutine that
 *	channel           SEND: senders, select cases         receives or closes
 *	channel           RECEIVE: receivers, select cases    sends or closes
 *	Mutex, Once       LOCK                                holds it
 *	RWMutex           LOCK: writers after the first       holds it for writing; the first writer that waits
 *	RWMutex           RECEIVE: readers                    the same
 *	RWMutex           SEND: the first writer              holds it for reading
 *	WaitGroup         SEND                                calls Done
 *	Cond              SEND                                calls Signal or Broadcast
 *	coroutine         SEND                                resumes it: it has the coro */
#ifndef GOPM_WHY_PORT_H
#define GOPM_WHY_PORT_H

#include "why/blocked.h"
#include "why/claim.h"

enum gopm__port {
	GOPM__PORT_SEND,
	GOPM__PORT_RECEIVE,
	GOPM__PORT_LOCK,
	GOPM__PORTS, /* of each object */
};

/* A goroutine that can cause the event of a port. */
struct gopm__releaser {
	uint32_t port;    /* its number: object * GOPM__PORTS + enum gopm__port */
	uint32_t member;  /* index in gopm__blocked.members */
	uint32_t claim;   /* index of the claim; GOPM__NO_INDEX: it is the first writer that waits */
	uint8_t strength; /* enum gopm__claim_strength */
};

struct gopm__ports {
	const struct gopm__blocked *blocked;
	const struct gopm__claims *claims;
	struct gopm__releaser *releasers; /* sorted by port */
	size_t releaser_count, releaser_capacity;
	uint32_t *first; /* of each port, and one past the last: index in releasers */
	uint8_t *proved; /* of each port, 1: no other goroutine than these releasers can cause the event */
	uint32_t *of;    /* number of the port of each wait; GOPM__NO_INDEX: it has none */
};

/* @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_LIMIT. */
gopm_status gopm__ports_open(struct gopm__ports *ports, struct gopm__program *program,
                             const struct gopm__blocked *blocked, const struct gopm__claims *claims);
void gopm__ports_close(struct gopm__ports *ports);

/* The end of the releasers of a port. */
static inline uint32_t gopm__port_end(const struct gopm__ports *ports, uint32_t port)
{
	return ports->first[port + 1];
}

/* True if the main goroutine has ended in select {}: that is how many servers wait, and no leak. */
bool gopm__member_is_idle_main(const struct gopm__ports *ports, uint32_t member);

#endif
