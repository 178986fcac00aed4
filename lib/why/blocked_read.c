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
	struct gopm__blocked blocked; /* without by_object. Only the first part has an index of its members */
	struct gopm__program *program;
	const struct gopm__progress *progress; /* of the first part */
	atomic_bool *stop;                     /* shared by all parts: a part has failed */
	uint64_t begin, end;                   /* entries of allgs */
	bool first;
	struct gopm__reader reader;
	struct gopm__waitables waitables;
	struct gopm__map64 addresses;        /* address of an object -> its index, plus 1 */
	struct gopm__waitable *waitables_of; /* of the current goroutine */
	size_t capacity;
	gopm_status status;
};

/* The number of an object like `of`. A word that two goroutines take for different objects proves nothing.
 * GOPM__NO_INDEX: out of memory. */
static uint32_t add_object(struct gopm__blocked *b, struct gopm__map64 *addresses, const struct gopm__waited *of)
{
	bool fresh = true;
	uint64_t *index = of->address != 0 ? gopm__map64_put(addresses, of->address, &fresh) : NULL;

	if ((of->address != 0 && index == NULL) ||
	    !GOPM__VECTOR_RESERVE(b->objects, b->object_count, b->object_capacity, 1)) {
		return GOPM__NO_INDEX;
	}
	if (!fresh) {
		struct gopm__waited *object = &b->objects[*index - 1];
		if (object->kind != of->kind) {
			object->kind = GOPM_OBJECT_OTHER;
		}
		return (uint32_t)(*index - 1);
	}
	b->objects[b->object_count] = *of;
	if (index != NULL) {
		*index = b->object_count + 1;
	}
	return (uint32_t)b->object_count++;
}

/* Makes room for `count` waits. */
static gopm_status reserve_waits(struct gopm__blocked *b, size_t count)
{
	if (!GOPM__VECTOR_RESERVE(b->waits, b->wait_count, b->wait_capacity, count)) {
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
		const struct gopm__waited waited = {.address = waitable->address,
		                                    .deadline = waitable->deadline,
		                                    .fd = waitable->fd,
		                                    .kind = waitable->kind};
		const uint32_t object = add_object(b, &part->addresses, &waited);
		if (object == GOPM__NO_INDEX) {
			return GOPM_ERR_NO_MEMORY;
		}
		b->waits[b->wait_count++] = (struct gopm__wait_for){.member = (uint32_t)b->member_count - 1,
		                                                    .object = object,
		                                                    .word = waitable->word,
		                                                    .side = waitable->side,
		                                                    .torn = waitable->torn != 0};
	}
	member->wait_count = (uint32_t)count;
	return GOPM_OK;
}

