/* SPDX-License-Identifier: Apache-2.0 */
/* The table is an array of roots. Each root is a tree of sudogs, one for each semaphore, by address; the other waiters
 * of a semaphore are linked from its sudog. The root of a semaphore is a hash of its address.
 *
 * Without a symbol the table is found by one waiter: a word of the data that is the top of a root's tree. The hash of
 * its semaphore says which root it is, and so where the table begins. Then all roots must be consistent. */
#include "runtime/semaphore.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "runtime/data_range.h"
#include "runtime/g.h"
#include "runtime/sudog.h"
#include "runtime/wait_kind.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"

#define TABLE_SIZE 251u /* semTabSize */
/* Roots and candidates that one search reads, so that a hostile core cannot make it quadratic. */
#define MAX_STEPS 10000000u
/* One root in so many may be damaged. */
#define ONE_IN 8

/* struct semaRoot { lock mutex; treap *sudog; nwait uint32 }, padded to a cache line. */
enum { ROOT_LOCK = 0, ROOT_TREAP = 8, ROOT_NWAIT = 16, ROOT_PAD = 20 };

/* Bytes of a root: the CPU's CacheLinePadSize (internal/cpu). Newest first, as for an unknown version the first match
 * wins, and a table with few waiters may match two sizes. */
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

struct table_search {
	struct gopm__runtime *rt;
	struct gopm__reader reader; /* of the data */
	struct gopm__reader probe;  /* of memory that the data points to */
	uint64_t steps;
};

/* The stride of row `i`; 0: the row is for other programs. */
static uint64_t stride_of(const struct gopm__runtime *rt, size_t i)
{
	bool fits = strcmp(rt->core->arch->name, strides[i].arch) == 0 &&
	            (rt->minor == 0 || (rt->minor >= strides[i].first && rt->minor <= strides[i].last));

	return fits ? strides[i].bytes : 0;
}

/* The index of a semaphore's root: semTable.rootFor. */
static uint64_t root_of(uint64_t semaphore)
{
	return (semaphore >> 3) % TABLE_SIZE;
}

/* True if the sudog can be the top of a root's tree: it has no parent and waits for a semaphore. */
static bool is_tree_top(struct table_search *s, uint64_t sudog, uint64_t *semaphore)
{
	const struct gopm__layout *l = &s->rt->layout;
	uint64_t parent, g;

	return sudog % 8 == 0 && gopm__sudog_elem(l, &s->probe, sudog, semaphore) && *semaphore != 0 &&
	       *semaphore % 4 == 0 && gopm__sudog_parent(l, &s->probe, sudog, &parent) && parent == 0 &&
	       gopm__sudog_g(l, &s->probe, sudog, &g) && g != 0 && g % 8 == 0;
}

/* True if the status and the wait reason of the goroutine say that it waits for a semaphore. */
static bool g_waits_for_semaphore(struct table_search *s, uint64_t address)
{
	struct gopm__g g;

	return gopm__g_read(s->rt, &s->probe, address, &g) && g.status == GOPM_G_WAITING &&
	       gopm__wait_kind(gopm__g_wait_reason(s->rt, &g)) == GOPM_WAIT_SEMAPHORE;
}

/* True if root `i` can have this top. A top that the core lacks is not evidence against it. */
static bool top_fits_root(struct table_search *s, uint64_t top, uint64_t i)
{
	uint64_t semaphore, word;

	return (is_tree_top(s, top, &semaphore) && root_of(semaphore) == i) ||
	       (top % 8 == 0 && !gopm__read_word(&s->probe, top, 1, &word));
}

/* True if nearly every root is empty or has a top that belongs to it, and all padding is zero. A damaged root costs
 * only itself: read_tree() makes it a finding. It may be the only one of a table that has a symbol (`alone`). */
