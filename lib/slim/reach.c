/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "runtime/spans.h"
#include "slim/keep.h"

#define PAGE ((uint64_t)4096)
/* Two objects that begin within so many bytes are one: the least that the allocator gives. */
#define GRAIN ((uint64_t)8)
/* What one value is made of may take pointers of its own: a map's header, its directory, a table, its groups. */
#define INNER_DEPTH 3
/* Bytes of all areas: bits for so many can be had. */
#define MAX_AREAS ((uint64_t)1 << 40)
#define MAX_FRONTIER ((size_t)1 << 24)
/* Of memory where objects have no known end: package variables, the runtime's own structures, C's heap. */
#define UNSIZED ((uint64_t)1024)

/* Memory that the program can write. */
struct area {
	uint64_t begin, end;
	uint64_t grains, pages; /* of all areas before it */
};

struct object {
	uint64_t address, size;
};

/* Breadth first: what one step leads to is kept before anything that takes two. */
struct reach {
	struct gopm__keep *keep;
	const struct gopm__heap *heap; /* NULL: not found */
	struct gopm__reader reader, spans;
	struct gopm__span span; /* the one that was found last */
	struct area *areas;     /* sorted */
	size_t area_count, area_hint;
	uint64_t *seen, *kept; /* bits, by grain and by page of all areas */
	struct object *frontier, *next;
	size_t frontier_count, next_count, next_capacity;
	uint64_t bytes;
	bool full, no_memory;
};