/* Adds a member, without its waits. A g that is in allgs twice is one member. */
static gopm_status add_member(struct gopm__blocked *b, const struct gopm__member *member, bool indexed, bool *fresh)
{
	*fresh = true;
	if (b->member_count + 1 >= GOPM__NO_INDEX) {
		return GOPM_ERR_LIMIT;
	}
	if ((indexed && !gopm__g_index_add(&b->gs, b->members, (uint32_t)b->member_count, member->g, fresh)) ||
	    !GOPM__VECTOR_RESERVE(b->members, b->member_count, b->member_capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (*fresh) {
		b->members[b->member_count++] = *member;
	} else {
		b->partial = true;
	}
	return GOPM_OK;
}

/* Adds the goroutine with the g at `address`, unless it is dead or in the list. */
static gopm_status take_goroutine(struct part *part, uint64_t address)
{
	const struct gopm__runtime *rt = &part->program->runtime;
	struct gopm__g g;
	bool fresh;

	if (address == 0 || !gopm__g_read(rt, &part->reader, address, &g)) {
		part->blocked.partial = true; /* whoever reads the goroutines reports it */
		return GOPM_OK;
	}
	if (gopm__g_is_dead(&g)) {
		return GOPM_OK;
	}
	const struct gopm__member member = {.g = address,
	                                    .id = g.id,
	                                    .go = g.gopc,
	                                    .start = g.startpc,
	                                    .since = g.wait_since,
	                                    .status = (uint8_t)g.status,
	                                    .system = gopm__g_is_system(rt, &g),
	                                    .panics = g.panic != 0,
	                                    .partial = g.faults != 0};
	const gopm_status status = add_member(&part->blocked, &member, part->first, &fresh);
	return status == GOPM_OK && fresh ? take_waits(part, &g) : status;
}

static gopm_status read_goroutines(struct part *part)
{
	const struct gopm__runtime *rt = &part->program->runtime;
	const struct gopm__ahead ahead = {.sudog = true};
	gopm_status status = GOPM_OK;

	for (uint64_t i = part->begin; i < part->end && status == GOPM_OK; i++) {
		gopm__g_index_prefetch(&part->blocked.gs, gopm__ahead(rt, &part->reader, i, ahead));
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
	part->status = GOPM_OK;
	if (part->first && !gopm__g_index_open(&part->blocked.gs, part->program->runtime.g_count)) {
		part->status = GOPM_ERR_NO_MEMORY;
	}
	if (part->status == GOPM_OK) {
		part->status = read_goroutines(part);
	}
	if (part->status != GOPM_OK) {
		atomic_store(part->stop, true);
	}
	free(part->waitables_of);
}

/* The number that an object of a later part has among those of the first. GOPM__NO_INDEX: out of memory. */
static uint32_t renumber(struct part *first, const struct gopm__blocked *from, uint32_t object, uint32_t *numbers)
{
	if (numbers[object] == GOPM__NO_INDEX) {
		numbers[object] = add_object(&first->blocked, &first->addresses, &from->objects[object]);
	}
	return numbers[object];
}

static gopm_status append_waits(struct part *first, const struct gopm__blocked *from, const struct gopm__member *member,
                                uint32_t *numbers)
{
	struct gopm__blocked *b = &first->blocked;
	const gopm_status status = reserve_waits(b, member->wait_count);

	if (status != GOPM_OK) {
		return status;
	}
	b->members[b->member_count - 1].wait = (uint32_t)b->wait_count;
	for (uint32_t i = 0; i < member->wait_count; i++) {
		struct gopm__wait_for wait = from->waits[member->wait + i];
		wait.member = (uint32_t)b->member_count - 1;
		wait.object = renumber(first, from, wait.object, numbers);
		if (wait.object == GOPM__NO_INDEX) {
			return GOPM_ERR_NO_MEMORY;
		}
		b->waits[b->wait_count++] = wait;
	}
	return GOPM_OK;
}

/* Adds a later part to the first. */
static gopm_status append_part(struct part *first, const struct gopm__blocked *from)
{
	uint32_t *numbers = gopm__malloc((from->object_count + 1) * sizeof *numbers);
	gopm_status status = numbers != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;

	for (size_t i = 0; i < from->object_count && status == GOPM_OK; i++) {
		numbers[i] = GOPM__NO_INDEX;
	}
	for (size_t i = 0; i < from->member_count && status == GOPM_OK; i++) {
		bool fresh;
		if (i + MEMBERS_AHEAD < from->member_count) {
			gopm__g_index_prefetch(&first->blocked.gs, from->members[i + MEMBERS_AHEAD].g);
		}
		status = add_member(&first->blocked, &from->members[i], true, &fresh);
		if (status == GOPM_OK && fresh) {
			status = append_waits(first, from, &from->members[i], numbers);
		}
	}
	first->blocked.partial |= from->partial;
	free(numbers);
	return status;
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
			status = append_part(&parts[0], &parts[i].blocked);
			/* One thread sees that a sudog is in two lists. Then nothing is certain. */
			parts[0].blocked.partial |= !gopm__waitables_join(&parts[0].waitables, &parts[i].waitables);
		}
		gopm__waitables_free(&parts[i].waitables);
		gopm__map64_free(&parts[i].addresses);
		gopm__blocked_close(&parts[i].blocked);
	}
	gopm__map64_free(&parts[0].addresses);
	gopm__waitables_free(&parts[0].waitables);
	*blocked = parts[0].blocked;
	blocked->partial |= program->runtime.partial;
	if (status == GOPM_OK && !gopm__blocked_sort(blocked)) {
		status = GOPM_ERR_NO_MEMORY;
	}
	if (status != GOPM_OK) {
		gopm__blocked_close(blocked);
	}
	return status;
}
