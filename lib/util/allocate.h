/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation. The library allocates only with these functions: each failure is counted, so that a call of the API that
 * met one returns GOPM_ERR_NO_MEMORY. Memory that runs out must not pass for data that is missing or damaged.
 *
 * The counts belong to the thread, and mean nothing outside a call. */
#ifndef GOPM_UTIL_ALLOCATE_H
#define GOPM_UTIL_ALLOCATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As in C; free() releases the memory. */
void *gopm__malloc(size_t size);
void *gopm__calloc(size_t count, size_t size);
void *gopm__realloc(void *old, size_t size);
char *gopm__strdup(const char *text);

/* Counts a failure of a library, or of another thread that works for this call. */
void gopm__allocation_failed(void);

/* Around calls of another library, which may report a failed allocation as damage. malloc() sets errno then.
 * gopm__library_lacked_memory() counts such a failure and is true. */
void gopm__library_begin(void);
bool gopm__library_lacked_memory(void);

/* The number of failures so far. */
uint64_t gopm__failed_allocations(void);

/* True if no allocation failed since gopm__failed_allocations() returned `before`, nor before that in this call. Caches
 * that outlive the call take only such results. */
bool gopm__is_cacheable(uint64_t before);

/* The first and the last step of each call of the API. Calls may be nested. gopm__call_end() is true if no allocation
 * failed since gopm__call_begin() returned `begun`. */
uint64_t gopm__call_begin(void);
bool gopm__call_end(uint64_t begun);

/* The caller's progress callback stops the outermost call: from then on it acts as if memory had run out. */
void gopm__call_cancel(void);
bool gopm__call_is_cancelled(void);

/* True if an allocation failed since the outermost call began. What it finds from then on may be wrong. */
bool gopm__call_lacks_memory(void);

#endif
