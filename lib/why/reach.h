/* SPDX-License-Identifier: Apache-2.0 */
/* What goroutines that can run are able to reach. It is the rule of the runtime's goroutine leak profile
 * (runtime/mgc.go, findMaybeRunnableGoroutines; runtime/mgcmark.go; Go 1.26 and 1.27), over the objects of a marked
 * heap: at first only variables, timers, specials and goroutines that can run are roots; a goroutine that waits is a
 * root only after its object was reached.
 *
 * Two differences, both towards fewer results: a weak pointer counts as a pointer, because the program can get a strong
 * one from it; and system stacks of threads are roots, because a core is not taken at a safe point. */
#ifndef GOPM_WHY_REACH_H
#define GOPM_WHY_REACH_H

#include "heap/ownership.h"
#include "why/blocked.h"

struct gopm__weak_target; /* reach.c */

struct gopm__reach {
	struct gopm__heap *heap;
	struct gopm__ownership *ownership;
	uint64_t *reached; /* a bit a node of the graph */
	uint32_t *stack;   /* nodes to scan */
	size_t count, capacity;
	const struct gopm__blocked *blocked;
	uint32_t *holders;               /* of each member, the node, plus 1; 0: it has none */
	struct gopm__weak_target *weaks; /* sorted by handle */
	size_t weak_count;
	bool partial; /* objects or roots could not be read: nothing that is not reached is certain */

	/* Of gopm__reach_variables(), without a heap: */
	const struct gopm__symtab *symtab;
	uint64_t *named; /* a bit an object of `blocked`: a variable points to it */
};

/* Marks from all roots but goroutines. `ownership` is open, and the caller alone uses its graph until
 * gopm__reach_close(). @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__reach_open(struct gopm__reach *reach, struct gopm__ownership *ownership,
                             const struct gopm__blocked *blocked);
/* Finds what variables point to, without the heap. What is not reached so may still be reached. Takes little time, and
 * often it is enough: then all goroutines can run. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__reach_variables(struct gopm__reach *reach, struct gopm__program *program,
                                  const struct gopm__blocked *blocked);
void gopm__reach_close(struct gopm__reach *reach);

/* Marks what the goroutine with the g at `address` reaches. False: out of memory. */
bool gopm__reach_goroutine(struct gopm__reach *reach, uint64_t address);

/* Marks what the object that contains `address` reaches, if it is one. False: out of memory. */
bool gopm__reach_address(struct gopm__reach *reach, uint64_t address);

/* True if the object that contains `address` was reached. Memory outside of the heap counts as reached. */
bool gopm__reach_has(const struct gopm__reach *reach, uint64_t address);

#endif
