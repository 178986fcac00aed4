/* SPDX-License-Identifier: Apache-2.0 */
/* Birthplaces of holders: the `go` statements of goroutines, and the functions of timers. */
#ifndef GOPM_HEAP_BIRTH_H
#define GOPM_HEAP_BIRTH_H

#include "heap/ownership.h"

struct gopm__birth {
	uint32_t group;          /* of holders: goroutines of one start function, or timers of one function */
	uint64_t pc;             /* of the go statement, as g.gopc; a timer has none */
	uint64_t holders;        /* that were born there */
	uint64_t objects, bytes; /* retained by them */
	bool shared; /* the group has other birthplaces: what goroutines share is retained by the group, not here */
};

/* Finds all birthplaces, the one that retains most first; the caller frees the list. @return GOPM_OK,
 * GOPM_ERR_NO_MEMORY. */
gopm_status gopm__births(const struct gopm__ownership *ownership, struct gopm__birth **list, size_t *count);

#endif
