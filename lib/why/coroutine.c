/* SPDX-License-Identifier: Apache-2.0 */
#include "why/coroutine.h"

#include <stdlib.h>

#include "runtime/g.h"
#include "util/str.h"
#include "util/vector.h"

#define MOST_CLOSURE 128u /* bytes of an object that may be a closure with the coro */

/* Claims that are added. If there are more, there are none. */
#define MOST_CLAIMS ((size_t)1 << 20)

/* runtime.coro is {gp guintptr, f func(*coro), ...}. */
enum { CORO_G = 0, CORO_F = 8 };

/* A goroutine that waits to be resumed. */
struct coroutine {
	uint64_t g, coro; /* addresses; coro 0: unknown */
	uint32_t object;  /* what it waits for so far */
};

struct coroutine_search {
	struct gopm__blocked *blocked;
	struct gopm__claims *claims;
	struct gopm__program *program;
	const struct gopm__holders *holders;
	struct gopm__heap *heap;
	struct gopm__reader reader;
	struct coroutine *list;
	size_t count, capacity;
	struct gopm__map64 by_g;    /* index of the coroutine */
	struct gopm__map64 by_coro; /* likewise */
	size_t before;              /* claims that were there */
	bool cut;                   /* there are too many */
	bool no_memory;
};

/* True if the goroutine waits to be resumed. */
static bool is_coroutine(const struct gopm__blocked *b, const struct gopm__member *member,
                         const struct gopm__runtime *rt, struct gopm__reader *reader)
{
	static const char reason[] = "coroutine";
	const uint32_t object = member->wait_count == 1 ? b->waits[member->wait].object : GOPM__NO_INDEX;
	struct gopm__g g;

	return object != GOPM__NO_INDEX && b->objects[object].kind == GOPM_OBJECT_OTHER &&
	       b->objects[object].address == 0 && gopm__g_read(rt, reader, member->g, &g) &&
	       gopm__str_equal(gopm__g_wait_reason(rt, &g), (gopm_str){reason, sizeof reason - 1});
}

bool gopm__has_coroutines(const struct gopm__blocked *blocked, const struct gopm__program *program)
{
	struct gopm__reader reader = gopm__reader(&program->file.memory);

	for (size_t i = 0; i < blocked->member_count; i++) {
		if (is_coroutine(blocked, &blocked->members[i], &program->runtime, &reader)) {
			return true;
		}
	}
	return false;
}

/* Lists the goroutines that wait to be resumed. */
static void list_coroutines(struct coroutine_search *s)
{
	const struct gopm__blocked *b = s->blocked;
	bool fresh;

	for (size_t i = 0; i < b->member_count && !s->no_memory; i++) {
		const struct gopm__member *member = &b->members[i];
		if (!is_coroutine(b, member, &s->program->runtime, &s->reader)) {
			continue;
		}
		uint64_t *index = gopm__map64_put(&s->by_g, member->g, &fresh);
		if (index == NULL || !GOPM__VECTOR_RESERVE(s->list, s->count, s->capacity, 1)) {
			s->no_memory = true;
			return;
		}
		*index = s->count;
		s->list[s->count++] = (struct coroutine){.g = member->g, .object = b->waits[member->wait].object};
	}
}

/* True if the object at `address` is the coro that has this g: its function is a closure. */
static bool is_coro(struct coroutine_search *s, uint64_t address, uint64_t g)
{
	uint64_t word, closure, entry;

	if (!gopm__read_u64(&s->reader, address + CORO_G, &word) || word != g ||
	    !gopm__read_u64(&s->reader, address + CORO_F, &closure) || closure == 0 ||
	    !gopm__read_u64(&s->reader, closure, &entry)) {
		return false;
	}
	const struct gopm__pcinfo *info = gopm__symtab_pc(&s->program->symtab, entry);
	return info != NULL && info->known && info->func.entry == entry;
}

/* Takes an object that the stack of the goroutine refers to, or that a closure does. */
typedef void take_object(struct coroutine_search *s, uint64_t g, uint64_t address);

