/* SPDX-License-Identifier: Apache-2.0 */
#include "why/prospect.h"

#include <stdlib.h>

#include "util/allocate.h"
#include "why/stuck.h"

/* Goroutines from a waiter to the one that all wait for. */
#define LONGEST_CHAIN 64u
/* A channel with so many senders is crowded: its receiver is slow. */
#define CROWD 10u

struct prospect_search {
	struct gopm__prospects *prospects;
	const struct gopm__ports *ports;
	const struct gopm__blocked *blocked;
	uint8_t *ended;  /* of each port, 1: its event may come */
	uint32_t *queue; /* members with a way on, whose waiters are to be told */
	size_t count;
};

static bool is_lock(uint8_t kind)
{
	return kind == GOPM_OBJECT_MUTEX || kind == GOPM_OBJECT_RWMUTEX || kind == GOPM_OBJECT_ONCE;
}

/* The releasers of a port that are likely, or better. */
static uint32_t likely_releasers(const struct gopm__ports *ports, uint32_t port)
{
	uint32_t count = 0;

	for (uint32_t i = ports->first[port]; i < gopm__port_end(ports, port); i++) {
		count += ports->releasers[i].strength >= GOPM__CLAIM_LIKELY;
	}
	return count;
}

bool gopm__port_is_orphan(const struct gopm__ports *ports, uint32_t port)
{
	return is_lock(ports->blocked->objects[port / GOPM__PORTS].kind) && likely_releasers(ports, port) == 0;
}

/* Lists the releasers by member. */
static bool index_releasers(struct gopm__prospects *p)
{
	const struct gopm__ports *ports = p->ports;
	const size_t members = ports->blocked->member_count;

	p->released = gopm__malloc((ports->releaser_count + 1) * sizeof *p->released);
	p->first_released = gopm__calloc(members + 2, sizeof *p->first_released);
	if (p->released == NULL || p->first_released == NULL) {
		return false;
	}
	/* Counts are two places on, beginnings one: filling moves them to where they belong. */
	uint32_t *const begin = p->first_released + 1;
	for (size_t i = 0; i < ports->releaser_count; i++) {
		const uint32_t member = ports->releasers[i].member;
		if (member + 1 < members) {
			begin[member + 1]++;
		}
	}
	for (size_t i = 1; i < members; i++) {
		begin[i] += begin[i - 1];
	}
	for (size_t i = 0; i < ports->releaser_count; i++) {
		p->released[begin[ports->releasers[i].member]++] = (uint32_t)i;
	}
	return true;
}

/* True if the wait may end without a releaser that is known. */
static bool may_end_alone(const struct prospect_search *search, uint32_t wait)
{
	const uint32_t port = search->ports->of[wait];
	const struct gopm__waited *object = &search->blocked->objects[search->blocked->waits[wait].object];

	if (port == GOPM__NO_INDEX || search->blocked->waits[wait].torn || object->deadline != 0) {
		return true;
	}
	return object->kind != GOPM_OBJECT_NIL_CHAN && !is_lock(object->kind) &&
	       likely_releasers(search->ports, port) == 0;
}

static bool is_free_at_first(const struct prospect_search *search, uint32_t index)
{
	const struct gopm__member *member = &search->blocked->members[index];

	if (member->wait_count == 0 || member->system) {
		return true;
	}
	for (uint32_t i = 0; i < member->wait_count; i++) {
		if (may_end_alone(search, member->wait + i)) {
			return true;
		}
	}
	return false;
}

static void free_member(struct prospect_search *search, uint32_t index)
{
	if (search->prospects->of[index] == GOPM__PROSPECT_LIKELY) {
		search->prospects->of[index] = GOPM__PROSPECT_FREE;
		search->queue[search->count++] = index;
	}
}

/* Frees those who wait for an event that a free goroutine causes. */
static void free_waiters(struct prospect_search *search)
{
	const struct gopm__prospects *p = search->prospects;

	while (search->count != 0) {
		const uint32_t member = search->queue[--search->count];
		for (uint32_t i = p->first_released[member]; i < p->first_released[member + 1]; i++) {
			const uint32_t port = search->ports->releasers[p->released[i]].port;
			const struct gopm__waited *object = &search->blocked->objects[port / GOPM__PORTS];
			if (search->ended[port] != 0) {
				continue;
			}
			search->ended[port] = 1;
			for (uint32_t k = 0; k < object->waiters; k++) {
				const uint32_t wait = search->blocked->by_object[object->waiter + k];
				if (search->ports->of[wait] == port) {
					free_member(search, search->blocked->waits[wait].member);
				}
			}
		}
	}
}

/* The wait of a free goroutine that a lock's holder, a coroutine's partner, or the receiver of a crowded channel, is to
 * end. GOPM__NO_INDEX: none. */
