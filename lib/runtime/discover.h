/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the runtime's variables in a program without symbols, by the structures that they point to. */
#ifndef GOPM_RUNTIME_DISCOVER_H
#define GOPM_RUNTIME_DISCOVER_H

#include "runtime/runtime.h"

struct gopm__discovered {
	uint64_t allgs;        /* address of the slice runtime.allgs; 0: not found */
	uint64_t allm;         /* of the pointer runtime.allm; 0: not found */
	uint64_t allp;         /* of the slice runtime.allp; 0: not found */
	uint64_t wait_reasons; /* of the array runtime.waitReasonStrings; 0: not found */
	uint64_t wait_reason_count;
};

/* Reads by rt->layout: with a wrong one nothing is found. */
void gopm__discover(struct gopm__discovered *found, struct gopm__runtime *rt);

#endif
