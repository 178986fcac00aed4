/* SPDX-License-Identifier: Apache-2.0 */
/* Queues of finalizers and cleanups that are due: blocks outside of the heap, in a list of all blocks. Sources:
 * runtime/mfinal.go, Go 1.16 to 1.27; runtime/mcleanup.go, Go 1.25 to 1.27. Go 1.24 queues cleanups as finalizers. */
#ifndef GOPM_RUNTIME_GC_QUEUE_H
#define GOPM_RUNTIME_GC_QUEUE_H

#include "runtime/runtime.h"

enum gopm__gc_queue_kind { GOPM__QUEUE_FINALIZERS, GOPM__QUEUE_CLEANUPS, GOPM__QUEUE_COUNT };

/* The first block of each list; 0: nothing is queued, or it was not found. */
struct gopm__gc_queues {
	uint64_t first[GOPM__QUEUE_COUNT];
};

/* A block of a queue. */
struct gopm__gc_block {
	uint64_t address, next;
	uint64_t entries; /* address of the first entry */
	uint32_t count;   /* of entries */
	uint8_t words;    /* of one entry */
	uint8_t pointers; /* a bit for each of its words, 1 if the word can have a pointer to the heap */
};

/* Found on first use, and valid as long as the runtime. NULL: out of memory. Thread-safe. */
const struct gopm__gc_queues *gopm__gc_queues(struct gopm__runtime *rt);

/* Reads the block at `address`. False: not in the core, or not a block. */
bool gopm__gc_block_read(const struct gopm__runtime *rt, struct gopm__reader *reader, enum gopm__gc_queue_kind kind,
                         uint64_t address, struct gopm__gc_block *out);

#endif
