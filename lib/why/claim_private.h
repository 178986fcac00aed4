/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that find claims. One search visits all goroutines. What is known of a pc is decoded once, and
 * evaluated in each frame that stands there:
 *
 *	claim_pc.c       facts about a pc, cached
 *	claim_walk.c     the frames of a goroutine that have facts
 *	claim_idle.c     goroutines whose frames are known to have no claims
 *	claim_place.c    the address of a fact's object in one frame
 *	claim_element.c  objects that are elements of an array or a map
 *	claim_defer.c    deferred calls that are pending
 *	claim_call.c     what closures and methods are to do that only a run knows
 *	claim_locker.c   releases through interfaces
 *	claim_hold.c     locks that a goroutine holds or is to release
 *	claim_partner.c  other operations that it is to do
 *	claim_list.c     the objects and the claims
 *	claim_lock.c     what the state of a lock says of those who hold it */
#ifndef GOPM_WHY_CLAIM_PRIVATE_H
#define GOPM_WHY_CLAIM_PRIVATE_H

#include "code/sync.h"
#include "locals/roots.h"
#include "locals/stack_state.h"
#include "runtime/defer.h"
#include "symbol/open_defer.h"
#include "unwind/shape.h"
#include "util/arena.h"
#include "value/context.h"
#include "why/claim.h"
#include "why/waitable.h"

/* Slots that have a base, of those that pointers may write. */
#define GOPM__CLAIM_WORDS 4u
/* Objects that one goroutine waits for: more only in a select. */
#define GOPM__CLAIM_WAITS 16u
/* Bytes of a stack that are loaded ahead: most return addresses of most stacks. */
#define GOPM__CLAIM_STACK_AHEAD 576
/* Elements of one array or map that are found. */
#define GOPM__CLAIM_ELEMENTS 64u

/* Where a frame has the base of a place. */
enum gopm__base_at {
	GOPM__BASE_UNKNOWN,  /* not in the frame */
	GOPM__BASE_SLOT,     /* in `slot` */
	GOPM__BASE_CONSTANT, /* `value` */
	GOPM__BASE_FRAME,    /* the address CFA + value */
	GOPM__BASE_CAPTURED, /* the word at `value` of the function's closure */
};

/* A slot that has the base of a place, plus `more`. */
struct gopm__base_slot {
	int32_t offset; /* from the CFA */
	int64_t more;
};

struct gopm__claim_place {
	struct gopm__sync_place place;
	int64_t value;
	struct gopm__base_slot slot;                     /* BASE_SLOT: of the frame */
	struct gopm__base_slot words[GOPM__CLAIM_WORDS]; /* they count only if they are words of a closure */
	uint8_t at;                                      /* enum gopm__base_at */
	uint8_t word_count;
};

enum gopm__fact_list { GOPM__FACT_HELD, GOPM__FACT_RELEASED, GOPM__FACT_PENDING, GOPM__FACT_LATE, GOPM__FACT_DURING };

/* A gopm__sync_fact that outlives the code cache. Its places have the fewest loads first. */
struct gopm__claim_fact {
	uint8_t kind, flags; /* of gopm__sync_op */
	uint8_t list;        /* enum gopm__fact_list */
	uint8_t place_count; /* 0: the object is unknown */
	bool must;
	uint8_t receiver_count;
	struct gopm__claim_place *places;
	struct gopm__claim_place *receivers; /* METHOD: places of its receiver */
};

struct gopm__claim_pc {
	const struct gopm__pcinfo *info;
	struct gopm__claim_fact *facts;
	size_t fact_count;
	/* At the entry of a function: it takes the lock of `keeps_kind` at `keeps`, and returns with it. */
	uint8_t keeps_kind; /* GOPM__SYNC_KINDS: none, or another pc */
	struct gopm__sync_place keeps;
	const struct gopm__open_defers *defers; /* NULL: the function has no open-coded defers */
	bool claims;                            /* it has other facts than RELEASED and DURING: they can be claims */
	bool opaque;                            /* its code cannot be analyzed: it may have released any lock */
	bool panics;                            /* it runs deferred calls of outer frames, which may not continue */
};

