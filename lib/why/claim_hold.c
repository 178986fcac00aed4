/* SPDX-License-Identifier: Apache-2.0 */
/* Locks that the current goroutine holds, by the rules of ownership: its code has taken the lock on every path, a
 * release is pending, and no inner frame released it. The state of the lock is compared later, in claim_lock.c. */
#include "code/sync_ops.h"
#include "runtime/sync_state.h"
#include "why/claim_private.h"

/* sync.Cond.L is an interface: its data pointer is the lock. */
#define COND_LOCK 8u

/* What inner frames may have done to a lock. */
enum inner_effect {
	INNER_NOTHING,
	INNER_UNKNOWN, /* they released a lock that is not known */
	INNER_MAYBE,   /* on some path they released it */
	INNER_RELEASED,
};

/* How the goroutine is to release a lock. */
enum release {
	RELEASE_NONE,
	RELEASE_SOMETIMES, /* on some path */
	RELEASE_BY_CODE,   /* on every path */
	RELEASE_BY_DEFER,
};

static uint8_t lock_kind(uint8_t release)
{
	switch (release) {
	case GOPM__SYNC_UNLOCK:
		return GOPM__SYNC_LOCK;
	case GOPM__SYNC_RW_UNLOCK:
		return GOPM__SYNC_RW_LOCK;
	case GOPM__SYNC_RW_RUNLOCK:
		return GOPM__SYNC_RW_RLOCK;
	default:
		return GOPM__SYNC_KINDS;
	}
}

/* True if the goroutine sleeps in Cond.Wait, which has released the lock at `address`. */
static bool has_cond_released(struct gopm__claim_search *search, uint64_t address)
{
	uint64_t lock;

	for (size_t i = 0; i < search->wait_count; i++) {
		if (search->waits[i].kind == GOPM_OBJECT_COND &&
		    gopm__read_u64(&search->reader, search->waits[i].address + COND_LOCK, &lock) && lock == address) {
			return true;
		}
	}
	return false;
}

/* True if the goroutine waits for the object at `address`. */
static bool waits_for(const struct gopm__claim_search *search, uint64_t address)
{
	for (size_t i = 0; i < search->wait_count; i++) {
		if (search->waits[i].address == address) {
			return true;
		}
	}
	return false;
}

/* True if it waits to take the lock of the object as `release` releases it. */
static bool waits_to_take(const struct gopm__claim_search *search, uint64_t object, uint8_t release)
{
	for (size_t i = 0; i < search->wait_count; i++) {
		const bool reads = search->waits[i].side == GOPM__SIDE_READ_LOCKS;
		if (search->waits[i].address == object && reads == (release == GOPM__SYNC_RW_RUNLOCK)) {
			return true;
		}
	}
	return false;
}

/* The effect of a call of Cond.Wait on the lock at `address`, of the object at `object`. */
static enum inner_effect cond_effect(struct gopm__claim_search *search, size_t frame,
                                     const struct gopm__claim_fact *fact, uint64_t address, uint64_t object)
{
	struct gopm__mutex_state state;
	uint64_t cond, lock;
	bool exact;

	if (gopm__claim_eval(search, frame, fact, &cond, &exact) &&
	    gopm__read_u64(&search->reader, cond + COND_LOCK, &lock)) {
		/* Both kinds of locks begin with a Mutex. */
		const bool other =
		    gopm__mutex_read(&search->reader, lock, &state) && state.waiters <= search->rt->g_count;
		return lock == address ? INNER_RELEASED : other ? INNER_NOTHING : INNER_UNKNOWN;
	}
	/* Before it returns, Cond.Wait takes the lock again. */
	return waits_for(search, object) ? INNER_RELEASED : INNER_UNKNOWN;
}

static enum inner_effect fact_effect(struct gopm__claim_search *search, size_t frame,
                                     const struct gopm__claim_fact *fact, uint8_t release, uint64_t address)
{
	uint64_t released;
	bool exact;

	if (fact->list != GOPM__FACT_RELEASED || fact->kind != release) {
		return INNER_NOTHING;
	}
	if (!gopm__claim_eval(search, frame, fact, &released, &exact)) {
		return INNER_UNKNOWN;
	}
	return released == address ? INNER_MAYBE : exact ? INNER_NOTHING : INNER_UNKNOWN;
}

