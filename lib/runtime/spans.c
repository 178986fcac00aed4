/* SPDX-License-Identifier: Apache-2.0 */
/* mheap_ has no type descriptor, so it is found by its contents, from two sides: allspans, a slice of spans, and
 * arenas, a map that must lead back to the same spans. */
#include "runtime/spans.h"

#include <inttypes.h>

#include "runtime/data_range.h"
#include "util/map64.h"
#include "util/search.h"

#define ARENA_SHIFT 26 /* log2 of heapArenaBytes on 64-bit Linux */
#define PAGES_PER_ARENA 8192u
#define ARENAS ((uint64_t)1 << 22) /* of 48 bits of address: one L1 entry */
#define MAX_SPANS ((uint64_t)1 << 32)
/* Spans that are checked of each candidate for allspans. Wrong candidates fail on the first. */
#define CHECKED_SPANS 32u
/* Bytes between allspans and arenas, at most: counters, and two cache lines of padding. */
#define ARENAS_WITHIN 1024u
/* Spans that one search reads, so that a hostile core cannot make it quadratic. */
#define MAX_STEPS 10000000u
#define MAX_SPAN_BYTES 512u

/* runtime.arenaBaseOffset, runtime/malloc.go (Go 1.16 to 1.27). 0 for other CPUs. */
static const struct {
	const char *arch;
	uint64_t offset;
} base_offsets[] = {
    {"amd64", UINT64_C(0xffff800000000000)},
};

/* Offsets of heapArena.spans, runtime/mheap.go: after the bitmap of pointers, until Go 1.21. The search takes the
 * offset whose entries point to the right spans. */
static const uint64_t spans_offsets[] = {
    0,                  /* since Go 1.22: first field */
    0x100000 + 0x4000,  /* Go 1.20 and 1.21: bitmap and noMorePtrs */
    UINT64_C(0x200000), /* until Go 1.19: two bits for each word */
};

enum { SPANS_OFFSETS = sizeof spans_offsets / sizeof spans_offsets[0] };

static uint64_t span_word(const uint8_t *span, int32_t offset)
{
	return offset >= 0 ? gopm__load64(span + offset) : 0;
}

static uint16_t span_half(const uint8_t *span, int32_t offset)
{
	return offset >= 0 ? gopm__load16(span + offset) : 0;
}

/* Reads a span and checks that it can be one. The fields of a dead span are stale or zero, and not checked. */
static bool read_span(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address,
                      struct gopm__span *out)
{
	const struct gopm__layout *l = &rt->layout;
	const uint32_t size = l->size[GOPM__STRUCT_SPAN];
	uint8_t copy[MAX_SPAN_BYTES];

	if (address == 0 || address % 8 != 0 || size == 0 || size > sizeof copy) {
		return false;
	}
	const uint8_t *span = gopm__read_view(reader, address, size, copy);
	if (span == NULL) {
		return false;
	}
	*out = (struct gopm__span){
	    .address = address,
	    .base = span_word(span, l->span.base),
	    .npages = span_word(span, l->span.npages),
	    .elemsize = span_word(span, l->span.elemsize),
	    .limit = span_word(span, l->span.limit),
	    .alloc_bits = span_word(span, l->span.alloc_bits),
	    .gcmark_bits = span_word(span, l->span.gcmark_bits),
	    .specials = span_word(span, l->span.specials),
	    .large_type = span_word(span, l->span.large_type),
	    .sweepgen = l->span.sweepgen >= 0 ? gopm__load32(span + l->span.sweepgen) : 0,
	    .user_arena = l->span.user_arena >= 0 && span[l->span.user_arena] != 0,
	    .nelems = span_half(span, l->span.nelems),
	    .freeindex = span_half(span, l->span.freeindex),
	    .alloc_count = span_half(span, l->span.alloc_count),
	    .spanclass = span[l->span.spanclass],
	    .state = span[l->span.state],
	    .noscan = (span[l->span.spanclass] & 1) != 0,
	};
	if (out->base % GOPM__PAGE_BYTES != 0 || out->state > GOPM__SPAN_MANUAL) {
		return false;
	}
	if (out->state == GOPM__SPAN_DEAD) {
		return true;
	}
	/* 2^35 pages fill the address space. */
	if (out->npages == 0 || out->npages > UINT64_C(1) << 35) {
		return false;
	}
	const uint64_t bytes = out->npages * GOPM__PAGE_BYTES;
	if (out->base == 0 || out->base + bytes < out->base) {
		return false;
	}
	return out->state == GOPM__SPAN_MANUAL ||
	       (out->elemsize != 0 && out->elemsize <= bytes && out->limit > out->base &&
	        out->limit - out->base <= bytes && out->alloc_count <= out->nelems);
}

