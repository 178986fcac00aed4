/* SPDX-License-Identifier: Apache-2.0 */
/* All goroutines that are not dead, the objects that they wait for, and who waits for each. */
#ifndef GOPM_WHY_BLOCKED_H
#define GOPM_WHY_BLOCKED_H

#include "program/program.h"
#include "util/map64.h"
#include "util/progress.h"
#include "why/waitable.h"

#define GOPM__NO_INDEX UINT32_MAX

/* A goroutine. */
struct gopm__member {
	uint64_t g, id;
	uint64_t go, start; /* pc of its go statement; entry of its first function */
	int64_t since;      /* nanotime when it parked; 0: unknown */
	uint32_t wait;      /* the first of its waits */
	uint32_t wait_count;
	uint8_t status; /* GOPM_G_* */
	bool system;    /* of the runtime itself */
	bool panics;    /* it has a record of a panic, which may be one that it recovered from */
	bool partial;   /* a part of it could not be read */
};

/* A goroutine waits for an object: one for each case of a select. */
struct gopm__wait_for {
	uint32_t member, object; /* their indexes */
	uint64_t word;           /* as in struct gopm__waitable */
	uint8_t side;            /* enum gopm__wait_side */
	bool torn;
};

/* An object that somebody waits for. Each wait for an object without address is an object of its own. */
struct gopm__waited {
	uint64_t address; /* 0: unknown, or there is none */
	int64_t deadline; /* of an armed timer; 0: none */
	uint32_t waiter;  /* the first of its waits, in by_object */
	uint32_t waiters; /* how many */
	int32_t fd;       /* -1: none */
	uint8_t kind;     /* GOPM_OBJECT_* */
};

/* See g_index.h. */
struct gopm__g_index {
	uint32_t *slots; /* 1 << bits numbers of members, plus 1; 0: free */
	unsigned bits;
};

struct gopm__blocked {
	struct gopm__member *members; /* in the order of runtime.allgs */
	size_t member_count, member_capacity;
	struct gopm__wait_for *waits; /* by member */
	size_t wait_count, wait_capacity;
	struct gopm__waited *objects; /* those with an address first, sorted by it */
	size_t object_count, object_capacity;
	uint32_t *by_object;     /* indexes of waits, by object */
	struct gopm__g_index gs; /* address of a g -> index of the member */
	bool partial;            /* not all goroutines could be read */
};

/* How many threads are worth it. */
size_t gopm__blocked_threads(const struct gopm__runtime *rt);

/* Reads all goroutines, with `threads` threads: 1 to GOPM__MOST_WORKERS. Damage is a finding.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED, GOPM_ERR_LIMIT (more than their numbers can count). */
gopm_status gopm__blocked_open(struct gopm__blocked *blocked, struct gopm__program *program,
                               const struct gopm__progress *progress, size_t threads);
void gopm__blocked_close(struct gopm__blocked *blocked);

/* Makes one object of those with the same address, sorts them, and lists the waits of each. Needed after objects got
 * addresses; the numbers of objects change. False: out of memory. */
bool gopm__blocked_sort(struct gopm__blocked *blocked);

/* The member with the g at `address`; GOPM__NO_INDEX: none. */
uint32_t gopm__blocked_member(const struct gopm__blocked *blocked, uint64_t address);

/* The member with this id; GOPM__NO_INDEX: none. */
uint32_t gopm__blocked_by_id(const struct gopm__blocked *blocked, uint64_t id);

/* The first wait that receives from the object; NULL: none. */
const struct gopm__wait_for *gopm__blocked_receiver(const struct gopm__blocked *blocked,
                                                    const struct gopm__waited *object);

/* The object at `address`; GOPM__NO_INDEX: nobody waits for it. */
uint32_t gopm__blocked_object(const struct gopm__blocked *blocked, uint64_t address);

#endif
