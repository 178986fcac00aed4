/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of a function on synchronization objects: which locks its code has taken at a pc, and which operations on
 * locks, channels, wait groups and conditions it is still to do. No symbols or DWARF are needed.
 *
 * A lock that is taken inline is recognized by two facts that must agree: the atomic instruction on its state, and the
 * call of the slow path (internal/sync.(*Mutex).lockSlow ...) that the failed instruction branches to. The inline tree
 * is not used: since Go 1.27 it gives some atomic instructions to the caller. Calls are recognized by their target's
 * role (symbol/functions.h), or by the summary of the target's own operations: helpers that lock or unlock.
 *
 * Conservative: what is not understood yields no fact. Facts hold if these hold too:
 * - an indirect call does not release a lock of its caller. For a lock that is released later, in the code or by a
 *   pending deferred call, this means only that the program never unlocks what is not locked;
 * - loads through pointers (gopm__sync_place.loads) give now what they gave, or are to give, at the operation. */
#ifndef GOPM_CODE_SYNC_H
#define GOPM_CODE_SYNC_H

#include "code/code.h"

/* The most loads in a place. */
#define GOPM__SYNC_LOADS 3
#define GOPM__SYNC_PLACES (GOPM__SYNC_LOADS + 3)
/* Offsets for what only a run knows. SOME: the address is anywhere in the object, or the frame, that has the address so
 * far; if the base is a phi, not before that, as it moves up in a loop. MAPPED: the address so far is that of a map's
 * header, and the address is that of one of the map's values. */
#define GOPM__SYNC_SOME INT32_MIN
#define GOPM__SYNC_MAPPED (INT32_MIN + 1)
/* The most different operations in one function; a function with more has no facts. */
#define GOPM__SYNC_OPS 120

enum gopm__sync_kind {
	GOPM__SYNC_LOCK, /* sync.Mutex */
	GOPM__SYNC_UNLOCK,
	GOPM__SYNC_RW_LOCK, /* sync.RWMutex; the place is that of the RWMutex */
	GOPM__SYNC_RW_UNLOCK,
	GOPM__SYNC_RW_RLOCK,
	GOPM__SYNC_RW_RUNLOCK,
	GOPM__SYNC_SEND, /* the place is that of the hchan: base + offsets[0] is the channel's value */
	GOPM__SYNC_RECEIVE,
	GOPM__SYNC_CLOSE,
	GOPM__SYNC_GROUP_ADD,  /* WaitGroup.Add, not known to lower the counter; WaitGroup.Go */
	GOPM__SYNC_GROUP_DONE, /* lowers the counter */
	GOPM__SYNC_GROUP_WAIT,
	GOPM__SYNC_COND_WAIT,   /* during the call the Locker L of the Cond is released: claims void what L points to */
	GOPM__SYNC_COND_SIGNAL, /* Signal, Broadcast */
	GOPM__SYNC_ONCE,        /* Once.Do */
	/* Calls of functions that only a run knows; not in summaries. What they do is not known: they release no lock,
	 * see above. A METHOD and its RECEIVER that are `held` were called on every path, and no other method of the
	 * same interface since. */
	GOPM__SYNC_CALL,     /* of the closure at the place */
	GOPM__SYNC_METHOD,   /* of the function whose address is in the word at the place, of an interface's table */
	GOPM__SYNC_RECEIVER, /* its object: the place is that of the first argument */
	GOPM__SYNC_KINDS,
};

/* Bits of an operation. */
#define GOPM__SYNC_TRIES UINT8_C(1)  /* it does not block, and may do nothing: TryLock, a select with a default */
#define GOPM__SYNC_CHOICE UINT8_C(2) /* one of the cases of a select */
#define GOPM__SYNC_HELPER UINT8_C(4) /* a function that the code calls does it */
/* A deferred call does it, where the function ends. Of all lists, only `late` has such operations: a panic may have
 * done them before its time. They count in what a callee does. */
#define GOPM__SYNC_DEFERRED UINT8_C(8)

/* The address of an object: base + offsets[0]; with one load *(base + offsets[0]) + offsets[1], and so on. A CAPTURED
 * base is a word of the closure that the function was called with; as any base it may be in a register or slot. */
struct gopm__sync_place {
	struct gopm__value_number base; /* of width 8 */
	uint8_t loads;
	int32_t offsets[GOPM__SYNC_LOADS + 1];
	uint64_t map_type; /* MAPPED: address of the type's descriptor */
};