/* What the frames that frame `frame` called may have done to its lock. */
static enum inner_effect inner_effect(struct gopm__claim_search *search, size_t frame, uint8_t release,
                                      uint64_t address, uint64_t object)
{
	enum inner_effect worst = has_cond_released(search, address) ? INNER_RELEASED : INNER_NOTHING;

	for (size_t i = 0; i <= frame && worst != INNER_RELEASED; i++) {
		const struct gopm__claim_pc *at = search->frames[i].at;
		if (i < frame && at->opaque && worst < INNER_UNKNOWN) {
			worst = INNER_UNKNOWN;
		}
		for (size_t k = 0; k < at->fact_count; k++) {
			const struct gopm__claim_fact *fact = &at->facts[k];
			enum inner_effect effect = INNER_NOTHING;
			if (fact->list == GOPM__FACT_DURING && fact->kind == GOPM__SYNC_COND_WAIT) {
				effect = cond_effect(search, i, fact, address, object);
			} else if (i < frame) {
				effect = fact_effect(search, i, fact, release, address);
			}
			worst = effect > worst ? effect : worst;
		}
	}
	return worst;
}

static enum release deferred_release(struct gopm__claim_search *search, size_t first, uint8_t release, uint64_t address)
{
	enum release best = RELEASE_NONE;

	for (size_t i = 0; i < search->deferred.count && best != RELEASE_BY_DEFER && gopm__claim_spend(search, 1);
	     i++) {
		const struct gopm__called_op *op = &search->deferred.list[i];
		if (op->frame >= first && op->kind == release && op->object == address) {
			best = op->must && op->exact ? RELEASE_BY_DEFER : RELEASE_SOMETIMES;
		}
	}
	return best;
}

/* By the code of the frames [first, end). */
static enum release coded_release(struct gopm__claim_search *search, size_t first, size_t end, uint8_t release,
                                  uint64_t address)
{
	enum release best = RELEASE_NONE;
	uint64_t released;
	bool exact;

	for (size_t i = first; i < end && best != RELEASE_BY_CODE; i++) {
		const struct gopm__claim_pc *at = search->frames[i].at;
		const bool goes_on = !search->frames[i].unwinding && !search->frames[i].moved_on;
		for (size_t k = 0; k < at->fact_count; k++) {
			const struct gopm__claim_fact *fact = &at->facts[k];
			const bool pending = fact->list == GOPM__FACT_PENDING || fact->list == GOPM__FACT_LATE;
			if (pending && fact->kind == release && gopm__claim_eval(search, i, fact, &released, &exact) &&
			    released == address) {
				best = fact->must && goes_on  ? RELEASE_BY_CODE
				       : best == RELEASE_NONE ? RELEASE_SOMETIMES
				                              : best;
			}
		}
	}
	return best;
}

/* By functions that frames from `first` on are to call, and that only the run knows. */
static enum release called_release(struct gopm__claim_search *search, size_t first, uint8_t release, uint64_t address)
{
	for (size_t i = 0; i < search->called.count && gopm__claim_spend(search, 1); i++) {
		const struct gopm__called_op *op = &search->called.list[i];
		if (op->frame >= first && op->kind == release && op->object == address) {
			return RELEASE_SOMETIMES;
		}
	}
	return RELEASE_NONE;
}

/* How the goroutine is to release the lock at `address`, which frame `frame` took. Not only that frame may release it,
 * but also those that it called, and its callers. */
static enum release find_release(struct gopm__claim_search *search, size_t frame, uint8_t release, uint64_t address,
                                 uint64_t object)
{
	const bool again = waits_to_take(search, object, release);
	const size_t first = again ? frame : 0;
	const enum release deferred = deferred_release(search, first, release, address);

	if (deferred == RELEASE_BY_DEFER) {
		return deferred;
	}
	const enum release coded = coded_release(search, first, search->frame_count, release, address);
	/* If the goroutine waits to take the lock again, it has to release it twice. */
	if (coded == RELEASE_BY_CODE && again && coded_release(search, 0, frame, release, address) == RELEASE_NONE) {
		return RELEASE_SOMETIMES;
	}
	if (coded == RELEASE_NONE && deferred == RELEASE_NONE) {
		return called_release(search, first, release, address);
	}
	return coded > deferred ? coded : deferred;
}

