/* SPDX-License-Identifier: Apache-2.0 */
#include "code/sync_slow.h"

#include <stdlib.h>

#include "util/vector.h"

/* Offsets in sync.RWMutex (sync/rwmutex.go, Go 1.16 to 1.27). */
#define READER_SEM 12
#define READER_COUNT 16
/* Bytes of the state of a lock. */
#define STATE_SIZE 4

/* Adds that instruction `index` does `op`. */
static void add_event(struct gopm__sync_slow *f, size_t index, enum gopm__sync_action action, uint8_t op)
{
	gopm__sync_add_event(f->ops, (struct gopm__sync_event){(uint32_t)index, (uint8_t)action, op, true});
}

/* Instructions */

static bool is_loop(const struct gopm__cfg *cfg, uint32_t block)
{
	const struct gopm__cfg_block *b = &cfg->blocks[block];

	return b->successor_count == 2 && (b->successors[0] == block || b->successors[1] == block);
}

/* What an atomic instruction adds to the word. */
static int32_t added(struct gopm__sync_slow *f, size_t index, const struct gopm__code_effect *e, bool retries)
{
	struct gopm__value_number operand = gopm__sync_register(f->numbers, index, gopm__atomic_operand(e));

	if (!retries) {
		return operand.kind == GOPM__VN_CONSTANT && operand.width >= STATE_SIZE ? (int32_t)operand.value : 0;
	}
	if (operand.kind != GOPM__VN_DEFINITION) {
		return 0;
	}
	/* It stores the sum of two registers: the word that was loaded, and a constant. */
	const size_t sum = operand.at;
	for (unsigned r = 0; r < GOPM__CODE_VECTOR; r++) {
		if ((f->numbers->values->cfg->instructions[sum].code.reads >> r & 1) == 0) {
			continue;
		}
		operand = gopm__sync_register(f->numbers, sum, r);
		if (operand.kind == GOPM__VN_CONSTANT && operand.width >= STATE_SIZE) {
			return (int32_t)operand.value;
		}
	}
	return 0;
}

/* Without instructions that add or compare, arm64 loads, then stores if nobody else stored. To add, one block does it,
 * again until it succeeds. To compare, a branch is between the two. */
void gopm__sync_add_atomic(struct gopm__sync_slow *f, size_t index, const struct gopm__code_effect *e)
{
	const unsigned kind = gopm__atomic_kind(e);
	const bool retries = kind == GOPM__ATOMIC_STORE &&
	                     is_loop(f->numbers->values->cfg, f->numbers->values->cfg->instructions[index].block);
	struct gopm__sync_atomic atomic = {.index = (uint32_t)index, .retries = retries};
	struct gopm__value_number base = {GOPM__VN_CONSTANT, 8, 0, 0};

	if (e->size != STATE_SIZE) {
		return;
	}
	if (e->base != GOPM__CODE_NO_REGISTER) {
		base = gopm__sync_register(f->numbers, index, e->base);
	}
	atomic.places = gopm__sync_describe(f->numbers, base, e->value);
	atomic.sum = kind != GOPM__ATOMIC_COMPARE ? added(f, index, e, retries) : 0;
	atomic.compares = kind == GOPM__ATOMIC_COMPARE || (kind == GOPM__ATOMIC_STORE && !retries);
	if (GOPM__VECTOR_RESERVE(f->atomics, f->atomic_count, f->atomic_capacity, 1)) {
		f->atomics[f->atomic_count++] = atomic;
	} else {
		f->ops->failed = true;
	}
}

void gopm__sync_add_slow_call(struct gopm__sync_slow *f, size_t index, unsigned role)
{
	const struct gopm__value_number object =
	    gopm__sync_register(f->numbers, index, f->numbers->values->cfg->desc->arguments[0]);

	if (GOPM__VECTOR_RESERVE(f->calls, f->call_count, f->call_capacity, 1)) {
		f->calls[f->call_count++] = (struct gopm__sync_slow_call){(uint32_t)index, (uint8_t)role,
		                                                          gopm__sync_describe(f->numbers, object, 0)};
	} else {
		f->ops->failed = true;
	}
}

/* Slow paths */

/* True if the atomic instruction is on the word at `offset` in the object. */
static bool is_on(const struct gopm__sync_atomic *atomic, const struct gopm__sync_places *places, int64_t offset)
{
	const struct gopm__sync_places word = gopm__sync_shift(places, offset);

	return word.count != 0 && atomic->places.count != 0 && gopm__sync_same(&atomic->places.list[0], &word.list[0]);
}

/* Sets *from to the block with the branch to the slow path. False: the call is not in a block that only a branch leads
 * to. Before it may come a call that does not return. */
static bool branch_to(const struct gopm__cfg *cfg, uint32_t slow, uint32_t *from)
{
	const struct gopm__cfg_block *to = &cfg->blocks[cfg->instructions[slow].block];
	size_t count = 0;

	for (uint32_t i = 0; i < to->predecessor_count; i++) {
		const uint32_t block = cfg->predecessors[to->predecessors + i];
		if (!gopm__cfg_is_dead_end(cfg, block)) {
			*from = block;
			count++;
		}
	}
	if (count != 1) {
		return false;
	}
	const struct gopm__cfg_block *branch = &cfg->blocks[*from];
	return branch->successor_count == 2 && cfg->instructions[branch->end - 1].code.flow == GOPM__CODE_BRANCH;
}

