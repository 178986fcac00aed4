/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the memory that goroutines can reach, without knowing which words are pointers. A word is a pointer if it is in
 * writable memory that the core has. The span of the heap tells where the object begins and ends, and if it can contain
 * pointers itself. */
#include <stdlib.h>

#include "runtime/spans.h"
#include "slim/keep.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"

#define PAGE ((uint64_t)4096)
/* The smallest object of the allocator. Two pointers into the same grain point to the same object. */
#define GRAIN ((uint64_t)8)
/* Pointers inside one value: of a map, the header, its directory, a table, its groups. They do not count as depth. */
#define INNER_DEPTH 3
/* Most bytes of all areas together: more would need too many bits. */
#define MAX_AREAS ((uint64_t)1 << 40)
#define MAX_FRONTIER ((size_t)1 << 24)
/* Bytes to keep at a pointer into memory whose objects have no known end: package variables, structures of the
 * runtime, the heap of C. */
#define UNSIZED ((uint64_t)1024)

/* A range of memory that the program can write. */
struct area {
	uint64_t begin, end;
	uint64_t grains, pages; /* of all earlier areas together */
};

struct object {
	uint64_t address, size;
};

/* A breadth-first search from the stacks. If the budget ends it, the nearest objects are kept. */
struct reach {
	struct gopm__keep *keep;
	const struct gopm__mheap *heap; /* NULL: the heap was not found */
	struct gopm__reader reader, spans;
	struct gopm__span span; /* the last one found */
	struct area *areas;     /* sorted */
	size_t area_count, area_hint;
	uint64_t *seen, *kept; /* bit sets: grains visited, pages kept; indexed over all areas */
	struct object *frontier, *next;
	size_t frontier_count, next_count, next_capacity;
	uint64_t bytes;
	bool full, no_memory;
};

static bool find_areas(struct reach *r)
{
	const struct gopm__corefile *core = r->keep->rt->core;
	uint64_t grains = 0, pages = 0;

	r->areas = gopm__calloc(core->load_count + 1, sizeof *r->areas);
	if (r->areas == NULL) {
		return false;
	}
	for (size_t i = 0; i < core->load_count; i++) {
		const struct gopm__load *load = &core->loads[i];
		/* A truncated core has less than its segments declare. */
		uint64_t left = load->offset < core->source.size ? core->source.size - load->offset : 0;
		uint64_t size = load->file_size < left ? load->file_size : left;
		/* PF_W is 2. Reserved memory has no bytes in the core. */
		if ((load->flags & 2) == 0 || size == 0) {
			continue;
		}
		if (size > MAX_AREAS || grains * GRAIN > MAX_AREAS - size) {
			/* A damaged core: many segments that share the same bytes of the file, not a terabyte of
			 * memory. */
			gopm__finding_add(r->keep->rt->findings, GOPM_FINDING_SLIM, GOPM__AT_ADDRESS(load->address),
			                  "memory that stacks point to is kept only below this address");
			break;
		}
		uint64_t begin = load->address, end = load->address + size;
		const struct area *last = r->area_count != 0 ? &r->areas[r->area_count - 1] : NULL;
		begin = last != NULL && last->end > begin ? last->end : begin;
		if (begin >= end) {
			continue;
		}
		r->areas[r->area_count++] = (struct area){begin, end, grains, pages};
		grains += (end - begin) / GRAIN + 1;
		pages += (end - 1) / PAGE - begin / PAGE + 1;
	}
	/* Bits that are never set cost no memory: a large calloc() maps zero pages. */
	r->seen = gopm__calloc((size_t)(grains / 64 + 1), sizeof *r->seen);
	r->kept = gopm__calloc((size_t)(pages / 64 + 1), sizeof *r->kept);
	return r->seen != NULL && r->kept != NULL;
}

static const struct area *area_of(struct reach *r, uint64_t word)
{
	size_t at;

	if (r->area_count == 0 || word < r->areas[0].begin || word >= r->areas[r->area_count - 1].end) {
		return NULL;
	}
	const struct area *hint = &r->areas[r->area_hint];
	if (word >= hint->begin && word < hint->end) {
		return hint;
	}
	GOPM__LOWER_BOUND(at, r->area_count, r->areas[at].end <= word);
	r->area_hint = at;
	return word >= r->areas[at].begin ? &r->areas[at] : NULL;
}

/* Sets a bit. True if it was not set before. */
static bool set_bit(uint64_t *bits, uint64_t index)
{
	uint64_t bit = UINT64_C(1) << (index % 64);
	bool fresh = (bits[index / 64] & bit) == 0;

	bits[index / 64] |= bit;
	return fresh;
}

/* Keeps the pages of an object. False: the limit is reached. */
static bool keep_pages(struct reach *r, const struct area *area, uint64_t address, uint64_t size)
{
	uint64_t end = size < area->end - address ? address + size : area->end;

	for (uint64_t page = address / PAGE; page * PAGE < end; page++) {
		if (!set_bit(r->kept, area->pages + (page - area->begin / PAGE))) {
			continue;
		}
		if (r->bytes + PAGE > r->keep->options->max_reach) {
			r->full = true;
			return false;
		}
		r->bytes += PAGE;
	}
	gopm__keep_range(&r->reader, address, end - address);
	return true;
}

static void push_object(struct reach *r, uint64_t address, uint64_t size)
{
	if (r->next_count == MAX_FRONTIER) {
		r->full = true;
		return;
	}
	if (!GOPM__VECTOR_RESERVE(r->next, r->next_count, r->next_capacity, 1)) {
		r->no_memory = true;
		return;
	}
	r->next[r->next_count++] = (struct object){address, size};
}

