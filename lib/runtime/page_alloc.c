/* SPDX-License-Identifier: Apache-2.0 */
/* pageAlloc has no type descriptor. It is in runtime.mheap_ before allspans, and begins with the slices of its summary,
 * whose capacities nothing else has. */
#include "runtime/page_alloc.h"

/* Of runtime.pageAlloc. */
enum {
	SUMMARY_LEVELS = 5,
	SLICE_BYTES = 24,
	AT_CHUNKS = SUMMARY_LEVELS * SLICE_BYTES,
	CHUNKS_L1 = 8192, /* pointers to arrays of as many pallocData */
	CHUNKS_L2_BITS = 13,
	AT_SEARCH = AT_CHUNKS + CHUNKS_L1 * 8,
	AT_IN_USE = AT_SEARCH + 24, /* addrRanges: a slice of ranges, and their total */
	RANGE_BYTES = 16,
	CHUNK_PAGES = 512, /* of one pallocData */
	CHUNK_BYTES = 128, /* two bits a page: allocated, and scavenged after all allocated ones */
	/* Bytes of pageAlloc after in_use, and what is between pageAlloc and allspans, at most. */
	REST = 1024,
};

#define CHUNK_SIZE ((uint64_t)CHUNK_PAGES * GOPM__PAGE_BYTES)
#define MAX_RANGES ((uint64_t)1 << 16)
#define MAX_CHUNKS ((uint64_t)1 << 22) /* 16 TiB */

/* True if the summary of a pageAlloc begins at `at`: each level has eight times as many entries as the one before. */
static bool is_summary(struct gopm__reader *reader, uint64_t at)
{
	uint64_t previous = 0, length, capacity;

	for (unsigned i = 0; i < SUMMARY_LEVELS; i++) {
		const uint64_t slice = at + (uint64_t)i * SLICE_BYTES;
		if (!gopm__read_u64(reader, slice + 8, &length) || !gopm__read_u64(reader, slice + 16, &capacity) ||
		    length > capacity || capacity < 1024 || (capacity & (capacity - 1)) != 0 ||
		    (i != 0 && capacity != previous * 8)) {
			return false;
		}
		previous = capacity;
	}
	return true;
}

/* The address of mheap_.pages; 0: not found. */
static uint64_t find_page_alloc(struct gopm__reader *reader, const struct gopm__mheap *mheap)
{
	for (uint64_t back = AT_IN_USE; back < AT_IN_USE + REST && back <= mheap->allspans; back += 8) {
		if (is_summary(reader, mheap->allspans - back)) {
			return mheap->allspans - back;
		}
	}
	return 0;
}

/* Adds the pages of one chunk. A page that is in use is never one that was given back. The exception are the first
 * pages of a heap whose base is random: they are marked as allocated, so that nothing uses them (mheap.sysAlloc,
 * Go 1.26). */
static void count_chunk(const uint8_t *bits, struct gopm__page_totals *out)
{
	for (size_t i = 0; i < CHUNK_PAGES / 64; i++) {
		const uint64_t allocated = gopm__load64(bits + i * 8);
		const uint64_t scavenged = gopm__load64(bits + CHUNK_BYTES / 2 + i * 8);
		out->free += (uint64_t)__builtin_popcountll(~allocated | scavenged) * GOPM__PAGE_BYTES;
		out->released += (uint64_t)__builtin_popcountll(scavenged) * GOPM__PAGE_BYTES;
	}
}

/* Adds the chunks of one range. */
static bool count_range(struct gopm__reader *reader, const struct gopm__mheap *mheap, uint64_t pages, uint64_t base,
                        uint64_t limit, struct gopm__page_totals *out)
{
	const uint64_t first = (base - mheap->base_offset) / CHUNK_SIZE;
	const uint64_t last = (limit - 1 - mheap->base_offset) / CHUNK_SIZE;
	uint8_t bits[CHUNK_BYTES];
	uint64_t l2;

	if (limit <= base || last - first >= MAX_CHUNKS || last >> CHUNKS_L2_BITS >= CHUNKS_L1) {
		return false;
	}
	for (uint64_t i = first; i <= last; i++) {
		const uint64_t in_l2 = i & (((uint64_t)1 << CHUNKS_L2_BITS) - 1);
		if (!gopm__read_u64(reader, pages + AT_CHUNKS + (i >> CHUNKS_L2_BITS) * 8, &l2) || l2 == 0 ||
		    gopm__read_copy(reader, l2 + in_l2 * CHUNK_BYTES, bits, sizeof bits) != sizeof bits) {
			return false;
		}
		count_chunk(bits, out);
	}
	return true;
}

/* Adds the pages that Ps keep to allocate from: the bitmap has them as allocated (runtime/mpagecache.go). */
static bool count_cached(const struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__page_totals *out)
{
	uint64_t cached, scavenged;

	for (size_t i = 0; i < rt->p_count; i++) {
		const uint64_t at = rt->ps[i] + (uint64_t)rt->layout.p.pcache;
		if (rt->layout.p.pcache < 0 || !gopm__read_u64(reader, at + 8, &cached) ||
		    !gopm__read_u64(reader, at + 16, &scavenged)) {
			return false;
		}
		out->free += (uint64_t)__builtin_popcountll(cached) * GOPM__PAGE_BYTES;
		out->released += (uint64_t)__builtin_popcountll(scavenged) * GOPM__PAGE_BYTES;
	}
	return true;
}

bool gopm__page_totals(const struct gopm__runtime *rt, const struct gopm__mheap *mheap, struct gopm__page_totals *out)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory), list = reader;
	const uint64_t pages = find_page_alloc(&reader, mheap);
	uint64_t ranges, length, total;

	*out = (struct gopm__page_totals){0};
	if (pages == 0 || !gopm__read_u64(&reader, pages + AT_IN_USE, &ranges) ||
	    !gopm__read_u64(&reader, pages + AT_IN_USE + 8, &length) ||
	    !gopm__read_u64(&reader, pages + AT_IN_USE + SLICE_BYTES, &total) || length == 0 || length > MAX_RANGES) {
		return false;
	}
	for (uint64_t i = 0; i < length; i++) {
		uint64_t base, limit;
		if (!gopm__read_u64(&list, ranges + i * RANGE_BYTES, &base) ||
		    !gopm__read_u64(&list, ranges + i * RANGE_BYTES + 8, &limit) ||
		    !count_range(&reader, mheap, pages, base, limit, out)) {
			return false;
		}
		out->mapped += limit - base;
	}
	return count_cached(rt, &reader, out) && out->mapped == total && out->free <= total &&
	       out->released <= out->free;
}
