/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler inlines the fast paths of Lock, Unlock, RLock and RUnlock. Each is an atomic instruction on the lock's
 * state, a branch, and the call of the slow path in a block that only this branch leads to:
 *
 *	if !cas(&m.state, 0, 1) { m.lockSlow() }
 *
 * The call tells which lock, and what is done. The atomic instruction confirms it, and tells when. Users cannot call
 * the slow paths: they are not exported. Source: sync/mutex.go, sync/rwmutex.go, internal/sync/mutex.go, Go 1.18 to
 * 1.27. */
#include "code/sync_find.h"

#include <stdlib.h>

#include "util/vector.h"

/* Offsets in sync.RWMutex (sync/rwmutex.go, Go 1.16 to 1.27). */
#define READER_SEM 12
#define READER_COUNT 16
/* Bytes of the state of a lock. */
#define STATE_SIZE 4
/* Most cases of a select that are looked at, and bytes of a runtime.scase, whose first word is the channel. */
#define MAX_CASES 16
#define CASE_SIZE 16

/* An atomic instruction on a word of STATE_SIZE bytes. */
struct atomic {
	uint32_t index;
	bool compares; /* it stores a value if the word has an expected one; else it adds */
	bool retries;  /* it may fail; then a branch leads back */
	int32_t sum;   /* what it adds; 0: unknown */
	struct gopm__sync_places places;
};

/* The call of a slow path. */
struct slow_call {
	uint32_t index;
	uint8_t role;
	struct gopm__sync_places places; /* of its first argument */
};

struct finder {
	const struct gopm__sync_source *source;
	const struct gopm__cfg *cfg;
	struct gopm__sync_numbers numbers;
	struct gopm__sync_ops *ops;
	struct atomic *atomics;
	size_t atomic_count, atomic_capacity;
	struct slow_call *slow_calls;
	size_t slow_count, slow_capacity;
};

/* Arguments */

static struct gopm__value_number argument(struct finder *f, size_t index, unsigned number)
{
	return gopm__sync_register(&f->numbers, index, f->cfg->desc->arguments[number]);
}

static struct gopm__sync_places argument_places(struct finder *f, size_t index, unsigned number)
{
	return gopm__sync_describe(&f->numbers, argument(f, index, number), 0);
}

/* The low 4 bytes of an argument. */
static bool constant_argument(struct finder *f, size_t index, unsigned number, int32_t *value)
{
	const struct gopm__value_number n = argument(f, index, number);

	*value = (int32_t)n.value;
	return n.kind == GOPM__VN_CONSTANT && n.width >= sizeof *value;
}

static void add_action(struct finder *f, size_t index, enum gopm__sync_action action)
{
	gopm__sync_add_event(
	    f->ops, (struct gopm__sync_event){.index = (uint32_t)index, .action = (uint8_t)action, .must = true});
}

/* Adds that instruction `index` does `op`. */
static void add_event(struct finder *f, size_t index, enum gopm__sync_action action, uint8_t op, bool must)
{
	gopm__sync_add_event(f->ops, (struct gopm__sync_event){(uint32_t)index, (uint8_t)action, op, must});
}

/* Calls by role */

