/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.pollDesc: the network poller's state of one file descriptor. Source: runtime/netpoll.go, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_NETPOLL_H
#define GOPM_RUNTIME_NETPOLL_H

#include "runtime/g.h"

struct gopm__poll_wait {
	uint64_t poll_desc; /* address; 0: not found */
	int32_t fd;         /* -1: not found */
	bool writes;        /* waits to write, not to read */
};

/* The pollDesc that the parked goroutine waits on. No field of g points to it: it is found on the stack. */
struct gopm__poll_wait gopm__poll_wait(const struct gopm__runtime *rt, struct gopm__reader *reader,
                                       const struct gopm__g *g);

#endif
