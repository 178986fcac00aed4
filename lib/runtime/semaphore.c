/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/semaphore.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "runtime/data_range.h"
#include "runtime/g.h"
#include "runtime/sudog.h"
#include "runtime/wait_kind.h"

#define TABLE_SIZE 251u /* semTabSize */
/* Candidates for a waiting goroutine that one search may look at. */
#define MAX_STEPS 10000000u

/* struct semaRoot { lock mutex; treap *sudog; nwait uint32 }, padded to a cache line. */
enum { ROOT_LOCK = 0, ROOT_TREAP = 8, ROOT_NWAIT = 16, ROOT_PAD = 20 };

/* Bytes of an element of runtime.semTable: the CPU's CacheLinePadSize (internal/cpu). Where the version is unknown the
 * newest comes first: a table with few waiters may look like one of the other size. */
static const struct {
	const char *arch;
	int first, last; /* minor versions */
	uint8_t bytes;
} strides[] = {
    {"amd64", 0, INT_MAX, 64},
    {"arm64", 20, INT_MAX, 128},
    {"arm64", 0, 19, 64},
};

enum { STRIDES = sizeof strides / sizeof strides[0] };

struct search {
	struct gopm__runtime *rt;
	struct gopm__reader reader, probe;
	uint64_t steps;
};

/* 0: row `i` is not for this program. */
static uint64_t stride_of(const struct gopm__runtime *rt, size_t i)
{
	bool fits = strcmp(rt->core->arch->name, strides[i].arch) == 0 &&
	            (rt->minor == 0 || (rt->minor >= strides[i].first && rt->minor <= strides[i].last));

	return fits ? strides[i].bytes : 0;
}

/* semTable.rootFor */
static uint64_t root_of(uint64_t semaphore)
{
	return (semaphore >> 3) % TABLE_SIZE;
}

/* The top of a root's tree: a sudog without a parent that waits for a semaphore. */
static bool is_top(struct search *s, uint64_t sudog, uint64_t *semaphore)
{
	const struct gopm__layout *l = &s->rt->layout;
	uint64_t parent, g;

	return sudog % 8 == 0 && gopm__sudog_elem(l, &s->probe, sudog, semaphore) && *semaphore != 0 &&
	       *semaphore % 4 == 0 && gopm__sudog_parent(l, &s->probe, sudog, &parent) && parent == 0 &&
	       gopm__sudog_g(l, &s->probe, sudog, &g) && g != 0 && g % 8 == 0;
}

/* Whether the sudog's goroutine says itself that it waits for a semaphore. */
static bool g_waits(struct search *s, uint64_t sudog)
{
	struct gopm__g g;
	uint64_t address;

	return gopm__sudog_g(&s->rt->layout, &s->probe, sudog, &address) &&
	       gopm__g_read(s->rt, &s->probe, address, &g) && g.status == GOPM_G_WAITING &&
	       gopm__wait_kind(gopm__g_wait_reason(s->rt, &g)) == GOPM_WAIT_SEMAPHORE;
}

/* Whether root `i` can have this top. One that the core lacks says nothing against it. */
static bool top_fits(struct search *s, uint64_t top, uint64_t i)
{
	uint64_t semaphore, word;

	return (is_top(s, top, &semaphore) && root_of(semaphore) == i) ||
	       (top % 8 == 0 && !gopm__read_word(&s->probe, top, 1, &word));
}

/* Every root is empty or the top of a tree of semaphores that belong to it, and what pads it was never written. */
static bool is_table(struct search *s, uint64_t table, uint64_t stride)
{
	uint64_t top, nwait, word;

	for (uint64_t i = 0; i < TABLE_SIZE; i++) {
		const uint64_t root = table + i * stride;
		if (++s->steps > MAX_STEPS || !gopm__read_u64(&s->probe, root + ROOT_TREAP, &top) ||
		    !gopm__read_word(&s->probe, root + ROOT_NWAIT, 4, &nwait) ||
		    (top != 0 && (nwait == 0 || !top_fits(s, top, i)))) {
			return false;
		}
		if (!gopm__read_word(&s->probe, root + ROOT_PAD, 4, &word) || word != 0) {
			return false;
		}
		for (uint64_t pad = ROOT_PAD + 4; pad < stride; pad += 8) {
			if (!gopm__read_u64(&s->probe, root + pad, &word) || word != 0) {
				return false;
			}
		}
	}
	return true;
}

