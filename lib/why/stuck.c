/* SPDX-License-Identifier: Apache-2.0 */
/* A fixed point. It begins with the goroutines that are not blocked, and adds those whose wait one of them can end.
 * What is left is stuck. The first phase uses ownership: who waits for a lock needs its holder. The second phase then
 * adds the goroutines whose lock can be reached: what is still left is stuck by reachability alone. */
#include "why/stuck.h"

#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"
#include "why/reach_code.h"

/* Passes over all goroutines. Each goes in the other direction than the one before, so chains need few. */
#define MOST_PASSES 256u

struct stuck_search {
	const struct gopm__ports *ports;
	const struct gopm__blocked *blocked;
	struct gopm__reach *reach;
	struct gopm__reach_code *code; /* NULL: what stack maps say is enough */
	uint8_t *basis;                /* NONE: it may run; AXIOM, OWNERSHIP, REACHABILITY: it did not so far */
	bool use_owners;
	bool no_memory;
};

/* True if what it waits for can be reached by a goroutine that may run. */
static bool is_reached(const struct stuck_search *search, const struct gopm__wait_for *wait)
{
	const uint64_t address = search->blocked->objects[wait->object].address;

	return search->reach == NULL || (address == 0 && wait->word == 0) ||
	       gopm__reach_has(search->reach, address != 0 ? address : wait->word);
}

/* True if a goroutine that may run releases the port. */
static bool has_releaser(const struct stuck_search *search, uint32_t port)
{
	const struct gopm__ports *p = search->ports;

	for (uint32_t i = p->first[port]; i < gopm__port_end(p, port); i++) {
		if (search->basis[p->releasers[i].member] == GOPM__BASIS_NONE) {
			return true;
		}
	}
	return false;
}

/* True if the wait may end. */
static bool may_end(const struct stuck_search *search, uint32_t index)
{
	const struct gopm__wait_for *wait = &search->blocked->waits[index];
	const struct gopm__waited *object = &search->blocked->objects[wait->object];
	const uint32_t port = search->ports->of[index];

	if (wait->torn || port == GOPM__NO_INDEX || object->deadline != 0) {
		return true;
	}
	switch (object->kind) {
	case GOPM_OBJECT_NIL_CHAN:
		return false;
	case GOPM_OBJECT_CORO:
		return true; /* the runtime's rule does not know coroutines */
	case GOPM_OBJECT_MUTEX:
	case GOPM_OBJECT_RWMUTEX:
	case GOPM_OBJECT_ONCE:
		if (search->use_owners && search->ports->proved[port] != 0) {
			return has_releaser(search, port);
		}
		return is_reached(search, wait);
	default:
		return is_reached(search, wait);
	}
}

/* True if the goroutine may run, as far as is known. */
static bool may_run(const struct stuck_search *search, uint32_t index)
{
	const struct gopm__member *member = &search->blocked->members[index];

	if (member->system || member->partial || member->wait_count == 0 ||
	    (member->status != GOPM_G_WAITING && member->status != GOPM_G_LEAKED)) {
		return true;
	}
	for (uint32_t i = 0; i < member->wait_count; i++) {
		if (may_end(search, member->wait + i)) {
			return true;
		}
	}
	return false;
}

/* Lets a goroutine run. False: out of memory. */
static bool let_run(struct stuck_search *search, uint32_t index)
{
	const uint64_t g = search->blocked->members[index].g;

	search->basis[index] = GOPM__BASIS_NONE;
	return search->reach == NULL || (gopm__reach_goroutine(search->reach, g) &&
	                                 (search->code == NULL || gopm__reach_by_code(search->code, g)));
}

/* One pass over all that are left. Sets *changed if one may run. False: out of memory. */
static bool pass(struct stuck_search *search, bool backward, bool *changed)
{
	const uint32_t count = (uint32_t)search->blocked->member_count;

	for (uint32_t i = 0; i < count; i++) {
		const uint32_t at = backward ? count - 1 - i : i;
		if (search->basis[at] != GOPM__BASIS_NONE && may_run(search, at)) {
			*changed = true;
			if (!let_run(search, at)) {
				return false;
			}
		}
	}
	return true;
}

