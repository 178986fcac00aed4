/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: what is wrong with the process and is in no wait graph. The scheduler cannot stop a goroutine, a
 *finalizer blocks all others, a panic does not end, goroutines of one birthplace become more and more.
 *
 *	condition_find.c  asks the others
 *	scheduler.c       goroutines that can run and do not get to
 *	collector_wait.c  finalizers and cleanups that wait
 *	panicking.c       panics in flight
 *	abandoned.c       goroutines of a library whose caller has dropped what it was to use
 *	growth.c          leaks that grow */
#ifndef GOPM_WHY_CONDITION_H
#define GOPM_WHY_CONDITION_H

#include <gopm/why.h>

#include "heap/ownership.h"
#include "why/prospect.h"

struct gopm__condition {
	uint8_t verdict, certainty, pattern; /* GOPM_VERDICT_*, ... */
	uint64_t detail;   /* NO_YIELD: nanoseconds; OVERLOAD: number of Ps; FINALIZER, CLEANUP: those that are due */
	uint64_t function; /* FINALIZER, CLEANUP: entry of the one that waits; 0: unknown */
	uint32_t *waiters; /* members */
	size_t waiter_count, waiter_capacity;
	uint32_t *blamed; /* members */
	size_t blamed_count, blamed_capacity;
};

struct gopm__conditions {
	struct gopm__condition *list;
	size_t count, capacity;
};

/* @param ownership NULL: finalizers are not looked at
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__conditions_find(struct gopm__conditions *conditions, struct gopm__program *program,
                                  const struct gopm__prospects *prospects, struct gopm__ownership *ownership);
void gopm__conditions_close(struct gopm__conditions *conditions);

/* Adds an empty one. NULL: out of memory. */
struct gopm__condition *gopm__condition_add(struct gopm__conditions *conditions, uint8_t verdict, uint8_t certainty,
                                            uint8_t pattern);

/* Adds a member to one of the lists. False: out of memory. */
bool gopm__condition_wait(struct gopm__condition *condition, uint32_t member);
bool gopm__condition_blame(struct gopm__condition *condition, uint32_t member);

/* scheduler.c, panicking.c: add theirs. False: out of memory. */
bool gopm__scheduler_find(struct gopm__conditions *conditions, struct gopm__program *program,
                          const struct gopm__blocked *blocked);
bool gopm__panicking_find(struct gopm__conditions *conditions, struct gopm__program *program,
                          const struct gopm__prospects *prospects);

/* True if somebody may be: the heap has to say it. */
bool gopm__may_be_abandoned(struct gopm__program *program, const struct gopm__blocked *blocked);

/* abandoned.c: the same. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__abandoned_find(struct gopm__conditions *conditions, struct gopm__program *program,
                                 const struct gopm__blocked *blocked, struct gopm__ownership *ownership);

#endif