/* A call that is an operation on the object of one of its arguments. */
static const struct call_rule {
	uint8_t role, kind, flags, argument, action;
} call_rules[] = {
    {GOPM__ROLE_CHANSEND, GOPM__SYNC_SEND, 0, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_CHANSEND1, GOPM__SYNC_SEND, 0, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_CHANRECV, GOPM__SYNC_RECEIVE, 0, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_CHANRECV1, GOPM__SYNC_RECEIVE, 0, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_CLOSECHAN, GOPM__SYNC_CLOSE, 0, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_SELECT_SEND, GOPM__SYNC_SEND, GOPM__SYNC_TRIES, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_SELECT_RECEIVE, GOPM__SYNC_RECEIVE, GOPM__SYNC_TRIES, 1, GOPM__SYNC_DOES},
    {GOPM__ROLE_MUTEX_LOCK, GOPM__SYNC_LOCK, 0, 0, GOPM__SYNC_ACQUIRES},
    {GOPM__ROLE_MUTEX_TRY_LOCK, GOPM__SYNC_LOCK, GOPM__SYNC_TRIES, 0, GOPM__SYNC_ACQUIRES},
    {GOPM__ROLE_MUTEX_UNLOCK, GOPM__SYNC_UNLOCK, 0, 0, GOPM__SYNC_RELEASES},
    {GOPM__ROLE_RWMUTEX_LOCK, GOPM__SYNC_RW_LOCK, 0, 0, GOPM__SYNC_ACQUIRES},
    {GOPM__ROLE_RWMUTEX_TRY_LOCK, GOPM__SYNC_RW_LOCK, GOPM__SYNC_TRIES, 0, GOPM__SYNC_ACQUIRES},
    {GOPM__ROLE_RWMUTEX_UNLOCK, GOPM__SYNC_RW_UNLOCK, 0, 0, GOPM__SYNC_RELEASES},
    {GOPM__ROLE_RWMUTEX_RLOCK, GOPM__SYNC_RW_RLOCK, 0, 0, GOPM__SYNC_ACQUIRES},
    {GOPM__ROLE_RWMUTEX_TRY_RLOCK, GOPM__SYNC_RW_RLOCK, GOPM__SYNC_TRIES, 0, GOPM__SYNC_ACQUIRES},
    {GOPM__ROLE_RWMUTEX_RUNLOCK, GOPM__SYNC_RW_RUNLOCK, 0, 0, GOPM__SYNC_RELEASES},
    {GOPM__ROLE_WAITGROUP_ADD, GOPM__SYNC_GROUP_ADD, 0, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_WAITGROUP_GO, GOPM__SYNC_GROUP_ADD, 0, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_WAITGROUP_DONE, GOPM__SYNC_GROUP_DONE, 0, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_WAITGROUP_WAIT, GOPM__SYNC_GROUP_WAIT, 0, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_COND_WAIT, GOPM__SYNC_COND_WAIT, 0, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_COND_SIGNAL, GOPM__SYNC_COND_SIGNAL, 0, 0, GOPM__SYNC_DOES},
    {GOPM__ROLE_ONCE_DO, GOPM__SYNC_ONCE, 0, 0, GOPM__SYNC_DOES},
};

static const struct call_rule *find_rule(unsigned role)
{
	for (size_t i = 0; i < sizeof call_rules / sizeof call_rules[0]; i++) {
		if (call_rules[i].role == role) {
			return &call_rules[i];
		}
	}
	return NULL;
}

bool gopm__sync_is_role(unsigned role)
{
	return find_rule(role) != NULL || role == GOPM__ROLE_MUTEX_LOCK_SLOW || role == GOPM__ROLE_MUTEX_UNLOCK_SLOW ||
	       role == GOPM__ROLE_RWMUTEX_RUNLOCK_SLOW || role == GOPM__ROLE_SEMACQUIRE || role == GOPM__ROLE_SELECTGO;
}

static void add_ruled_call(struct finder *f, size_t index, const struct call_rule *rule)
{
	const struct gopm__sync_places places = argument_places(f, index, rule->argument);
	unsigned kind = rule->kind;
	int32_t delta;

	if (rule->role == GOPM__ROLE_WAITGROUP_ADD && constant_argument(f, index, 1, &delta) && delta < 0) {
		kind = GOPM__SYNC_GROUP_DONE;
	}
	add_event(f, index, rule->action, gopm__sync_add_op(f->ops, kind, rule->flags, &places), rule->flags == 0);
}

/* selectgo(cas0 *scase, order0 *uint16, pc0 *uintptr, nsends, nrecvs int, block bool): the cases that send come first
 * (runtime/select.go). The array is in the frame. */
static void add_select(struct finder *f, size_t index)
{
	const struct gopm__value_number cases = argument(f, index, 0);
	unsigned flags = GOPM__SYNC_CHOICE;
	int32_t sends, receives, blocks;

	if (cases.kind != GOPM__VN_FRAME || !constant_argument(f, index, 3, &sends) ||
	    !constant_argument(f, index, 4, &receives) || sends < 0 || receives < 0 || sends > MAX_CASES ||
	    receives > MAX_CASES) {
		return;
	}
	if (!constant_argument(f, index, 5, &blocks) || (blocks & 1) == 0) {
		flags |= GOPM__SYNC_TRIES;
	}
	for (int32_t i = 0; i < sends + receives; i++) {
		const struct gopm__value_number channel =
		    gopm__sync_slot(&f->numbers, index, cases.value + (int64_t)i * CASE_SIZE, false);
		const struct gopm__sync_places places = gopm__sync_describe(&f->numbers, channel, 0);
		const unsigned kind = i < sends ? GOPM__SYNC_SEND : GOPM__SYNC_RECEIVE;
		if (places.count != 0) {
			add_event(f, index, GOPM__SYNC_DOES, gopm__sync_add_op(f->ops, kind, flags, &places), false);
		}
	}
}

