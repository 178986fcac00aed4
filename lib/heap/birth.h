/* SPDX-License-Identifier: Apache-2.0 */
/* Birthplaces of holders: the `go` statements of goroutines, and the functions of timers. */
#ifndef GOPM_HEAP_BIRTH_H
#define GOPM_HEAP_BIRTH_H

#include "heap/ownership.h"

#define GOPM__NO_GROUP UINT32_MAX

struct gopm__birth {
	uint32_t group;          /* of holders of one function; GOPM__NO_GROUP: they have no pointers to the heap */
	uint8_t kind;            /* GOPM__HOLDER_GOROUTINE or _TIMER */
	uint64_t function;       /* entry of the start function, or of the function that the timers call; 0: unknown */
	uint64_t pc;             /* of the go statement, as g.gopc; a timer has none */
	uint64_t holders;        /* that were born there */
	uint64_t objects, bytes; /* retained by them */
	bool shared; /* the group has other birthplaces: what goroutines share is retained by the group, not here */
};

/* Finds all birthplaces, the one that retains most first; the caller frees the list. @return GOPM_OK,
 * GOPM_ERR_NO_MEMORY. */
gopm_status gopm__births(const struct gopm__ownership *ownership, struct gopm__birth **list, size_t *count);

#endif
