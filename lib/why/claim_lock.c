/* SPDX-License-Identifier: Apache-2.0 */
/* A lock has one holder, or as many readers as it counts. */
#include "runtime/sync_state.h"
#include "why/claim_private.h"

/* What the state of a lock allows. */
struct allowed {
	bool exclusive; /* a goroutine may hold it, for writing */
	int64_t readers;
};

static struct allowed mutex_allows(struct gopm__reader *reader, uint64_t address)
{
	struct gopm__mutex_state state;

	return (struct allowed){gopm__mutex_read(reader, address, &state) && state.locked, 0};
}

static struct allowed rwmutex_allows(struct gopm__reader *reader, uint64_t address)
{
	struct gopm__rwmutex_state state;

	if (!gopm__rwmutex_read(reader, address, &state)) {
		return (struct allowed){false, 0};
	}
	/* A writer announces itself, and then waits for those who read. */
	return state.writer ? (struct allowed){state.w.locked && state.departing <= 0, state.departing}
	                    : (struct allowed){false, state.readers};
}

static struct allowed lock_allows(struct gopm__reader *reader, const struct gopm__contended *lock)
{
	switch (lock->kind) {
	case GOPM_OBJECT_MUTEX:
		return mutex_allows(reader, lock->address);
	case GOPM_OBJECT_ONCE:
		return mutex_allows(reader, lock->address + GOPM__ONCE_M);
	case GOPM_OBJECT_RWMUTEX:
		return rwmutex_allows(reader, lock->address);
	default:
		return (struct allowed){true, INT64_MAX};
	}
}

/* That a goroutine kept a lock which nobody is to release is the guess of last resort: it counts only if nobody else
 * has a claim to the lock, or, to read, if there are as many readers as claims. */
static void check_kept(struct gopm__claim *begin, const struct gopm__claim *end, struct allowed allowed)
{
	int64_t kept = 0, others = 0;

	for (const struct gopm__claim *claim = begin; claim < end; claim++) {
		const bool counts = claim->strength >= GOPM__CLAIM_LIKELY && claim->op <= GOPM__CLAIM_UNLOCKS;
		kept += counts && claim->kept;
		others += counts && !claim->kept;
	}
	for (struct gopm__claim *claim = begin; kept != 0 && claim < end; claim++) {
		const bool reads = claim->op == GOPM__CLAIM_HOLDS_READ;
		if (claim->kept && (reads ? kept + others > allowed.readers : kept + others > 1)) {
			claim->strength = GOPM__CLAIM_POSSIBLE;
		}
	}
}

/* Checks the claims [begin, end) of one lock. Two proofs that contradict each other are none. */
static void check_lock(struct gopm__claim *begin, const struct gopm__claim *end, struct allowed allowed)
{
	int64_t holders = 0, readers = 0;

	for (const struct gopm__claim *claim = begin; claim < end; claim++) {
		holders += claim->op == GOPM__CLAIM_HOLDS && claim->strength == GOPM__CLAIM_PROVED;
		readers += claim->op == GOPM__CLAIM_HOLDS_READ && claim->strength == GOPM__CLAIM_PROVED;
	}
	const bool torn = holders > 1 || (holders != 0 && readers != 0);
	for (struct gopm__claim *claim = begin; claim < end; claim++) {
		const bool holds = claim->op == GOPM__CLAIM_HOLDS, reads = claim->op == GOPM__CLAIM_HOLDS_READ;
		if ((holds && !allowed.exclusive) || (reads && allowed.readers <= 0)) {
			claim->strength = GOPM__CLAIM_POSSIBLE;
		} else if (((holds || reads) && torn) || (reads && readers > allowed.readers)) {
			claim->strength = claim->strength < GOPM__CLAIM_LIKELY ? claim->strength : GOPM__CLAIM_LIKELY;
		}
	}
	check_kept(begin, end, allowed);
}

void gopm__claim_check_locks(struct gopm__claims *claims, const struct gopm__contended *objects, size_t count,
                             struct gopm__reader *reader)
{
	size_t end = 0;

	for (size_t i = 0; i < count; i++) {
		size_t begin = end;
		while (end < claims->count && claims->list[end].object == objects[i].address) {
			end++;
		}
		if (begin != end) {
			check_lock(claims->list + begin, claims->list + end, lock_allows(reader, &objects[i]));
		}
	}
}
