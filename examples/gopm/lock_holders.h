/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines that hold locks which others wait for, for the commands that list objects and waits. */
#ifndef GOPM_COMMAND_LOCK_HOLDERS_H
#define GOPM_COMMAND_LOCK_HOLDERS_H

#include "command.h"

struct lock_holders {
	gopm_why *why;
	gopm_why_holder *list; /* by lock */
	size_t count;
};

/* Opens them, with progress. @param heap of the core, or NULL: then the call reads it
 * @return on failure *holders is empty. */
gopm_status lock_holders_open(struct lock_holders *holders, gopm_core *core, gopm_heap *heap, bool quiet,
                              gopm_error **err);
void lock_holders_close(struct lock_holders *holders);

/* The holders of the lock at `address`: the first of *count; NULL: none is known. */
const gopm_why_holder *lock_holders_find(const struct lock_holders *holders, uint64_t address, size_t *count);

/* "held by goroutine 20 (certain: defer, code)" */
void lock_holder_text(const gopm_why_holder *holder);

/* Member "holders" of an object: all of its lock. */
void lock_holders_json(const struct lock_holders *holders, uint64_t address);

#endif
