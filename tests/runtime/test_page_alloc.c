/* SPDX-License-Identifier: Apache-2.0 */
/* The page allocator, as runtime/mpagealloc.go, mpallocbits.go and mranges.go lay it out: made bits, and what they
 * mean. */
#include "cmocka_all.h"
#include "support/made.h"

#include "runtime/page_alloc.h"

#define PAGE UINT64_C(8192)
#define CHUNK (512 * PAGE)
/* runtime.pageAlloc: the slices of five levels, pointers to 8192 arrays of chunks, searchAddr, and more. */
#define PAGES (BASE + 0xb0000)
#define LEVELS PAGES
#define CHUNKS (PAGES + 5 * 24)
#define IN_USE (CHUNKS + 8192 * 8 + 24)
#define SPANS_SLICE (IN_USE + 0x180) /* mheap_.allspans, somewhere after it */
#define RANGES (BASE + 0xa0000)
#define L2 (BASE + 0xd0000) /* 8192 chunks of 128 bytes would end after the memory: few are used */
#define OTHER_L2 (BASE + 0xe0000)
#define P_CACHE 16 /* offset of pcache in a P */

static struct made *made;
static struct gopm__mheap mheap;
static uint64_t ps[P_COUNT];

static void make_range(unsigned i, uint64_t base, uint64_t limit)
{
	made_put64(made, RANGES + i * 16, base);
	made_put64(made, RANGES + i * 16 + 8, limit);
}

static void make_in_use(uint64_t count, uint64_t total)
{
	made_put64(made, IN_USE, RANGES);
	made_put64(made, IN_USE + 8, count);
	made_put64(made, IN_USE + 16, 16);
	made_put64(made, IN_USE + 24, total);
}

/* Sets the bits of pages [from, from + count) of chunk `chunk`: allocated, or scavenged. */
static void set_pages(uint64_t l2, unsigned chunk, bool scavenged, unsigned from, unsigned count)
{
	for (unsigned page = from; page < from + count; page++) {
		uint8_t *byte = &made->bytes[l2 - BASE + chunk * 128 + (scavenged ? 64 : 0) + page / 8];
		*byte = (uint8_t)(*byte | 1u << (page % 8));
	}
}

static void assert_totals(uint64_t mapped, uint64_t free_pages, uint64_t released)
{
	struct gopm__page_totals totals;

	assert_true(gopm__page_totals(&made->rt, &mheap, &totals));
	assert_int_equal(totals.mapped, mapped);
	assert_int_equal(totals.free, free_pages * PAGE);
	assert_int_equal(totals.released, released * PAGE);
}

static void assert_unknown(void)
{
	struct gopm__page_totals totals;

	assert_false(gopm__page_totals(&made->rt, &mheap, &totals));
}

static int begin_test(void **state)
{
	(void)state;
	made = made_new();
	mheap = (struct gopm__mheap){.allspans = SPANS_SLICE, .base_offset = HEAP};
	made->rt.layout.p.pcache = P_CACHE;
	for (unsigned i = 0; i < 5; i++) {
		made_put64(made, LEVELS + i * 24, HEAP);
		made_put64(made, LEVELS + i * 24 + 8, 0);
		made_put64(made, LEVELS + i * 24 + 16, UINT64_C(16384) << (3 * i));
	}
	made_put64(made, CHUNKS, L2);
	make_range(0, HEAP, HEAP + 2 * CHUNK);
	make_in_use(1, 2 * CHUNK);
	set_pages(L2, 1, false, 0, 512);
	made->rt.ps = ps;
	made->rt.p_count = P_COUNT;
	for (unsigned i = 0; i < P_COUNT; i++) {
		ps[i] = made_p(i);
		made_put64(made, made_p(i) + P_CACHE + 8, 0);
		made_put64(made, made_p(i) + P_CACHE + 16, 0);
	}
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	made->rt.ps = NULL;
	made->rt.p_count = 0;
	made_free(made);
	return 0;
}

