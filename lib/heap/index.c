/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/index.h"

#include <inttypes.h>
#include <stdlib.h>

#include "runtime/p.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"

#define MALLOC_HEADER 8u        /* runtime/malloc.go, mallocHeaderSize */
#define MAX_BITS_SIZE 512u      /* runtime/malloc.go, minSizeForMallocHeader: larger slots have headers */
#define MIN_MARKS_SIZE 16u      /* runtime/mgcmark_greenteagc.go, gcUsesSpanInlineMarkBits */
#define INLINE_MARKS 128u       /* bytes of spanInlineMarkBits */
#define MAX_SLOTS_OF_SPAN 1024u /* of 8 bytes in a page: no class has more */
#define MAX_CLASS_PAGES 16u     /* runtime/sizeclasses.go, class_to_allocnpages: at most 10 */
#define TINY_SPANCLASS 5u       /* runtime/malloc.go, tinySpanClass: 16 bytes, no pointers */
#define ADDRESS_BITS 48
#define SLICE_BYTES 24
/* Most memory for the map of pages beside the size of the core: 64 MiB. */
#define MAX_MAP_SLACK ((uint64_t)64 << 20)
#define MAX_SLOTS (GOPM__NO_SLOT - 64)

/* Where heapArena.spans is tells what precedes it: nothing, or the bitmap of pointers. See runtime/spans.c. */
enum { SPANS_AFTER_BITS1 = 0x104000, SPANS_AFTER_BITS2 = 0x200000 };

struct index_build {
	struct gopm__index *index;
	struct gopm__runtime *rt;
	const struct gopm__mheap *mheap;
	struct gopm__reader spans, data;
	struct gopm__span *list; /* spans in use, sorted by address */
	size_t count, capacity;
	uint64_t slots;
	size_t chunk_count, chunk_capacity;
	uint64_t lost, overlapping, miscounted; /* spans */
	uint64_t torn;         /* spans that a thread has, and is counting or sweeping, or that are damaged */
	uint64_t pages_in_use; /* of spans with objects */
	bool user_arenas;      /* some are chunks of arenas */
};

static int compare_spans(const void *a, const void *b)
{
	const uint64_t x = ((const struct gopm__span *)a)->base, y = ((const struct gopm__span *)b)->base;
	return (x > y) - (x < y);
}

/* True if the core declares the memory of the span's objects. A span that only claims memory must cost none. */
static bool is_declared(const struct gopm__corefile *core, const struct gopm__span *span)
{
	uint64_t at = span->base;
	const uint64_t end = span->base + span->npages * GOPM__PAGE_BYTES;
	size_t i;

	GOPM__LOWER_BOUND(i, core->load_count, core->loads[i].address <= at);
	for (i = i != 0 ? i - 1 : 0; i < core->load_count && at < end; i++) {
		const struct gopm__load *load = &core->loads[i];
		if (at < load->address || at - load->address >= load->memory_size) {
			return false;
		}
		at = load->address + load->memory_size;
	}
	return at >= end;
}

/* Collects the spans in use. */
static gopm_status collect_spans(struct index_build *b)
{
	for (uint64_t i = 0; i < b->mheap->count; i++) {
		struct gopm__span span;
		if (!gopm__mheap_span_at(b->rt, &b->spans, b->mheap, i, &span)) {
			b->lost++;
			continue;
		}
		if (span.state == GOPM__SPAN_MANUAL) {
			b->index->stacks += span.npages * GOPM__PAGE_BYTES;
		}
		if (span.state == GOPM__SPAN_IN_USE) {
			b->pages_in_use += span.npages;
			b->user_arenas |= span.user_arena;
		}
		/* A chunk of an arena that was freed faults until nothing points to it, and counts no more:
		 * runtime/arena.go, setUserArenaChunkToFault. */
		if (span.state != GOPM__SPAN_IN_USE || (span.user_arena && span.noscan)) {
			continue;
		}
		uint64_t bytes;
		const bool has_class = span.spanclass >= 2 && !span.user_arena;
		if (span.nelems == 0 || span.nelems > MAX_SLOTS_OF_SPAN ||
		    (has_class && span.npages > MAX_CLASS_PAGES) ||
		    __builtin_mul_overflow(span.elemsize, (uint64_t)span.nelems, &bytes) ||
		    bytes > span.npages * GOPM__PAGE_BYTES || (span.base + bytes) >> ADDRESS_BITS != 0 ||
		    !is_declared(b->rt->core, &span)) {
			b->lost++;
			continue;
		}
		if (!GOPM__VECTOR_RESERVE(b->list, b->count, b->capacity, 1)) {
			return GOPM_ERR_NO_MEMORY;
		}
		b->list[b->count++] = span;
	}
	return GOPM_OK;
}

