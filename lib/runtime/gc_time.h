/* SPDX-License-Identifier: Apache-2.0 */
/* The times of garbage collections. A goroutine's waitsince is the begin of the collection that first saw it wait
 * (runtime/mgcmark.go, markroot, Go 1.16 to 1.27). */
#ifndef GOPM_RUNTIME_GC_TIME_H
#define GOPM_RUNTIME_GC_TIME_H

#include "runtime/runtime.h"

/* The end of the last collection by two clocks. 0: no collection ended, or it is unknown. */
struct gopm__gc_clock {
	int64_t end;      /* nanotime, the clock of waitsince */
	int64_t unix_end; /* nanoseconds since 1970 */
};

/* The greatest waitsince that a goroutine can have. `times` are `count` values of goroutines, and are sorted; `all`:
 * they are those of all goroutines. GOPM__NO_TIME_BOUND: unknown. */
int64_t gopm__gc_latest(const struct gopm__runtime *rt, struct gopm__reader *reader, int64_t *times, size_t count,
                        bool all, struct gopm__gc_clock *clock);

#endif
