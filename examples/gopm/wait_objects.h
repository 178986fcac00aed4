/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of a core by the addresses that goroutines wait on. */
#ifndef GOPM_COMMAND_WAIT_OBJECTS_H
#define GOPM_COMMAND_WAIT_OBJECTS_H

#include "lock_holders.h"

/* Zero-initialized is empty. */
struct wait_objects {
	gopm_objects *objects; /* keeps the strings */
	gopm_object *list;     /* by address */
	size_t count;
	struct lock_holders holders; /* of locks among them */
};

/* Opens them with the places that the heap gives, and with the goroutines that hold locks. If the core lacks its heap,
 * there are fewer. */
gopm_status wait_objects_open(struct wait_objects *waits, gopm_core *core, bool quiet, gopm_error **err);
void wait_objects_close(struct wait_objects *waits);

/* The object that a goroutine waits on at `address`, as in gopm_wait.object. NULL: none is known. */
const gopm_object *wait_objects_find(const struct wait_objects *waits, uint64_t address);

#endif