static uint32_t slow_wait(const struct prospect_search *search, uint32_t index)
{
	const struct gopm__member *member = &search->blocked->members[index];

	if (member->wait_count != 1 || member->system || search->ports->of[member->wait] == GOPM__NO_INDEX) {
		return GOPM__NO_INDEX;
	}
	const struct gopm__wait_for *wait = &search->blocked->waits[member->wait];
	const struct gopm__waited *object = &search->blocked->objects[wait->object];
	const bool crowded =
	    object->kind == GOPM_OBJECT_CHAN && wait->side == GOPM__SIDE_SENDS && object->waiters >= CROWD;
	return (is_lock(object->kind) || index == search->prospects->in_init || object->kind == GOPM_OBJECT_CORO ||
	        crowded) &&
	               !wait->torn && likely_releasers(search->ports, search->ports->of[member->wait]) != 0
	           ? member->wait
	           : GOPM__NO_INDEX;
}

/* The goroutine that a wait ends with: the strongest releaser's, and so on. GOPM__NO_INDEX: the chain does not end. */
static uint32_t end_of_chain(const struct prospect_search *search, uint32_t wait)
{
	const struct gopm__ports *p = search->ports;
	uint32_t member = GOPM__NO_INDEX;

	for (unsigned steps = 0; steps < LONGEST_CHAIN; steps++) {
		const uint32_t port = p->of[wait];
		uint32_t best = p->first[port];
		for (uint32_t i = best; i < gopm__port_end(p, port); i++) {
			best = p->releasers[i].strength > p->releasers[best].strength ? i : best;
		}
		member = p->releasers[best].member;
		wait = slow_wait(search, member);
		if (wait == GOPM__NO_INDEX) {
			return member;
		}
	}
	return GOPM__NO_INDEX;
}

/* Finds who is behind a slow goroutine. */
static void find_slow(struct prospect_search *search)
{
	uint8_t *of = search->prospects->of;

	for (uint32_t i = 0; i < search->blocked->member_count; i++) {
		const uint32_t wait = of[i] == GOPM__PROSPECT_FREE ? slow_wait(search, i) : GOPM__NO_INDEX;
		const uint32_t end = wait != GOPM__NO_INDEX ? end_of_chain(search, wait) : GOPM__NO_INDEX;
		if (end != GOPM__NO_INDEX && end != i && of[end] <= GOPM__PROSPECT_SLOW) {
			of[i] = GOPM__PROSPECT_BEHIND;
			of[end] = GOPM__PROSPECT_SLOW;
		}
	}
	/* Nothing of the program runs before its init functions end: that the main goroutine waits in one is worth to
	 * be said, even if who ends the wait is not known. */
	const uint32_t in_init = search->prospects->in_init;
	if (in_init != GOPM__NO_INDEX && of[in_init] == GOPM__PROSPECT_FREE &&
	    search->ports->of[search->blocked->members[in_init].wait] != GOPM__NO_INDEX) {
		of[in_init] = GOPM__PROSPECT_BEHIND;
	}
}

gopm_status gopm__prospects_open(struct gopm__prospects *prospects, const struct gopm__ports *ports,
                                 const uint8_t *basis, uint32_t in_init, bool sound)
{
	const struct gopm__blocked *blocked = ports->blocked;
	struct prospect_search search = {.prospects = prospects, .ports = ports, .blocked = blocked};

	*prospects = (struct gopm__prospects){.ports = ports, .in_init = in_init};
	prospects->of = gopm__malloc(blocked->member_count + 1);
	search.queue = gopm__malloc((blocked->member_count + 1) * sizeof *search.queue);
	search.ended = gopm__calloc(blocked->object_count * GOPM__PORTS + 1, 1);
	const bool made =
	    prospects->of != NULL && search.queue != NULL && search.ended != NULL && index_releasers(prospects);
	if (made) {
		for (uint32_t i = 0; i < blocked->member_count; i++) {
			prospects->of[i] = basis[i] != GOPM__BASIS_NONE && (sound || basis[i] == GOPM__BASIS_AXIOM)
			                       ? GOPM__PROSPECT_CERTAIN
			                       : GOPM__PROSPECT_LIKELY;
		}
		for (uint32_t i = 0; i < blocked->member_count; i++) {
			if (basis[i] == GOPM__BASIS_NONE && is_free_at_first(&search, i)) {
				free_member(&search, i);
			}
		}
		free_waiters(&search);
		find_slow(&search);
	}
	free(search.queue);
	free(search.ended);
	if (!made) {
		gopm__prospects_close(prospects);
		return GOPM_ERR_NO_MEMORY;
	}
	return GOPM_OK;
}

void gopm__prospects_close(struct gopm__prospects *prospects)
{
	free(prospects->of);
	free(prospects->released);
	free(prospects->first_released);
	*prospects = (struct gopm__prospects){0};
}
