/* SPDX-License-Identifier: Apache-2.0 */
/* Reads all goroutines and what they wait for. Of a million of them, threads read parts of allgs. The parts are put
 * together in their order, so that members, waits and objects have the numbers that one thread gives them. */
#include <stdatomic.h>
#include <stdlib.h>

#include "runtime/ahead.h"
#include "runtime/g_check.h"
#include "util/allocate.h"
#include "util/vector.h"
#include "util/workers.h"
#include "why/blocked.h"
#include "why/g_index.h"

/* Goroutines from one report of progress to the next. */
#define REPORT_EVERY 16384u
/* With fewer goroutines each, threads cost more than they gain. */
#define GOROUTINES_A_PART 50000u
/* Objects of one select: runtime/select.go allows 65536 cases. */
#define MOST_CASES 65536u
/* Members whose place in the index is loaded ahead. */
#define MEMBERS_AHEAD 8u

/* A part of allgs. */
struct part {
	struct gopm__blocked blocked; /* without by_object and the index. Each wait has an object of its own */
	struct gopm__program *program;
	const struct gopm__progress *progress; /* of the first part */
	atomic_bool *stop;                     /* shared by all parts: a part has failed */
	uint64_t begin, end;                   /* entries of allgs */
	bool first;
	struct gopm__reader reader;
	struct gopm__waitables waitables;
	struct gopm__waitable *waitables_of; /* of the current goroutine */
	size_t capacity;
	gopm_status status;
};

/* Makes room for `count` waits, each with an object of its own. */
static gopm_status reserve_waits(struct gopm__blocked *b, size_t count)
{
	if (!GOPM__VECTOR_RESERVE(b->waits, b->wait_count, b->wait_capacity, count) ||
	    !GOPM__VECTOR_RESERVE(b->objects, b->object_count, b->object_capacity, count)) {
		return GOPM_ERR_NO_MEMORY;
	}
	return b->wait_count + count < GOPM__NO_INDEX ? GOPM_OK : GOPM_ERR_LIMIT;
}

/* Adds the waits of the last member. */
static gopm_status take_waits(struct part *part, const struct gopm__g *g)
{
	struct gopm__blocked *b = &part->blocked;
	struct gopm__member *member = &b->members[b->member_count - 1];
	size_t count = gopm__waitables_of(&part->waitables, &part->reader, g, part->waitables_of, part->capacity);

	if (count > part->capacity && count <= MOST_CASES) {
		if (!GOPM__VECTOR_RESERVE(part->waitables_of, (size_t)0, part->capacity, count)) {
			return GOPM_ERR_NO_MEMORY;
		}
		count = gopm__waitables_of(&part->waitables, &part->reader, g, part->waitables_of, part->capacity);
	}
	if (count > part->capacity) {
		count = part->capacity;
		member->partial = true;
	}
	gopm_status status = reserve_waits(b, count);
	if (status != GOPM_OK) {
		return status;
	}
	member->wait = (uint32_t)b->wait_count;
	for (size_t i = 0; i < count; i++) {
		const struct gopm__waitable *waitable = &part->waitables_of[i];
		b->objects[b->object_count] = (struct gopm__waited){.address = waitable->address,
		                                                    .deadline = waitable->deadline,
		                                                    .fd = waitable->fd,
		                                                    .kind = waitable->kind};
		b->waits[b->wait_count++] = (struct gopm__wait_for){.member = (uint32_t)b->member_count - 1,
		                                                    .object = (uint32_t)b->object_count++,
		                                                    .word = waitable->word,
		                                                    .side = waitable->side,
		                                                    .torn = waitable->torn != 0};
	}
	member->wait_count = (uint32_t)count;
	return GOPM_OK;
}

