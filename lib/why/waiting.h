/* SPDX-License-Identifier: Apache-2.0 */
/* All objects that goroutines wait for, each with those goroutines. */
#ifndef GOPM_WHY_WAITING_H
#define GOPM_WHY_WAITING_H

#include "program/program.h"
#include "util/progress.h"
#include "why/waitable.h"

/* A goroutine that waits for an object. A select has one for each of its cases. */
struct gopm__waiter {
	uint64_t address; /* of the object */
	uint64_t g, id;   /* address and goid */
	uint64_t element; /* CHAN: address of the value to send, or of the place to receive into; 0: none, or unknown */
	int64_t since;    /* nanotime when it parked; 0: unknown */
	uint8_t kind;     /* GOPM_OBJECT_* of the object */
	uint8_t side;     /* enum gopm__wait_side */
	uint8_t torn;     /* see struct gopm__waitable */
	bool select;      /* it waits for other objects too */
};

struct gopm__waiting_object {
	uint64_t address, word; /* see struct gopm__waitable */
	int64_t deadline;
	size_t first, count; /* of its waiters */
	int32_t fd;
	uint8_t kind;
};

struct gopm__waiting {
	struct gopm__waiting_object *objects; /* sorted by address */
	size_t count, capacity;
	struct gopm__waiter *waiters; /* by object, then the one that parked first; of equal ones the smaller id */
	size_t waiter_count, waiter_capacity;
};

/* Reads all goroutines. Objects without an address are left out.
 * @param progress phase GOPM_PROGRESS_GOROUTINES; NULL: none
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__waiting_open(struct gopm__waiting *waiting, struct gopm__runtime *rt,
                               const struct gopm__progress *progress);
void gopm__waiting_close(struct gopm__waiting *waiting);

/* The object at `address`, or with its semaphore or notifyList there; NULL: nobody waits for one. */
const struct gopm__waiting_object *gopm__waiting_at(const struct gopm__waiting *waiting, uint64_t address);

#endif