static bool find_areas(struct reach *r)
{
	const struct gopm__corefile *core = r->keep->rt->core;
	uint64_t grains = 0, pages = 0;

	r->areas = calloc(core->load_count + 1, sizeof *r->areas);
	if (r->areas == NULL) {
		return false;
	}
	for (size_t i = 0; i < core->load_count; i++) {
		const struct gopm__load *load = &core->loads[i];
		/* Of what a segment declares the core may have been cut. */
		uint64_t left = load->offset < core->source.size ? core->source.size - load->offset : 0;
		uint64_t size = load->file_size < left ? load->file_size : left;
		/* PF_W is 2. What the core left out (reserved memory) is nothing to follow. */
		if ((load->flags & 2) == 0 || size == 0) {
			continue;
		}
		if (size > MAX_AREAS || grains * GRAIN > MAX_AREAS - size) {
			/* Segments that all are the same bytes of the file, rather than a terabyte of them. */
			gopm__finding_add(r->keep->rt->findings, GOPM_FINDING_SLIM, GOPM__AT_ADDRESS(load->address),
			                  "what stacks point to was kept up to this address");
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
	/* Bits that nobody sets cost no memory: a large calloc() is zero pages. */
	r->seen = calloc((size_t)(grains / 64 + 1), sizeof *r->seen);
	r->kept = calloc((size_t)(pages / 64 + 1), sizeof *r->kept);
	return r->seen != NULL && r->kept != NULL;
}

static const struct area *area_of(struct reach *r, uint64_t word)
{
	size_t low = 0, high = r->area_count;

	if (high == 0 || word < r->areas[0].begin || word >= r->areas[high - 1].end) {
		return NULL;
	}
	const struct area *hint = &r->areas[r->area_hint];
	if (word >= hint->begin && word < hint->end) {
		return hint;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (r->areas[middle].end <= word) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	r->area_hint = low;
	return word >= r->areas[low].begin ? &r->areas[low] : NULL;
}

/* Sets a bit; true: it was not set. */
static bool set(uint64_t *bits, uint64_t index)
{
	uint64_t bit = UINT64_C(1) << (index % 64);
	bool fresh = (bits[index / 64] & bit) == 0;

	bits[index / 64] |= bit;
	return fresh;
}

/* Keeps the pages of an object; false: there is no room for them. */
static bool keep_pages(struct reach *r, const struct area *area, uint64_t address, uint64_t size)
{
	uint64_t end = size < area->end - address ? address + size : area->end;

	for (uint64_t page = address / PAGE; page * PAGE < end; page++) {
		if (!set(r->kept, area->pages + (page - area->begin / PAGE))) {
			continue;
		}
		if (r->bytes + PAGE > r->keep->options->max_reach) {
			r->full = true;
			return false;
		}
		r->bytes += PAGE;
	}
	(void)gopm__read_span(&r->reader, address, end - address);
	return true;
}

static void push(struct reach *r, uint64_t address, uint64_t size)
{
	if (r->next_count == r->next_capacity) {
		size_t capacity = r->next_capacity != 0 ? r->next_capacity * 2 : 4096;
		struct object *next = capacity <= MAX_FRONTIER ? realloc(r->next, capacity * sizeof *next) : NULL;
		if (next == NULL) {
			r->no_memory |= capacity <= MAX_FRONTIER;
			r->full |= capacity > MAX_FRONTIER;
			return;
		}
		r->next = next;
		r->next_capacity = capacity;
	}
	r->next[r->next_count++] = (struct object){address, size};
}

static bool find_span(struct reach *r, uint64_t word)
{
	struct gopm__span *s = &r->span;

	if (word >= s->base && word - s->base < s->npages * GOPM__PAGE_BYTES) {
		return true;
	}
	if (r->heap != NULL && gopm__heap_span_of(r->keep->rt, &r->spans, r->heap, word, s)) {
		return true;
	}
	*s = (struct gopm__span){0};
	return false;
}

/* One word that may be a pointer. */
static void follow(struct reach *r, uint64_t word)
{
	const uint64_t most = r->keep->options->max_object;
	const struct area *area = area_of(r, word);

	if (area == NULL || !set(r->seen, area->grains + (word - area->begin) / GRAIN)) {
		return;
	}
	if (!find_span(r, word)) {
		uint64_t size = UNSIZED < most ? UNSIZED : most;
		if (keep_pages(r, area, word, size)) {
			push(r, word, size);
		}
		return;
	}
	const struct gopm__span *s = &r->span;
	if (s->state != GOPM__SPAN_IN_USE || s->elemsize == 0 || word >= s->limit) {
		return; /* a stack is kept with its goroutine */
	}
	uint64_t object = word - (word - s->base) % s->elemsize;
	if (object >= area->begin && (object - area->begin) / GRAIN != (word - area->begin) / GRAIN &&
	    !set(r->seen, area->grains + (object - area->begin) / GRAIN) && s->elemsize <= most) {
		return; /* by another pointer into it */
	}
	/* Of one that is too large, what the pointer shows, and not its beginning. */
	uint64_t from = s->elemsize <= most ? object : word;
	uint64_t end = object + s->elemsize;
	uint64_t size = end - from < most ? end - from : most;
	if (from >= area->begin && keep_pages(r, area, from, size) && !s->noscan) {
		push(r, from, size);
	}
}

static void follow_words(struct reach *r, uint64_t from, uint64_t to, uint64_t skip_lo, uint64_t skip_hi)
{
	from = (from + 7) & ~UINT64_C(7);
	while (from + 8 <= to && !r->full && !r->no_memory) {
		const struct gopm__segment *s = gopm__memory_find(r->reader.memory, from);
		if (s == NULL) {
			return;
		}
		uint64_t left = s->size - (from - s->address), size = to - from < left ? to - from : left;
		const uint8_t *p = gopm__read_span(&r->reader, from, size);
		for (uint64_t i = 0; p != NULL && i + 8 <= size; i += 8) {
			uint64_t word = gopm__load64(p + i);
			if (word < skip_lo || word >= skip_hi) {
				follow(r, word);
			}
		}
		from += size >= 8 ? size & ~UINT64_C(7) : 8;
	}
}

/* What a goroutine's registers, its stack and its g point to. */
static void follow_g(struct reach *r, const struct gopm__g *g)
{
	const struct gopm__runtime *rt = r->keep->rt;
	uint64_t sp, hi;

	if (gopm__keep_live_stack(rt, g, &sp, &hi)) {
		follow_words(r, sp, hi, g->stack_lo, g->stack_hi);
	}
	follow_words(r, g->address, g->address + rt->layout.size[GOPM__STRUCT_G], g->stack_lo, g->stack_hi);
	for (size_t k = 0; g->thread != NULL && k < rt->core->arch->register_count; k++) {
		follow(r, g->thread->registers.value[k]);
	}
}

static void follow_all(struct reach *r)
{
	const struct gopm__runtime *rt = r->keep->rt;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);

	for (uint64_t i = 0; i < rt->g_count && !r->full && !r->no_memory; i++) {
		uint64_t address = gopm__runtime_g_at(rt, &reader, i);
		struct gopm__g g;
		if (address != 0 && gopm__g_read(rt, &reader, address, &g) && !gopm__g_is_dead(&g)) {
			follow_g(r, &g);
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
	r.heap = gopm__heap(keep->rt);
	r.no_memory = !find_areas(&r);
	if (!r.no_memory) {
		follow_all(&r);
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
		gopm__finding_add(keep->rt->findings, GOPM_FINDING_SLIM, GOPM__NOWHERE,
		                  "what stacks point to was kept up to %llu bytes, and there is more",
		                  (unsigned long long)keep->options->max_reach);
	}
	free(r.areas);
	free(r.seen);
	free(r.kept);
	free(r.frontier);
	free(r.next);
	return r.no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}
