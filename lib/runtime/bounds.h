/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds that a core sets to the times and ids in it. */
#ifndef GOPM_RUNTIME_BOUNDS_H
#define GOPM_RUNTIME_BOUNDS_H

#include "runtime/runtime.h"

#define GOPM__NO_GOID_BOUND ((UINT64_C(1) << 48) - 1)
#define GOPM__NO_TIME_BOUND (INT64_MAX / 2)

/* Sets rt->now, rt->latest and rt->last_goid from the Ps and from some of the goroutines. `sched` is the address of
 * runtime.sched; 0: unknown. */
void gopm__bounds_find(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t sched);

#endif