/* On the other edge of the branch to the slow path the lock is taken. */
static void add_fast_edge(struct gopm__sync_slow *f, uint32_t slow, uint8_t op)
{
	const struct gopm__cfg *cfg = f->numbers->values->cfg;
	uint32_t from, to = cfg->instructions[slow].block;

	if (branch_to(cfg, slow, &from)) {
		const struct gopm__cfg_block *branch = &cfg->blocks[from];
		const uint32_t other = branch->successors[branch->successors[0] == to ? 1 : 0];
		gopm__sync_add_edge(f->ops,
		                    (struct gopm__sync_edge){branch->end - 1, from, other, GOPM__SYNC_ACQUIRES, op});
	}
}

/* The atomic instruction releases the lock. One that may fail does so on the edge out of its loop. */
static void add_atomic_release(struct gopm__sync_slow *f, const struct gopm__sync_atomic *atomic, uint8_t op)
{
	const uint32_t from = f->numbers->values->cfg->instructions[atomic->index].block;
	const struct gopm__cfg_block *block = &f->numbers->values->cfg->blocks[from];

	if (!atomic->retries) {
		add_event(f, atomic->index, GOPM__SYNC_RELEASES, op);
		return;
	}
	const uint32_t to = block->successors[block->successors[0] == from ? 1 : 0];
	gopm__sync_add_edge(f->ops, (struct gopm__sync_edge){atomic->index, from, to, GOPM__SYNC_RELEASES, op});
}

/* True if the instruction can be that of the fast path of a call with this role. */
static bool fits(const struct gopm__sync_atomic *atomic, unsigned role)
{
	switch (role) {
	case GOPM__ROLE_MUTEX_LOCK_SLOW:
		return atomic->compares;
	case GOPM__ROLE_SEMACQUIRE:
		return !atomic->compares && atomic->sum >= 0;
	default:
		return !atomic->compares && atomic->sum <= 0;
	}
}

/* The compiler may compute the address of an array's element twice: for the atomic instruction and for the call. Then
 * the places differ, and the last atomic instruction before the branch tells the object. NULL: there is none. */
static const struct gopm__sync_atomic *atomic_before(const struct gopm__sync_slow *f,
                                                     const struct gopm__sync_slow_call *call)
{
	const struct gopm__sync_atomic *last = NULL;
	uint32_t from;

	if (call->role == GOPM__ROLE_SEMACQUIRE || !branch_to(f->numbers->values->cfg, call->index, &from)) {
		return NULL;
	}
	for (size_t i = 0; i < f->atomic_count; i++) {
		if (f->numbers->values->cfg->instructions[f->atomics[i].index].block == from) {
			last = &f->atomics[i];
		}
	}
	return last != NULL && fits(last, call->role) && last->places.count != 0 ? last : NULL;
}

/* A slow path that takes the lock of `kind` at `places`; its state is at `state` in it. */
static void add_acquisition(struct gopm__sync_slow *f, const struct gopm__sync_slow_call *call, unsigned kind,
                            const struct gopm__sync_places *places, int64_t state)
{
	const struct gopm__sync_atomic *last = atomic_before(f, call);
	bool found = false;

	for (size_t i = 0; i < f->atomic_count && !found; i++) {
		found = fits(&f->atomics[i], call->role) && is_on(&f->atomics[i], places, state);
	}
	if (!found && last == NULL && kind != GOPM__SYNC_LOCK) {
		return; /* a semaphore of something else */
	}
	uint8_t op = gopm__sync_add_op(f->ops, kind, 0, found || last == NULL ? places : &last->places);
	add_event(f, call->index, GOPM__SYNC_ACQUIRES, op);
	if (found || last != NULL) {
		add_fast_edge(f, call->index, op);
	}
}

static void add_release(struct gopm__sync_slow *f, const struct gopm__sync_slow_call *call, unsigned kind,
                        int64_t state)
{
	const struct gopm__sync_atomic *last = atomic_before(f, call);
	struct gopm__sync_places places = call->places;
	bool found = false;

	for (size_t i = 0; i < f->atomic_count; i++) {
		const struct gopm__sync_atomic *atomic = &f->atomics[i];
		if (fits(atomic, call->role) && is_on(atomic, &call->places, state)) {
			add_atomic_release(f, atomic, gopm__sync_add_op(f->ops, kind, 0, &places));
			found = true;
		}
	}
	if (!found && last != NULL) {
		places = gopm__sync_shift(&last->places, -state);
		add_atomic_release(f, last, gopm__sync_add_op(f->ops, kind, 0, &places));
		found = true;
	}
	uint8_t op = gopm__sync_add_op(f->ops, kind, 0, &places);
	add_event(f, call->index, found ? GOPM__SYNC_WAKES : GOPM__SYNC_RELEASES, op);
	f->ops->unsure = f->ops->unsure || !found;
}

void gopm__sync_slow_finish(struct gopm__sync_slow *f)
{
	for (size_t i = 0; i < f->call_count; i++) {
		const struct gopm__sync_slow_call *call = &f->calls[i];
		const struct gopm__sync_places rwmutex = gopm__sync_shift(&call->places, -READER_SEM);
		switch (call->role) {
		case GOPM__ROLE_MUTEX_LOCK_SLOW:
			add_acquisition(f, call, GOPM__SYNC_LOCK, &call->places, 0);
			break;
		case GOPM__ROLE_SEMACQUIRE:
			add_acquisition(f, call, GOPM__SYNC_RW_RLOCK, &rwmutex, READER_COUNT);
			break;
		case GOPM__ROLE_MUTEX_UNLOCK_SLOW:
			add_release(f, call, GOPM__SYNC_UNLOCK, 0);
			break;
		default:
			add_release(f, call, GOPM__SYNC_RW_RUNLOCK, READER_COUNT);
			break;
		}
	}
}

void gopm__sync_slow_clear(struct gopm__sync_slow *slow)
{
	free(slow->atomics);
	free(slow->calls);
	*slow = (struct gopm__sync_slow){0};
}