/* Sets *index to the index of an address's arena. False: it is outside of all arenas. */
static bool arena_of(const struct gopm__mheap *heap, uint64_t address, uint64_t *index)
{
	*index = (address - heap->base_offset) >> ARENA_SHIFT;
	return *index < ARENAS;
}

uint64_t gopm__mheap_arena(struct gopm__reader *reader, const struct gopm__mheap *heap, uint64_t address)
{
	uint64_t index, arena;

	return arena_of(heap, address, &index) && gopm__read_u64(reader, heap->l2 + index * 8, &arena) ? arena : 0;
}

/* The address of an address's entry in heapArena.spans. */
static uint64_t span_entry(uint64_t arena, uint64_t spans_offset, uint64_t address)
{
	return arena + spans_offset + (address / GOPM__PAGE_BYTES % PAGES_PER_ARENA) * 8;
}

struct heap_search {
	const struct gopm__runtime *rt;
	struct gopm__reader reader, probe;
	uint64_t steps;
	struct gopm__mheap heap;
	struct gopm__span sample[CHECKED_SPANS]; /* of the candidate, without dead ones */
	unsigned count;
};

/* True if `data` is an array of *mspan. Checks spans spread over all of it, and keeps them in s->sample. */
static bool is_allspans(struct heap_search *s, uint64_t data, uint64_t length, uint64_t capacity)
{
	if (data == 0 || data % 8 != 0 || length == 0 || length > capacity || capacity > MAX_SPANS) {
		return false;
	}
	const uint64_t checked = length < CHECKED_SPANS ? length : CHECKED_SPANS;
	s->count = 0;
	for (uint64_t i = 0; i < checked; i++) {
		/* The core may lack the end of the array. What it has must fit. */
		uint64_t address, at = data + (checked == length ? i : i * (length / checked)) * 8;
		struct gopm__span span;
		if (++s->steps > MAX_STEPS || !gopm__read_u64(&s->probe, at, &address)) {
			return i != 0 && s->count != 0 && s->steps <= MAX_STEPS;
		}
		if (!read_span(s->rt, &s->probe, address, &span)) {
			/* A span that the core lacks is not evidence. */
			uint64_t word;
			if (address == 0 || address % 8 != 0 || gopm__read_word(&s->probe, address, 1, &word)) {
				return false;
			}
			continue;
		}
		if (span.state != GOPM__SPAN_DEAD) {
			s->sample[s->count++] = span;
		}
	}
	return s->count != 0;
}

/* True if the map of arenas at `l2` has the spans of s->sample. One in eight may be missing: a new span enters the map
 * after the list. */
