/* SPDX-License-Identifier: Apache-2.0 */
/* Locks that are taken and released inline. The compiler inlines the fast paths of Lock, Unlock, RLock and RUnlock.
 *Each is an atomic instruction on the lock's state, a branch, and the call of the slow path in a block that only this
 *branch leads to:
 *
 *	if !cas(&m.state, 0, 1) { m.lockSlow() }
 *
 * The call tells which lock, and what is done. The atomic instruction confirms it, and tells when. Users cannot call
 * the slow paths: they are not exported. Source: sync/mutex.go, sync/rwmutex.go, internal/sync/mutex.go, Go 1.18 to
 * 1.27. */
#ifndef GOPM_CODE_SYNC_SLOW_H
#define GOPM_CODE_SYNC_SLOW_H

#include "code/sync_ops.h"

/* An atomic instruction on a word of the size of a lock's state. */
struct gopm__sync_atomic {
	uint32_t index;
	bool compares; /* it stores a value if the word has an expected one; else it adds */
	bool retries;  /* it may fail; then a branch leads back */
	int32_t sum;   /* what it adds; 0: unknown */
	struct gopm__sync_places places;
};

/* The call of a slow path. */
struct gopm__sync_slow_call {
	uint32_t index;
	uint8_t role;                    /* MUTEX_LOCK_SLOW, MUTEX_UNLOCK_SLOW, RWMUTEX_RUNLOCK_SLOW, SEMACQUIRE */
	struct gopm__sync_places places; /* of its first argument */
};

/* Those of one function. Zeroed, with `numbers` and `ops` set, is ready. */
struct gopm__sync_slow {
	struct gopm__sync_numbers *numbers;
	struct gopm__sync_ops *ops; /* gets the operations */
	struct gopm__sync_atomic *atomics;
	size_t atomic_count, atomic_capacity;
	struct gopm__sync_slow_call *calls;
	size_t call_count, call_capacity;
};

void gopm__sync_add_atomic(struct gopm__sync_slow *slow, size_t index, const struct gopm__code_effect *effect);
void gopm__sync_add_slow_call(struct gopm__sync_slow *slow, size_t index, unsigned role);

/* Adds the operations, when all instructions and calls are added. */
void gopm__sync_slow_finish(struct gopm__sync_slow *slow);
void gopm__sync_slow_clear(struct gopm__sync_slow *slow);

#endif
