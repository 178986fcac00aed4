/* SPDX-License-Identifier: Apache-2.0 */
/* Claims: which goroutines hold a lock, and which are still to send, receive, close, signal ... on an object. No field
 * of Go's synchronization objects names an owner. A claim is read from the code of a goroutine's frames, and from its
 * deferred calls that are pending. It works without DWARF and symbols. */
#ifndef GOPM_WHY_CLAIM_H
#define GOPM_WHY_CLAIM_H

#include <gopm/object.h>

#include "program/program.h"
#include "util/progress.h"

/* What a goroutine does, or is to do, with an object. */
enum gopm__claim_op {
	GOPM__CLAIM_HOLDS,      /* a Mutex, or an RWMutex for writing */
	GOPM__CLAIM_HOLDS_READ, /* an RWMutex for reading */
	GOPM__CLAIM_UNLOCKS,    /* it is to release a lock that it is not known to hold, and does not wait for; never
	                           PROVED */
	GOPM__CLAIM_SENDS,      /* to a channel; only if one waits to receive, and likewise the next two */
	GOPM__CLAIM_RECEIVES,
	GOPM__CLAIM_CLOSES,
	GOPM__CLAIM_DONE,    /* lowers the counter of a WaitGroup */
	GOPM__CLAIM_SIGNALS, /* Signal or Broadcast of a Cond */
	GOPM__CLAIM_COUNT,
};

/* How sure a claim is, the weakest first. */
enum gopm__claim_strength {
	/* HOLDS, HOLDS_READ: the code took the lock on some path, but nothing says that the goroutine is to release it;
	 * or the state of the lock, or another claim, contradicts. Others: a panic or Goexit may keep the goroutine
	 * from it. */
	GOPM__CLAIM_POSSIBLE,
	/* HOLDS, HOLDS_READ: a frame may have released it, or may fail to release it, or two goroutines seem to hold
	 * it; or no frame is to release it, but the code took it on every path, the goroutine waits for a lock, and no
	 * other one has a claim to it. Others: some path from the frame's pc does it on this object. */
	GOPM__CLAIM_LIKELY,
	/* HOLDS, HOLDS_READ: the rules of ownership hold. Others: a deferred call that is pending, or every path to a
	 * return, does it on this object. */
	GOPM__CLAIM_PROVED,
};

/* What shows a claim; bits. */
#define GOPM__EVIDENCE_DEFER UINT8_C(1)  /* a deferred call is pending */
#define GOPM__EVIDENCE_CODE UINT8_C(2)   /* the code of the frame */
#define GOPM__EVIDENCE_HELPER UINT8_C(4) /* the code of a function that the frame calls, or called */
#define GOPM__EVIDENCE_LIBRARY                                                                                         \
	UINT8_C(16) /* it has an object of a library: recogniser.h. It has no frame and no pc                          \
	             */

struct gopm__claim {
	uint64_t object;  /* address of the contended object */
	uint64_t g;       /* address of the g */
	uint64_t pc;      /* lookup pc of the frame */
	uint32_t frame;   /* number of its physical frame, the innermost is 0 */
	uint8_t op;       /* enum gopm__claim_op */
	uint8_t strength; /* enum gopm__claim_strength */
	uint8_t evidence; /* GOPM__EVIDENCE_* */
	bool kept;        /* HOLDS, HOLDS_READ: no frame is to release the lock */
};

/* An object that somebody waits for. */
struct gopm__contended {
	uint64_t address; /* of the sync.Mutex, sync.RWMutex, sync.WaitGroup, sync.Cond or hchan */
	uint8_t kind;     /* GOPM_OBJECT_* */
};

struct gopm__claims {
	struct gopm__claim *list; /* sorted by object, then g, then frame */
	size_t count, capacity;
};

/* Finds all claims on `count` objects, which are sorted by address. Takes the program's lock.
 * @param threads at most so many, 1 to GOPM__MOST_WORKERS
 * @param progress phase GOPM_PROGRESS_GOROUTINES; NULL: none
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__claims_find(struct gopm__claims *claims, struct gopm__program *program,
                              const struct gopm__contended *objects, size_t count, size_t threads,
                              const struct gopm__progress *progress);
/* Sorts the claims after some were added, and keeps the strongest of those that say the same. */
void gopm__claims_sort(struct gopm__claims *claims);
void gopm__claims_free(struct gopm__claims *claims);

#endif
