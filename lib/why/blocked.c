/* SPDX-License-Identifier: Apache-2.0 */
#include "why/blocked.h"

#include <stdlib.h>

#include "util/allocate.h"
#include "util/keyed.h"
#include "util/search.h"
#include "why/g_index.h"

static void count_waits(struct gopm__blocked *b)
{
	for (size_t i = 0; i < b->object_count; i++) {
		b->objects[i].waiters = 0;
	}
	for (size_t i = 0; i < b->wait_count; i++) {
		b->objects[b->waits[i].object].waiters++;
	}
}

/* The objects with an address that somebody waits for, sorted by it. *count is how many. NULL: out of memory. */
static struct gopm__keyed *sort_addresses(const struct gopm__blocked *b, size_t *count)
{
	struct gopm__keyed *list = gopm__malloc((b->object_count + 1) * sizeof *list);

	*count = 0;
	for (size_t i = 0; list != NULL && i < b->object_count; i++) {
		if (b->objects[i].address != 0 && b->objects[i].waiters != 0) {
			list[(*count)++] = (struct gopm__keyed){b->objects[i].address, (uint32_t)i};
		}
	}
	if (list != NULL && !gopm__keyed_sort(list, *count)) {
		free(list);
		return NULL;
	}
	return list;
}

/* Makes one object of those with the same address. A word that two goroutines take for different objects proves
 * nothing. place[i] becomes the new number of object i. */
static bool join_objects(struct gopm__blocked *b, uint32_t *place)
{
	size_t addresses, kept = 0;
	struct gopm__keyed *list = sort_addresses(b, &addresses);
	struct gopm__waited *objects = gopm__malloc((b->object_count + 1) * sizeof *objects);

	if (list == NULL || objects == NULL) {
		free(list);
		free(objects);
		return false;
	}
	for (size_t i = 0; i < addresses; i++) {
		const struct gopm__waited *object = &b->objects[list[i].number];
		if (kept == 0 || objects[kept - 1].address != object->address) {
			objects[kept++] = *object;
		} else if (objects[kept - 1].kind != object->kind) {
			objects[kept - 1].kind = GOPM_OBJECT_OTHER;
		}
		place[list[i].number] = (uint32_t)kept - 1;
	}
	for (size_t i = 0; i < b->object_count; i++) {
		if (b->objects[i].address == 0 && b->objects[i].waiters != 0) {
			place[i] = (uint32_t)kept;
			objects[kept++] = b->objects[i];
		}
	}
	free(list);
	free(b->objects);
	b->objects = objects;
	b->object_capacity = b->object_count + 1;
	b->object_count = kept;
	return true;
}

/* Lists the waits of each object. */
static void list_waits(struct gopm__blocked *b)
{
	uint32_t sum = 0;

	count_waits(b);
	for (size_t i = 0; i < b->object_count; i++) {
		b->objects[i].waiter = sum;
		sum += b->objects[i].waiters;
		b->objects[i].waiters = 0;
	}
	for (size_t i = 0; i < b->wait_count; i++) {
		struct gopm__waited *object = &b->objects[b->waits[i].object];
		b->by_object[object->waiter + object->waiters++] = (uint32_t)i;
	}
}

bool gopm__blocked_sort(struct gopm__blocked *b)
{
	uint32_t *place = gopm__malloc((b->object_count + 1) * sizeof *place);

	free(b->by_object);
	b->by_object = gopm__malloc((b->wait_count + 1) * sizeof *b->by_object);
	count_waits(b);
	if (place == NULL || b->by_object == NULL || !join_objects(b, place)) {
		free(place);
		return false;
	}
	for (size_t i = 0; i < b->wait_count; i++) {
		b->waits[i].object = place[b->waits[i].object];
	}
	free(place);
	list_waits(b);
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