/* A frame with facts, or with deferred calls. */
struct gopm__claim_frame {
	const struct gopm__claim_pc *at;
	uint64_t pc, lookup_pc, sp, cfa, locals_end;
	uint32_t number; /* of its physical frame, the innermost is 0 */
	bool moved_on;   /* it may have continued since its pc was saved */
	bool unwinding;  /* a frame that it called runs deferred calls for a panic or for Goexit: it may not continue */
};

/* The frames of all stacks of one shape that have facts or deferred calls. */
struct gopm__claim_frames {
	size_t count;
	bool idle;                         /* none of them can have a claim, or a deferred call without a record */
	struct gopm__claim_frame frames[]; /* addresses are distances from the innermost sp */
};

/* An operation of a function that is to be called, and that only the run knows. */
struct gopm__called_op {
	uint64_t object;
	uint32_t frame; /* index into search->frames */
	uint8_t kind;   /* enum gopm__sync_kind */
	bool must, exact;
};

struct gopm__called_ops {
	struct gopm__called_op *list;
	size_t count, capacity;
};

/* A call of such a function. */
struct gopm__called {
	uint64_t entry;
	uint64_t closure;  /* 0: none */
	uint64_t receiver; /* its first argument; 0: unknown */
	bool must, exact;
};

struct gopm__claim_search {
	struct gopm__program *program;
	struct gopm__runtime *rt;
	const struct gopm__contended *objects; /* sorted by address */
	size_t object_count;
	struct gopm__claims *claims;
	size_t threads; /* at most so many */
	struct gopm__types *types;
	struct gopm__reader reader;
	struct gopm__waitables waitables;
	struct gopm__arena arena;   /* of `pcs` and `shapes` */
	struct gopm__map64 pcs;     /* pc, of a return address + 1 << 63 -> struct gopm__claim_pc * */
	struct gopm__shapes shapes; /* their notes are struct gopm__claim_frames */
	struct gopm__map64 itabs;   /* address -> 1: its interface has a method that releases a lock */
	uint64_t budget;            /* frames that may still be unwound */
	uint64_t steps;             /* facts that may still be evaluated */
	uint64_t searches;          /* values that may still be searched for */
	uint64_t words;             /* elements of arrays and maps that may still be looked at */
	bool no_memory;

	/* Of the current goroutine: */
	struct gopm__g g;
	struct gopm__claim_frame *frames; /* the innermost first */
	size_t frame_count, frame_capacity;
	struct gopm__defer *records; /* of its deferred calls, the newest first */
	size_t record_count, record_capacity;
	struct gopm__called_ops deferred; /* by deferred calls that are pending */
	struct gopm__called_ops called;   /* by calls that frames are still to make */
	uint64_t *captured;               /* addresses of words of their closures */
	size_t captured_count, captured_capacity;
	struct gopm__waitable waits[GOPM__CLAIM_WAITS];
	size_t wait_count;
	size_t first_claim; /* index of its first one in `claims` */
	bool cut;           /* its outer frames are unknown */

	/* Of the current goroutine, if a value had to be searched for: */
	bool searching;
	struct gopm__arena values;
	struct gopm__limits limits;
	struct gopm__context context;
	struct gopm__stack stack;
	struct gopm__stack_roots roots;
	struct gopm__stack_state stack_state;
};

/* Counts work, which has no bound in a hostile core. False: there was too much of it. */
static inline bool gopm__claim_spend(struct gopm__claim_search *search, uint64_t steps)
{
	search->steps -= steps < search->steps ? steps : search->steps;
	return search->steps != 0;
}

/* True if the current goroutine waits for a lock. */
static inline bool gopm__claim_waits_for_lock(const struct gopm__claim_search *search)
{
	return search->wait_count == 1 &&
	       (search->waits[0].kind == GOPM_OBJECT_MUTEX || search->waits[0].kind == GOPM_OBJECT_RWMUTEX);
}

