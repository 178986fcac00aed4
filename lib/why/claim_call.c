/* SPDX-License-Identifier: Apache-2.0 */
/* Closures and methods of interfaces: the code does not say which function it calls, but the closure, or the table of
 * methods, is in the core. What such a function does with the words that it captured, and with its receiver, is known
 * as that of a deferred call is. */
#include "util/vector.h"
#include "why/claim_private.h"

/* Calls within calls that are followed. */
#define MOST_DEPTH 2u

static void add_operation(struct gopm__claim_search *search, struct gopm__called_ops *ops,
                          const struct gopm__called_op *op)
{
	if (!GOPM__VECTOR_RESERVE(ops->list, ops->count, ops->capacity, 1)) {
		search->no_memory = true;
		return;
	}
	ops->list[ops->count++] = *op;
}

/* Notes a word of a closure whose call is pending: it has its value until then. */
static void add_captured(struct gopm__claim_search *search, uint64_t word)
{
	if (!GOPM__VECTOR_RESERVE(search->captured, search->captured_count, search->captured_capacity, 1)) {
		search->no_memory = true;
		return;
	}
	search->captured[search->captured_count++] = word;
}

/* Calls that are still to be followed. */
struct call_stack {
	struct level {
		struct gopm__called called;
		const struct gopm__claim_pc *at;
		size_t fact; /* the next one */
	} levels[MOST_DEPTH + 1];
	unsigned depth;
};

/* What is known of a function that is called; NULL: nothing. */
static const struct gopm__pcinfo *function_at(struct gopm__claim_search *search, uint64_t entry)
{
	const struct gopm__pcinfo *info = entry != 0 ? gopm__symtab_pc(search->rt->symtab, entry) : NULL;

	return info != NULL && info->known && info->func.entry == entry ? info : NULL;
}

/* Begins a call. A method of package sync is an operation itself. */
static void push(struct gopm__claim_search *search, struct call_stack *stack, struct gopm__called_ops *ops,
                 uint32_t frame, const struct gopm__called *called)
{
	const struct gopm__pcinfo *info = function_at(search, called->entry);

	if (info == NULL || stack->depth > MOST_DEPTH) {
		return;
	}
	const unsigned kind = gopm__sync_role_kind(info->calls[info->call_count - 1].role);
	if (kind != GOPM__SYNC_KINDS) {
		const struct gopm__called_op op = {called->receiver, frame, (uint8_t)kind, called->must, called->exact};
		if (called->receiver != 0) {
			add_operation(search, ops, &op);
		}
		return;
	}
	const struct gopm__claim_pc *at = gopm__claim_pc_of(search, info, called->entry, false);
	if (at != NULL) {
		stack->levels[stack->depth++] = (struct level){*called, at, 0};
	}
}

/* The function that a called function calls. */
static bool find_callee(struct gopm__claim_search *search, const struct gopm__called *caller,
                        const struct gopm__claim_fact *fact, struct gopm__called *callee)
{
	uint64_t address, word;
	bool exact, same = true;

	*callee = (struct gopm__called){0};
	if (!gopm__claim_eval_called(search, caller, fact->places, fact->place_count, &address, &exact, &word)) {
		return false;
	}
	if (fact->kind == GOPM__SYNC_CALL) {
		callee->closure = address;
	} else if (!gopm__claim_eval_called(search, caller, fact->receivers, fact->receiver_count, &callee->receiver,
	                                    &same, &word)) {
		return false;
	}
	callee->must = caller->must && fact->must;
	callee->exact = caller->exact && exact && same;
	return gopm__read_u64(&search->reader, address, &callee->entry);
}

void gopm__claim_add_called(struct gopm__claim_search *search, struct gopm__called_ops *ops, uint32_t frame,
                            const struct gopm__called *called)
{
	struct call_stack stack = {.depth = 0};

	push(search, &stack, ops, frame, called);
	while (stack.depth != 0 && gopm__claim_spend(search, 1)) {
		struct level *level = &stack.levels[stack.depth - 1];
		if (level->fact == level->at->fact_count) {
			stack.depth--;
			continue;
		}
		const struct gopm__claim_fact *fact = &level->at->facts[level->fact++];
		struct gopm__called_op op = {.frame = frame, .kind = fact->kind};
		struct gopm__called callee;
		uint64_t word;
		bool exact;
		if (fact->list != GOPM__FACT_PENDING) {
			continue;
		}
		if (fact->kind == GOPM__SYNC_CALL || fact->kind == GOPM__SYNC_METHOD) {
			if (find_callee(search, &level->called, fact, &callee)) {
				push(search, &stack, ops, frame, &callee);
			}
			continue;
		}
		if (!gopm__claim_eval_called(search, &level->called, fact->places, fact->place_count, &op.object,
		                             &exact, &word)) {
			continue;
		}
		op.must = level->called.must && fact->must;
		op.exact = level->called.exact && exact;
		add_operation(search, ops, &op);
		if (word != 0 && ops == &search->deferred) {
			add_captured(search, word);
		}
	}
}

void gopm__claim_calls(struct gopm__claim_search *search)
{
	search->called.count = 0;
	for (uint32_t i = 0; i < search->frame_count; i++) {
		const struct gopm__claim_pc *at = search->frames[i].at;
		for (size_t k = 0; k < at->fact_count; k++) {
			const struct gopm__claim_fact *fact = &at->facts[k];
			struct gopm__called called;
			if (fact->list == GOPM__FACT_PENDING &&
			    (fact->kind == GOPM__SYNC_CALL || fact->kind == GOPM__SYNC_METHOD) &&
			    gopm__claim_eval_call(search, i, fact, &called)) {
				gopm__claim_add_called(search, &search->called, i, &called);
			}
		}
	}
}

bool gopm__claim_taken_by_method(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact,
                                 uint8_t *kind, uint64_t *address)
{
	struct gopm__called called;
	uint64_t word;
	bool exact;

	const struct gopm__pcinfo *info =
	    gopm__claim_eval_call(search, frame, fact, &called) ? function_at(search, called.entry) : NULL;
	if (info == NULL) {
		return false;
	}
	*address = called.receiver;
	*kind = (uint8_t)gopm__sync_role_kind(info->calls[info->call_count - 1].role);
	if (*kind == GOPM__SYNC_KINDS) {
		const struct gopm__claim_pc *at = gopm__claim_pc_of(search, info, called.entry, false);
		struct gopm__claim_place place = {.at = GOPM__BASE_UNKNOWN};
		if (at == NULL || at->keeps_kind == GOPM__SYNC_KINDS) {
			return false;
		}
		place.place = at->keeps;
		if (!gopm__claim_eval_called(search, &called, &place, 1, address, &exact, &word)) {
			return false;
		}
		*kind = at->keeps_kind;
	}
	return *kind == GOPM__SYNC_LOCK || *kind == GOPM__SYNC_RW_LOCK || *kind == GOPM__SYNC_RW_RLOCK;
}