/* A word of the data that is the top of a root tells where the table is: which root it is, its semaphore says. */
static bool search_range(struct search *s, struct gopm__data_range range, struct gopm__semaphores *out)
{
	uint64_t word, semaphore, nwait;

	for (uint64_t at = range.begin; at < range.end && s->steps <= MAX_STEPS; at += 8) {
		if (!gopm__read_u64(&s->reader, at, &word) || word == 0 || !is_top(s, word, &semaphore) ||
		    !gopm__read_word(&s->reader, at + ROOT_NWAIT - ROOT_TREAP, 4, &nwait) || nwait == 0 ||
		    ++s->steps > MAX_STEPS || !g_waits(s, word)) {
			continue;
		}
		for (size_t i = 0; i < STRIDES; i++) {
			const uint64_t stride = stride_of(s->rt, i), before = root_of(semaphore) * stride + ROOT_TREAP;
			if (stride == 0 || at - range.begin < before ||
			    range.end - (at - before) < TABLE_SIZE * stride) {
				continue;
			}
			if (is_table(s, at - before, stride)) {
				out->table = at - before;
				out->stride = stride;
				return true;
			}
		}
	}
	return false;
}

static bool find_table(struct search *s, struct gopm__semaphores *out)
{
	const struct gopm__global_symbol *symbol = &s->rt->symbols[GOPM__GLOBAL_SEMTABLE];
	struct gopm__data_range ranges[GOPM__GLOBAL_RANGES];

	/* With its symbol an empty table is one too. */
	for (size_t i = 0; i < STRIDES && symbol->address != 0; i++) {
		const uint64_t stride = strides[i].bytes;
		if (symbol->size == TABLE_SIZE * stride && is_table(s, symbol->address, stride)) {
			out->table = symbol->address;
			out->stride = stride;
			return true;
		}
	}
	const size_t count = gopm__global_ranges(s->rt, GOPM__GLOBAL_SEMTABLE, ranges);
	bool found = false;
	gopm__source_note(&s->rt->core->source, false);
	for (size_t i = 0; i < count && !found; i++) {
		found = search_range(s, ranges[i], out);
	}
	gopm__source_note(&s->rt->core->source, true);
	/* A small core has to have what makes the table one, and no more. */
	return found && is_table(s, out->table, out->stride);
}

static bool add(struct gopm__semaphores *list, uint64_t g, uint64_t semaphore)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity != 0 ? list->capacity * 2 : 64;
		struct gopm__semaphore_wait *waits = realloc(list->waits, capacity * sizeof *waits);
		if (waits == NULL) {
			return false;
		}
		list->waits = waits;
		list->capacity = capacity;
	}
	list->waits[list->count++] = (struct gopm__semaphore_wait){g, semaphore};
	return true;
}

/* The tree's nodes are one semaphore each, in prev and next, its first waiter; the others hang on waitlink. A goroutine
 * waits for one semaphore at a time: no sound table has more waiters than there are goroutines. */
static gopm_status read_root(struct search *s, struct gopm__semaphores *list, uint64_t index, uint64_t top,
                             uint64_t **stack, size_t *capacity)
{
	const struct gopm__layout *l = &s->rt->layout;
	const uint64_t root = list->table + index * list->stride;
	const size_t before = list->count;
	uint64_t nwait, lock, g, semaphore, other, child;
	size_t depth = 0;

	(*stack)[depth++] = top;
	while (depth != 0) {
		const uint64_t head = (*stack)[--depth];
		if (!gopm__sudog_elem(l, &s->probe, head, &semaphore) || root_of(semaphore) != index) {
			gopm__finding_add(s->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(root),
			                  "a root of runtime.semtable leads to what does not belong to it");
			continue;
		}
		for (uint64_t at = head; at != 0;) {
			if (!gopm__sudog_g(l, &s->probe, at, &g) || !gopm__sudog_elem(l, &s->probe, at, &other) ||
			    other != semaphore || !gopm__sudog_waitlink(l, &s->probe, at, &at)) {
				gopm__finding_add(s->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(root),
				                  "a list of waiters of runtime.semtable is damaged");
				break;
			}
			if (list->count >= s->rt->g_count) {
				gopm__finding_add(s->rt->findings, GOPM_FINDING_CYCLE, GOPM__AT_ADDRESS(root),
				                  "runtime.semtable has more waiters than there are goroutines");
				return GOPM_OK;
			}
			if (g != 0 && !add(list, g, semaphore)) {
				return GOPM_ERR_NO_MEMORY;
			}
		}
		if (depth + 2 > *capacity) {
			uint64_t *grown = realloc(*stack, *capacity * 2 * sizeof *grown);
			if (grown == NULL) {
				return GOPM_ERR_NO_MEMORY;
			}
			*stack = grown;
			*capacity *= 2;
		}
		if (gopm__sudog_prev(l, &s->probe, head, &child) && child != 0) {
			(*stack)[depth++] = child;
		}
		if (gopm__sudog_next(l, &s->probe, head, &child) && child != 0) {
			(*stack)[depth++] = child;
		}
	}
	/* Whoever changes the two holds the lock. */
	if (gopm__read_word(&s->probe, root + ROOT_NWAIT, 4, &nwait) && nwait != list->count - before &&
	    gopm__read_u64(&s->probe, root + ROOT_LOCK, &lock) && lock == 0) {
		gopm__finding_add(s->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(root),
		                  "a root of runtime.semtable has %zu waiters and counts %" PRIu64,
		                  list->count - before, nwait);
	}
	return GOPM_OK;
}

