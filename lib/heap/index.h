/* SPDX-License-Identifier: Apache-2.0 */
/* The index of a heap: spans with objects, numbered slots, and the map from an address to its slot.
 *
 * All that the heap knows of an object is in flat arrays by slot number: the first slot of its span plus its index in
 * the span. A slot has an object or is free. Source: runtime/mheap.go, runtime/mbitmap.go, Go 1.16 to 1.27. */
#ifndef GOPM_HEAP_INDEX_H
#define GOPM_HEAP_INDEX_H

#include "runtime/spans.h"

#define GOPM__NO_SLOT UINT32_MAX

/* How the pointers in the objects of a span are found. */
enum gopm__pointers {
	GOPM__POINTERS_NONE,   /* no pointers */
	GOPM__POINTERS_BITS,   /* bits at the end of the span, one a word (since Go 1.22) */
	GOPM__POINTERS_HEADER, /* the first word of the slot is a type descriptor (since Go 1.22) */
	GOPM__POINTERS_TYPE,   /* mspan.largeType is it (since Go 1.22) */
	GOPM__POINTERS_ARENA1, /* heapArena.bitmap, one bit a word (Go 1.20, 1.21) */
	GOPM__POINTERS_ARENA2, /* heapArena.bitmap, two bits a word (until Go 1.19) */
};

/* A span with objects. Its slots are [first, first + count). */
struct gopm__slots {
	uint64_t base, end;   /* of the slots: end = base + count * size */
	uint64_t size;        /* bytes of a slot */
	const uint8_t *bytes; /* of [base, end); NULL: read them with a reader */
	const uint8_t *bits;  /* POINTERS_BITS: of all words from `base` on; NULL: the core lacks them */
	uint64_t large_type;  /* POINTERS_TYPE: address of the descriptor; 0: the object has no pointers yet */
	uint64_t specials;    /* address of the first special; 0: none */
	uint32_t first, count;
	uint32_t inverse; /* ceil(2^32 / size), to divide by multiplying; 0: divide */
	uint8_t pointers; /* enum gopm__pointers */
	uint8_t header;   /* bytes before the object in its slot: 8 or 0 */
	bool user_arena;  /* its slot is a chunk of an arena of package arena */
	bool tiny;        /* its slots may be blocks of several small objects (mcache.tiny) */
};

#define GOPM__CHUNK_SHIFT 26 /* log2 of the bytes of a chunk of the map: those of a heapArena */
#define GOPM__CHUNK_PAGES 8192u

struct gopm__index {
	struct gopm__slots *spans; /* sorted by address */
	size_t span_count;
	uint32_t slot_count;
	uint64_t *allocated; /* a bit a slot */
	uint64_t objects, bytes;
	uint64_t in_use;  /* bytes of the spans' pages */
	uint64_t arenas;  /* of them, those of arenas of package arena: the page allocator does not have them */
	uint64_t stacks;  /* bytes of the pages of manually managed spans */
	uint32_t *chunks; /* number of the chunk with an address, plus 1; 0: none; from first_chunk on */
	uint64_t first_chunk, chunk_range;
	uint32_t *pages;   /* of each chunk GOPM__CHUNK_PAGES numbers of spans, plus 1 */
	uint8_t *bits;     /* owned: the bits of all spans */
	bool inline_marks; /* spans of small objects end with 128 bytes of marks (since Go 1.25) */
};

/* Reads all spans. What is damaged or not in the core is left out, with findings.
 * @return GOPM_OK; GOPM_NOT_FOUND (the core has no heap, and a finding says why); GOPM_ERR_NO_MEMORY. */
gopm_status gopm__index_open(struct gopm__index *index, struct gopm__runtime *rt);
void gopm__index_close(struct gopm__index *index);

/* The span with slots at `address`; NULL: none. */
static inline const struct gopm__slots *gopm__index_span(const struct gopm__index *index, uint64_t address)
{
	const uint64_t chunk = (address >> GOPM__CHUNK_SHIFT) - index->first_chunk;

	if (chunk >= index->chunk_range || index->chunks[chunk] == 0) {
		return NULL;
	}
	const uint32_t span = index->pages[(uint64_t)(index->chunks[chunk] - 1) * GOPM__CHUNK_PAGES +
	                                   address / GOPM__PAGE_BYTES % GOPM__CHUNK_PAGES];
	if (span == 0) {
		return NULL;
	}
	const struct gopm__slots *slots = &index->spans[span - 1];
	return address - slots->base < slots->end - slots->base ? slots : NULL;
}

/* The index in its span of the slot with `address`, which is in the span. */
static inline uint32_t gopm__slot_index(const struct gopm__slots *span, uint64_t address)
{
	const uint64_t offset = address - span->base;
	return (uint32_t)(span->inverse != 0 ? (offset * span->inverse) >> 32 : offset / span->size);
}

/* The address of slot `slot` of its span. */
static inline uint64_t gopm__slot_address(const struct gopm__slots *span, uint32_t slot)
{
	return span->base + (slot - span->first) * span->size;
}

static inline bool gopm__bit(const uint64_t *bits, uint32_t index)
{
	return (bits[index / 64] >> (index % 64) & 1) != 0;
}

/* Sets a bit. True if it was not set. */
static inline bool gopm__set_bit(uint64_t *bits, uint32_t index)
{
	const uint64_t bit = UINT64_C(1) << (index % 64);
	const bool fresh = (bits[index / 64] & bit) == 0;

	bits[index / 64] |= bit;
	return fresh;
}

/* The slot of the object that contains `address`, with its span; GOPM__NO_SLOT: none, or it is free. */
static inline uint32_t gopm__index_object(const struct gopm__index *index, uint64_t address,
                                          const struct gopm__slots **span)
{
	const struct gopm__slots *s = gopm__index_span(index, address);

	if (s == NULL) {
		return GOPM__NO_SLOT;
	}
	const uint32_t slot = s->first + gopm__slot_index(s, address);
	if (!gopm__bit(index->allocated, slot)) {
		return GOPM__NO_SLOT;
	}
	*span = s;
	return slot;
}

/* The span of a slot below slot_count. */
const struct gopm__slots *gopm__index_span_of_slot(const struct gopm__index *index, uint32_t slot);

#endif