static bool is_table(struct table_search *s, uint64_t table, uint64_t stride, bool alone)
{
	uint64_t top, nwait, word, good = 0, bad = 0;

	for (uint64_t i = 0; i < TABLE_SIZE; i++) {
		const uint64_t root = table + i * stride;
		if (++s->steps > MAX_STEPS || !gopm__read_u64(&s->probe, root + ROOT_TREAP, &top) ||
		    !gopm__read_word(&s->probe, root + ROOT_NWAIT, 4, &nwait)) {
			return false;
		}
		const bool fits = top == 0 || (nwait != 0 && top_fits_root(s, top, i));
		bad += !fits;
		good += fits && top != 0;
		if (!gopm__read_word(&s->probe, root + ROOT_PAD, 4, &word) || word != 0) {
			return false;
		}
		for (uint64_t pad = ROOT_PAD + 4; pad < stride; pad += 8) {
			if (!gopm__read_u64(&s->probe, root + pad, &word) || word != 0) {
				return false;
			}
		}
	}
	return bad == 0 || (alone && bad == 1) || (good > bad && bad <= 1 + good / ONE_IN);
}

/* Looks for the table in one range. */
static bool search_for_table(struct table_search *s, struct gopm__data_range range, struct gopm__semaphores *out)
{
	uint64_t word, semaphore, nwait, g;

	for (uint64_t at = range.begin; at < range.end && s->steps <= MAX_STEPS; at += 8) {
		if (!gopm__read_u64(&s->reader, at, &word) || word == 0 || !is_tree_top(s, word, &semaphore) ||
		    !gopm__read_word(&s->reader, at + ROOT_NWAIT - ROOT_TREAP, 4, &nwait) || nwait == 0 ||
		    ++s->steps > MAX_STEPS || !gopm__sudog_g(&s->rt->layout, &s->probe, word, &g) ||
		    !g_waits_for_semaphore(s, g)) {
			continue;
		}
		for (size_t i = 0; i < STRIDES; i++) {
			const uint64_t stride = stride_of(s->rt, i);
			const uint64_t to_treap = root_of(semaphore) * stride + ROOT_TREAP; /* from the table */
			if (stride == 0 || at - range.begin < to_treap ||
			    range.end - (at - to_treap) < TABLE_SIZE * stride) {
				continue;
			}
			if (is_table(s, at - to_treap, stride, false)) {
				out->table = at - to_treap;
				out->stride = stride;
				return true;
			}
		}
	}
	return false;
}

/* Accepts the table of the symbol. */
static bool accept_symbol(struct table_search *s, bool alone, struct gopm__semaphores *out)
{
	const struct gopm__global_symbol *symbol = &s->rt->symbols[GOPM__GLOBAL_SEMTABLE];

	for (size_t i = 0; i < STRIDES && symbol->address != 0; i++) {
		const uint64_t stride = strides[i].bytes;
		if (symbol->size == TABLE_SIZE * stride && is_table(s, symbol->address, stride, alone)) {
			out->table = symbol->address;
			out->stride = stride;
			return true;
		}
	}
	return false;
}

static bool find_table(struct table_search *s, struct gopm__semaphores *out)
{
	struct gopm__data_range ranges[GOPM__GLOBAL_RANGES];

	/* A table that has a symbol is accepted even if it is empty. */
	if (accept_symbol(s, false, out)) {
		return true;
	}
	/* A small core keeps what is read here. It needs the table, but not all data that was searched for it. */
	const size_t count = gopm__global_ranges(s->rt, GOPM__GLOBAL_SEMTABLE, ranges);
	bool found = false;
	gopm__source_note(&s->rt->core->source, false);
	for (size_t i = 0; i < count && !found; i++) {
		found = search_for_table(s, ranges[i], out);
	}
	gopm__source_note(&s->rt->core->source, true);
	if (found) {
		return is_table(s, out->table, out->stride, false);
	}
	return accept_symbol(s, true, out);
}

static bool add_wait(struct gopm__semaphores *list, struct gopm__semaphore_wait wait)
{
	if (!GOPM__VECTOR_RESERVE(list->waits, list->count, list->capacity, 1)) {
		return false;
	}
	list->waits[list->count++] = wait;
	return true;
}

/* Adds the waiters of one semaphore: a list by waitlink.
 * @return GOPM_OK; GOPM_ERR_NO_MEMORY; GOPM_ERR_LIMIT (more waiters than goroutines: the table is cyclic). */