static gopm_status read_table(struct search *s, struct gopm__semaphores *list)
{
	gopm_status status = GOPM_OK;
	size_t capacity = 64;
	uint64_t *stack = malloc(capacity * sizeof *stack), top;

	if (stack == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (uint64_t i = 0; status == GOPM_OK && i < TABLE_SIZE; i++) {
		if (gopm__read_u64(&s->probe, list->table + i * list->stride + ROOT_TREAP, &top) && top != 0) {
			status = read_root(s, list, i, top, &stack, &capacity);
		}
	}
	free(stack);
	return status;
}

static int by_g(const void *a, const void *b)
{
	const struct gopm__semaphore_wait *x = a, *y = b;
	return (x->g > y->g) - (x->g < y->g);
}

/* Whether a goroutine waits for a semaphore: only then is a table that was not found worth a word. */
static bool any_waits(struct search *s)
{
	struct gopm__g g;

	for (uint64_t i = 0; i < s->rt->g_count; i++) {
		const uint64_t address = gopm__runtime_g_at(s->rt, &s->reader, i);
		if (address != 0 && gopm__g_read(s->rt, &s->probe, address, &g) && g.status == GOPM_G_WAITING &&
		    gopm__wait_kind(gopm__g_wait_reason(s->rt, &g)) == GOPM_WAIT_SEMAPHORE) {
			return true;
		}
	}
	return false;
}

static void find(struct gopm__runtime *rt)
{
	struct search s = {.rt = rt, .reader = gopm__reader(&rt->core->memory)};
	const struct gopm__layout *l = &rt->layout;
	struct gopm__semaphores *found;

	s.probe = s.reader;
	if (l->sudog.g < 0 || l->sudog.elem < 0 || l->sudog.prev < 0 || l->sudog.next < 0 || l->sudog.parent < 0 ||
	    l->sudog.waitlink < 0) {
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "where runtime.sudog has its fields is unknown: who waits for a semaphore too");
		return;
	}
	found = calloc(1, sizeof *found);
	if (found == NULL) {
		return;
	}
	if (!find_table(&s, found)) {
		free(found);
		if (any_waits(&s)) {
			gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
			                  "runtime.semtable was not found: what goroutines that wait for a mutex or "
			                  "another semaphore wait for is unknown");
		}
		return;
	}
	if (read_table(&s, found) != GOPM_OK) {
		gopm__semaphores_free(found);
		gopm__finding_add(rt->findings, GOPM_FINDING_LIMIT, GOPM__NOWHERE,
		                  "there was no memory to read runtime.semtable");
		return;
	}
	if (found->count != 0) {
		qsort(found->waits, found->count, sizeof *found->waits, by_g);
	}
	rt->semaphores = found;
}

const struct gopm__semaphores *gopm__semaphores(struct gopm__runtime *rt)
{
	gopm__runtime_once(rt, &rt->semaphores_tried, find);
	return rt->semaphores;
}

void gopm__semaphores_free(struct gopm__semaphores *semaphores)
{
	if (semaphores != NULL) {
		free(semaphores->waits);
		free(semaphores);
	}
}

uint64_t gopm__semaphore_of(struct gopm__runtime *rt, uint64_t g)
{
	const struct gopm__semaphores *list = gopm__semaphores(rt);
	size_t low = 0, high = list != NULL ? list->count : 0;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (list->waits[middle].g < g) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (list == NULL || low >= list->count || list->waits[low].g != g) {
		return 0;
	}
	/* One that waits for two things is damage: neither is known to be right. */
	if (low + 1 < list->count && list->waits[low + 1].g == g &&
	    list->waits[low + 1].address != list->waits[low].address) {
		return 0;
	}
	return list->waits[low].address;
}
