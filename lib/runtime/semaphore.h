/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.semtable: goroutines that wait for a semaphore, and its address. Mutexes, wait groups and others sleep on
 * semaphores. Since Go 1.26 g.waiting has the semaphore too. Source: runtime/sema.go, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_SEMAPHORE_H
#define GOPM_RUNTIME_SEMAPHORE_H

#include "runtime/runtime.h"

struct gopm__semaphore_wait {
	uint64_t g;       /* address of the g that waits */
	uint64_t address; /* of the semaphore, 4 bytes */
	uint64_t sudog;   /* address of the sudog in the table */
};

struct gopm__semaphores {
	uint64_t table;                     /* address of runtime.semtable */
	uint64_t stride;                    /* bytes from one root to the next */
	struct gopm__semaphore_wait *waits; /* sorted by g */
	size_t count, capacity;
};

/* Found on first use, and valid as long as the runtime. Thread-safe. NULL: not found. In a program without symbols, a
 * table that no goroutine waits in looks like any other memory; a finding says it is missing only if one waits. */
const struct gopm__semaphores *gopm__semaphores(struct gopm__runtime *rt);
void gopm__semaphores_free(struct gopm__semaphores *semaphores);

/* The address of the semaphore that the goroutine at `g` waits for; 0: none, or unknown. */
uint64_t gopm__semaphore_of(struct gopm__runtime *rt, uint64_t g);

/* The sudog of the goroutine at `g` in the queue of the semaphore at `address`. 0: the queue lacks it, or a thread has
 * the queue's lock and may be changing it. */
uint64_t gopm__semaphore_sudog(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t g, uint64_t address);

#endif
