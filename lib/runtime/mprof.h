/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime's own profiles of memory, blocking and mutexes: their variables, and the buckets with the counts of each
 * stack. Source: runtime/mprof.go, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_MPROF_H
#define GOPM_RUNTIME_MPROF_H

#include "runtime/runtime.h"

/* runtime.bucketType. */
enum gopm__bucket_type { GOPM__BUCKET_MEMORY = 1, GOPM__BUCKET_BLOCK, GOPM__BUCKET_MUTEX, GOPM__BUCKET_TYPES };

/* runtime.maxProfStackDepth; 32 until Go 1.22. */
#define GOPM__BUCKET_DEPTH 1024u

struct gopm__mprof {
	uint64_t heads[GOPM__BUCKET_TYPES]; /* the first bucket of each list; 0: it is empty */
	bool found[GOPM__BUCKET_TYPES];     /* false: the variable with the list is not known */
	uint32_t cycle;                     /* mProfCycle: collections so far, wrapped */
	bool cycle_known, flushed;          /* flushed: the counts of this cycle are in memRecord.active */
	int64_t memory_rate;                /* MemProfileRate; -1: unknown */
	int64_t mutex_rate;                 /* mutexprofilerate; -1: unknown */
	int64_t ticks_per_second;           /* of cycles; 0: the process did not compute it, or unknown */

	/* What the Go version does. */
	bool cycle_struct;    /* the cycle is a struct, not a number: until Go 1.18 */
	bool byte_counts;     /* memRecordCycle has alloc_bytes and free_bytes: until Go 1.26 */
	bool float_counts;    /* blockRecord.count is a float64: since Go 1.17 */
	bool scale_mutexes;   /* runtime/pprof multiplies mutex samples by the rate, not the runtime: until Go 1.19 */
	bool always_labelled; /* each memory sample has the label "bytes": since Go 1.27 */
	uint32_t stack_depth; /* most calls of a stack, but of memory samples; at most GOPM__BUCKET_DEPTH */
};

/* A bucket: one stack, and for memory one size. */
struct gopm__bucket {
	uint64_t address;
	uint64_t stack;                     /* address of its pcs, innermost first */
	uint64_t depth;                     /* number of pcs, at most GOPM__BUCKET_DEPTH */
	uint64_t size;                      /* bytes of an object; 0: not of memory */
	uint64_t allocs, frees;             /* published: runtime.MemProfile would give them */
	uint64_t later_allocs, later_frees; /* counted, but not published yet */
	int64_t count, cycles;              /* of blocking and mutexes */
};

struct gopm__buckets {
	struct gopm__bucket *list; /* in the order of the runtime's list */
	size_t count, capacity;
};

/* Found on first use, and valid as long as the runtime. NULL: out of memory. Thread-safe. */
const struct gopm__mprof *gopm__mprof(struct gopm__runtime *rt);

/* Reads all buckets of one type; `mprof` is gopm__mprof(), NULL: out of memory. Those that are damaged are left out,
 * with findings. Release them with gopm__buckets_clear() in any case. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__buckets_read(struct gopm__runtime *rt, const struct gopm__mprof *mprof, enum gopm__bucket_type type,
                               struct gopm__buckets *out);
void gopm__buckets_clear(struct gopm__buckets *buckets);

/* Reads the stack of a bucket, as physical or as inlined calls, into `pcs` with room for GOPM__BUCKET_DEPTH. *skip is
 * the number of innermost calls to leave out. Returns the number of pcs; 0: none, or the core lacks them. */
size_t gopm__bucket_stack(struct gopm__reader *reader, const struct gopm__bucket *bucket, uint64_t *pcs,
                          uint64_t *skip);

/* True if `address` is a bucket whose hash is that of its stack and size. */
bool gopm__is_bucket(struct gopm__reader *reader, uint64_t address, enum gopm__bucket_type *type);

#endif