/* Drops spans that begin in an earlier one, and those past the last slot number. */
static void drop_overlaps(struct index_build *b)
{
	size_t kept = 0;
	uint64_t end = 0;

	if (b->count == 0) {
		return;
	}
	qsort(b->list, b->count, sizeof *b->list, compare_spans);
	for (size_t i = 0; i < b->count; i++) {
		const struct gopm__span *span = &b->list[i];
		if (span->base < end || b->slots + span->nelems > MAX_SLOTS) {
			b->overlapping++;
			continue;
		}
		end = span->base + span->npages * GOPM__PAGE_BYTES;
		b->slots += span->nelems;
		b->list[kept++] = *span;
	}
	b->count = kept;
}

/* Bytes of a span that are no slots: the bits of its pointers, and the inline marks. */
static uint64_t tail_bytes(const struct gopm__span *span, bool inline_marks)
{
	const uint64_t bytes = span->npages * GOPM__PAGE_BYTES;
	return (span->noscan ? 0 : bytes / 64) + (inline_marks && span->elemsize >= MIN_MARKS_SIZE ? INLINE_MARKS : 0);
}

/* True if most spans have room for inline marks. The number of slots of a span tells, if it would be another one
 * without them. */
static bool has_inline_marks(const struct index_build *b)
{
	uint64_t with = 0, without = 0;

	for (size_t i = 0; i < b->count; i++) {
		const struct gopm__span *span = &b->list[i];
		const uint64_t bytes = span->npages * GOPM__PAGE_BYTES;
		if (span->elemsize > MAX_BITS_SIZE || span->user_arena || span->spanclass < 2) {
			continue;
		}
		const uint64_t some = (bytes - tail_bytes(span, true)) / span->elemsize;
		const uint64_t none = (bytes - tail_bytes(span, false)) / span->elemsize;
		if (some != none) {
			with += span->nelems == some;
			without += span->nelems == none;
		}
	}
	return with > without;
}

static enum gopm__pointers pointers_of(const struct index_build *b, const struct gopm__span *span)
{
	if (span->noscan) {
		return GOPM__POINTERS_NONE;
	}
	if (b->mheap->spans_offset == SPANS_AFTER_BITS1) {
		return GOPM__POINTERS_ARENA1;
	}
	if (b->mheap->spans_offset == SPANS_AFTER_BITS2) {
		return GOPM__POINTERS_ARENA2;
	}
	/* Size class 0 has one object a span. */
	if (span->spanclass < 2 || span->user_arena) {
		return GOPM__POINTERS_TYPE;
	}
	return span->elemsize <= MAX_BITS_SIZE ? GOPM__POINTERS_BITS : GOPM__POINTERS_HEADER;
}

/* Adds the pages of span `number` to the map. False: out of memory, or the map would get too large. */
static bool map_pages(struct index_build *b, const struct gopm__span *span, uint32_t number)
{
	struct gopm__index *index = b->index;
	const uint64_t limit = (b->rt->core->source.size + MAX_MAP_SLACK) / (GOPM__CHUNK_PAGES * sizeof *index->pages);
	const uint64_t first = span->base / GOPM__PAGE_BYTES;

	for (uint64_t page = first; page < first + span->npages; page++) {
		uint32_t *chunk = &index->chunks[page / GOPM__CHUNK_PAGES - index->first_chunk];
		if (*chunk == 0) {
			uint32_t *grown = index->pages;
			size_t capacity = b->chunk_capacity;
			if (b->chunk_count >= limit || !gopm__vector_grow(&grown, &capacity, b->chunk_count, 1,
			                                                  GOPM__CHUNK_PAGES * sizeof *grown)) {
				return false;
			}
			index->pages = grown;
			b->chunk_capacity = capacity;
			memset(grown + b->chunk_count * GOPM__CHUNK_PAGES, 0, GOPM__CHUNK_PAGES * sizeof *grown);
			*chunk = (uint32_t)++b->chunk_count;
		}
		index->pages[(uint64_t)(*chunk - 1) * GOPM__CHUNK_PAGES + page % GOPM__CHUNK_PAGES] = number + 1;
	}
	return true;
}

