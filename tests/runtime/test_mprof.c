/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of buckets in a synthetic process: what is published and what is pending by the rules of runtime/mprof.go, the
 * records of each Go version, and damage. */
#include "cmocka_all.h"

#include <string.h>

#include "runtime/mprof.h"
#include "support/made.h"

enum { DEPTH = MADE_DEPTH, OBJECT = 96, MEMORY_BUCKETS = 3 };

static int set_up(void **state)
{
	struct made *p = made_new();

	p->rt.minor = 26;
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	made_free(*state);
	return 0;
}

static bool has_finding(const struct made *p, uint32_t kind)
{
	for (size_t i = 0; i < p->findings.count; i++) {
		if (p->findings.list[i].kind == kind) {
			return true;
		}
	}
	return false;
}

static uint64_t pc_of(unsigned i, unsigned k)
{
	return 0x401000 + i * 0x100 + k * 0x10;
}

static void add_bucket(struct made *p, unsigned i, uint64_t next, uint64_t type, uint64_t size)
{
	const uint64_t stack[DEPTH] = {pc_of(i, 0), pc_of(i, 1), pc_of(i, 2)};

	made_bucket(p, i, next, type, size, stack);
}

static uint64_t record_at(unsigned i)
{
	return made_bucket_at(i) + 48 + DEPTH * 8;
}

/* memRecordCycle number `c`: 0 is active, 1 to 3 are future. */
static void put_counts(struct made *p, unsigned i, unsigned c, uint64_t allocs, uint64_t frees)
{
	const bool bytes = p->rt.minor < 27;
	const uint64_t at = record_at(i) + c * (bytes ? 32U : 16U);

	made_put64(p, at, allocs);
	made_put64(p, at + 8, frees);
	if (bytes) {
		made_put64(p, at + 16, allocs * OBJECT);
		made_put64(p, at + 24, frees * OBJECT);
	}
}

/* Three memory buckets with different counts in each cycle. */
static void make_memory(struct made *p)
{
	for (unsigned i = 0; i < MEMORY_BUCKETS; i++) {
		add_bucket(p, i, i + 1 < MEMORY_BUCKETS ? made_bucket_at(i + 1) : 0, 1, OBJECT);
		put_counts(p, i, 0, 1000 + i, 100);
		put_counts(p, i, 1, 10, 1);
		put_counts(p, i, 2, 20, 2);
		put_counts(p, i, 3, 40, 4);
	}
	made_put64(p, MBUCKETS, made_bucket_at(0));
	p->rt.symbols[GOPM__GLOBAL_MBUCKETS] = (struct gopm__global_symbol){MBUCKETS, 8};
	p->rt.symbols[GOPM__GLOBAL_PROFILE_CYCLE] = (struct gopm__global_symbol){CYCLE, 4};
	p->rt.symbols[GOPM__GLOBAL_MEM_PROFILE_RATE] = (struct gopm__global_symbol){RATE, 8};
	made_put64(p, RATE, 512 << 10);
}

static void expect_counts(struct made *p, uint64_t allocs, uint64_t frees, uint64_t later_allocs, uint64_t later_frees)
{
	struct gopm__buckets buckets;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	uint64_t pcs[GOPM__BUCKET_DEPTH], skip;

	assert_int_equal(gopm__buckets_read(&p->rt, gopm__mprof(&p->rt), GOPM__BUCKET_MEMORY, &buckets), GOPM_OK);
	assert_int_equal(buckets.count, MEMORY_BUCKETS);
	for (unsigned i = 0; i < MEMORY_BUCKETS; i++) {
		const struct gopm__bucket *b = &buckets.list[i];
		assert_int_equal(b->address, made_bucket_at(i));
		assert_int_equal(b->size, OBJECT);
		assert_int_equal(b->allocs, allocs + i);
		assert_int_equal(b->frees, frees);
		assert_int_equal(b->later_allocs, later_allocs);
		assert_int_equal(b->later_frees, later_frees);
		assert_int_equal(gopm__bucket_stack(&reader, b, pcs, &skip), DEPTH);
		assert_int_equal(skip, 0);
		assert_int_equal(pcs[1], pc_of(i, 1));
	}
	gopm__buckets_clear(&buckets);
	assert_int_equal(p->findings.count, 0);
}

static void published_after_a_flush(void **state)
{
	struct made *p = *state;

	make_memory(p);
	made_put(p, CYCLE, 7 << 1 | 1, 4);
	assert_int_equal(gopm__mprof(&p->rt)->memory_rate, 512 << 10);
	expect_counts(p, 1000, 100, 70, 7);
}

