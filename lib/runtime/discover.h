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

/* True if the slice at this address can be runtime.allgs. */
bool gopm__allgs_fits(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t allgs);

/* The goroutines of an array up to the first nil, at most `most`; 0: it is not an array of goroutines. */
uint64_t gopm__allgs_length(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t array, uint64_t most);

/* Finds the array of allgs without the slice: runtime.allgptr points to it too. False: not found. */
bool gopm__discover_gs(const struct gopm__runtime *rt, uint64_t *array, uint64_t *length);

#endif