/* Helpers */

/* The places in the caller of an object that the callee describes by its arguments. */
static struct gopm__sync_places map_place(struct finder *f, size_t index, const struct gopm__sync_summary_op *op)
{
	struct gopm__value_number base = op->place.base;

	if (base.kind == GOPM__VN_LIVE_IN) {
		base = gopm__sync_register(&f->numbers, index, (unsigned)base.value);
	} else if (base.kind == GOPM__VN_LIVE_IN_SLOT) {
		base = gopm__sync_slot(&f->numbers, index, f->cfg->instructions[index].sp + base.value, true);
	} else if (base.kind != GOPM__VN_CONSTANT) {
		base = (struct gopm__value_number){0};
	}
	if (!op->known) {
		base = (struct gopm__value_number){0};
	}
	const struct gopm__sync_places places = gopm__sync_describe(&f->numbers, base, 0);
	return gopm__sync_extend(&places, &op->place);
}

static void add_helper(struct finder *f, size_t index, const struct gopm__sync_summary *summary)
{
	for (size_t i = 0; i < summary->count; i++) {
		const struct gopm__sync_summary_op *op = &summary->ops[i];
		const struct gopm__sync_places places = map_place(f, index, op);
		const bool release = gopm__sync_is_release(op->kind);
		/* A release of an unknown lock may be one of any lock that is held. */
		if (places.count == 0 && !release) {
			continue;
		}
		uint8_t known = gopm__sync_add_op(f->ops, op->kind, op->flags | GOPM__SYNC_HELPER, &places);
		if (release) {
			add_event(f, index, GOPM__SYNC_RELEASES, known, op->must);
		} else if (op->held) {
			add_event(f, index, GOPM__SYNC_ACQUIRES, known, op->must && op->keeps);
		} else {
			add_event(f, index, GOPM__SYNC_DOES, known, op->must);
		}
	}
}

/* Instructions */

static bool is_loop(const struct gopm__cfg *cfg, uint32_t block)
{
	const struct gopm__cfg_block *b = &cfg->blocks[block];

	return b->successor_count == 2 && (b->successors[0] == block || b->successors[1] == block);
}

/* What an atomic instruction adds to the word. */
static int32_t added(struct finder *f, size_t index, const struct gopm__code_effect *e, bool retries)
{
	struct gopm__value_number operand = gopm__sync_register(&f->numbers, index, gopm__atomic_operand(e));

	if (!retries) {
		return operand.kind == GOPM__VN_CONSTANT && operand.width >= STATE_SIZE ? (int32_t)operand.value : 0;
	}
	if (operand.kind != GOPM__VN_DEFINITION) {
		return 0;
	}
	/* It stores the sum of two registers: the word that was loaded, and a constant. */
	const size_t sum = operand.at;
	for (unsigned r = 0; r < GOPM__CODE_VECTOR; r++) {
		if ((f->cfg->instructions[sum].code.reads >> r & 1) == 0) {
			continue;
		}
		operand = gopm__sync_register(&f->numbers, sum, r);
		if (operand.kind == GOPM__VN_CONSTANT && operand.width >= STATE_SIZE) {
			return (int32_t)operand.value;
		}
	}
	return 0;
}

/* Without instructions that add or compare, arm64 loads, then stores if nobody else stored. To add, one block does it,
 * again until it succeeds. To compare, a branch is between the two. */
static void add_atomic(struct finder *f, size_t index, const struct gopm__code_effect *e)
{
	const unsigned kind = gopm__atomic_kind(e);
	const bool retries = kind == GOPM__ATOMIC_STORE && is_loop(f->cfg, f->cfg->instructions[index].block);
	struct atomic atomic = {.index = (uint32_t)index, .retries = retries};
	struct gopm__value_number base = {GOPM__VN_CONSTANT, 8, 0, 0};

	if (e->size != STATE_SIZE) {
		return;
	}
	if (e->base != GOPM__CODE_NO_REGISTER) {
		base = gopm__sync_register(&f->numbers, index, e->base);
	}
	atomic.places = gopm__sync_describe(&f->numbers, base, e->value);
	atomic.sum = kind != GOPM__ATOMIC_COMPARE ? added(f, index, e, retries) : 0;
	atomic.compares = kind == GOPM__ATOMIC_COMPARE || (kind == GOPM__ATOMIC_STORE && !retries);
	if (GOPM__VECTOR_RESERVE(f->atomics, f->atomic_count, f->atomic_capacity, 1)) {
		f->atomics[f->atomic_count++] = atomic;
	} else {
		f->ops->failed = true;
	}
}

