/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines that wait in a finalizer or cleanup, while others are due. */
#ifndef GOPM_WHY_COLLECTOR_WAIT_H
#define GOPM_WHY_COLLECTOR_WAIT_H

#include "heap/ownership.h"

struct gopm__collector_wait {
	uint64_t g;        /* address */
	uint64_t function; /* entry of the finalizer or cleanup; 0: unknown */
	uint64_t due;      /* others in the queue */
	bool cleanup;
};

/* Finds them; the caller frees the list. @return GOPM_OK, GOPM_ERR_NO_MEMORY: then *list is NULL. */
gopm_status gopm__collector_waits(const struct gopm__ownership *ownership, struct gopm__collector_wait **list,
                                  size_t *count);

#endif