/* Sets the bits of the objects that a span has, and counts them. */
static void read_allocated(struct index_build *b, const struct gopm__span *span, const struct gopm__slots *slots)
{
	uint64_t count = 0, bits = 0;
	bool known = true;

	for (uint32_t i = 0; i < slots->count; i++) {
		if (i >= span->freeindex) {
			if (i % 64 == 0 || i == span->freeindex) {
				known = span->alloc_bits != 0 &&
				        gopm__read_u64(&b->spans, span->alloc_bits + i / 64 * 8, &bits);
				b->lost += !known;
			}
			if (!known || (bits >> (i % 64) & 1) == 0) {
				continue;
			}
		}
		gopm__set_bit(b->index->allocated, slots->first + i);
		count++;
	}
	/* An odd sweepgen: a thread allocates in the span or sweeps it (runtime/mheap.go, mspan.sweepgen). */
	const bool differs = count != span->alloc_count && !span->user_arena;
	b->miscounted += differs && span->sweepgen % 2 == 0;
	b->torn += differs && span->sweepgen % 2 != 0;
	b->index->objects += count;
	b->index->bytes += count * slots->size;
}

static void fill_slots(struct index_build *b, const struct gopm__span *span, struct gopm__slots *out)
{
	*out = (struct gopm__slots){
	    .base = span->base,
	    .size = span->elemsize,
	    .count = span->nelems,
	    .first = b->index->slot_count,
	    .pointers = (uint8_t)pointers_of(b, span),
	    .large_type = span->large_type,
	    .specials = span->specials,
	    .tiny = span->spanclass == TINY_SPANCLASS,
	    .user_arena = span->user_arena,
	};
	out->end = out->base + out->count * out->size;
	out->header = out->pointers == GOPM__POINTERS_HEADER ? MALLOC_HEADER : 0;
	/* Exact if offset * size < 2^32; one slot needs no division. */
	if (out->count == 1) {
		out->inverse = 0;
	} else if ((out->end - out->base) * out->size < UINT64_C(1) << 32) {
		out->inverse = (uint32_t)(UINT32_MAX / out->size) + 1;
	}
	out->bytes = gopm__read_peek(&b->data, out->base, out->end - out->base);
	b->index->in_use += span->npages * GOPM__PAGE_BYTES;
	b->index->arenas += span->user_arena ? span->npages * GOPM__PAGE_BYTES : 0;
	b->index->slot_count += out->count;
}

/* The bits of a span's pointers, copied to `copy`; NULL: the core lacks them. In the core each span has them in a page
 * of their own, which is slow if objects are visited in no order. */
static const uint8_t *pointer_bits(struct index_build *b, const struct gopm__span *span, uint8_t *copy)
{
	const uint64_t bytes = span->npages * GOPM__PAGE_BYTES, size = bytes / 64;
	const uint64_t at = span->base + bytes - tail_bytes(span, b->index->inline_marks);

	return gopm__read_copy(&b->data, at, copy, size) == size ? copy : NULL;
}