static bool find_span(struct reach *r, uint64_t word)
{
	struct gopm__span *s = &r->span;

	if (word >= s->base && word - s->base < s->npages * GOPM__PAGE_BYTES) {
		return true;
	}
	if (r->heap != NULL && gopm__mheap_span_of(r->keep->rt, &r->spans, r->heap, word, s)) {
		return true;
	}
	*s = (struct gopm__span){0};
	return false;
}

/* Keeps the object that `word` points to, if it is a pointer. */
static void follow_word(struct reach *r, uint64_t word)
{
	const uint64_t most = r->keep->options->max_object;
	const struct area *area = area_of(r, word);

	if (area == NULL || !set_bit(r->seen, area->grains + (word - area->begin) / GRAIN)) {
		return;
	}
	if (!find_span(r, word)) {
		uint64_t size = UNSIZED < most ? UNSIZED : most;
		if (keep_pages(r, area, word, size)) {
			push_object(r, word, size);
		}
		return;
	}
	const struct gopm__span *s = &r->span;
	if (s->state != GOPM__SPAN_IN_USE || s->elemsize == 0 || word >= s->limit) {
		return; /* free, or a stack: stacks are kept with their goroutines */
	}
	uint64_t object = word - (word - s->base) % s->elemsize;
	if (object >= area->begin && (object - area->begin) / GRAIN != (word - area->begin) / GRAIN &&
	    !set_bit(r->seen, area->grains + (object - area->begin) / GRAIN) && s->elemsize <= most) {
		return; /* already kept, by another pointer into it */
	}
	/* Of an object that is too large, keep what follows the pointer, not the beginning. */
	uint64_t from = s->elemsize <= most ? object : word;
	uint64_t end = object + s->elemsize;
	uint64_t size = end - from < most ? end - from : most;
	if (from >= area->begin && keep_pages(r, area, from, size) && !s->noscan) {
		push_object(r, from, size);
	}
}

static void follow_words(struct reach *r, uint64_t from, uint64_t to, uint64_t skip_lo, uint64_t skip_hi)
{
	uint8_t copy[PAGE];

	from = (from + 7) & ~UINT64_C(7);
	while (from + 8 <= to && !r->full && !r->no_memory) {
		const struct gopm__segment *s = gopm__memory_find(r->reader.memory, from);
		if (s == NULL) {
			return;
		}
		uint64_t left = s->size - (from - s->address), size = to - from < left ? to - from : left;
		size = size < PAGE - from % PAGE ? size : PAGE - from % PAGE;
		const uint8_t *p = s->source != NULL ? gopm__read_view(&r->reader, from, size, copy) : NULL;
		for (uint64_t i = 0; p != NULL && i + 8 <= size; i += 8) {
			uint64_t word = gopm__load64(p + i);
			if (word < skip_lo || word >= skip_hi) {
				follow_word(r, word);
			}
		}
		from += size >= 8 ? size & ~UINT64_C(7) : 8;
	}
}

/* Follows the words of a goroutine's stack, of its g, and its registers. Skips pointers into its own stack. */
static void follow_goroutine(struct reach *r, const struct gopm__g *g)
{
	const struct gopm__runtime *rt = r->keep->rt;
	uint64_t sp, hi;

	if (gopm__keep_live_stack(rt, g, &sp, &hi)) {
		follow_words(r, sp, hi, g->stack_lo, g->stack_hi);
	}
	follow_words(r, g->address, g->address + rt->layout.size[GOPM__STRUCT_G], g->stack_lo, g->stack_hi);
	for (size_t k = 0; g->thread != NULL && k < rt->core->arch->register_count; k++) {
		follow_word(r, g->thread->registers.value[k]);
	}
}

static void follow_goroutines(struct reach *r)
{
	const struct gopm__runtime *rt = r->keep->rt;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);

	for (uint64_t i = 0; i < rt->g_count && !r->full && !r->no_memory; i++) {
		uint64_t address = gopm__runtime_g_at(rt, &reader, i);
		struct gopm__g g;
		if (address != 0 && gopm__g_read(rt, &reader, address, &g) && !gopm__g_is_dead(&g)) {
			follow_goroutine(r, &g);
		}
	}
}

gopm_status gopm__keep_reach(struct gopm__keep *keep)
{
	struct reach r = {.keep = keep, .reader = gopm__reader(&keep->rt->core->memory)};
	uint32_t depth = keep->options->max_depth + INNER_DEPTH;

	if (keep->options->max_depth == 0) {
		return GOPM_OK;
	}
	r.spans = r.reader;
	r.heap = gopm__mheap(keep->rt);
	r.no_memory = !find_areas(&r);
	if (!r.no_memory) {
		follow_goroutines(&r);
	}
	for (uint32_t level = 1; level < depth && r.next_count != 0 && !r.full && !r.no_memory; level++) {
		free(r.frontier);
		r.frontier = r.next;
		r.frontier_count = r.next_count;
		r.next = NULL;
		r.next_count = r.next_capacity = 0;
		for (size_t i = 0; i < r.frontier_count; i++) {
			follow_words(&r, r.frontier[i].address, r.frontier[i].address + r.frontier[i].size, 0, 0);
		}
	}
	if (r.full) {
		gopm__finding_add(
		    keep->rt->findings, GOPM_FINDING_SLIM, GOPM__NOWHERE,
		    "memory that stacks point to is kept only up to the limit of %llu bytes; raise max_reach",
		    (unsigned long long)keep->options->max_reach);
	}
	free(r.areas);
	free(r.seen);
	free(r.kept);
	free(r.frontier);
	free(r.next);
	return r.no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}
