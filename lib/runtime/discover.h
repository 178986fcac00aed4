/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime's variables in a program without symbols: found by what can only be them, checked
 * from two sides. */
#ifndef GOPM_RUNTIME_DISCOVER_H
#define GOPM_RUNTIME_DISCOVER_H

#include "runtime/runtime.h"

struct gopm__discovered {
	uint64_t allgs; /* address of the slice; 0: not found */
	uint64_t allm;  /* address of the pointer */
	uint64_t allp;  /* address of the slice */
	uint64_t wait_reasons;
	uint64_t wait_reason_count;
};

/* A part of the process's memory that variables are in. */
struct gopm__range {
	uint64_t begin, end; /* multiples of 8, begin < end */
};

#define GOPM__MAX_RANGES 5

/* Where a variable is to be looked for: at its symbol first, when there is one, then in all data of the module that
 * the runtime is in. Returns how many ranges there are. */
size_t gopm__global_ranges(const struct gopm__runtime *rt, enum gopm__global global,
                           struct gopm__range ranges[GOPM__MAX_RANGES]);

void gopm__discover(struct gopm__discovered *found, struct gopm__runtime *rt);

#endif