static gopm_status add_waiters(struct table_search *s, struct gopm__semaphores *list, uint64_t root, uint64_t first,
                               uint64_t semaphore)
{
	const struct gopm__layout *l = &s->rt->layout;
	uint64_t g, other;

	for (uint64_t at = first; at != 0;) {
		const uint64_t sudog = at;
		if (!gopm__sudog_g(l, &s->probe, at, &g) || !gopm__sudog_elem(l, &s->probe, at, &other) ||
		    other != semaphore || !gopm__sudog_waitlink(l, &s->probe, at, &at)) {
			gopm__finding_add(s->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(root),
			                  "runtime.semtable: a list of waiters is damaged");
			return GOPM_OK;
		}
		/* A goroutine waits for one semaphore at a time. */
		if (list->count >= s->rt->g_count) {
			gopm__finding_add(s->rt->findings, GOPM_FINDING_CYCLE, GOPM__AT_ADDRESS(root),
			                  "runtime.semtable has more waiters than there are goroutines");
			return GOPM_ERR_LIMIT;
		}
		if (g != 0 && !add_wait(list, (struct gopm__semaphore_wait){g, semaphore, sudog})) {
			return GOPM_ERR_NO_MEMORY;
		}
	}
	return GOPM_OK;
}

/* Sudogs of a tree that are still to be read. */
struct sudog_stack {
	uint64_t *sudogs;
	size_t count, capacity;
};

static bool push_children(struct table_search *s, struct sudog_stack *stack, uint64_t sudog)
{
	const struct gopm__layout *l = &s->rt->layout;
	uint64_t child;

	if (!GOPM__VECTOR_RESERVE(stack->sudogs, stack->count, stack->capacity, 2)) {
		return false;
	}
	if (gopm__sudog_prev(l, &s->probe, sudog, &child) && child != 0) {
		stack->sudogs[stack->count++] = child;
	}
	if (gopm__sudog_next(l, &s->probe, sudog, &child) && child != 0) {
		stack->sudogs[stack->count++] = child;
	}
	return true;
}

/* Adds all waiters of root `index`, whose tree begins at `top`. */
static gopm_status read_tree(struct table_search *s, struct gopm__semaphores *list, uint64_t index, uint64_t top,
                             struct sudog_stack *stack)
{
	const struct gopm__layout *l = &s->rt->layout;
	const uint64_t root = list->table + index * list->stride;
	const size_t before = list->count;
	uint64_t nwait, lock, semaphore;

