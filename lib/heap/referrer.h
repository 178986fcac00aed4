/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that points to an object: live objects and roots, with the place of each pointer. */
#ifndef GOPM_HEAP_REFERRER_H
#define GOPM_HEAP_REFERRER_H

#include "heap/pointer_scan.h"
#include "heap/root.h"

struct gopm__referrer {
	uint32_t slot;          /* the object with the pointer; GOPM__NO_SLOT: a root */
	struct gopm__edge edge; /* of an object */
	struct gopm__root root;
	uint64_t inside; /* bytes from the target's beginning to what it points to */
};

struct gopm__referrers {
	struct gopm__referrer *list; /* the roots first, then the objects by address */
	size_t count, capacity;
	uint64_t left_out; /* past the limit */
};

/* Finds at most `limit` referrers of the object in `slot`, in one pass over the heap. The caller frees the list.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__referrers(struct gopm__heap *heap, uint32_t slot, size_t limit, struct gopm__referrers *out);

#endif