static void add_slow_call(struct finder *f, size_t index, unsigned role)
{
	if (GOPM__VECTOR_RESERVE(f->slow_calls, f->slow_count, f->slow_capacity, 1)) {
		f->slow_calls[f->slow_count++] =
		    (struct slow_call){(uint32_t)index, (uint8_t)role, argument_places(f, index, 0)};
	} else {
		f->ops->failed = true;
	}
}

/* True if an indirect call may be that of a deferred closure at the end of the function. The closure is in the frame,
 * or a slot that the function wrote on some path has its address. */
static bool may_be_deferred(struct finder *f, size_t index)
{
	const struct gopm__value_number closure = gopm__sync_register(&f->numbers, index, f->cfg->desc->context);

	if (!f->source->defers || closure.kind == GOPM__VN_LIVE_IN || closure.kind == GOPM__VN_CAPTURED) {
		return false;
	}
	if (closure.kind != GOPM__VN_DEFINITION) {
		return true;
	}
	const struct gopm__sync_places places = gopm__sync_describe(&f->numbers, closure, 0);
	return places.count < 2 || places.list[1].base.kind == GOPM__VN_FRAME;
}

static void add_call(struct finder *f, size_t index, uint64_t target)
{
	const struct gopm__sync_callee callee = f->source->callee(f->source->user_data, target);

	const struct call_rule *rule = find_rule(callee.role);

	if (rule != NULL) {
		add_ruled_call(f, index, rule);
		return;
	}
	switch (callee.role) {
	case GOPM__ROLE_MUTEX_LOCK_SLOW:
	case GOPM__ROLE_MUTEX_UNLOCK_SLOW:
	case GOPM__ROLE_RWMUTEX_RUNLOCK_SLOW:
	case GOPM__ROLE_SEMACQUIRE:
		add_slow_call(f, index, callee.role);
		return;
	case GOPM__ROLE_SELECTGO:
		add_select(f, index);
		return;
	case GOPM__ROLE_DEFERRETURN:
		add_action(f, index, GOPM__SYNC_RELEASES_ALL);
		return;
	default:
		if (callee.summary != NULL) {
			add_helper(f, index, callee.summary);
		}
		return;
	}
}

static void add_instruction(struct finder *f, size_t index)
{
	const struct gopm__cfg_instruction *instruction = &f->cfg->instructions[index];
	const struct gopm__instruction *code = &instruction->code;

	for (unsigned k = 0; k < code->effect_count; k++) {
		if (code->effects[k].kind == GOPM__CODE_ATOMIC) {
			add_atomic(f, index, &code->effects[k]);
		}
	}
	if (code->flow == GOPM__CODE_EXIT) {
		/* A jump to another function is a call that returns to the caller. */
		bool restarts = code->target != 0 && f->source->callee(f->source->user_data, code->target).restarts;
		add_action(f, index, restarts ? GOPM__SYNC_ENDS : GOPM__SYNC_RETURNS);
		if (!restarts && code->target != 0) {
			add_call(f, index, code->target);
		}
	} else if (instruction->noreturn) {
		add_action(f, index, GOPM__SYNC_ENDS);
	} else if (code->flow == GOPM__CODE_CALL && code->target != 0) {
		add_call(f, index, code->target);
	} else if (code->flow == GOPM__CODE_CALL && may_be_deferred(f, index)) {
		add_action(f, index, GOPM__SYNC_RELEASES_ALL);
	}
}

/* Slow paths */

/* True if the atomic instruction is on the word at `offset` in the object. */
static bool is_on(const struct atomic *atomic, const struct gopm__sync_places *places, int64_t offset)
{
	const struct gopm__sync_places word = gopm__sync_shift(places, offset);

	return word.count != 0 && atomic->places.count != 0 && gopm__sync_same(&atomic->places.list[0], &word.list[0]);
}

/* Sets *from to the block with the branch to the slow path. False: the call is not in a block that only a branch leads
 * to. */
static bool branch_to(const struct gopm__cfg *cfg, uint32_t slow, uint32_t *from)
{
	const struct gopm__cfg_block *to = &cfg->blocks[cfg->instructions[slow].block];

	if (to->predecessor_count != 1) {
		return false;
	}
	*from = cfg->predecessors[to->predecessors];
	const struct gopm__cfg_block *branch = &cfg->blocks[*from];
	return branch->successor_count == 2 && cfg->instructions[branch->end - 1].code.flow == GOPM__CODE_BRANCH;
}

