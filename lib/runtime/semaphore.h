/* SPDX-License-Identifier: Apache-2.0 */
/* Who waits for which semaphore, by runtime.semtable: what a mutex, a wait group and the like sleep on. Since Go 1.26
 * g.waiting says it too. Read on first need. Source: runtime/sema.go, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_SEMAPHORE_H
#define GOPM_RUNTIME_SEMAPHORE_H

#include "runtime/runtime.h"

struct gopm__semaphore_wait {
	uint64_t g;       /* address */
	uint64_t address; /* of the semaphore, a word of 4 bytes */
};

struct gopm__semaphores {
	uint64_t table;                     /* address of runtime.semtable */
	uint64_t stride;                    /* bytes from one root to the next */
	struct gopm__semaphore_wait *waits; /* sorted by g */
	size_t count, capacity;
};

/* NULL: not found. Where goroutines wait for a semaphore, a finding says so; where none does, nothing tells the table
 * from other memory. Lives as long as the runtime. Safe from many threads. */
const struct gopm__semaphores *gopm__semaphores(struct gopm__runtime *rt);
void gopm__semaphores_free(struct gopm__semaphores *semaphores);

/* The address of the semaphore that the goroutine at `g` waits for; 0: none, or unknown. */
uint64_t gopm__semaphore_of(struct gopm__runtime *rt, uint64_t g);

#endif
