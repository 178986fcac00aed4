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
	uint64_t count;   /* collections that ended, if `end` is known */
	int64_t first;    /* end of the first collection, as `end`; 0: unknown */
};

/* The greatest waitsince that a goroutine can have. `times` are `count` values of goroutines, and are sorted; `all`:
 * they are those of all goroutines. GOPM__NO_TIME_BOUND: unknown. */
int64_t gopm__gc_latest(const struct gopm__runtime *rt, struct gopm__reader *reader, int64_t *times, size_t count,
                        bool all, struct gopm__gc_clock *clock);

/* Finds values of waitsince that are not begins of collections: each begin is that of many goroutines, two collections
 * do not begin at nearly the same time, and there are no more than `most` (0: unknown). `times` are sorted. Returns how
 * many of `odd` it filled. */
size_t gopm__gc_odd_times(const int64_t *times, size_t count, uint64_t most, int64_t odd[GOPM__MAX_ODD_TIMES]);

#endif