/* Cycle 7 is future[7 % 3]: runtime.MemProfile flushes it first. */
static void published_before_the_flush(void **state)
{
	struct made *p = *state;

	make_memory(p);
	made_put(p, CYCLE, 7 << 1, 4);
	expect_counts(p, 1020, 102, 50, 5);
}

/* Without any published count runtime.MemProfile publishes all cycles. */
static void nothing_published(void **state)
{
	struct made *p = *state;

	make_memory(p);
	for (unsigned i = 0; i < MEMORY_BUCKETS; i++) {
		put_counts(p, i, 0, 0, 0);
		put_counts(p, i, 1, 10 + i, 1);
	}
	made_put(p, CYCLE, 7 << 1 | 1, 4);
	expect_counts(p, 70, 7, 0, 0);
}

static void cycle_of_go_118(void **state)
{
	struct made *p = *state;

	p->rt.minor = 18;
	make_memory(p);
	p->rt.symbols[GOPM__GLOBAL_PROFILE_CYCLE].address = 0;
	p->rt.symbols[GOPM__GLOBAL_PROFILE_CYCLE_1_16] = (struct gopm__global_symbol){CYCLE, 8};
	made_put(p, CYCLE, 8, 4); /* future[2], not flushed */
	expect_counts(p, 1040, 104, 30, 3);
}

static void records_of_go_127(void **state)
{
	struct made *p = *state;

	p->rt.minor = 27;
	make_memory(p);
	made_put(p, CYCLE, 6 << 1, 4);
	expect_counts(p, 1010, 101, 60, 6);
}

/* An unknown cycle matters only if no part of `future` is empty. */
static void an_unknown_cycle(void **state)
{
	struct made *p = *state;
	struct gopm__buckets buckets;

	make_memory(p);
	p->rt.symbols[GOPM__GLOBAL_PROFILE_CYCLE].address = 0;
	assert_int_equal(gopm__buckets_read(&p->rt, gopm__mprof(&p->rt), GOPM__BUCKET_MEMORY, &buckets), GOPM_OK);
	gopm__buckets_clear(&buckets);
	assert_true(has_finding(p, GOPM_FINDING_MISSING));
	gopm__findings_clear(&p->findings);
	gopm__findings_init(&p->findings, 50);
	for (unsigned i = 0; i < MEMORY_BUCKETS; i++) {
		put_counts(p, i, 2, 0, 0);
	}
	expect_counts(p, 1000, 100, 50, 5);
}

static void lists_by_structure(void **state)
{
	struct made *p = *state;

	make_memory(p);
	made_put(p, CYCLE, 7 << 1 | 1, 4);
	p->rt.symbols[GOPM__GLOBAL_MBUCKETS].address = 0;
	add_bucket(p, 5, 0, 2, 0);
	made_put64(p, BBUCKETS, made_bucket_at(5));
	made_put64(p, BSS + 0x300, made_bucket_at(5) + 8); /* not a bucket */
	const struct gopm__mprof *mprof = gopm__mprof(&p->rt);
	assert_non_null(mprof);
	assert_true(mprof->found[GOPM__BUCKET_MEMORY] && mprof->found[GOPM__BUCKET_BLOCK]);
	assert_false(mprof->found[GOPM__BUCKET_MUTEX]);
	assert_int_equal(mprof->heads[GOPM__BUCKET_BLOCK], made_bucket_at(5));
	expect_counts(p, 1000, 100, 70, 7);
}

/* Reads the memory buckets of a damaged list. */
static size_t count_memory(struct made *p)
{
	struct gopm__buckets buckets;

	assert_int_equal(gopm__buckets_read(&p->rt, gopm__mprof(&p->rt), GOPM__BUCKET_MEMORY, &buckets), GOPM_OK);
	const size_t count = buckets.count;
	gopm__buckets_clear(&buckets);
	return count;
}

static void damaged_buckets(void **state)
{
	struct made *p = *state;

	make_memory(p);
	made_put(p, CYCLE, 7 << 1 | 1, 4);
	/* A pc that the hash does not have. */
	made_put64(p, made_bucket_at(1) + 48, 0x123456);
	assert_int_equal(count_memory(p), 2);
	assert_true(has_finding(p, GOPM_FINDING_BAD_POINTER));
	/* Bytes that are not those of the objects; one object less may be the moment. */
	made_put64(p, record_at(2) + 16, 1001 * OBJECT);
	assert_int_equal(count_memory(p), 2);
	made_put64(p, record_at(2) + 16, 1001 * OBJECT + 1);
	assert_int_equal(count_memory(p), 1);
	/* More frees than allocations. */
	put_counts(p, 0, 0, 10, 11);
	assert_int_equal(count_memory(p), 0);
	made_put(p, made_bucket_at(0) + 40, GOPM__BUCKET_DEPTH + 1, 8);
	assert_int_equal(count_memory(p), 0);
}

