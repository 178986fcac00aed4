/* SPDX-License-Identifier: Apache-2.0 */
/* Recognisers: waits whose other end is in the fields of a library, and not in the code of a frame. A table says which
 * types and fields these are.
 *
 * A pool: a goroutine waits for an element of it, which those give back that have one. What a goroutine has is on its
 * stack, or it has deferred to give it back. */
#ifndef GOPM_WHY_RECOGNISER_H
#define GOPM_WHY_RECOGNISER_H

#include "heap/ownership.h"
#include "why/blocked.h"
#include "why/claim.h"

/* Finds out if a goroutine waits for an element of a pool: gopm__recognise_pools() has something to do. Takes the
 * program's lock. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__has_pool_requests(const struct gopm__blocked *blocked, struct gopm__program *program, bool *found);

/* Adds claims on the channels by which goroutines wait for an element of a pool. They are likely if all elements that
 * the pool counts are found, and possible else. Takes the program's lock.
 * @param ownership holders of the marked heap
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__recognise_pools(struct gopm__claims *claims, const struct gopm__blocked *blocked,
                                  struct gopm__program *program, struct gopm__ownership *ownership);

#endif
