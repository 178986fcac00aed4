/* SPDX-License-Identifier: Apache-2.0 */
/* Finds out that a linked list is cyclic, by Brent's algorithm, in memory of constant size:
 *
 *	struct gopm__cycle cycle = {0};
 *	for (at = first; at != 0 && !gopm__cycle_closed(&cycle, at); at = next(at))
 */
#ifndef GOPM_UTIL_CYCLE_H
#define GOPM_UTIL_CYCLE_H

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialized: before the first element. */
struct gopm__cycle {
	uint64_t mark;         /* an element that came before; 0: none */
	uint64_t steps, power; /* since the mark; steps until the next one */
};

/* Takes the next element, which is not 0. True if it came before; that is found within three times the length of the
 * list. */
static inline bool gopm__cycle_closed(struct gopm__cycle *cycle, uint64_t element)
{
	if (element == cycle->mark) {
		return true;
	}
	if (cycle->steps++ == cycle->power) {
		cycle->mark = element;
		cycle->steps = 0;
		cycle->power = cycle->power * 2 + 1;
	}
	return false;
}

#endif
