/* SPDX-License-Identifier: Apache-2.0 */
/* Threads for the parts of one job. */
#ifndef GOPM_UTIL_WORKERS_H
#define GOPM_UTIL_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More threads than this only wait for memory. */
#define GOPM__MOST_WORKERS 8

/* How many parts to make of `items`: one for each CPU, but none with fewer than about `least` items. */
size_t gopm__workers_worth(uint64_t items, uint64_t least);

/* Where part `index` of `count` begins. Part `count` begins at the end. */
uint64_t gopm__workers_begin(uint64_t items, size_t index, size_t count);

/* Calls run(part) for each of `count` parts, which are `size` bytes apart, and returns when all have returned. The
 * first one, and each whose thread cannot be created, runs on the caller's thread; the others with all signals blocked.
 * False: an allocation failed. */
bool gopm__workers_run(void (*run)(void *part), void *parts, size_t size, size_t count);

#endif
