/* SPDX-License-Identifier: Apache-2.0 */
/* Holders: what roots belong to, and what a person can name. A holder's retained objects become garbage if it goes: a
 * variable is set to nil, a goroutine ends, a timer is stopped.
 *
 * The runtime's own structures do not hold what they keep for someone else:
 *
 *	object of the runtime        its pointers belong to
 *	g in runtime.allgs           its goroutine
 *	sudog in a wait queue        the goroutine that waits
 *	array of a P's timers        one holder for each timer
 *	special of a live object     the object (special_root.h)
 *
 * Sources: runtime/runtime2.go, runtime/time.go, Go 1.16 to 1.27. */
#ifndef GOPM_HEAP_HOLDER_H
#define GOPM_HEAP_HOLDER_H

#include "heap/heap.h"
#include "heap/root.h"

enum gopm__holder_kind {
	GOPM__HOLDER_VARIABLE,  /* groups: packages; without names, sections */
	GOPM__HOLDER_GOROUTINE, /* groups: start functions */
	GOPM__HOLDER_TIMER,     /* groups: functions that they call */
	GOPM__HOLDER_FINALIZER, /* of an object that is garbage, or queued */
	GOPM__HOLDER_CLEANUP,   /* likewise */
	GOPM__HOLDER_WEAK,      /* likewise: the handle */
	GOPM__HOLDER_RUNTIME,   /* blocks of tiny objects of the Ps; structures of goroutines */
	GOPM__HOLDER_KINDS,
};

struct gopm__holder {
	/* VARIABLE: its address. GOROUTINE: of the g. TIMER: of the timer. FINALIZER, CLEANUP, WEAK: of the object with
	 * the special; 0: queued. RUNTIME: 0. */
	uint64_t key;
	uint32_t group;
	uint32_t target;   /* the first of its targets */
	uint32_t attached; /* the first of the objects whose pointers are its own */
};

struct gopm__holder_group {
	uint64_t key;  /* GOROUTINE, TIMER: entry of the function; else 0 */
	gopm_str name; /* VARIABLE: package or section */
	uint8_t kind;  /* enum gopm__holder_kind */
	bool runtime;  /* variables of the runtime: what they hold, others mostly hold too */
};

struct gopm__holders {
	struct gopm__heap *heap;
	struct gopm__root_names *names;
	struct gopm__holder *list; /* the variables first, then the goroutines */
	size_t count, capacity;
	struct gopm__holder_group *groups;
	size_t group_count, group_capacity;
	uint32_t *targets; /* slots, by holder */
	size_t target_count, target_capacity;
	uint32_t *attached; /* slots, by holder */
	size_t attached_count, attached_capacity;
	uint64_t *cut; /* a bit a slot: the object's pointers are not its own */
};

/* Visits the roots again and sorts them by holder.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED, GOPM_ERR_LIMIT (too many for their numbers). */
gopm_status gopm__holders_open(struct gopm__holders *holders, struct gopm__heap *heap);
void gopm__holders_close(struct gopm__holders *holders);

/* The end of the targets, and of the attached objects, of holder `i`. */
static inline uint32_t gopm__holder_targets_end(const struct gopm__holders *holders, size_t i)
{
	return i + 1 < holders->count ? holders->list[i + 1].target : (uint32_t)holders->target_count;
}

static inline uint32_t gopm__holder_attached_end(const struct gopm__holders *holders, size_t i)
{
	return i + 1 < holders->count ? holders->list[i + 1].attached : (uint32_t)holders->attached_count;
}

#endif
