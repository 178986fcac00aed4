/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of holders; see holder.h. */
#ifndef GOPM_HEAP_HOLDER_PRIVATE_H
#define GOPM_HEAP_HOLDER_PRIVATE_H

#include "heap/holder.h"
#include "heap/pointer_scan.h"

struct gopm__holder_build {
	struct gopm__holders *holders;
	struct gopm__heap *heap;
	struct gopm__reader reader;
	struct gopm__map64 starts; /* g.startpc -> entry of the start function */
	uint64_t budget;           /* frames that may be walked to find start functions */
	struct gopm__map64 groups; /* hash of a group -> its number */
	uint64_t variable_end;     /* end of the current variable */
	gopm_status status;
};

/* Adds a holder, with all targets from now on. False: build->status says why. */
bool gopm__holder_add(struct gopm__holder_build *build, uint64_t key, struct gopm__holder_group group);

/* Adds an object that the last holder points to, unless it is its last one. False: out of memory, or too many. */
bool gopm__holder_add_target(struct gopm__holder_build *build, uint32_t slot);

/* Adds a target of the last holder: the object that contains `address`, if any. */
bool gopm__holder_target(struct gopm__holder_build *build, uint64_t address);

/* Makes the pointers of the object at `address`, if any, those of the last holder. */
bool gopm__holder_attach(struct gopm__holder_build *build, uint64_t address);

/* Adds what the object in `slot` points to as targets of the last holder. */
bool gopm__holder_contents(struct gopm__holder_build *build, uint32_t slot);

/* Adds the goroutine with the g at `address`, with its structures. */
bool gopm__holder_goroutine(struct gopm__holder_build *build, uint64_t address);

/* Adds the timers of all Ps. */
bool gopm__holder_timers(struct gopm__holder_build *build);

#endif