/* On the other edge of the branch to the slow path the lock is taken. */
static void add_fast_edge(struct finder *f, uint32_t slow, uint8_t op)
{
	const struct gopm__cfg *cfg = f->cfg;
	uint32_t from, to = cfg->instructions[slow].block;

	if (branch_to(cfg, slow, &from)) {
		const struct gopm__cfg_block *branch = &cfg->blocks[from];
		const uint32_t other = branch->successors[branch->successors[0] == to ? 1 : 0];
		gopm__sync_add_edge(f->ops,
		                    (struct gopm__sync_edge){branch->end - 1, from, other, GOPM__SYNC_ACQUIRES, op});
	}
}

/* The atomic instruction releases the lock. One that may fail does so on the edge out of its loop. */
static void add_atomic_release(struct finder *f, const struct atomic *atomic, uint8_t op)
{
	const uint32_t from = f->cfg->instructions[atomic->index].block;
	const struct gopm__cfg_block *block = &f->cfg->blocks[from];

	if (!atomic->retries) {
		add_event(f, atomic->index, GOPM__SYNC_RELEASES, op, true);
		return;
	}
	const uint32_t to = block->successors[block->successors[0] == from ? 1 : 0];
	gopm__sync_add_edge(f->ops, (struct gopm__sync_edge){atomic->index, from, to, GOPM__SYNC_RELEASES, op});
}

/* True if the instruction can be that of the fast path of a call with this role. */
static bool fits(const struct atomic *atomic, unsigned role)
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
static const struct atomic *atomic_before(const struct finder *f, const struct slow_call *call)
{
	const struct atomic *last = NULL;
	uint32_t from;

	if (call->role == GOPM__ROLE_SEMACQUIRE || !branch_to(f->cfg, call->index, &from)) {
		return NULL;
	}
	for (size_t i = 0; i < f->atomic_count; i++) {
		if (f->cfg->instructions[f->atomics[i].index].block == from) {
			last = &f->atomics[i];
		}
	}
	return last != NULL && fits(last, call->role) && last->places.count != 0 ? last : NULL;
}

/* A slow path that takes the lock of `kind` at `places`; its state is at `state` in it. */
static void add_acquisition(struct finder *f, const struct slow_call *call, unsigned kind,
                            const struct gopm__sync_places *places, int64_t state)
{
	const struct atomic *last = atomic_before(f, call);
	bool found = false;

	for (size_t i = 0; i < f->atomic_count && !found; i++) {
		found = fits(&f->atomics[i], call->role) && is_on(&f->atomics[i], places, state);
	}
	if (!found && last == NULL && kind != GOPM__SYNC_LOCK) {
		return; /* a semaphore of something else */
	}
	uint8_t op = gopm__sync_add_op(f->ops, kind, 0, found || last == NULL ? places : &last->places);
	add_event(f, call->index, GOPM__SYNC_ACQUIRES, op, true);
	if (found || last != NULL) {
		add_fast_edge(f, call->index, op);
	}
}

static void add_release(struct finder *f, const struct slow_call *call, unsigned kind, int64_t state)
{
	const struct atomic *last = atomic_before(f, call);
	struct gopm__sync_places places = call->places;
	bool found = false;

	for (size_t i = 0; i < f->atomic_count; i++) {
		const struct atomic *atomic = &f->atomics[i];
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
	add_event(f, call->index, found ? GOPM__SYNC_WAKES : GOPM__SYNC_RELEASES, op, true);
	f->ops->unsure = f->ops->unsure || !found;
}

static void add_slow_paths(struct finder *f)
{
	for (size_t i = 0; i < f->slow_count; i++) {
		const struct slow_call *call = &f->slow_calls[i];
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

void gopm__sync_find(struct gopm__sync_ops *ops, const struct gopm__sync_source *source)
{
	struct finder f = {.source = source, .cfg = source->values->cfg, .numbers = {source->values, {0}}, .ops = ops};

	for (size_t i = 0; i < f.cfg->instruction_count && !ops->failed; i++) {
		if (gopm__cfg_is_reachable(f.cfg, f.cfg->instructions[i].block)) {
			add_instruction(&f, i);
		}
	}
	add_slow_paths(&f);
	gopm__sync_ops_finish(ops, f.cfg);
	free(f.numbers.cursor.at);
	free(f.atomics);
	free(f.slow_calls);
}