static void take_own(struct coroutine_search *s, uint64_t g, uint64_t address)
{
	const uint64_t *index = gopm__map64_get(&s->by_g, g);
	bool fresh;

	if (index == NULL || s->list[*index].coro != 0 || !is_coro(s, address, g)) {
		return;
	}
	uint64_t *slot = gopm__map64_put(&s->by_coro, address, &fresh);
	if (slot == NULL) {
		s->no_memory = true;
	} else if (fresh) {
		*slot = *index;
		s->list[*index].coro = address;
	}
}

static void take_partner(struct coroutine_search *s, uint64_t g, uint64_t address)
{
	const uint64_t *index = gopm__map64_get(&s->by_coro, address);

	if (index == NULL || s->list[*index].g == g) {
		return;
	}
	const size_t added = s->claims->count - s->before;
	if (added != 0 && s->claims->list[s->claims->count - 1].g == g &&
	    s->claims->list[s->claims->count - 1].object == address) {
		return;
	}
	if (added == MOST_CLAIMS) {
		s->cut = true;
		return;
	}
	if (!GOPM__VECTOR_RESERVE(s->claims->list, s->claims->count, s->claims->capacity, 1)) {
		s->no_memory = true;
		return;
	}
	s->claims->list[s->claims->count++] = (struct gopm__claim){.object = address,
	                                                           .g = g,
	                                                           .op = GOPM__CLAIM_SIGNALS,
	                                                           .strength = GOPM__CLAIM_LIKELY,
	                                                           .evidence = GOPM__EVIDENCE_LIBRARY};
}

/* The objects of one goroutine. */
static void visit_goroutine(struct coroutine_search *s, size_t holder, take_object *take)
{
	const struct gopm__holders *h = s->holders;
	const uint64_t g = h->list[holder].key;

	for (uint32_t i = h->list[holder].target; i < gopm__holder_targets_end(h, holder) && !s->no_memory; i++) {
		const struct gopm__slots *span = gopm__index_span_of_slot(&s->heap->index, h->targets[i]);
		if (span == NULL || span->pointers == GOPM__POINTERS_NONE) {
			continue;
		}
		const uint64_t address = gopm__object_address(span, h->targets[i]), size = gopm__object_bytes(span);
		take(s, g, address);
		for (uint64_t offset = 8; size <= MOST_CLOSURE && offset < size; offset += 8) {
			uint64_t word;
			if (gopm__read_u64(&s->reader, address + offset, &word) && word != 0) {
				take(s, g, word);
			}
		}
	}
}

static void visit_all(struct coroutine_search *s, take_object *take)
{
	const struct gopm__holders *h = s->holders;

	for (size_t i = 0; i < h->count && !s->no_memory; i++) {
		if (h->groups[h->list[i].group].kind == GOPM__HOLDER_GOROUTINE &&
		    (take != take_own || gopm__map64_get(&s->by_g, h->list[i].key) != NULL)) {
			visit_goroutine(s, i, take);
		}
	}
}

/* Makes the coros the objects of their waits. */
static bool set_objects(struct coroutine_search *s)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->list[i].coro != 0) {
			s->blocked->objects[s->list[i].object].address = s->list[i].coro;
			s->blocked->objects[s->list[i].object].kind = GOPM_OBJECT_CORO;
		}
	}
	return gopm__blocked_sort(s->blocked);
}

gopm_status gopm__coroutines_find(struct gopm__blocked *blocked, struct gopm__claims *claims,
                                  struct gopm__program *program, struct gopm__ownership *ownership)
{
	struct coroutine_search s = {.blocked = blocked,
	                             .claims = claims,
	                             .program = program,
	                             .before = claims->count,
	                             .holders = &ownership->holders,
	                             .heap = ownership->heap,
	                             .reader = gopm__reader(&program->file.memory)};

	list_coroutines(&s);
	if (s.count != 0 && !s.no_memory) {
		visit_all(&s, take_own);
		visit_all(&s, take_partner);
		if (s.cut) {
			claims->count = s.before;
		} else {
			s.no_memory = s.no_memory || !set_objects(&s);
		}
		gopm__claims_sort(claims);
	}
	free(s.list);
	gopm__map64_free(&s.by_g);
	gopm__map64_free(&s.by_coro);
	return s.no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}