/* Judges a lock that the code of a frame has taken. False: it is not held. */
static bool judge(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact,
                  uint64_t address, uint64_t object, struct gopm__claim *claim)
{
	const uint8_t kind = (uint8_t)gopm__sync_release_of(fact->kind);
	const enum inner_effect effect = inner_effect(search, frame, kind, address, object);

	if (effect == INNER_RELEASED) {
		return false;
	}
	const enum release release = find_release(search, frame, kind, address, object);
	if (release == RELEASE_BY_DEFER) {
		claim->evidence |= GOPM__EVIDENCE_DEFER;
	}
	if (effect == INNER_MAYBE || (release == RELEASE_NONE && (effect != INNER_NOTHING || !fact->must ||
	                                                          !gopm__claim_waits_for_lock(search)))) {
		claim->strength = GOPM__CLAIM_POSSIBLE;
	} else if (release == RELEASE_NONE) {
		/* The release was forgotten on this path. Or somebody else is to do it: who hands a lock over waits
		 * for a message, not for a lock. */
		claim->strength = GOPM__CLAIM_LIKELY;
		claim->kept = true;
	} else if (effect == INNER_UNKNOWN || release == RELEASE_SOMETIMES || gopm__claim_has_locker(search, frame)) {
		claim->strength = GOPM__CLAIM_LIKELY;
	}
	return true;
}

/* True if the current goroutine has a claim to hold the object already. */
static bool is_held(struct gopm__claim_search *search, uint64_t object, bool exclusive)
{
	const struct gopm__claims *claims = search->claims;

	for (size_t i = claims->count; i > search->first_claim && gopm__claim_spend(search, 1); i--) {
		const struct gopm__claim *claim = &claims->list[i - 1];
		if (claim->object == object &&
		    (claim->op == GOPM__CLAIM_HOLDS || (claim->op == GOPM__CLAIM_HOLDS_READ && !exclusive))) {
			return true;
		}
	}
	return false;
}

/* The frame no longer has the address of a lock that it took. Finds the only lock that a deferred call, of this frame
 * or one that it called, is to release. */
static bool find_deferred(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact,
                          uint64_t *address)
{
	const uint8_t release = (uint8_t)gopm__sync_release_of(fact->kind);
	bool found = false;

	for (size_t i = 0; i < search->deferred.count && gopm__claim_spend(search, 1); i++) {
		const struct gopm__called_op *op = &search->deferred.list[i];
		const struct gopm__contended *object =
		    op->kind == release && op->frame <= frame ? gopm__claim_object(search, op->object, release) : NULL;
		if (object == NULL || is_held(search, object->address, false) || (found && *address == op->object)) {
			continue;
		}
		if (found) {
			return false;
		}
		*address = op->object;
		found = true;
	}
	return found;
}

/* True if frame `frame`, or one that it called, may take the lock at `address` before the deferred calls of the frame.
 */
static bool may_take(struct gopm__claim_search *search, size_t frame, uint8_t kind, uint64_t address)
{
	uint64_t other;
	bool exact;

	const struct gopm__contended *object = gopm__claim_object(search, address, (enum gopm__sync_kind)kind);
	if (object != NULL && waits_for(search, object->address)) {
		return true;
	}
	for (size_t i = 0; i <= frame; i++) {
		const struct gopm__claim_pc *at = search->frames[i].at;
		for (size_t k = 0; k < at->fact_count; k++) {
			const struct gopm__claim_fact *fact = &at->facts[k];
			if (fact->list == GOPM__FACT_PENDING && fact->kind == kind &&
			    (!gopm__claim_eval(search, i, fact, &other, &exact) || !exact || other == address)) {
				return true;
			}
		}
	}
	return false;
}

