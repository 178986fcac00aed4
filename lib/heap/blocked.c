/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/blocked.h"

#include <stdlib.h>

#include "runtime/g.h"
#include "symbol/functions.h"
#include "unwind/walk.h"
#include "util/cycle.h"
#include "util/vector.h"

/* Entries that are counted in one queue. */
#define MOST_DUE (UINT64_C(1) << 28)

struct search {
	const struct gopm__ownership *ownership;
	struct gopm__runtime *rt;
	struct gopm__reader reader;
	uint64_t budget; /* frames */
	struct gopm__blocked *list;
	size_t count, capacity;
};

/* True if a word of the entry can keep an object. The entries of cleanups that ran are cleared. */
static bool is_due(struct search *s, const struct gopm__gc_block *block, uint32_t entry)
{
	uint64_t word;

	for (unsigned i = 0; i < block->words; i++) {
		const uint64_t at = block->entries + ((uint64_t)entry * block->words + i) * 8;
		if ((block->pointers >> i & 1) != 0 && gopm__read_u64(&s->reader, at, &word) && word != 0) {
			return true;
		}
	}
	return false;
}

static uint64_t count_due(struct search *s, enum gopm__gc_queue_kind kind)
{
	const struct gopm__gc_queues *queues = gopm__gc_queues(s->rt);
	struct gopm__cycle cycle = {0};
	struct gopm__gc_block block;
	uint64_t due = 0, seen = 0;

	for (uint64_t at = queues != NULL ? queues->first[kind] : 0; at != 0 && seen < MOST_DUE; at = block.next) {
		if (gopm__cycle_closed(&cycle, at) || !gopm__gc_block_read(s->rt, &s->reader, kind, at, &block)) {
			break;
		}
		for (uint32_t i = 0; i < block.count; i++) {
			due += is_due(s, &block, i);
		}
		seen += block.count + 1;
	}
	return due;
}

static uint8_t holder_kind(enum gopm__gc_queue_kind queue)
{
	return queue == GOPM__QUEUE_FINALIZERS ? GOPM__HOLDER_FINALIZER : GOPM__HOLDER_CLEANUP;
}

/* Adds what the entries of a queue retain. */
static void add_retained(const struct search *s, struct gopm__blocked *out)
{
	const struct gopm__holders *h = &s->ownership->holders;
	const struct gopm__retained *retained = &s->ownership->retained;
	const uint8_t kind = holder_kind(out->queue);

	for (uint32_t i = 0; s->ownership->weighed && i < h->count; i++) {
		if (h->list[i].key == 0 && h->groups[h->list[i].group].kind == kind) {
			const uint32_t node = s->ownership->graph.first_holder + i;
			out->objects += retained->objects[node];
			out->bytes += gopm__retained_bytes(retained, node);
		}
	}
}

/* The function that the runner called: the outermost one that is not the runtime's. 0: not known. */
static uint64_t called_function(struct search *s, const struct gopm__g *g)
{
	struct gopm__walk walk;
	uint64_t entry = 0;

	gopm__walk_goroutine(&walk, s->rt, g, true, &s->budget);
	for (bool more = walk.at_frame; more; more = gopm__walk_next(&walk)) {
		const struct gopm__pcinfo *info = walk.info;
		if (info == NULL || !info->known) {
			continue;
		}
		if (info->role == GOPM__ROLE_FINALIZERS || info->role == GOPM__ROLE_CLEANUPS) {
			return entry;
		}
		if (!gopm__name_is_runtime(gopm__func_name(info->func.module, info->func.name))) {
			entry = info->func.entry;
		}
	}
	return 0;
}

/* Adds a goroutine if it waits in a function of its queue. False: out of memory. */
static bool add_blocked(struct search *s, uint32_t holder, enum gopm__gc_queue_kind queue)
{
	struct gopm__g g;

	if (!gopm__g_read(s->rt, &s->reader, s->ownership->holders.list[holder].key, &g) ||
	    g.status != GOPM_G_WAITING) {
		return true;
	}
	const uint64_t function = called_function(s, &g);
	/* It waits for work, or on its own account. */
	if (function == 0) {
		return true;
	}
	if (!GOPM__VECTOR_RESERVE(s->list, s->count, s->capacity, 1)) {
		return false;
	}
	s->list[s->count] = (struct gopm__blocked){.queue = queue,
	                                           .node = s->ownership->graph.first_holder + holder,
	                                           .function = function,
	                                           .due = count_due(s, queue)};
	add_retained(s, &s->list[s->count++]);
	return true;
}

bool gopm__blocked_has(const struct gopm__blocked *list, size_t count, const struct gopm__ownership *ownership,
                       uint32_t node)
{
	const struct gopm__object_graph *graph = &ownership->graph;

	for (size_t i = 0; i < count && node >= graph->first_holder && node < graph->first_group; i++) {
		const struct gopm__holder *holder = &ownership->holders.list[node - graph->first_holder];
		if (holder->key == 0 && ownership->holders.groups[holder->group].kind == holder_kind(list[i].queue)) {
			return true;
		}
	}
	return false;
}

gopm_status gopm__blocked(const struct gopm__ownership *ownership, struct gopm__blocked **list, size_t *count)
{
	struct gopm__runtime *rt = &ownership->heap->program->runtime;
	const struct gopm__holders *h = &ownership->holders;
	struct search s = {.ownership = ownership,
	                   .rt = rt,
	                   .reader = gopm__reader(&ownership->heap->program->file.memory),
	                   .budget = gopm__walk_budget(rt)};
	bool fine = true;

	for (uint32_t i = 0; fine && i < h->count; i++) {
		const struct gopm__holder_group *group = &h->groups[h->list[i].group];
		const struct gopm__pcinfo *start =
		    group->kind == GOPM__HOLDER_GOROUTINE ? gopm__symtab_pc(rt->symtab, group->key) : NULL;
		if (start == NULL || !start->known) {
			continue;
		}
		if (start->role == GOPM__ROLE_FINALIZERS) {
			fine = add_blocked(&s, i, GOPM__QUEUE_FINALIZERS);
		} else if (start->role == GOPM__ROLE_CLEANUPS) {
			fine = add_blocked(&s, i, GOPM__QUEUE_CLEANUPS);
		}
	}
	if (!fine) {
		free(s.list);
		s.list = NULL;
		s.count = 0;
	}
	*list = s.list;
	*count = s.count;
	return fine ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}
