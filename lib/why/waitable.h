/* SPDX-License-Identifier: Apache-2.0 */
/* Waitables: the objects that a goroutine waits for. The runtime knows a lock only by its semaphore, a word inside of
 * it. Here it is the whole object: sync.Mutex, sync.RWMutex, ...
 *
 * Source: sync/{mutex,rwmutex,once,waitgroup,cond}.go, internal/sync/mutex.go, internal/poll/fd_mutex.go,
 * runtime/sema.go, Go 1.16 to 1.27. */
#ifndef GOPM_WHY_WAITABLE_H
#define GOPM_WHY_WAITABLE_H

#include <gopm/object.h>

#include "runtime/wait.h"

/* What a goroutine waits to do. */
enum gopm__wait_side {
	GOPM__SIDE_WAITS, /* WaitGroup, Cond, semaphore, timer, system call, call of C, select without cases */
	GOPM__SIDE_SENDS,
	GOPM__SIDE_RECEIVES,
	GOPM__SIDE_LOCKS, /* Mutex, RWMutex, Once, and the lock of a file descriptor */
	GOPM__SIDE_READ_LOCKS,
	GOPM__SIDE_READS, /* a file descriptor */
	GOPM__SIDE_WRITES,
	GOPM__SIDE_COUNT,
};

struct gopm__waitable {
	uint64_t address; /* of the sync.Mutex, ..., hchan, pollDesc, timer; 0: unknown, or there is none */
	uint64_t word;    /* MUTEX to WAITGROUP, SEMAPHORE: address of the semaphore; COND: of its notifyList; else 0 */
	uint64_t sudog;   /* of the goroutine in the object's queue; 0: unknown, or there is none */
	int64_t deadline; /* TIMER, and CHAN of an armed timer: its nanotime; 0: unknown, or there is none */
	int32_t fd;       /* FD: its number; -1: unknown, or there is none */
	uint8_t kind;     /* GOPM_OBJECT_* */
	uint8_t side;     /* enum gopm__wait_side */
	uint8_t torn; /* 1: the object does not agree that the goroutine waits: its queue lacks it, its state says that
	                 nobody has to wait, or a thread is changing it. Nothing is certain about it */
};

/* Objects of semaphores that were found. One thread at a time. Set by gopm__waitables_init(). */
struct gopm__waitables {
	struct gopm__runtime *rt;
	struct gopm__wait_cache waits;
	struct gopm__map64 words; /* semaphore or notifyList -> index into objects */
	struct gopm__waitable_object {
		uint64_t address;
		uint8_t kind, side, torn;
	} * objects;
	size_t count, capacity;
	struct gopm__map64 listed; /* sudogs in the notifyLists among `words` -> their notifyList */
	gopm_wait *cases;          /* of the last select */
	size_t case_capacity;
};

void gopm__waitables_init(struct gopm__waitables *waitables, struct gopm__runtime *rt);
void gopm__waitables_free(struct gopm__waitables *waitables);

/* Takes the sudogs that another one has seen in notifyLists. False: one is in two lists, or out of memory. */
bool gopm__waitables_join(struct gopm__waitables *waitables, const struct gopm__waitables *from);

/* Fills up to `capacity` objects that `g` waits for. Returns how many there are: several for a select, 1 for each other
 * goroutine that waits or is in a system call, 0 if it runs or can run. Needs neither DWARF nor the program's lock. */
size_t gopm__waitables_of(struct gopm__waitables *waitables, struct gopm__reader *reader, const struct gopm__g *g,
                          struct gopm__waitable *out, size_t capacity);

#endif