	if (!GOPM__VECTOR_RESERVE(stack->sudogs, 0, stack->capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	stack->sudogs[0] = top;
	stack->count = 1;
	while (stack->count != 0) {
		const uint64_t sudog = stack->sudogs[--stack->count];
		if (!gopm__sudog_elem(l, &s->probe, sudog, &semaphore) || root_of(semaphore) != index) {
			gopm__finding_add(s->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(root),
			                  "runtime.semtable: the tree of a root has an entry that is not its own");
			continue;
		}
		gopm_status status = add_waiters(s, list, root, sudog, semaphore);
		if (status != GOPM_OK) {
			return status == GOPM_ERR_LIMIT ? GOPM_OK : status;
		}
		if (!push_children(s, stack, sudog)) {
			return GOPM_ERR_NO_MEMORY;
		}
	}
	/* The tree and nwait change under the lock. */
	if (gopm__read_word(&s->probe, root + ROOT_NWAIT, 4, &nwait) && nwait != list->count - before &&
	    gopm__read_u64(&s->probe, root + ROOT_LOCK, &lock) && lock == 0) {
		gopm__finding_add(s->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(root),
		                  "runtime.semtable: a root has %zu waiters, but its nwait is %" PRIu64,
		                  list->count - before, nwait);
	}
	return GOPM_OK;
}

static gopm_status read_table(struct table_search *s, struct gopm__semaphores *list)
{
	struct sudog_stack stack = {0};
	gopm_status status = GOPM_OK;
	uint64_t top;

	for (uint64_t i = 0; status == GOPM_OK && i < TABLE_SIZE; i++) {
		if (gopm__read_u64(&s->probe, list->table + i * list->stride + ROOT_TREAP, &top) && top != 0) {
			status = read_tree(s, list, i, top, &stack);
		}
	}
	free(stack.sudogs);
	return status;
}

static int compare_gs(const void *a, const void *b)
{
	const struct gopm__semaphore_wait *x = a, *y = b;
	return (x->g > y->g) - (x->g < y->g);
}

/* True if a goroutine is in the table for certain. Since Go 1.26 who takes it out clears its g.waiting, and then makes
 * it runnable. */
static bool any_g_waits(struct table_search *s)
{
	struct gopm__g g;

	for (uint64_t i = 0; i < s->rt->g_count; i++) {
		const uint64_t address = gopm__runtime_g_at(s->rt, &s->reader, i);
		if (address != 0 && g_waits_for_semaphore(s, address) &&
		    (!s->rt->all_waiting || (gopm__g_read(s->rt, &s->probe, address, &g) && g.waiting != 0))) {
			return true;
		}
	}
	return false;
}

static void find_semaphores(struct gopm__runtime *rt)
{
	struct table_search s = {.rt = rt, .reader = gopm__reader(&rt->core->memory)};
	const struct gopm__layout *l = &rt->layout;
	struct gopm__semaphores *found;

	s.probe = s.reader;
	if (l->sudog.g < 0 || l->sudog.elem < 0 || l->sudog.prev < 0 || l->sudog.next < 0 || l->sudog.parent < 0 ||
	    l->sudog.waitlink < 0) {
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "the layout of runtime.sudog is unknown: semaphores that goroutines wait for are "
		                  "unknown too");
		return;
	}
	found = gopm__calloc(1, sizeof *found);
	if (found == NULL) {
		return;
	}
	if (!find_table(&s, found)) {
		free(found);
		if (any_g_waits(&s)) {
			gopm__finding_add(
			    rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
			    rt->all_waiting
			        ? "runtime.semtable was not found: nothing confirms the address of a mutex or "
			          "another semaphore that a goroutine waits for"
			        : "runtime.semtable was not found: for goroutines that wait for a mutex or "
			          "another semaphore, its address is unknown");
		}
		return;
	}
	if (read_table(&s, found) != GOPM_OK) {
		gopm__semaphores_free(found);
		return;
	}
	if (found->count != 0) {
		qsort(found->waits, found->count, sizeof *found->waits, compare_gs);
	}
	rt->semaphores = found;
}

const struct gopm__semaphores *gopm__semaphores(struct gopm__runtime *rt)
{
	gopm__runtime_once(rt, &rt->semaphores_tried, find_semaphores);
	return rt->semaphores;
}

void gopm__semaphores_free(struct gopm__semaphores *semaphores)
{
	if (semaphores != NULL) {
		free(semaphores->waits);
		free(semaphores);
	}
}

/* The wait of the goroutine at `g`; NULL: none. */
static const struct gopm__semaphore_wait *find_wait(const struct gopm__semaphores *list, uint64_t g)
{
	size_t i;

	if (list == NULL) {
		return NULL;
	}
	GOPM__LOWER_BOUND(i, list->count, list->waits[i].g < g);
	if (i == list->count || list->waits[i].g != g) {
		return NULL;
	}
	/* A goroutine in two places is damage, and either may be wrong. */
	bool twice = i + 1 < list->count && list->waits[i + 1].g == g;
	return twice && list->waits[i + 1].address != list->waits[i].address ? NULL : &list->waits[i];
}

uint64_t gopm__semaphore_of(struct gopm__runtime *rt, uint64_t g)
{
	const struct gopm__semaphore_wait *wait = find_wait(gopm__semaphores(rt), g);

	return wait != NULL ? wait->address : 0;
}

uint64_t gopm__semaphore_sudog(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t g, uint64_t address)
{
	const struct gopm__semaphores *list = gopm__semaphores(rt);
	const struct gopm__semaphore_wait *wait = find_wait(list, g);
	uint64_t lock;

	return wait != NULL && wait->address == address &&
	               gopm__read_u64(reader, list->table + root_of(address) * list->stride + ROOT_LOCK, &lock) &&
	               lock == 0
	           ? wait->sudog
	           : 0;
}