/* Repeats passes until none lets a goroutine run. */
static gopm_status settle(struct stuck_search *search)
{
	for (unsigned i = 0; i < MOST_PASSES; i++) {
		bool changed = false;
		if (!pass(search, i % 2 != 0, &changed)) {
			return GOPM_ERR_NO_MEMORY;
		}
		if (!changed) {
			return GOPM_OK;
		}
	}
	/* Not settled: nothing is proved. */
	for (size_t i = 0; i < search->blocked->member_count; i++) {
		search->basis[i] = GOPM__BASIS_NONE;
	}
	return GOPM_OK;
}

/* True if it waits only for what nothing can end. */
static bool is_axiom(const struct gopm__blocked *blocked, const struct gopm__member *member)
{
	for (uint32_t i = 0; i < member->wait_count; i++) {
		if (blocked->objects[blocked->waits[member->wait + i].object].kind != GOPM_OBJECT_NIL_CHAN) {
			return false;
		}
	}
	return member->wait_count != 0;
}

/* The number of goroutines that are stuck, and not by an axiom. */
static size_t count_stuck(const struct stuck_search *search)
{
	size_t count = 0;

	for (size_t i = 0; i < search->blocked->member_count; i++) {
		count +=
		    search->basis[i] != GOPM__BASIS_NONE && !is_axiom(search->blocked, &search->blocked->members[i])
		        ? 1
		        : 0;
	}
	return count;
}

/* Settles once more, with what the code of the goroutines that may run reads. If that lets one more run, stack maps and
 * code contradict each other, and nothing is certain. */
static gopm_status settle_by_code(struct stuck_search *search, struct gopm__reach_code *code)
{
	const size_t before = search->reach != NULL && search->reach->heap != NULL ? count_stuck(search) : 0;

	if (before == 0) {
		return GOPM_OK;
	}
	gopm__reach_code_init(code, search->reach);
	search->code = code;
	for (size_t i = 0; i < search->blocked->member_count; i++) {
		if (search->basis[i] == GOPM__BASIS_NONE && !gopm__reach_by_code(code, search->blocked->members[i].g)) {
			return GOPM_ERR_NO_MEMORY;
		}
	}
	const gopm_status status = settle(search);
	if (status == GOPM_OK && count_stuck(search) != before) {
		gopm__finding_add(code->program->runtime.findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__NOWHERE,
		                  "the code of a function reads words of its frame that its stack map lacks: no "
		                  "goroutine is certainly stuck");
		search->reach->partial = true;
	}
	return status;
}

static gopm_status find_stuck(struct stuck_search *search, struct gopm__reach_code *code)
{
	const struct gopm__blocked *blocked = search->blocked;
	uint8_t *basis = search->basis;

	for (size_t i = 0; i < blocked->member_count; i++) {
		basis[i] = GOPM__BASIS_OWNERSHIP;
	}
	gopm_status status = settle(search);
	if (status == GOPM_OK) {
		status = settle_by_code(search, code);
	}
	if (status != GOPM_OK) {
		return status;
	}
	/* What was stuck by ownership may turn out to be so by reachability too. Those that run in this phase are stuck
	 * by ownership alone. */
	uint8_t *const owned = gopm__malloc(blocked->member_count + 1);
	if (owned == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	memcpy(owned, basis, blocked->member_count);
	search->use_owners = false;
	status = search->reach != NULL ? settle(search) : GOPM_OK;
	for (size_t i = 0; i < blocked->member_count; i++) {
		if (owned[i] == GOPM__BASIS_NONE) {
			basis[i] = GOPM__BASIS_NONE;
		} else if (is_axiom(blocked, &blocked->members[i])) {
			basis[i] = GOPM__BASIS_AXIOM;
		} else {
			basis[i] = search->reach != NULL && basis[i] != GOPM__BASIS_NONE ? GOPM__BASIS_REACHABILITY
			                                                                 : GOPM__BASIS_OWNERSHIP;
		}
	}
	free(owned);
	return status;
}

gopm_status gopm__stuck_find(const struct gopm__ports *ports, struct gopm__reach *reach, uint8_t *basis)
{
	struct gopm__reach_code code = {0};
	struct stuck_search search = {
	    .ports = ports, .blocked = ports->blocked, .reach = reach, .basis = basis, .use_owners = true};
	const gopm_status status = find_stuck(&search, &code);

	gopm__reach_code_free(&code);
	return status;
}