/* Adds the goroutine with the g at `address`, unless it is dead. */
static gopm_status take_goroutine(struct part *part, uint64_t address)
{
	const struct gopm__runtime *rt = &part->program->runtime;
	struct gopm__blocked *b = &part->blocked;
	struct gopm__g g;

	if (address == 0 || !gopm__g_read(rt, &part->reader, address, &g)) {
		b->partial = true; /* whoever reads the goroutines reports it */
		return GOPM_OK;
	}
	if (gopm__g_is_dead(&g)) {
		return GOPM_OK;
	}
	if (!GOPM__VECTOR_RESERVE(b->members, b->member_count, b->member_capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (b->member_count + 1 >= GOPM__NO_INDEX) {
		return GOPM_ERR_LIMIT;
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
	return take_waits(part, &g);
}

static gopm_status read_goroutines(struct part *part)
{
	const struct gopm__runtime *rt = &part->program->runtime;
	const struct gopm__ahead ahead = {.sudog = true};
	gopm_status status = GOPM_OK;

	for (uint64_t i = part->begin; i < part->end && status == GOPM_OK; i++) {
		(void)gopm__ahead(rt, &part->reader, i, ahead);
		if (i % REPORT_EVERY == 0) {
			if (atomic_load(part->stop)) {
				return GOPM_ERR_CANCELLED;
			}
			if (part->first &&
			    !gopm__progress_report(part->progress, GOPM_PROGRESS_GOROUTINES, i, part->end)) {
				return GOPM_ERR_CANCELLED;
			}
		}
		status = take_goroutine(part, gopm__runtime_g_at(rt, &part->reader, i));
	}
	return status;
}

static void read_part(void *argument)
{
	struct part *part = argument;

	part->reader = gopm__reader(&part->program->file.memory);
	gopm__waitables_init(&part->waitables, &part->program->runtime);
	part->status = read_goroutines(part);
	if (part->status != GOPM_OK) {
		atomic_store(part->stop, true);
	}
	free(part->waitables_of);
}

/* Adds a later part to the first. */
static gopm_status append_part(struct gopm__blocked *b, const struct gopm__blocked *from)
{
	const size_t members = b->member_count, waits = b->wait_count, objects = b->object_count;

	if (members + from->member_count >= GOPM__NO_INDEX) {
		return GOPM_ERR_LIMIT;
	}
	const gopm_status status = reserve_waits(b, from->wait_count);
	if (status != GOPM_OK || !GOPM__VECTOR_RESERVE(b->members, members, b->member_capacity, from->member_count)) {
		return status != GOPM_OK ? status : GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < from->member_count; i++) {
		b->members[members + i] = from->members[i];
		b->members[members + i].wait += (uint32_t)waits;
	}
	for (size_t i = 0; i < from->wait_count; i++) {
		b->waits[waits + i] = from->waits[i];
		b->waits[waits + i].member += (uint32_t)members;
		b->waits[waits + i].object += (uint32_t)objects;
	}
	for (size_t i = 0; i < from->object_count; i++) {
		b->objects[objects + i] = from->objects[i];
	}
	b->member_count += from->member_count;
	b->wait_count += from->wait_count;
	b->object_count += from->object_count;
	b->partial |= from->partial;
	return GOPM_OK;
}

/* Moves a member and its waits to the end of those that are kept. */
static void keep_member(struct gopm__blocked *b, size_t from, size_t *kept, size_t *waits)
{
	struct gopm__member *member = &b->members[*kept];

	*member = b->members[from];
	for (uint32_t i = 0; i < member->wait_count; i++) {
		b->waits[*waits + i] = b->waits[member->wait + i];
		b->waits[*waits + i].member = (uint32_t)*kept;
	}
	member->wait = (uint32_t)*waits;
	*waits += member->wait_count;
	(*kept)++;
}

/* Makes the index of the members. *repeated: a g is in allgs twice; then it stops. */
static gopm_status index_members(struct gopm__blocked *b, bool *repeated)
{
	bool fresh = true;

	if (!gopm__g_index_open(&b->gs, b->member_count)) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < b->member_count && fresh; i++) {
		if (i + MEMBERS_AHEAD < b->member_count) {
			gopm__g_index_prefetch(&b->gs, b->members[i + MEMBERS_AHEAD].g);
		}
		if (!gopm__g_index_add(&b->gs, b->members, (uint32_t)i, b->members[i].g, &fresh)) {
			return GOPM_ERR_NO_MEMORY;
		}
	}
	*repeated = !fresh;
	return GOPM_OK;
}

/* Keeps the first of the members that have the same g. A g that is in allgs twice is one goroutine. */
static gopm_status drop_repeated(struct gopm__blocked *b)
{
	size_t kept = 0, waits = 0;
	bool fresh;

	gopm__g_index_close(&b->gs);
	for (size_t i = 0; i < b->member_count; i++) {
		if (!gopm__g_index_add(&b->gs, b->members, (uint32_t)kept, b->members[i].g, &fresh)) {
			return GOPM_ERR_NO_MEMORY;
		}
		if (fresh) {
			keep_member(b, i, &kept, &waits);
		}
	}
	b->partial = true;
	b->member_count = kept;
	b->wait_count = waits;
	return gopm__blocked_sort(b) ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}

/* Two things to do with all goroutines. */
struct order {
	struct gopm__blocked *blocked;
	bool index; /* make the index of the members; else sort the objects */
	bool repeated;
	gopm_status status;
};

static void put_in_order(void *argument)
{
	struct order *order = argument;

	if (order->index) {
		order->status = index_members(order->blocked, &order->repeated);
	} else {
		order->status = gopm__blocked_sort(order->blocked) ? GOPM_OK : GOPM_ERR_NO_MEMORY;
	}
}

/* Indexes the members, and sorts the objects. */
static gopm_status order_all(struct gopm__blocked *b, size_t threads)
{
	struct order orders[2] = {{.blocked = b, .index = true}, {.blocked = b}};

	if (threads > 1) {
		if (!gopm__workers_run(put_in_order, orders, sizeof orders[0], 2)) {
			return GOPM_ERR_NO_MEMORY;
		}
	} else {
		put_in_order(&orders[0]);
		put_in_order(&orders[1]);
	}
	for (size_t i = 0; i < 2; i++) {
		if (orders[i].status != GOPM_OK) {
			return orders[i].status;
		}
	}
	return orders[0].repeated ? drop_repeated(b) : GOPM_OK;
}

size_t gopm__blocked_threads(const struct gopm__runtime *rt)
{
	return gopm__workers_worth(rt->g_count, GOROUTINES_A_PART);
}

gopm_status gopm__blocked_open(struct gopm__blocked *blocked, struct gopm__program *program,
                               const struct gopm__progress *progress, size_t threads)
{
	struct part parts[GOPM__MOST_WORKERS] = {0};
	const uint64_t entries = program->runtime.g_count;
	atomic_bool stop = false;

	for (size_t i = 0; i < threads; i++) {
		parts[i] = (struct part){.program = program,
		                         .progress = progress,
		                         .stop = &stop,
		                         .first = i == 0,
		                         .begin = gopm__workers_begin(entries, i, threads),
		                         .end = gopm__workers_begin(entries, i + 1, threads)};
	}
	gopm_status status =
	    gopm__workers_run(read_part, parts, sizeof parts[0], threads) ? parts[0].status : GOPM_ERR_NO_MEMORY;
	for (size_t i = 1; i < threads; i++) {
		if (status == GOPM_OK || status == GOPM_ERR_CANCELLED) {
			status = parts[i].status != GOPM_OK ? parts[i].status : status;
		}
		if (status == GOPM_OK) {
			status = append_part(&parts[0].blocked, &parts[i].blocked);
			/* One thread sees that a sudog is in two lists. Then nothing is certain. */
			parts[0].blocked.partial |= !gopm__waitables_join(&parts[0].waitables, &parts[i].waitables);
		}
		gopm__waitables_free(&parts[i].waitables);
		gopm__blocked_close(&parts[i].blocked);
	}
	gopm__waitables_free(&parts[0].waitables);
	*blocked = parts[0].blocked;
	blocked->partial |= program->runtime.partial;
	if (status == GOPM_OK) {
		status = order_all(blocked, threads);
	}
	if (status != GOPM_OK) {
		gopm__blocked_close(blocked);
	}
	return status;
}