/* True if the lock at `address` is the one that the code has taken, on every path. `named`: the frame still has its
 * address. A pending deferred call shows it as well: it is to release the lock, so the goroutine has it, or is to take
 * it before that. */
static bool has_taken(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact,
                      uint64_t address, bool named, bool deferred)
{
	return (named && fact->must) || (deferred && !may_take(search, frame, fact->kind, address));
}

/* True if the frame itself may have released the lock at `address` since it took it by a method. */
static bool has_released(struct gopm__claim_search *search, size_t frame, uint8_t release, uint64_t address)
{
	const struct gopm__claim_pc *at = search->frames[frame].at;

	for (size_t k = 0; k < at->fact_count; k++) {
		if (fact_effect(search, frame, &at->facts[k], release, address) != INNER_NOTHING) {
			return true;
		}
	}
	return false;
}

/* Adds a lock that the frame took by a method of an interface, as sync.Locker. */
static void add_held_by_method(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact)
{
	struct gopm__claim_fact like = *fact;
	struct gopm__claim claim = {.strength = GOPM__CLAIM_LIKELY,
	                            .evidence = GOPM__EVIDENCE_CODE | GOPM__EVIDENCE_HELPER};
	uint64_t address;

	if (!fact->must || !gopm__claim_taken_by_method(search, frame, fact, &like.kind, &address) ||
	    has_released(search, frame, (uint8_t)gopm__sync_release_of(like.kind), address)) {
		return;
	}
	claim.op = like.kind == GOPM__SYNC_RW_RLOCK ? GOPM__CLAIM_HOLDS_READ : GOPM__CLAIM_HOLDS;
	const struct gopm__contended *object = gopm__claim_object(search, address, (enum gopm__sync_kind)like.kind);
	if (object == NULL || (claim.op == GOPM__CLAIM_HOLDS && is_held(search, object->address, true)) ||
	    !judge(search, frame, &like, address, object->address, &claim)) {
		return;
	}
	claim.object = object->address;
	gopm__claim_add(search, &search->frames[frame], &claim);
}

static void add_held(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact)
{
	const bool reads = fact->kind == GOPM__SYNC_RW_RLOCK;
	struct gopm__claim claim = {.op = reads ? GOPM__CLAIM_HOLDS_READ : GOPM__CLAIM_HOLDS,
	                            .strength = GOPM__CLAIM_PROVED,
	                            .evidence = GOPM__EVIDENCE_CODE};
	uint64_t address;
	bool exact = true;

	const bool named = gopm__claim_eval(search, frame, fact, &address, &exact);
	if (!named && !find_deferred(search, frame, fact, &address)) {
		return;
	}
	const struct gopm__contended *object = gopm__claim_object(search, address, fact->kind);
	/* A lock that an inner frame released and took again is that frame's. */
	if (object == NULL || (!reads && is_held(search, object->address, true))) {
		return;
	}
	claim.object = object->address;
	claim.evidence |= (fact->flags & GOPM__SYNC_HELPER) != 0 ? GOPM__EVIDENCE_HELPER : 0;
	if (!judge(search, frame, fact, address, object->address, &claim)) {
		return;
	}
	/* The pointers that lead to the lock may have changed since it was taken. A deferred call has its address. */
	const bool deferred = (claim.evidence & GOPM__EVIDENCE_DEFER) != 0;
	if (claim.kept && !exact) {
		claim.strength = GOPM__CLAIM_POSSIBLE;
	}
	if (claim.strength == GOPM__CLAIM_PROVED &&
	    !((exact || deferred) && has_taken(search, frame, fact, address, named, deferred))) {
		claim.strength = GOPM__CLAIM_LIKELY;
	}
	gopm__claim_add(search, &search->frames[frame], &claim);
}

/* True if a goroutine has no lock that `object` is, but is to release it. A goroutine that waits for the lock is to
 * release it only after it has taken it. */
static bool is_only_release(struct gopm__claim_search *search, const struct gopm__contended *object, uint64_t address)
{
	return object != NULL && !is_held(search, object->address, false) && !waits_for(search, object->address) &&
	       !has_cond_released(search, address);
}

