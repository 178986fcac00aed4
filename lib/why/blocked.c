/* SPDX-License-Identifier: Apache-2.0 */
#include "why/blocked.h"

#include <stdlib.h>

#include "runtime/ahead.h"
#include "runtime/g_check.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"
#include "why/g_index.h"

/* Goroutines from one report of progress to the next. */
#define REPORT_EVERY 16384u
/* Objects of one select: runtime/select.go allows 65536 cases. */
#define MOST_CASES 65536u

struct blocked_build {
	struct gopm__blocked *blocked;
	struct gopm__program *program;
	struct gopm__reader reader;
	struct gopm__waitables waitables;
	struct gopm__map64 addresses;        /* address of an object -> its index, plus 1 */
	struct gopm__waitable *waitables_of; /* of the current goroutine */
	size_t capacity;
	gopm_status status;
};

/* The object of a waitable. GOPM__NO_INDEX: out of memory. */
static uint32_t take_object(struct blocked_build *build, const struct gopm__waitable *waitable)
{
	struct gopm__blocked *b = build->blocked;
	bool fresh = true;
	uint64_t *index = waitable->address != 0 ? gopm__map64_put(&build->addresses, waitable->address, &fresh) : NULL;

	if ((waitable->address != 0 && index == NULL) ||
	    !GOPM__VECTOR_RESERVE(b->objects, b->object_count, b->object_capacity, 1)) {
		return GOPM__NO_INDEX;
	}
	if (!fresh) {
		struct gopm__waited *object = &b->objects[*index - 1];
		/* A word that two goroutines take for different objects proves nothing. */
		if (object->kind != waitable->kind) {
			object->kind = GOPM_OBJECT_OTHER;
		}
		return (uint32_t)(*index - 1);
	}
	b->objects[b->object_count] = (struct gopm__waited){
	    .address = waitable->address, .deadline = waitable->deadline, .fd = waitable->fd, .kind = waitable->kind};
	if (index != NULL) {
		*index = b->object_count + 1;
	}
	return (uint32_t)b->object_count++;
}

/* Adds the waits of the last member. False: build->status says why. */
static bool take_waits(struct blocked_build *build, const struct gopm__g *g)
{
	struct gopm__blocked *b = build->blocked;
	struct gopm__member *member = &b->members[b->member_count - 1];
	size_t count = gopm__waitables_of(&build->waitables, &build->reader, g, build->waitables_of, build->capacity);

	if (count > build->capacity && count <= MOST_CASES) {
		if (!GOPM__VECTOR_RESERVE(build->waitables_of, (size_t)0, build->capacity, count)) {
			build->status = GOPM_ERR_NO_MEMORY;
			return false;
		}
		count = gopm__waitables_of(&build->waitables, &build->reader, g, build->waitables_of, build->capacity);
	}
	if (count > build->capacity) {
		count = build->capacity;
		member->partial = true;
	}
	if (!GOPM__VECTOR_RESERVE(b->waits, b->wait_count, b->wait_capacity, count)) {
		build->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	if (b->wait_count + count >= GOPM__NO_INDEX) {
		build->status = GOPM_ERR_LIMIT;
		return false;
	}
	member->wait = (uint32_t)b->wait_count;
	for (size_t i = 0; i < count; i++) {
		const struct gopm__waitable *waitable = &build->waitables_of[i];
		const uint32_t object = take_object(build, waitable);
		if (object == GOPM__NO_INDEX) {
			build->status = GOPM_ERR_NO_MEMORY;
			return false;
		}
		b->waits[b->wait_count++] = (struct gopm__wait_for){.member = (uint32_t)b->member_count - 1,
		                                                    .object = object,
		                                                    .word = waitable->word,
		                                                    .side = waitable->side,
		                                                    .torn = waitable->torn != 0};
	}
	member->wait_count = (uint32_t)count;
	return true;
}

/* Adds the goroutine with the g at `address`, unless it is dead or in the list. False: build->status says why. */
static bool take_goroutine(struct blocked_build *build, uint64_t address)
{
	struct gopm__blocked *b = build->blocked;
	const struct gopm__runtime *rt = &build->program->runtime;
	struct gopm__g g;
	bool fresh;

	if (address == 0 || !gopm__g_read(rt, &build->reader, address, &g)) {
		b->partial = true; /* whoever reads the goroutines reports it */
		return true;
	}
	if (gopm__g_is_dead(&g)) {
		return true;
	}
	if (!gopm__g_index_add(&b->gs, b->members, (uint32_t)b->member_count, address, &fresh) ||
	    !GOPM__VECTOR_RESERVE(b->members, b->member_count, b->member_capacity, 1)) {
		build->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	if (!fresh) {
		b->partial = true;
		return true;
	}
	b->members[b->member_count++] = (struct gopm__member){.g = address,
	                                                      .id = g.id,
	                                                      .go = g.gopc,
	                                                      .start = g.startpc,
	                                                      .since = g.wait_since,
	                                                      .status = (uint8_t)g.status,
	                                                      .system = gopm__g_is_system(rt, &g),
	                                                      .panics = g.panic != 0,
	                                                      .partial = g.faults != 0};
	return take_waits(build, &g);
}

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

static gopm_status read_goroutines(struct blocked_build *build, const struct gopm__progress *progress)
{
	const struct gopm__runtime *rt = &build->program->runtime;
	const struct gopm__ahead ahead = {.sudog = true};

	for (uint64_t i = 0; i < rt->g_count; i++) {
		gopm__ahead(rt, &build->reader, i, ahead);
		if (i % REPORT_EVERY == 0 &&
		    !gopm__progress_report(progress, GOPM_PROGRESS_GOROUTINES, i, rt->g_count)) {
			return GOPM_ERR_CANCELLED;
		}
		if (build->blocked->member_count + 1 >= GOPM__NO_INDEX) {
			return GOPM_ERR_LIMIT;
		}
		if (!take_goroutine(build, gopm__runtime_g_at(rt, &build->reader, i))) {
			return build->status;
		}
	}
	build->blocked->partial |= rt->partial;
	return gopm__blocked_sort(build->blocked) ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}

gopm_status gopm__blocked_open(struct gopm__blocked *blocked, struct gopm__program *program,
                               const struct gopm__progress *progress)
{
	struct blocked_build build = {
	    .blocked = blocked, .program = program, .reader = gopm__reader(&program->file.memory)};

	*blocked = (struct gopm__blocked){0};
	gopm__waitables_init(&build.waitables, &program->runtime);
	gopm_status status = gopm__g_index_open(&blocked->gs, program->runtime.g_count) ? GOPM_OK : GOPM_ERR_NO_MEMORY;
	if (status == GOPM_OK) {
		status = read_goroutines(&build, progress);
	}
	gopm__waitables_free(&build.waitables);
	gopm__map64_free(&build.addresses);
	free(build.waitables_of);
	if (status != GOPM_OK) {
		gopm__blocked_close(blocked);
	}
	return status;
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