static bool is_arena_map(struct heap_search *s, uint64_t l2)
{
	unsigned hits[SPANS_OFFSETS] = {0};

	s->heap.l2 = l2;
	for (unsigned i = 0; i < s->count; i++) {
		const struct gopm__span *span = &s->sample[i];
		const uint64_t last = span->base + (span->npages - 1) * GOPM__PAGE_BYTES;
		const uint64_t arena = gopm__mheap_arena(&s->probe, &s->heap, span->base);
		const uint64_t last_arena = gopm__mheap_arena(&s->probe, &s->heap, last);
		if (++s->steps > MAX_STEPS || arena == 0 || last_arena == 0) {
			continue;
		}
		for (size_t k = 0; k < SPANS_OFFSETS; k++) {
			uint64_t first_span, last_span;
			if (gopm__read_u64(&s->probe, span_entry(arena, spans_offsets[k], span->base), &first_span) &&
			    gopm__read_u64(&s->probe, span_entry(last_arena, spans_offsets[k], last), &last_span) &&
			    first_span == span->address && last_span == span->address) {
				hits[k]++;
			}
		}
	}
	for (size_t k = 0; k < SPANS_OFFSETS; k++) {
		if (hits[k] != 0 && s->count - hits[k] <= s->count / 8) {
			s->heap.spans_offset = spans_offsets[k];
			return true;
		}
	}
	return false;
}

static bool search_for_mheap(struct heap_search *s, struct gopm__data_range range)
{
	uint64_t data, length, capacity, l2;

	for (uint64_t at = range.begin; range.end - at >= 24; at += 8) {
		if (!gopm__read_u64(&s->reader, at, &data) || data == 0 ||
		    !gopm__read_u64(&s->reader, at + 8, &length) || !gopm__read_u64(&s->reader, at + 16, &capacity) ||
		    !is_allspans(s, data, length, capacity)) {
			continue;
		}
		for (uint64_t arenas = at + 24; arenas < range.end && arenas - at < ARENAS_WITHIN; arenas += 8) {
			if (gopm__read_u64(&s->reader, arenas, &l2) && l2 != 0 && l2 % 8 == 0 && is_arena_map(s, l2)) {
				s->heap.allspans = at;
				s->heap.arenas = arenas;
				s->heap.spans = data;
				s->heap.count = length;
				return true;
			}
		}
	}
	return false;
}

/* Shortens the array to what the core has of it: a core that was cut lacks its end. */
static void cut_spans(struct gopm__runtime *rt, struct gopm__mheap *heap)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	uint64_t address;
	size_t present;

	if (gopm__read_u64(&reader, heap->spans + (heap->count - 1) * 8, &address)) {
		return;
	}
	GOPM__LOWER_BOUND(present, heap->count, gopm__read_u64(&reader, heap->spans + present * 8, &address));
	gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__AT_ADDRESS(heap->spans),
	                  "only %zu of %" PRIu64 " entries of runtime.mheap_.allspans are in the core", present,
	                  heap->count);
	heap->count = present;
}

static void find_heap(struct gopm__runtime *rt)
{
	const struct gopm__layout *l = &rt->layout;
	struct gopm__data_range ranges[GOPM__GLOBAL_RANGES];
	struct heap_search s = {.rt = rt, .reader = gopm__reader(&rt->core->memory)};

	s.probe = s.reader;
	if (l->span.base < 0 || l->span.npages < 0 || l->span.elemsize < 0 || l->span.limit < 0 ||
	    l->span.spanclass < 0 || l->span.state < 0) {
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "the layout of runtime.mspan is unknown: the heap cannot be read");
		return;
	}
	for (size_t i = 0; i < sizeof base_offsets / sizeof base_offsets[0]; i++) {
		if (strcmp(rt->core->arch->name, base_offsets[i].arch) == 0) {
			s.heap.base_offset = base_offsets[i].offset;
		}
	}
	const size_t count = gopm__global_ranges(rt, GOPM__GLOBAL_MHEAP, ranges);
	for (size_t i = 0; i < count; i++) {
		if (search_for_mheap(&s, ranges[i])) {
			struct gopm__mheap *heap = gopm__arena_alloc(&rt->arena, sizeof *heap);
			if (heap != NULL) {
				*heap = s.heap;
				cut_spans(rt, heap);
			}
			rt->mheap = heap;
			return;
		}
	}
	gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
	                  "runtime.mheap_ was not found: the heap cannot be read");
}

