/* SPDX-License-Identifier: Apache-2.0 */
/* Binary search in a sorted array. */
#ifndef GOPM_UTIL_SEARCH_H
#define GOPM_UTIL_SEARCH_H

#include <stddef.h>

/* Sets `at` to the first index in [0, count) for which `before` is false; to `count` if there is none. `before` is an
 * expression of `at`, true for the elements up to a point and false from there on:
 *
 *	GOPM__LOWER_BOUND(i, count, list[i].address < address);     the first at or after `address`
 *	GOPM__LOWER_BOUND(i, count, list[i].address <= address);    the first after it
 */
#define GOPM__LOWER_BOUND(at, count, before)                                                                           \
	do {                                                                                                           \
		size_t search_low = 0, search_high = (count);                                                          \
		while (search_low < search_high) {                                                                     \
			(at) = search_low + (search_high - search_low) / 2;                                            \
			if (before) {                                                                                  \
				search_low = (at) + 1;                                                                 \
			} else {                                                                                       \
				search_high = (at);                                                                    \
			}                                                                                              \
		}                                                                                                      \
		(at) = search_low;                                                                                     \
	} while (0)

#endif
