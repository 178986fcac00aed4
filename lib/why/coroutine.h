/* SPDX-License-Identifier: Apache-2.0 */
/* Coroutines: iter.Pull runs its function on a goroutine of its own. One of two goroutines runs, and the other waits
 * until it is resumed. runtime.coro has the one that waits; who is to resume it is not written down: it is a goroutine
 * whose stack refers to the coro, or to a closure that has it.
 *
 * Source: runtime/coro.go, Go 1.22 to 1.27. */
#ifndef GOPM_WHY_COROUTINE_H
#define GOPM_WHY_COROUTINE_H

#include "heap/ownership.h"
#include "why/blocked.h"
#include "why/claim.h"

/* True if a goroutine waits to be resumed: gopm__coroutines_find() has something to do. */
bool gopm__has_coroutines(const struct gopm__blocked *blocked, const struct gopm__program *program);

/* Gives the waits for a coroutine their objects, of kind GOPM_OBJECT_CORO, and adds claims of those who can resume
 * them. The numbers of objects change.
 * @param ownership holders of the marked heap
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__coroutines_find(struct gopm__blocked *blocked, struct gopm__claims *claims,
                                  struct gopm__program *program, struct gopm__ownership *ownership);

#endif