/* The object that is contended, by its address and the kind of operation. NULL: none. */
const struct gopm__contended *gopm__claim_object(const struct gopm__claim_search *search, uint64_t address,
                                                 enum gopm__sync_kind kind);

/* Adds a claim of the current goroutine. */
void gopm__claim_add(struct gopm__claim_search *search, const struct gopm__claim_frame *frame,
                     const struct gopm__claim *claim);

/* Sets idle[i - begin] to 1 for each entry i of allgs, from `begin` to before `end`, that has no claims: it is dead, or
 * of the runtime, or the stacks of its shape that were visited have none. Others may have none either: 0. Several
 * threads look. False: out of memory. */
bool gopm__claim_find_idle(const struct gopm__claim_search *search, uint64_t begin, uint64_t end, uint8_t *idle);

/* Visits all goroutines. @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__claim_walk(struct gopm__claim_search *search, const struct gopm__progress *progress);

/* What is known of a pc. With `returning`, it is a return address. NULL: nothing of interest, or out of memory. */
const struct gopm__claim_pc *gopm__claim_pc_of(struct gopm__claim_search *search, const struct gopm__pcinfo *info,
                                               uint64_t pc, bool returning);

/* The address of the fact's object in a frame, by its index in search->frames. *exact is false if it was loaded through
 * pointers that may have changed since, or may change. False: unknown. */
bool gopm__claim_eval(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact,
                      uint64_t *address, bool *exact);

/* The value of the base of a place, unless that needs a search. False: unknown. */
bool gopm__claim_base(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_place *place,
                      uint64_t *base);

/* Addresses of objects. */
struct gopm__claim_elements {
	uint64_t list[GOPM__CLAIM_ELEMENTS];
	size_t count;
};

/* Finds the contended objects that the fact may mean: elements of an array, or values of a map. None if the fact has
 * one object, known or not. */
void gopm__claim_find_elements(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact,
                               struct gopm__claim_elements *out);

/* Begin and end a search for values in all frames of the current goroutine. */
void gopm__claim_begin_search(struct gopm__claim_search *search);
void gopm__claim_end_search(struct gopm__claim_search *search);

/* The same for places of a function that was not called yet. *word is set to the address of the captured word that is
 * the base; 0: it is another base. */
bool gopm__claim_eval_called(struct gopm__claim_search *search, const struct gopm__called *called,
                             const struct gopm__claim_place *places, uint8_t count, uint64_t *address, bool *exact,
                             uint64_t *word);

/* The function that a CALL or METHOD of a frame calls. False: unknown. */
bool gopm__claim_eval_call(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact,
                           struct gopm__called *called);

/* Adds what a call that frame `frame` is to make will do. */
void gopm__claim_add_called(struct gopm__claim_search *search, struct gopm__called_ops *ops, uint32_t frame,
                            const struct gopm__called *called);

/* Finds the operations of all calls that frames are to make. */
void gopm__claim_calls(struct gopm__claim_search *search);

/* The lock that a METHOD which frame `frame` called has taken. *kind is LOCK, RW_LOCK or RW_RLOCK. False: none, or
 * unknown. */
bool gopm__claim_taken_by_method(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact,
                                 uint8_t *kind, uint64_t *address);

/* Lists the records of deferred calls. */
void gopm__claim_records(struct gopm__claim_search *search);

/* True if frame `frame`, or one that it called, may release a lock through an interface. */
bool gopm__claim_has_locker(struct gopm__claim_search *search, size_t frame);

/* Finds the operations of all pending deferred calls of the frames. */
void gopm__claim_defers(struct gopm__claim_search *search);

/* Add the claims of the current goroutine. */
void gopm__claim_holds(struct gopm__claim_search *search);
void gopm__claim_partners(struct gopm__claim_search *search);

/* Takes back what the states of the locks contradict. The claims are sorted. */
void gopm__claim_check_locks(struct gopm__claims *claims, const struct gopm__contended *objects, size_t count,
                             struct gopm__reader *reader);

#endif
