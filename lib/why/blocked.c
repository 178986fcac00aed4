/* SPDX-License-Identifier: Apache-2.0 */
#include "why/blocked.h"

#include <stdlib.h>

#include "util/allocate.h"
#include "util/search.h"
#include "why/g_index.h"

static int compare_objects(const void *a, const void *b)
{
	const struct gopm__waited *x = a, *y = b;

	if ((x->address == 0) != (y->address == 0)) {
		return x->address == 0 ? 1 : -1;
	}
	/* Objects without address: by the number that `waiter` has. */
	const uint64_t left = x->address != 0 ? x->address : x->waiter;
	const uint64_t right = y->address != 0 ? y->address : y->waiter;
	return left < right ? -1 : left > right;
}

bool gopm__blocked_sort(struct gopm__blocked *b)
{
	uint32_t *place = gopm__malloc((b->object_count + 1) * sizeof *place);

	free(b->by_object);
	b->by_object = gopm__malloc((b->wait_count + 1) * sizeof *b->by_object);
	if (place == NULL || b->by_object == NULL) {
		free(place);
		return false;
	}
	for (size_t i = 0; i < b->object_count; i++) {
		b->objects[i].waiter = (uint32_t)i;
		b->objects[i].waiters = 0;
	}
	if (b->object_count != 0) {
		qsort(b->objects, b->object_count, sizeof *b->objects, compare_objects);
	}
	for (size_t i = 0; i < b->object_count; i++) {
		place[b->objects[i].waiter] = (uint32_t)i;
	}
	for (size_t i = 0; i < b->wait_count; i++) {
		b->waits[i].object = place[b->waits[i].object];
		b->objects[b->waits[i].object].waiters++;
	}
	uint32_t sum = 0;
	for (size_t i = 0; i < b->object_count; i++) {
		b->objects[i].waiter = sum;
		sum += b->objects[i].waiters;
		b->objects[i].waiters = 0;
	}
	for (size_t i = 0; i < b->wait_count; i++) {
		struct gopm__waited *object = &b->objects[b->waits[i].object];
		b->by_object[object->waiter + object->waiters++] = (uint32_t)i;
	}
	free(place);
	return true;
}

void gopm__blocked_close(struct gopm__blocked *blocked)
{
	free(blocked->members);
	free(blocked->waits);
	free(blocked->objects);
	free(blocked->by_object);
	gopm__g_index_close(&blocked->gs);
	*blocked = (struct gopm__blocked){0};
}

uint32_t gopm__blocked_member(const struct gopm__blocked *blocked, uint64_t address)
{
	return gopm__g_index_find(&blocked->gs, blocked->members, address);
}

uint32_t gopm__blocked_by_id(const struct gopm__blocked *blocked, uint64_t id)
{
	for (size_t i = 0; i < blocked->member_count; i++) {
		if (blocked->members[i].id == id) {
			return (uint32_t)i;
		}
	}
	return GOPM__NO_INDEX;
}

uint32_t gopm__blocked_object(const struct gopm__blocked *blocked, uint64_t address)
{
	const struct gopm__waited *list = blocked->objects;
	size_t i;

	GOPM__LOWER_BOUND(i, blocked->object_count, list[i].address != 0 && list[i].address < address);
	return address != 0 && i < blocked->object_count && list[i].address == address ? (uint32_t)i : GOPM__NO_INDEX;
}

const struct gopm__wait_for *gopm__blocked_receiver(const struct gopm__blocked *blocked,
                                                    const struct gopm__waited *object)
{
	for (uint32_t i = 0; i < object->waiters; i++) {
		const struct gopm__wait_for *wait = &blocked->waits[blocked->by_object[object->waiter + i]];
		if (wait->side == GOPM__SIDE_RECEIVES) {
			return wait;
		}
	}
	return NULL;
}