static void a_list_in_a_circle(void **state)
{
	struct made *p = *state;

	make_memory(p);
	made_put64(p, made_bucket_at(2) + 8, made_bucket_at(1));
	assert_int_equal(count_memory(p), MEMORY_BUCKETS);
	assert_true(has_finding(p, GOPM_FINDING_CYCLE));
}

static void a_list_that_leaves_the_core(void **state)
{
	struct made *p = *state;

	make_memory(p);
	made_put64(p, made_bucket_at(1) + 8, 0xdead0000);
	assert_int_equal(count_memory(p), 2);
	assert_true(has_finding(p, GOPM_FINDING_MISSING));
}

static void a_cycle_that_is_none(void **state)
{
	struct made *p = *state;

	make_memory(p);
	made_put(p, CYCLE, UINT32_MAX, 4);
	assert_false(gopm__mprof(&p->rt)->cycle_known);
	assert_true(has_finding(p, GOPM_FINDING_BAD_POINTER));
}

static int64_t read_count(struct made *p, uint64_t bits, size_t *buckets_read)
{
	struct gopm__buckets buckets;

	made_put64(p, record_at(5), bits);
	assert_int_equal(gopm__buckets_read(&p->rt, gopm__mprof(&p->rt), GOPM__BUCKET_BLOCK, &buckets), GOPM_OK);
	*buckets_read = buckets.count;
	const int64_t count = buckets.count != 0 ? buckets.list[0].count : -1;
	if (buckets.count != 0) {
		assert_int_equal(buckets.list[0].cycles, 77);
	}
	gopm__buckets_clear(&buckets);
	return count;
}

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits;
}

static void make_blocking(struct made *p)
{
	add_bucket(p, 5, 0, 2, 0);
	made_put64(p, record_at(5) + 8, 77);
	made_put64(p, BBUCKETS, made_bucket_at(5));
	p->rt.symbols[GOPM__GLOBAL_BBUCKETS] = (struct gopm__global_symbol){BBUCKETS, 8};
}

static void counts_of_blocking(void **state)
{
	struct made *p = *state;
	size_t count;

	make_blocking(p);
	assert_int_equal(read_count(p, bits_of(2.75), &count), 2);
	assert_int_equal(count, 1);
	assert_int_equal(p->findings.count, 0);
	(void)read_count(p, bits_of(-1), &count);
	assert_int_equal(count, 0);
	(void)read_count(p, bits_of(1.0 / 0.0), &count);
	assert_int_equal(count, 0);
	assert_true(has_finding(p, GOPM_FINDING_BAD_POINTER));
}

/* blockRecord.count is an int64 until Go 1.16. */
static void counts_of_go_116(void **state)
{
	struct made *p = *state;
	size_t count;

	p->rt.minor = 16;
	make_blocking(p);
	assert_int_equal(read_count(p, 3, &count), 3);
	assert_true(gopm__mprof(&p->rt)->scale_mutexes);
	assert_int_equal(gopm__mprof(&p->rt)->stack_depth, 32);
}

/* Since Go 1.23 a stack may begin with a mark, or with how many calls to leave out. */
static void stacks_with_a_mark(void **state)
{
	const uint64_t logical[DEPTH] = {UINT64_MAX, 0x401010, 0x401020}, skipping[DEPTH] = {2, 0x401010, 0x401020};
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	uint64_t pcs[GOPM__BUCKET_DEPTH], skip;
	struct gopm__buckets buckets;

	make_blocking(p);
	made_bucket(p, 5, made_bucket_at(6), 2, 0, logical);
	made_bucket(p, 6, 0, 2, 0, skipping);
	assert_int_equal(gopm__buckets_read(&p->rt, gopm__mprof(&p->rt), GOPM__BUCKET_BLOCK, &buckets), GOPM_OK);
	assert_int_equal(buckets.count, 2);
	assert_int_equal(gopm__bucket_stack(&reader, &buckets.list[0], pcs, &skip), 2);
	assert_int_equal(skip, 0);
	assert_int_equal(pcs[0], 0x401010);
	assert_int_equal(gopm__bucket_stack(&reader, &buckets.list[1], pcs, &skip), 2);
	assert_int_equal(skip, 2);
	assert_int_equal(pcs[1], 0x401020);
	gopm__buckets_clear(&buckets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(published_after_a_flush, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(published_before_the_flush, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(nothing_published, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(cycle_of_go_118, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(records_of_go_127, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_unknown_cycle, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(lists_by_structure, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(damaged_buckets, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_list_in_a_circle, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_list_that_leaves_the_core, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_cycle_that_is_none, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(counts_of_blocking, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(counts_of_go_116, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(stacks_with_a_mark, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
