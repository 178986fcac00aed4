/* SPDX-License-Identifier: Apache-2.0 */
#include "code/sync_find.h"

#include <stdlib.h>

#include "code/sync_indirect.h"
#include "code/sync_slow.h"

/* Most cases of a select that are looked at, and bytes of a runtime.scase, whose first word is the channel. */
#define MAX_CASES 16
#define CASE_SIZE 16
/* Most constants of a function that may be closures. */
#define MAX_CLOSURES 256
/* Most calls of functions that only a run knows. Each has two ops at most. */
#define MAX_DYNAMIC_CALLS 16

struct finder {
	const struct gopm__sync_source *source;
	const struct gopm__cfg *cfg;
	struct gopm__sync_numbers numbers;
	struct gopm__sync_ops *ops;
	struct gopm__sync_slow slow;
	/* If it defers: the functions whose closures it makes, and other constants. */
	uint64_t closures[MAX_CLOSURES];
	size_t closure_count;
	bool closures_known, too_many;
	unsigned dynamic_calls;
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

unsigned gopm__sync_role_kind(unsigned role)
{
	const struct call_rule *rule = find_rule(role);

	return rule != NULL && rule->argument == 0 && rule->flags == 0 ? rule->kind : GOPM__SYNC_KINDS;
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

/* The value of a word that the closure captured: the closure is an object in the frame, which the function has filled.
 * False: it is not. */
static bool captured_word(struct finder *f, size_t index, const struct gopm__sync_place *place,
                          struct gopm__value_number *word)
{
	const struct gopm__value_number closure = gopm__sync_register(&f->numbers, index, f->cfg->desc->context);

	if (place->base.value != f->cfg->desc->context || place->loads == 0 || closure.kind != GOPM__VN_FRAME) {
		return false;
	}
	*word = gopm__sync_slot(&f->numbers, index, closure.value + place->offsets[0], false);
	return word->kind != GOPM__VN_UNKNOWN;
}

/* The places in the caller of an object that the callee describes by its arguments. */
static struct gopm__sync_places map_place(struct finder *f, size_t index, const struct gopm__sync_summary_op *op)
{
	struct gopm__sync_place place = op->place;
	struct gopm__value_number base = {0};

	if (!op->known) {
		return (struct gopm__sync_places){.count = 0};
	}
	if (place.base.kind == GOPM__VN_LIVE_IN && captured_word(f, index, &place, &base)) {
		place.loads--;
		for (unsigned i = 0; i <= place.loads; i++) {
			place.offsets[i] = place.offsets[i + 1];
		}
	} else if (place.base.kind == GOPM__VN_LIVE_IN) {
		base = gopm__sync_register(&f->numbers, index, (unsigned)place.base.value);
	} else if (place.base.kind == GOPM__VN_LIVE_IN_SLOT) {
		base = gopm__sync_slot(&f->numbers, index, f->cfg->instructions[index].sp + place.base.value, true);
	} else {
		base = place.base;
	}
	const struct gopm__sync_places places = gopm__sync_describe(&f->numbers, base, 0);
	return gopm__sync_extend(&places, &place);
}

static void add_helper(struct finder *f, size_t index, const struct gopm__sync_summary *summary, unsigned flags)
{
	for (size_t i = 0; i < summary->count; i++) {
		const struct gopm__sync_summary_op *op = &summary->ops[i];
		const struct gopm__sync_places places = map_place(f, index, op);
		const bool release = gopm__sync_is_release(op->kind);
		/* A release of an unknown lock may be one of any lock that is held. */
		if (places.count == 0 && !release) {
			continue;
		}
		uint8_t known =
		    gopm__sync_add_op(f->ops, op->kind, (op->flags & ~(unsigned)GOPM__SYNC_DEFERRED) | flags, &places);
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

uint64_t gopm__sync_constant(struct gopm__sync_constants *constants, const struct gopm__instruction *code)
{
	for (unsigned k = 0; k < code->effect_count; k++) {
		const struct gopm__code_effect *e = &code->effects[k];
		const uint64_t base = e->base < GOPM__CODE_REGISTERS ? constants->registers[e->base] : 0;
		if (e->reg >= GOPM__CODE_REGISTERS) {
			continue;
		}
		if (e->kind == GOPM__CODE_CONSTANT) {
			return constants->registers[e->reg] = (uint64_t)e->value;
		}
		if (e->kind == GOPM__CODE_ADDRESS && base != 0) {
			return constants->registers[e->reg] = base + (uint64_t)e->value;
		}
	}
	return 0;
}

/* The kinds of releases that a function does, by its summary. */
static uint32_t release_kinds(const struct finder *f, uint64_t entry)
{
	const struct gopm__sync_callee callee = f->source->callee(f->source->user_data, entry);
	uint32_t kinds = 0;

	for (size_t i = 0; callee.summary != NULL && i < callee.summary->count; i++) {
		const unsigned kind = callee.summary->ops[i].kind;
		kinds |= gopm__sync_is_release(kind) ? UINT32_C(1) << kind : 0;
	}
	return kinds;
}

static void add_closure(struct finder *f, uint64_t entry)
{
	if (entry == 0 || f->closure_count == MAX_CLOSURES) {
		f->too_many = f->too_many || entry != 0;
		return;
	}
	f->closures[f->closure_count++] = entry;
}

static void list_closures(struct finder *f)
{
	struct gopm__sync_constants constants = {{0}};

	for (size_t i = 0; f->source->defers && !f->closures_known && i < f->cfg->instruction_count; i++) {
		const uint64_t constant = gopm__sync_constant(&constants, &f->cfg->instructions[i].code);
		add_closure(f, constant);
		add_closure(f, constant != 0 ? f->source->closure(f->source->user_data, constant) : 0);
	}
	f->closures_known = true;
}

/* True if a call of the function may be that of a deferred closure, at the end. */
static bool may_be_deferred(struct finder *f, uint64_t entry)
{
	list_closures(f);
	for (size_t i = 0; i < f->closure_count; i++) {
		if (f->closures[i] == entry) {
			return true;
		}
	}
	return f->too_many;
}

/* Deferred closures run that are not known: any lock may be released. If a closure of the function releases locks, they
 * may be the caller's. */
static void add_unknown_closures(struct finder *f, size_t index)
{
	const struct gopm__sync_places unknown = {.count = 0};
	uint32_t kinds = 0;

	list_closures(f);
	for (size_t i = 0; i < f->closure_count; i++) {
		kinds |= release_kinds(f, f->closures[i]);
	}
	add_action(f, index, GOPM__SYNC_RELEASES_ALL);
	for (unsigned kind = 0; kind < GOPM__SYNC_KINDS; kind++) {
		if ((kinds >> kind & 1) != 0 || (f->too_many && gopm__sync_is_release(kind))) {
			add_event(f, index, GOPM__SYNC_RELEASES,
			          gopm__sync_add_op(f->ops, kind, GOPM__SYNC_HELPER | GOPM__SYNC_DEFERRED, &unknown),
			          false);
		}
	}
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
		gopm__sync_add_slow_call(&f->slow, index, callee.role);
		return;
	case GOPM__ROLE_SELECTGO:
		add_select(f, index);
		return;
	case GOPM__ROLE_DEFERRETURN:
		add_unknown_closures(f, index);
		return;
	default:
		if (callee.summary != NULL) {
			add_helper(f, index, callee.summary,
			           GOPM__SYNC_HELPER | (may_be_deferred(f, target) ? GOPM__SYNC_DEFERRED : 0u));
		}
		return;
	}
}

/* An op for a call of a function that only a run knows. There is room for so many that they displace no other op. */
static void add_dynamic_call(struct finder *f, size_t index, const struct gopm__sync_indirect *call)
{
	const struct gopm__sync_places *places = &call->places, *receiver = &call->receiver;

	if (!f->source->calls || f->dynamic_calls == MAX_DYNAMIC_CALLS) {
		return;
	}
	f->dynamic_calls++;
	if (call->kind == GOPM__SYNC_CALLS_CLOSURE) {
		add_event(f, index, GOPM__SYNC_DOES, gopm__sync_add_op(f->ops, GOPM__SYNC_CALL, 0, places), true);
		return;
	}
	const uint8_t object = gopm__sync_add_op(f->ops, GOPM__SYNC_RECEIVER, 0, receiver);
	if (f->ops->failed) {
		return;
	}
	f->ops->list[object].receiver = object;
	add_event(f, index, GOPM__SYNC_ACQUIRES, object, true);
	add_event(f, index, GOPM__SYNC_ACQUIRES, gopm__sync_add_method(f->ops, object, places), true);
}

static void add_indirect_call(struct finder *f, size_t index)
{
	const struct gopm__sync_indirect call =
	    gopm__sync_indirect_call(&f->numbers, index, f->source->defers, f->source->closure, f->source->user_data);

	switch (call.kind) {
	case GOPM__SYNC_CALLS_ENTRY:
		add_call(f, index, call.entry);
		break;
	case GOPM__SYNC_CALLS_DEFERRED:
		add_unknown_closures(f, index);
		break;
	case GOPM__SYNC_CALLS_CLOSURE:
	case GOPM__SYNC_CALLS_METHOD:
		add_dynamic_call(f, index, &call);
		break;
	default:
		break;
	}
}

static void add_instruction(struct finder *f, size_t index)
{
	const struct gopm__cfg_instruction *instruction = &f->cfg->instructions[index];
	const struct gopm__instruction *code = &instruction->code;

	for (unsigned k = 0; k < code->effect_count; k++) {
		if (code->effects[k].kind == GOPM__CODE_ATOMIC) {
			gopm__sync_add_atomic(&f->slow, index, &code->effects[k]);
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
	} else if (code->flow == GOPM__CODE_CALL) {
		add_indirect_call(f, index);
	}
}

static bool is_map_access(void *user_data, uint64_t target)
{
	const struct gopm__sync_source *source = user_data;

	return target != 0 && source->callee(source->user_data, target).role == GOPM__ROLE_MAP_ACCESS;
}

void gopm__sync_find(struct gopm__sync_ops *ops, const struct gopm__sync_source *source)
{
	struct finder f = {.source = source, .cfg = source->values->cfg, .ops = ops};

	f.numbers = (struct gopm__sync_numbers){
	    .values = source->values, .is_map_access = is_map_access, .user_data = (void *)(uintptr_t)source};
	f.slow = (struct gopm__sync_slow){.numbers = &f.numbers, .ops = ops};
	for (size_t i = 0; i < f.cfg->instruction_count && !ops->failed; i++) {
		if (gopm__cfg_is_reachable(f.cfg, f.cfg->instructions[i].block)) {
			add_instruction(&f, i);
		}
	}
	gopm__sync_slow_finish(&f.slow);
	gopm__sync_ops_finish(ops, f.cfg);
	gopm__sync_slow_clear(&f.slow);
	free(f.numbers.cursor.at);
}
