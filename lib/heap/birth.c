/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/birth.h"

#include <stdlib.h>

#include "runtime/g.h"
#include "unwind/locate.h"
#include "unwind/walk.h"
#include "util/vector.h"

static int compare_places(const void *a, const void *b)
{
	const struct gopm__birth *x = a, *y = b;

	if (x->kind != y->kind) {
		return x->kind < y->kind ? -1 : 1;
	}
	if (x->function != y->function) {
		return x->function < y->function ? -1 : 1;
	}
	return (x->pc > y->pc) - (x->pc < y->pc);
}

static int compare_births(const void *a, const void *b)
{
	const struct gopm__birth *x = a, *y = b;

	if (x->bytes != y->bytes) {
		return x->bytes < y->bytes ? 1 : -1;
	}
	if (x->holders != y->holders) {
		return x->holders < y->holders ? 1 : -1;
	}
	return compare_places(a, b);
}

struct birth_list {
	const struct gopm__ownership *ownership;
	struct gopm__birth *list;
	size_t count, capacity;
	struct gopm__map64 known;  /* g -> 1: it is a holder */
	struct gopm__map64 starts; /* g.startpc -> entry of the start function */
	uint64_t budget;           /* frames that may be walked to find start functions */
};

/* Adds an entry for each goroutine and timer that is a holder. False: out of memory. */
static bool list_holders(struct birth_list *b)
{
	const struct gopm__ownership *o = b->ownership;
	const struct gopm__holders *h = &o->holders;
	const struct gopm__runtime *rt = &o->heap->program->runtime;
	struct gopm__reader reader = gopm__reader(&o->heap->program->file.memory);
	struct gopm__g g;
	bool fresh;

	for (uint32_t i = 0; i < h->count; i++) {
		const uint32_t group = h->list[i].group, node = o->graph.first_holder + i;
		const uint8_t kind = h->groups[group].kind;
		if (kind != GOPM__HOLDER_GOROUTINE && kind != GOPM__HOLDER_TIMER) {
			continue;
		}
		const bool known = kind == GOPM__HOLDER_GOROUTINE && gopm__g_read(rt, &reader, h->list[i].key, &g);
		if ((known && gopm__map64_put(&b->known, g.address, &fresh) == NULL) ||
		    !GOPM__VECTOR_RESERVE(b->list, b->count, b->capacity, 1)) {
			return false;
		}
		b->list[b->count++] = (struct gopm__birth){.group = group,
		                                           .kind = kind,
		                                           .function = h->groups[group].key,
		                                           .pc = known ? g.gopc : 0,
		                                           .holders = 1,
		                                           .objects = o->retained.objects[node],
		                                           .bytes = gopm__retained_bytes(&o->retained, node)};
	}
	return true;
}

/* Adds the goroutines that have no pointers to the heap. False: out of memory. */
static bool list_others(struct birth_list *b)
{
	const struct gopm__runtime *rt = &b->ownership->heap->program->runtime;
	struct gopm__reader reader = gopm__reader(&b->ownership->heap->program->file.memory);
	struct gopm__g g;
	bool fresh;

	for (uint64_t i = 0; i < rt->g_count; i++) {
		const uint64_t address = gopm__runtime_g_at(rt, &reader, i);
		if (address == 0 || gopm__map64_get(&b->known, address) != NULL ||
		    !gopm__g_read(rt, &reader, address, &g) || gopm__g_is_dead(&g)) {
			continue;
		}
		uint64_t *function = gopm__map64_put(&b->starts, g.startpc | 1, &fresh);
		if (function == NULL || !GOPM__VECTOR_RESERVE(b->list, b->count, b->capacity, 1)) {
			return false;
		}
		if (fresh) {
			const gopm_location start = gopm__locate_start(rt, &g, false, &b->budget);
			*function = start.entry != 0 ? start.entry : g.startpc;
		}
		b->list[b->count++] = (struct gopm__birth){.group = GOPM__NO_GROUP,
		                                           .kind = GOPM__HOLDER_GOROUTINE,
		                                           .function = *function,
		                                           .pc = g.gopc,
		                                           .holders = 1};
	}
	return true;
}

/* Joins the entries of one birthplace. */
static size_t join_holders(struct gopm__birth *list, size_t count)
{
	size_t kept = 0;

	for (size_t i = 1; i < count; i++) {
		if (compare_places(&list[kept], &list[i]) == 0) {
			list[kept].group = list[kept].group < list[i].group ? list[kept].group : list[i].group;
			list[kept].holders++;
			list[kept].objects += list[i].objects;
			list[kept].bytes += list[i].bytes;
		} else {
			list[++kept] = list[i];
		}
	}
	return count != 0 ? kept + 1 : 0;
}

/* A group that has one birthplace retains what its holders share, too. */
static void take_groups(const struct gopm__ownership *o, struct gopm__birth *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const uint32_t group = list[i].group;
		list[i].shared =
		    (i != 0 && list[i - 1].kind == list[i].kind && list[i - 1].function == list[i].function) ||
		    (i + 1 < count && list[i + 1].kind == list[i].kind && list[i + 1].function == list[i].function);
		if (!list[i].shared && group != GOPM__NO_GROUP) {
			list[i].objects = o->retained.objects[o->graph.first_group + group];
			list[i].bytes = gopm__retained_bytes(&o->retained, o->graph.first_group + group);
		}
	}
}

gopm_status gopm__births(const struct gopm__ownership *ownership, struct gopm__birth **list, size_t *count)
{
	struct birth_list b = {.ownership = ownership, .budget = gopm__walk_budget(&ownership->heap->program->runtime)};
	const bool fine = list_holders(&b) && list_others(&b);

	gopm__map64_free(&b.known);
	gopm__map64_free(&b.starts);
	if (!fine) {
		free(b.list);
		b.list = NULL;
		b.count = 0;
	} else if (b.count != 0) {
		qsort(b.list, b.count, sizeof *b.list, compare_places);
		b.count = join_holders(b.list, b.count);
		take_groups(ownership, b.list, b.count);
		qsort(b.list, b.count, sizeof *b.list, compare_births);
	}
	*list = b.list;
	*count = b.count;
	return fine ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}
