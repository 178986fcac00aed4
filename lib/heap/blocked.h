/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines that run finalizers or cleanups, and wait in one of them. All others that are due wait for it, and the
 * queue keeps what they refer to. Sources: runtime/mfinal.go, Go 1.16 to 1.27; runtime/mcleanup.go, Go 1.25 to 1.27. */
#ifndef GOPM_HEAP_BLOCKED_H
#define GOPM_HEAP_BLOCKED_H

#include "heap/ownership.h"
#include "runtime/gc_queue.h"

struct gopm__blocked {
	enum gopm__gc_queue_kind queue;
	uint32_t node;           /* of the goroutine */
	uint64_t function;       /* entry of the finalizer or cleanup in which it waits; 0: not known */
	uint64_t due;            /* finalizers or cleanups in the queue; the finalizer that runs is one of them */
	uint64_t objects, bytes; /* that nothing but the queue keeps; 0 if the owners are not weighed */
};

/* Finds them; the caller frees the list. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__blocked(const struct gopm__ownership *ownership, struct gopm__blocked **list, size_t *count);

/* True if a node is the queue of one of them. */
bool gopm__blocked_has(const struct gopm__blocked *list, size_t count, const struct gopm__ownership *ownership,
                       uint32_t node);

#endif