const struct gopm__mheap *gopm__mheap(struct gopm__runtime *rt)
{
	gopm__runtime_once(rt, &rt->mheap_tried, find_heap);
	return rt->mheap;
}

bool gopm__mheap_span_at(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__mheap *heap,
                         uint64_t index, struct gopm__span *out)
{
	uint64_t address;

	return index < heap->count && gopm__read_u64(reader, heap->spans + index * 8, &address) &&
	       read_span(rt, reader, address, out);
}

bool gopm__mheap_span_of(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__mheap *heap,
                         uint64_t address, struct gopm__span *out)
{
	const uint64_t arena = gopm__mheap_arena(reader, heap, address);
	uint64_t span;

	/* The entry of a free page may still point to its last span. */
	return arena != 0 && gopm__read_u64(reader, span_entry(arena, heap->spans_offset, address), &span) &&
	       read_span(rt, reader, span, out) && out->state != GOPM__SPAN_DEAD && address >= out->base &&
	       address - out->base < out->npages * GOPM__PAGE_BYTES;
}

/* Visits the map entries of a span's arenas, each arena once. */
static gopm_status visit_arenas(struct gopm__reader *reader, const struct gopm__mheap *heap,
                                const struct gopm__span *span, struct gopm__map64 *seen,
                                gopm_status (*visit)(void *user_data, uint64_t address, uint64_t size), void *user_data)
{
	const uint64_t bytes = span->npages * GOPM__PAGE_BYTES;
	uint64_t first, last, arena;
	gopm_status status = GOPM_OK;
	bool fresh;

	if (!arena_of(heap, span->base, &first) || !arena_of(heap, span->base + bytes - 1, &last)) {
		return GOPM_OK;
	}
	for (uint64_t i = first; status == GOPM_OK && i <= last; i++) {
		if (gopm__map64_put(seen, i + 1, &fresh) == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		if (!fresh) {
			continue;
		}
		status = visit(user_data, heap->l2 + i * 8, 8);
		if (status == GOPM_OK && gopm__read_u64(reader, heap->l2 + i * 8, &arena) && arena != 0) {
			/* Until Go 1.21 the bitmap of pointers comes before the spans. */
			status = visit(user_data, arena, heap->spans_offset + (uint64_t)PAGES_PER_ARENA * 8);
		}
	}
	return status;
}

gopm_status gopm__mheap_metadata(const struct gopm__runtime *rt, const struct gopm__mheap *heap,
                                 gopm_status (*visit)(void *user_data, uint64_t address, uint64_t size),
                                 void *user_data)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory), probe = reader;
	struct gopm__map64 seen = {0};
	struct gopm__span span;

	gopm_status status = visit(user_data, heap->spans, heap->count * 8);
	for (uint64_t i = 0; status == GOPM_OK && i < heap->count; i++) {
		if (!gopm__mheap_span_at(rt, &reader, heap, i, &span)) {
			continue;
		}
		status = visit(user_data, span.address, rt->layout.size[GOPM__STRUCT_SPAN]);
		if (status != GOPM_OK || span.state == GOPM__SPAN_DEAD) {
			continue;
		}
		/* Bitmaps are whole words (runtime/mheap.go, newMarkBits). */
		const uint64_t bits = ((uint64_t)span.nelems + 63) / 64 * 8;
		if (bits != 0 && span.alloc_bits != 0) {
			status = visit(user_data, span.alloc_bits, bits);
		}
		if (status == GOPM_OK && bits != 0 && span.gcmark_bits != 0) {
			status = visit(user_data, span.gcmark_bits, bits);
		}
		if (status == GOPM_OK) {
			status = visit_arenas(&probe, heap, &span, &seen, visit, user_data);
		}
	}
	gopm__map64_free(&seen);
	return status;
}
