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

void gopm__discover(struct gopm__discovered *found, struct gopm__runtime *rt);

#endif