/* Operations of one kind on one object, wherever the code has them. */
struct gopm__sync_op {
	uint8_t kind;        /* enum gopm__sync_kind */
	uint8_t flags;       /* GOPM__SYNC_* */
	uint8_t place_count; /* 0: the object is unknown */
	uint8_t receiver;    /* METHOD, RECEIVER: equal numbers belong together */
	/* Places after those that `place_count` counts: each has an offset that only a run knows. They say where the
	 * objects come from if the operation is executed with several. */
	uint8_t some_count;
	/* Descriptions of the same address. The first has no load. Each other one has one load more than the one
	 * before, and its base is the pointer that the base before was loaded from; or it has as many loads, and one
	 * offset more that only a run knows. */
	struct gopm__sync_place places[GOPM__SYNC_PLACES];
};

/* An operation as seen from a pc. Of op->places only [first, end) are valid there: the base of any other has, or is to
 * have, another value when the operation is executed. If first == end, the object is unknown. If first ==
 * op->place_count, it is unknown too, but comes from one of the places in [first, end).
 *
 * To find the object, look for the base of a valid place in the abstract state of the pc (gopm__code_state_at()): it is
 * a constant, an address in the frame, or the value of a register or slot that is still intact. A location may have the
 * sum of the base and a constant instead: gopm__sync_base() splits it. Prefer the place with the fewest loads. */
struct gopm__sync_fact {
	const struct gopm__sync_op *op;
	uint8_t first, end;
	bool must; /* on every path; else on some path */
};

/* Lists of facts about one pc. An op may be in a list twice: with a known object and, if a loop executes it with
 * others, with an unknown one. */
#define GOPM__SYNC_FACTS (2 * GOPM__SYNC_OPS)
struct gopm__sync_facts {
	/* Taken on the way from the entry to the pc and not released: LOCK, RW_LOCK, RW_RLOCK. The lock that a call
	 * waits for is not among them while it waits. */
	struct gopm__sync_fact held[GOPM__SYNC_FACTS];
	/* Releases that some path from the entry to the pc did, of locks that the function itself did not hold: UNLOCK,
	 * RW_UNLOCK, RW_RUNLOCK. If such a lock is unknown, it may be any. Never `must`. */
	struct gopm__sync_fact released[GOPM__SYNC_FACTS];
	/* Operations between the pc and a return. Paths that panic do not count. A release that comes after an
	 * acquisition of the same lock does not count. `must`: every path does it, and some path exists. */
	struct gopm__sync_fact pending[GOPM__SYNC_FACTS];
	/* Operations of deferred calls at the end of the function, which some path registers, or has registered. */
	struct gopm__sync_fact late[GOPM__SYNC_FACTS];
	/* Operations of the call that returns to the pc: those it is in, or some of them is to do still. */
	struct gopm__sync_fact during[GOPM__SYNC_FACTS];
	size_t held_count, released_count, pending_count, late_count, during_count;
};

struct gopm__sync;

/* The operations of a function. NULL: its code has none, neither itself nor in a function that it calls, or it cannot
 * be analyzed, or out of memory. The answer is cached: for a function without operations it costs a look into a map.
 * Valid until gopm__code_cache_trim(). */
const struct gopm__sync *gopm__sync_of(struct gopm__code_cache *cache, const struct gopm__arch *arch,
                                       struct gopm__symtab *symtab, const struct gopm__func *func);

/* The facts before the instruction at `pc`; with `returning`, during the call that returns to `pc`. False: no
 * path reaches it.
 *
 * At the entry of a function, `pending` is the summary of the function: what it does with its arguments (bases
 * LIVE_IN and LIVE_IN_SLOT), with its captured words (CAPTURED), and with package variables (CONSTANT). It tells what
 * the function of a deferred call is to do. */
bool gopm__sync_at(const struct gopm__sync *sync, uint64_t pc, bool returning, struct gopm__sync_facts *out);

/* The lock that the function took, and has at each return: a method Lock is such a function. Sets *kind and *place,
 * whose base has its value at the entry. False: there is none, or several. */
bool gopm__sync_keeps(const struct gopm__sync *sync, uint8_t *kind, struct gopm__sync_place *place);

/* What a function with this role of symbol/functions.h does with its first argument: enum gopm__sync_kind.
 * GOPM__SYNC_KINDS: nothing. */
unsigned gopm__sync_role_kind(unsigned role);

/* Splits a value of the function into the base of places and an offset: value = base + offset. A value that is no sum
 * is its own base. False: unknown, or out of memory. */
bool gopm__sync_base(const struct gopm__sync *sync, const struct gopm__value_number *value,
                     struct gopm__value_number *base, int64_t *offset);

/* True if the place has an offset that only a run knows. */
static inline bool gopm__sync_is_some(const struct gopm__sync_place *place)
{
	for (unsigned i = 0; i <= place->loads; i++) {
		if (place->offsets[i] <= GOPM__SYNC_MAPPED) {
			return true;
		}
	}
	return false;
}

#endif
