#include <stdlib.h>

#include "analysis/keep.h"
#include "util/map64.h"

#define PAGE ((uint64_t)4096)
/* Where one object ends and the next begins is not known here: words of this much behind a pointer are followed. */
#define SCANNED ((uint64_t)256)
#define MAX_FRONTIER ((size_t)1 << 24)
#define MAX_AREAS 4096

struct area {
	uint64_t begin, end;
};

/* Breadth first: what one step leads to is kept before anything that takes two. */
struct reach {
	struct gopm__keep *keep;
	struct gopm__reader reader;
	struct area *areas; /* memory of the program without a file behind it, sorted */
	size_t area_count;
	struct gopm__map64 pages, seen; /* page number; address / 16 of what was followed */
	uint64_t *frontier, *next;
	size_t frontier_count, next_count, next_capacity;
	uint64_t bytes;
	bool full, no_memory;
};

static bool is_file(const struct gopm__corefile *core, uint64_t address)
{
	size_t low = 0, high = core->file_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (core->files[middle].end <= address) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < core->file_count && core->files[low].start <= address;
}

static bool find_areas(struct reach *r)
{
	const struct gopm__corefile *core = r->keep->rt->core;

	r->areas = calloc(core->load_count + 1, sizeof *r->areas);
	if (r->areas == NULL) {
		return false;
	}
	for (size_t i = 0; i < core->load_count && r->area_count < MAX_AREAS; i++) {
		const struct gopm__load *load = &core->loads[i];
		/* PF_W 2; what the core left out (reserved memory) is nothing to follow. */
		if ((load->flags & 2) == 0 || load->file_size == 0 || is_file(core, load->address)) {
			continue;
		}
		uint64_t end = load->address + load->file_size;
		struct area *last = r->area_count != 0 ? &r->areas[r->area_count - 1] : NULL;
		if (last != NULL && last->end >= load->address) {
			last->end = end > last->end ? end : last->end;
		} else {
			r->areas[r->area_count++] = (struct area){load->address, end};
		}
	}
	return true;
}

static bool is_target(const struct reach *r, uint64_t word)
{
	size_t low = 0, high = r->area_count;

	if (high == 0 || word < r->areas[0].begin || word >= r->areas[high - 1].end) {
		return false;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (r->areas[middle].end <= word) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < r->area_count && word >= r->areas[low].begin;
}

/* Notes a page; false: there is no room for it any more. */
static bool keep_page(struct reach *r, uint64_t page)
{
	bool fresh;

	if (gopm__map64_put(&r->pages, page, &fresh) == NULL) {
		r->no_memory = true;
		return false;
	}
	if (!fresh) {
		return true;
	}
	if (r->bytes + PAGE > r->keep->options->max_reach) {
		r->full = true;
		return false;
	}
	r->bytes += PAGE;
	(void)gopm__read_span(&r->reader, page * PAGE, PAGE);
	return true;
}

static void push(struct reach *r, uint64_t address)
{
	if (r->next_count == r->next_capacity) {
		size_t capacity = r->next_capacity != 0 ? r->next_capacity * 2 : 4096;
		uint64_t *next = capacity <= MAX_FRONTIER ? realloc(r->next, capacity * sizeof *next) : NULL;
		if (next == NULL) {
			r->no_memory |= capacity <= MAX_FRONTIER;
			r->full |= capacity > MAX_FRONTIER;
			return;
		}
		r->next = next;
		r->next_capacity = capacity;
	}
	r->next[r->next_count++] = address;
}

/* One word that may be a pointer. */
static void follow(struct reach *r, uint64_t word)
{
	bool fresh;

	if (!is_target(r, word) || r->full || r->no_memory) {
		return;
	}
	if (gopm__map64_put(&r->seen, word / 16, &fresh) == NULL) {
		r->no_memory = true;
		return;
	}
	if (!fresh) {
		return;
	}
	uint64_t end = word + r->keep->options->max_object;
	for (uint64_t page = word / PAGE; page <= (end - 1) / PAGE && page * PAGE < end; page++) {
		if (!keep_page(r, page)) {
			return;
		}
	}
	push(r, word);
}

static void follow_words(struct reach *r, uint64_t from, uint64_t to, uint64_t skip_lo, uint64_t skip_hi)
{
	for (uint64_t at = (from + 7) & ~UINT64_C(7); at + 8 <= to && !r->full && !r->no_memory;) {
		uint64_t piece = to - at < PAGE ? to - at : PAGE - at % PAGE;
		piece = piece < to - at ? piece : to - at;
		const uint8_t *p = gopm__read_span(&r->reader, at, piece & ~UINT64_C(7));
		for (uint64_t i = 0; p != NULL && i + 8 <= piece; i += 8) {
			uint64_t word = gopm__load64(p + i);
			if (word < skip_lo || word >= skip_hi) {
				follow(r, word);
			}
		}
		at += piece >= 8 ? piece & ~UINT64_C(7) : 8;
	}
}

static void follow_stacks(struct reach *r)
{
	const struct gopm__runtime *rt = r->keep->rt;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	uint64_t sp, hi;

	for (uint64_t i = 0; i < rt->g_count && !r->full && !r->no_memory; i++) {
		uint64_t address = gopm__runtime_g_at(rt, &reader, i);
		struct gopm__g g;
		if (address == 0 || !gopm__g_read(rt, &reader, address, &g) || gopm__g_is_dead(&g) ||
		    !gopm__keep_live_stack(rt, &g, &sp, &hi)) {
			continue;
		}
		follow_words(r, sp, hi, g.stack_lo, g.stack_hi);
		for (size_t k = 0; g.thread != NULL && k < rt->core->arch->register_count; k++) {
			uint64_t word = g.thread->registers.value[k];
			if (word < g.stack_lo || word >= g.stack_hi) {
				follow(r, word);
			}
		}
	}
}

gopm_status gopm__keep_reach(struct gopm__keep *keep)
{
	struct reach r = {.keep = keep, .reader = gopm__reader(&keep->rt->core->memory)};
	uint32_t depth = keep->options->max_depth;

	if (depth == 0 || keep->options->max_object == 0) {
		return GOPM_OK;
	}
	r.no_memory = !find_areas(&r);
	if (!r.no_memory) {
		follow_stacks(&r);
	}
	for (uint32_t level = 1; level < depth && r.next_count != 0 && !r.full && !r.no_memory; level++) {
		free(r.frontier);
		r.frontier = r.next;
		r.frontier_count = r.next_count;
		r.next = NULL;
		r.next_count = r.next_capacity = 0;
		for (size_t i = 0; i < r.frontier_count; i++) {
			uint64_t size = keep->options->max_object < SCANNED ? keep->options->max_object : SCANNED;
			follow_words(&r, r.frontier[i], r.frontier[i] + size, 0, 0);
		}
	}
	if (r.full) {
		gopm__finding_add(keep->rt->findings, GOPM_FINDING_SLIM, GOPM__NOWHERE,
		                  "what stacks point to was kept up to %llu bytes, and there is more",
		                  (unsigned long long)keep->options->max_reach);
	}
	free(r.areas);
	free(r.frontier);
	free(r.next);
	gopm__map64_free(&r.pages);
	gopm__map64_free(&r.seen);
	return r.no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}