/* Copies the bits of all spans: a 64th of their memory. */
static gopm_status read_bits(struct index_build *b)
{
	struct gopm__index *index = b->index;
	uint64_t size = 0;

	for (size_t i = 0; i < b->count; i++) {
		if (index->spans[i].pointers == GOPM__POINTERS_BITS) {
			size += b->list[i].npages * GOPM__PAGE_BYTES / 64;
		}
	}
	/* Pages that are never written cost nothing. */
	index->bits = gopm__calloc(size + 1, 1);
	if (index->bits == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	size = 0;
	for (size_t i = 0; i < b->count; i++) {
		if (index->spans[i].pointers == GOPM__POINTERS_BITS) {
			index->spans[i].bits = pointer_bits(b, &b->list[i], index->bits + size);
			b->lost += index->spans[i].bits == NULL;
			size += b->list[i].npages * GOPM__PAGE_BYTES / 64;
		}
	}
	return GOPM_OK;
}

static gopm_status number_slots(struct index_build *b)
{
	struct gopm__index *index = b->index;
	const struct gopm__span *last = &b->list[b->count - 1];

	index->spans = gopm__calloc(b->count, sizeof *index->spans);
	index->allocated = gopm__calloc((size_t)(b->slots / 64 + 1), sizeof *index->allocated);
	index->first_chunk = b->list[0].base >> GOPM__CHUNK_SHIFT;
	index->chunk_range =
	    ((last->base + last->npages * GOPM__PAGE_BYTES - 1) >> GOPM__CHUNK_SHIFT) - index->first_chunk + 1;
	index->chunks = gopm__calloc((size_t)index->chunk_range, sizeof *index->chunks);
	if (index->spans == NULL || index->allocated == NULL || index->chunks == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	size_t kept = 0;
	for (size_t i = 0; i < b->count; i++) {
		const struct gopm__span span = b->list[i];
		const uint64_t before = gopm__failed_allocations();
		if (!map_pages(b, &span, (uint32_t)kept)) {
			if (gopm__failed_allocations() != before) {
				return GOPM_ERR_NO_MEMORY;
			}
			b->lost++;
			continue;
		}
		fill_slots(b, &span, &index->spans[kept]);
		read_allocated(b, &span, &index->spans[kept]);
		b->list[kept++] = span;
	}
	b->count = index->span_count = kept;
	return read_bits(b);
}

/* True if the pages of all spans with objects are not those that the runtime counted. pagesInUse follows allspans;
 * until Go 1.18 there may be a word between them (runtime/mheap.go). Freed chunks of arenas leave the count. */
static bool has_wrong_pages(const struct index_build *b)
{
	struct gopm__reader reader = b->spans;
	uint64_t first, second;

	return !b->user_arenas && gopm__read_u64(&reader, b->mheap->allspans + SLICE_BYTES, &first) &&
	       gopm__read_u64(&reader, b->mheap->allspans + SLICE_BYTES + 8, &second) && first != b->pages_in_use &&
	       second != b->pages_in_use;
}

static void report_spans(struct index_build *b)
{
	struct gopm__reader reader = b->spans;

	/* Each running P changes one span at a time (runtime/malloc.go, nextFreeFast). */
	if (b->torn > gopm__ps_running(b->rt, &reader)) {
		b->miscounted += b->torn;
	}
	if (b->lost != 0) {
		gopm__finding_add(b->rt->findings, GOPM_FINDING_MISSING, GOPM__AT_ADDRESS(b->mheap->allspans),
		                  "%" PRIu64 " spans of the heap are damaged, or not all in the core", b->lost);
	}
	if (b->miscounted != 0) {
		gopm__finding_add(b->rt->findings, GOPM_FINDING_BAD_HEAP, GOPM__AT_ADDRESS(b->mheap->allspans),
		                  "%" PRIu64 " spans of the heap have other numbers of objects than their allocCount",
		                  b->miscounted);
	}
	if (has_wrong_pages(b)) {
		gopm__finding_add(b->rt->findings, GOPM_FINDING_BAD_HEAP, GOPM__AT_ADDRESS(b->mheap->allspans),
		                  "the spans of the heap have %" PRIu64
		                  " pages together, but mheap_.pagesInUse has another number",
		                  b->pages_in_use);
	}
	if (b->overlapping != 0) {
		gopm__finding_add(b->rt->findings, GOPM_FINDING_BAD_HEAP, GOPM__AT_ADDRESS(b->mheap->allspans),
		                  "%" PRIu64 " spans of the heap overlap others", b->overlapping);
	}
}

gopm_status gopm__index_open(struct gopm__index *index, struct gopm__runtime *rt)
{
	struct index_build b = {.index = index, .rt = rt, .mheap = gopm__mheap(rt)};

	*index = (struct gopm__index){0};
	if (b.mheap == NULL) {
		return GOPM_NOT_FOUND;
	}
	b.spans = b.data = gopm__reader(&rt->core->memory);
	gopm_status status = collect_spans(&b);
	if (status == GOPM_OK) {
		drop_overlaps(&b);
		index->inline_marks = has_inline_marks(&b);
		status = b.count != 0 ? number_slots(&b) : GOPM_NOT_FOUND;
	}
	report_spans(&b);
	free(b.list);
	if (status != GOPM_OK) {
		gopm__index_close(index);
	}
	return status;
}

void gopm__index_close(struct gopm__index *index)
{
	free(index->spans);
	free(index->allocated);
	free(index->chunks);
	free(index->pages);
	free(index->bits);
	*index = (struct gopm__index){0};
}

const struct gopm__slots *gopm__index_span_of_slot(const struct gopm__index *index, uint32_t slot)
{
	size_t at;

	GOPM__LOWER_BOUND(at, index->span_count, index->spans[at].first <= slot);
	return &index->spans[at - 1];
}
