/* SPDX-License-Identifier: Apache-2.0 */
#include "why/leak.h"

#include <stdlib.h>

#include "util/vector.h"

/* So many goroutines of one birthplace, each with channels of its own that nobody is seen to use, are suspects. */
#define MANY 16u

struct leak_search {
	struct gopm__leaks *leaks;
	const struct gopm__why *why;
	struct leak_key {
		uint64_t place; /* pc of the go statement */
		uint64_t start;
		uint32_t shape; /* of its waits */
		uint32_t member;
		uint8_t certainty; /* POSSIBLE: a suspect only if there are many */
	} * keys;
	size_t count, capacity;
};

/* True if it waits on channels that nobody else waits on, and that no goroutine is seen to use. */
static bool is_alone(const struct gopm__why *why, const struct gopm__member *member)
{
	const struct gopm__blocked *b = &why->blocked;
	bool own = false;

	for (uint32_t i = 0; i < member->wait_count; i++) {
		const uint32_t wait = member->wait + i, port = why->ports.of[wait];
		const struct gopm__waited *object = &b->objects[b->waits[wait].object];
		if (port == GOPM__NO_INDEX || b->waits[wait].torn || object->deadline != 0 ||
		    (object->kind != GOPM_OBJECT_CHAN && object->kind != GOPM_OBJECT_CONTEXT &&
		     object->kind != GOPM_OBJECT_COND) ||
		    why->ports.first[port] != gopm__port_end(&why->ports, port)) {
			return false;
		}
		own |= object->waiters == 1;
	}
	return own;
}

/* GOPM_CERTAINTY_* that a member is leaked; 0: it is not. */
static uint8_t leak_certainty(const struct gopm__why *why, uint32_t index)
{
	const struct gopm__member *member = &why->blocked.members[index];

	if (gopm__member_is_idle_main(&why->ports, index)) {
		return 0;
	}
	switch (why->prospects.of[index]) {
	case GOPM__PROSPECT_CERTAIN:
		return GOPM_CERTAINTY_CERTAIN;
	case GOPM__PROSPECT_LIKELY:
		return GOPM_CERTAINTY_LIKELY;
	default:
		return !member->system && is_alone(why, member) ? GOPM_CERTAINTY_POSSIBLE : 0;
	}
}

static bool collect(struct leak_search *search)
{
	const struct gopm__blocked *b = &search->why->blocked;

	for (uint32_t i = 0; i < b->member_count; i++) {
		const uint8_t certainty = leak_certainty(search->why, i);
		const struct gopm__member *member = &b->members[i];
		uint32_t shape = 0;
		if (certainty == 0) {
			continue;
		}
		for (uint32_t k = 0; k < member->wait_count; k++) {
			const struct gopm__wait_for *wait = &b->waits[member->wait + k];
			shape += (uint32_t)wait->side * 64 + b->objects[wait->object].kind + 1;
		}
		if (!GOPM__VECTOR_RESERVE(search->keys, search->count, search->capacity, 1)) {
			return false;
		}
		search->keys[search->count++] = (struct leak_key){member->go, member->start, shape, i, certainty};
	}
	return true;
}

static int compare_groups_of_keys(const struct leak_key *x, const struct leak_key *y)
{
	if (x->certainty != y->certainty) {
		return x->certainty > y->certainty ? -1 : 1;
	}
	if (x->place != y->place) {
		return x->place < y->place ? -1 : 1;
	}
	if (x->start != y->start) {
		return x->start < y->start ? -1 : 1;
	}
	return x->shape < y->shape ? -1 : x->shape > y->shape;
}

static int compare_keys(const void *a, const void *b)
{
	const struct leak_key *x = a, *y = b;
	const int groups = compare_groups_of_keys(x, y);

	return groups != 0 ? groups : x->member < y->member ? -1 : x->member > y->member;
}

/* Adds keys [begin, end) as a group. */
static bool add_group(struct leak_search *search, size_t begin, size_t end)
{
	struct gopm__leaks *l = search->leaks;
	const struct gopm__blocked *b = &search->why->blocked;
	const struct leak_key *key = &search->keys[begin];
	const struct gopm__member *first = &b->members[key->member];
	struct gopm__leak_group group = {.first = (uint32_t)l->count, .count = (uint32_t)(end - begin)};

	if (!GOPM__VECTOR_RESERVE(l->groups, l->group_count, l->group_capacity, 1) ||
	    !GOPM__VECTOR_RESERVE(l->list, l->count, l->capacity, end - begin)) {
		return false;
	}
	group.certainty = key->certainty == GOPM_CERTAINTY_CERTAIN ? GOPM_CERTAINTY_CERTAIN : GOPM_CERTAINTY_LIKELY;
	group.kind = first->wait_count != 0 ? b->objects[b->waits[first->wait].object].kind : GOPM_OBJECT_OTHER;
	for (size_t i = begin; i < end; i++) {
		const uint32_t member = search->keys[i].member;
		const uint8_t basis = search->why->basis[member];
		const int64_t since = b->members[member].since;
		if (group.certainty == GOPM_CERTAINTY_CERTAIN && basis > group.basis) {
			group.basis = basis;
		}
		if (since > 0 && (group.since == 0 || since < group.since)) {
			group.since = since;
		}
		l->list[l->count++] = (struct gopm__leak){.member = member, .certainty = group.certainty};
	}
	l->leaked += group.certainty == GOPM_CERTAINTY_CERTAIN ? end - begin : 0;
	l->groups[l->group_count++] = group;
	return true;
}

static int compare_groups(const void *a, const void *b)
{
	const struct gopm__leak_group *x = a, *y = b;

	if (x->certainty != y->certainty) {
		return x->certainty > y->certainty ? -1 : 1;
	}
	if (x->count != y->count) {
		return x->count > y->count ? -1 : 1;
	}
	return x->first < y->first ? -1 : x->first > y->first;
}

static bool make_groups(struct leak_search *search)
{
	struct gopm__leaks *l = search->leaks;

	if (search->count != 0) {
		qsort(search->keys, search->count, sizeof *search->keys, compare_keys);
	}
	for (size_t i = 0; i < search->count;) {
		size_t end = i + 1;
		while (end < search->count && compare_groups_of_keys(&search->keys[i], &search->keys[end]) == 0) {
			end++;
		}
		if ((search->keys[i].certainty != GOPM_CERTAINTY_POSSIBLE || end - i >= MANY) &&
		    !add_group(search, i, end)) {
			return false;
		}
		i = end;
	}
	if (l->group_count != 0) {
		qsort(l->groups, l->group_count, sizeof *l->groups, compare_groups);
	}
	for (uint32_t i = 0; i < l->group_count; i++) {
		for (uint32_t k = 0; k < l->groups[i].count; k++) {
			l->list[l->groups[i].first + k].group = i;
		}
	}
	return true;
}

gopm_status gopm__leaks_open(struct gopm__leaks *leaks, const struct gopm__why *why)
{
	struct leak_search search = {.leaks = leaks, .why = why};

	*leaks = (struct gopm__leaks){0};
	const bool made = collect(&search) && make_groups(&search);
	free(search.keys);
	if (!made) {
		gopm__leaks_close(leaks);
		return GOPM_ERR_NO_MEMORY;
	}
	return GOPM_OK;
}

void gopm__leaks_close(struct gopm__leaks *leaks)
{
	free(leaks->list);
	free(leaks->groups);
	*leaks = (struct gopm__leaks){0};
}