static void counts_bits(void **state)
{
	(void)state;
	assert_totals(2 * CHUNK, 512, 0);
	set_pages(L2, 0, false, 3, 100);
	assert_totals(2 * CHUNK, 412, 0);
	set_pages(L2, 0, true, 200, 70);
	assert_totals(2 * CHUNK, 412, 70);
	/* mheap.sysAlloc of Go 1.26 marks pages that nothing uses as allocated, and leaves them scavenged. */
	set_pages(L2, 0, true, 3, 10);
	assert_totals(2 * CHUNK, 422, 80);
}

static void adds_caches_of_ps(void **state)
{
	(void)state;
	set_pages(L2, 0, false, 0, 512);
	assert_totals(2 * CHUNK, 0, 0);
	made_put64(made, made_p(1) + P_CACHE, HEAP);
	made_put64(made, made_p(1) + P_CACHE + 8, 0x700);
	made_put64(made, made_p(1) + P_CACHE + 16, 0x400);
	made_put64(made, made_p(3) + P_CACHE + 8, 1);
	assert_totals(2 * CHUNK, 4, 1);
	made->rt.layout.p.pcache = -1;
	assert_unknown();
}

static void follows_ranges(void **state)
{
	(void)state;
	make_range(1, HEAP + 5 * CHUNK, HEAP + 6 * CHUNK);
	make_in_use(2, 3 * CHUNK);
	set_pages(L2, 5, false, 0, 500);
	assert_totals(3 * CHUNK, 524, 0);
	/* The 8192th chunk is in the next array. */
	make_range(1, HEAP + 8192 * CHUNK, HEAP + 8193 * CHUNK);
	assert_unknown();
	made_put64(made, CHUNKS + 8, OTHER_L2);
	set_pages(OTHER_L2, 0, true, 0, 12);
	assert_totals(3 * CHUNK, 1024, 12);
}

static void refuses_damage(void **state)
{
	(void)state;
	assert_totals(2 * CHUNK, 512, 0);
	/* Sums that differ; ranges without an end, or past all chunks; too many; a list that is not in the core. */
	make_in_use(1, 3 * CHUNK);
	assert_unknown();
	make_in_use(0, 0);
	assert_unknown();
	make_in_use(UINT64_C(1) << 40, 2 * CHUNK);
	assert_unknown();
	make_in_use(1, 2 * CHUNK);
	make_range(0, HEAP + CHUNK, HEAP + CHUNK);
	assert_unknown();
	make_range(0, HEAP, UINT64_MAX);
	assert_unknown();
	make_range(0, HEAP, HEAP + (CHUNK << 26));
	assert_unknown();
	make_range(0, HEAP, HEAP + 2 * CHUNK);
	assert_totals(2 * CHUNK, 512, 0);
	made_put64(made, IN_USE, BASE + SIZE);
	assert_unknown();
	made_put64(made, IN_USE, RANGES);
	made_put64(made, CHUNKS, BASE + SIZE - 128);
	assert_unknown();
	made_put64(made, CHUNKS, 0);
	assert_unknown();
}

static void finds_the_summary(void **state)
{
	(void)state;
	/* Each level has eight times as many entries as the one before. */
	made_put64(made, LEVELS + 2 * 24 + 16, 16384);
	assert_unknown();
	made_put64(made, LEVELS + 2 * 24 + 16, UINT64_C(16384) << 6);
	made_put64(made, LEVELS + 24 + 8, UINT64_C(1) << 60);
	assert_unknown();
	made_put64(made, LEVELS + 24 + 8, 1);
	assert_totals(2 * CHUNK, 512, 0);
	mheap.allspans = PAGES;
	assert_unknown();
	mheap.allspans = 8;
	assert_unknown();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(counts_bits, begin_test, end_test),
	    cmocka_unit_test_setup_teardown(adds_caches_of_ps, begin_test, end_test),
	    cmocka_unit_test_setup_teardown(follows_ranges, begin_test, end_test),
	    cmocka_unit_test_setup_teardown(refuses_damage, begin_test, end_test),
	    cmocka_unit_test_setup_teardown(finds_the_summary, begin_test, end_test),
	};

	return cmocka_run_group_tests_name("page_alloc", tests, NULL, NULL);
}