/* Adds a deferred release of a lock that no code of the goroutine is known to have taken: it was handed over, or taken
 * in a loop. The goroutine has the lock, unless it may take it before the call. */
static void add_deferred(struct gopm__claim_search *search, const struct gopm__called_op *op)
{
	const struct gopm__contended *object = gopm__claim_object(search, op->object, (enum gopm__sync_kind)op->kind);
	struct gopm__claim claim = {
	    .op = GOPM__CLAIM_UNLOCKS, .strength = GOPM__CLAIM_LIKELY, .evidence = GOPM__EVIDENCE_DEFER};

	if (!is_only_release(search, object, op->object)) {
		return;
	}
	claim.object = object->address;
	if (op->must && op->exact &&
	    inner_effect(search, op->frame, op->kind, op->object, object->address) == INNER_NOTHING &&
	    !may_take(search, op->frame, lock_kind(op->kind), op->object) &&
	    !gopm__claim_has_locker(search, op->frame)) {
		claim.op = op->kind == GOPM__SYNC_RW_RUNLOCK ? GOPM__CLAIM_HOLDS_READ : GOPM__CLAIM_HOLDS;
		claim.strength = GOPM__CLAIM_PROVED;
	}
	gopm__claim_add(search, &search->frames[op->frame], &claim);
}

/* Adds a release that the code is to do. */
static void add_coded(struct gopm__claim_search *search, size_t frame, uint8_t kind, uint64_t address, uint8_t evidence)
{
	const struct gopm__contended *object = gopm__claim_object(search, address, (enum gopm__sync_kind)kind);

	if (is_only_release(search, object, address)) {
		const struct gopm__claim claim = {.object = object->address,
		                                  .op = GOPM__CLAIM_UNLOCKS,
		                                  .strength = GOPM__CLAIM_LIKELY,
		                                  .evidence = evidence};
		gopm__claim_add(search, &search->frames[frame], &claim);
	}
}

/* Adds the release of a lock that is an element of an array or a map, if only one such lock is waited for. */
static void add_release_of_element(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact)
{
	struct gopm__claim_elements elements;

	gopm__claim_find_elements(search, frame, fact, &elements);
	if (elements.count == 1) {
		add_coded(search, frame, fact->kind, elements.list[0], GOPM__EVIDENCE_CODE);
	}
}

static void add_releases(struct gopm__claim_search *search)
{
	for (size_t i = 0; i < search->deferred.count; i++) {
		if (gopm__sync_is_release(search->deferred.list[i].kind)) {
			add_deferred(search, &search->deferred.list[i]);
		}
	}
	for (size_t i = 0; i < search->frame_count; i++) {
		const struct gopm__claim_pc *at = search->frames[i].at;
		for (size_t k = 0; k < at->fact_count; k++) {
			uint64_t address;
			bool exact;
			if (at->facts[k].list != GOPM__FACT_PENDING || !gopm__sync_is_release(at->facts[k].kind)) {
				continue;
			}
			if (gopm__claim_eval(search, i, &at->facts[k], &address, &exact)) {
				add_coded(search, i, at->facts[k].kind, address, GOPM__EVIDENCE_CODE);
			} else {
				add_release_of_element(search, i, &at->facts[k]);
			}
		}
	}
	for (size_t i = 0; i < search->called.count; i++) {
		const struct gopm__called_op *op = &search->called.list[i];
		if (gopm__sync_is_release(op->kind)) {
			add_coded(search, op->frame, op->kind, op->object, GOPM__EVIDENCE_CODE | GOPM__EVIDENCE_HELPER);
		}
	}
}

void gopm__claim_holds(struct gopm__claim_search *search)
{
	for (size_t i = 0; i < search->frame_count; i++) {
		const struct gopm__claim_pc *at = search->frames[i].at;
		for (size_t k = 0; k < at->fact_count && !search->frames[i].moved_on; k++) {
			if (at->facts[k].list != GOPM__FACT_HELD) {
				continue;
			}
			if (at->facts[k].kind == GOPM__SYNC_METHOD) {
				add_held_by_method(search, i, &at->facts[k]);
			} else {
				add_held(search, i, &at->facts[k]);
			}
		}
	}
	add_releases(search);
}
