/* SPDX-License-Identifier: Apache-2.0 */
#include "why/waiting.h"

#include <stdlib.h>

#include "runtime/sudog.h"
#include "runtime/sync_state.h"
#include "util/search.h"
#include "util/vector.h"
#include "why/runtime_object.h"

#define REPORT_EVERY 4096u /* goroutines, between calls of the progress callback */
#define MOST_CASES 1024u   /* of one select; the others are left out */

struct waiting_build {
	struct gopm__waiting *out;
	struct gopm__runtime *rt;
	struct gopm__reader reader;
	struct gopm__waitables waitables;
	struct gopm__waitable found[MOST_CASES];
};

static bool add_waiter(struct waiting_build *b, const struct gopm__g *g, const struct gopm__waitable *w, bool selects)
{
	struct gopm__waiting *out = b->out;
	struct gopm__waiter waiter = {.address = w->address,
	                              .g = g->address,
	                              .id = g->id,
	                              .since = g->wait_since,
	                              .kind = w->kind,
	                              .side = w->side,
	                              .torn = w->torn,
	                              .select = selects};

	if (!GOPM__VECTOR_RESERVE(out->waiters, out->waiter_count, out->waiter_capacity, 1) ||
	    !GOPM__VECTOR_RESERVE(out->objects, out->count, out->capacity, 1)) {
		return false;
	}
	if (w->kind == GOPM_OBJECT_CHAN) {
		(void)gopm__sudog_elem(&b->rt->layout, &b->reader, w->sudog, &waiter.element);
	}
	out->waiters[out->waiter_count++] = waiter;
	out->objects[out->count++] = (struct gopm__waiting_object){
	    .address = w->address, .word = w->word, .deadline = w->deadline, .fd = w->fd, .kind = w->kind};
	return true;
}

static gopm_status add_goroutines(struct waiting_build *b, const struct gopm__progress *progress)
{
	struct gopm__g g;

	for (uint64_t i = 0; i < b->rt->g_count; i++) {
		if (i % REPORT_EVERY == 0 && progress != NULL &&
		    !gopm__progress_report(progress, GOPM_PROGRESS_GOROUTINES, i, b->rt->g_count)) {
			return GOPM_ERR_CANCELLED;
		}
		const uint64_t address = gopm__runtime_g_at(b->rt, &b->reader, i);
		if (address == 0 || !gopm__g_read(b->rt, &b->reader, address, &g) || gopm__g_is_dead(&g)) {
			continue;
		}
		const size_t count = gopm__waitables_of(&b->waitables, &b->reader, &g, b->found, MOST_CASES);
		for (size_t n = 0; n < count && n < MOST_CASES; n++) {
			if (b->found[n].address != 0 && !add_waiter(b, &g, &b->found[n], count > 1)) {
				return GOPM_ERR_NO_MEMORY;
			}
		}
	}
	return GOPM_OK;
}

/* Goroutines in the run queue of a P wait for it. */
static gopm_status add_queued(struct waiting_build *b)
{
	struct gopm__queued *list;
	size_t count;
	struct gopm__g g;
	gopm_status status = gopm__queued_list(b->rt, &list, &count);

	for (size_t i = 0; status == GOPM_OK && i < count; i++) {
		const struct gopm__waitable p = {
		    .address = list[i].p, .fd = -1, .kind = GOPM_OBJECT_P, .side = GOPM__SIDE_WAITS};
		if (gopm__g_read(b->rt, &b->reader, list[i].g, &g) && g.status == GOPM_G_RUNNABLE &&
		    !add_waiter(b, &g, &p, false)) {
			status = GOPM_ERR_NO_MEMORY;
		}
	}
	free(list);
	return status;
}

static int compare_waiters(const void *a, const void *b)
{
	const struct gopm__waiter *x = a, *y = b;

	if (x->address != y->address) {
		return x->address < y->address ? -1 : 1;
	}
	/* The time is unknown until the collector has seen the goroutine: those wait for a shorter time. */
	if (x->since != y->since) {
		return (uint64_t)x->since - 1 < (uint64_t)y->since - 1 ? -1 : 1;
	}
	return (x->id > y->id) - (x->id < y->id);
}

static int compare_waited(const void *a, const void *b)
{
	const struct gopm__waiting_object *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

/* Sorts the waiters, keeps each object once, and gives it its waiters. */
static void sort_waiting(struct gopm__waiting *out)
{
	size_t kept = 0, waiter = 0;

	if (out->count == 0) {
		return;
	}
	qsort(out->objects, out->count, sizeof *out->objects, compare_waited);
	qsort(out->waiters, out->waiter_count, sizeof *out->waiters, compare_waiters);
	for (size_t i = 0; i < out->count; i++) {
		if (kept != 0 && out->objects[i].address == out->objects[kept - 1].address) {
			continue;
		}
		struct gopm__waiting_object *object = &out->objects[kept++];
		*object = out->objects[i];
		object->first = waiter;
		while (waiter < out->waiter_count && out->waiters[waiter].address == object->address) {
			waiter++;
		}
		object->count = waiter - object->first;
	}
	out->count = kept;
}

gopm_status gopm__waiting_open(struct gopm__waiting *waiting, struct gopm__runtime *rt,
                               const struct gopm__progress *progress)
{
	struct waiting_build b = {.out = waiting, .rt = rt, .reader = gopm__reader(&rt->core->memory)};

	*waiting = (struct gopm__waiting){0};
	gopm__waitables_init(&b.waitables, rt);
	gopm_status status = add_goroutines(&b, progress);
	if (status == GOPM_OK) {
		status = add_queued(&b);
	}
	gopm__waitables_free(&b.waitables);
	if (status != GOPM_OK) {
		gopm__waiting_close(waiting);
		return status;
	}
	sort_waiting(waiting);
	return GOPM_OK;
}

void gopm__waiting_close(struct gopm__waiting *waiting)
{
	free(waiting->objects);
	free(waiting->waiters);
	*waiting = (struct gopm__waiting){0};
}

/* True if a goroutine that waits for the object may sleep on the word at `address`. An RWMutex has three of them. */
static bool has_word(const struct gopm__waiting_object *object, uint64_t address)
{
	const uint64_t offset = address - object->address;

	switch (object->kind) {
	case GOPM_OBJECT_RWMUTEX:
		return offset == GOPM__RWMUTEX_W + GOPM__MUTEX_SEMA || offset == GOPM__RWMUTEX_WRITER_SEM ||
		       offset == GOPM__RWMUTEX_READER_SEM;
	case GOPM_OBJECT_MUTEX:
	case GOPM_OBJECT_ONCE:
	case GOPM_OBJECT_WAITGROUP:
	case GOPM_OBJECT_COND:
		return object->word == address;
	default:
		return false;
	}
}

const struct gopm__waiting_object *gopm__waiting_at(const struct gopm__waiting *waiting, uint64_t address)
{
	size_t i;

	GOPM__LOWER_BOUND(i, waiting->count, waiting->objects[i].address <= address);
	if (i == 0) {
		return NULL;
	}
	const struct gopm__waiting_object *object = &waiting->objects[i - 1];
	return object->address == address || has_word(object, address) ? object : NULL;
}
