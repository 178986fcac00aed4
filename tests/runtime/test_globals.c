/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.sched, semtable and mheap_ of a synthetic process without symbols. They are found if they are sound, and not
 * if a part is inconsistent, cyclic or missing. */
#include "cmocka_all.h"

#include "support/made.h"

static int set_up(void **state)
{
	*state = made_new();
	return 0;
}

static int tear_down(void **state)
{
	made_free(*state);
	return 0;
}

static bool said(const struct made *p, uint32_t kind)
{
	for (size_t i = 0; i < p->findings.count; i++) {
		if (p->findings.list[i].kind == kind) {
			return true;
		}
	}
	return false;
}

/* ---- semaphores ---- */

static void check_waiters(struct made *p)
{
	const struct gopm__semaphores *found = gopm__semaphores(&p->rt);

	assert_non_null(found);
	assert_int_equal(found->table, SEMTABLE);
	assert_int_equal(found->stride, STRIDE);
	assert_int_equal(found->count, 4);
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(0)), SEMAPHORE);
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(1)), SEMAPHORE);
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(2)), SAME_ROOT);
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(3)), NEXT_ROOT);
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(4)), 0);
	assert_int_equal(gopm__semaphore_of(&p->rt, 0), 0);
	assert_int_equal(p->findings.count, 0);
}

static void semaphores_by_structure(void **state)
{
	made_waiters(*state);
	check_waiters(*state);
}

static void semaphores_by_symbol(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	p->rt.symbols[GOPM__GLOBAL_SEMTABLE] = (struct gopm__global_symbol){SEMTABLE, ROOTS * (uint64_t)STRIDE};
	check_waiters(p);
}

/* A symbol with a wrong address is not trusted: the data there must fit. */
static void semaphores_by_a_wrong_symbol(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	p->rt.symbols[GOPM__GLOBAL_SEMTABLE] =
	    (struct gopm__global_symbol){SEMTABLE + STRIDE, ROOTS * (uint64_t)STRIDE};
	check_waiters(p);
}

static void nobody_waits(void **state)
{
	struct made *p = *state;

	for (unsigned i = 0; i < G_COUNT; i++) {
		made_put(p, made_g(i) + (uint64_t)p->rt.layout.g.atomicstatus, GOPM_G_DEAD, 4);
	}
	assert_null(gopm__semaphores(&p->rt));
	assert_int_equal(p->findings.count, 0);
}

static void check_no_table(struct made *p)
{
	assert_null(gopm__semaphores(&p->rt));
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(0)), 0);
	assert_true(said(p, GOPM_FINDING_MISSING));
}

static void a_semaphore_of_another_root(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	made_put64(p, made_sudog_at(3) + (uint64_t)p->rt.layout.sudog.elem, NEXT_ROOT + 8);
	check_no_table(p);
}

static void written_padding(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	made_put(p, SEMTABLE + 100 * STRIDE + 40, 1, 1);
	check_no_table(p);
}

static void a_top_with_a_parent(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	made_put64(p, made_sudog_at(3) + (uint64_t)p->rt.layout.sudog.parent, made_sudog_at(2));
	check_no_table(p);
}

static void a_list_in_a_circle(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	made_link(p, 1, p->rt.layout.sudog.waitlink, made_sudog_at(0));
	const struct gopm__semaphores *found = gopm__semaphores(&p->rt);
	assert_non_null(found);
	assert_true(found->count <= G_COUNT);
	assert_true(said(p, GOPM_FINDING_CYCLE));
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(0)), SEMAPHORE);
}

static void a_tree_in_a_circle(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	made_link(p, 2, p->rt.layout.sudog.next, made_sudog_at(0));
	made_link(p, 2, p->rt.layout.sudog.prev, made_sudog_at(2));
	const struct gopm__semaphores *found = gopm__semaphores(&p->rt);
	assert_non_null(found);
	assert_true(found->count <= G_COUNT);
	assert_true(said(p, GOPM_FINDING_CYCLE));
}

static void a_list_that_leads_nowhere(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	made_link(p, 1, p->rt.layout.sudog.waitlink, UINT64_C(0x7fffffffffff));
	assert_non_null(gopm__semaphores(&p->rt));
	assert_true(said(p, GOPM_FINDING_BAD_POINTER));
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(1)), SEMAPHORE);
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(2)), SAME_ROOT);
}

/* If the core lacks a part, the rest is still found. */
static void a_top_that_is_missing(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	made_root(p, NEXT_ROOT, BASE + SIZE, 1);
	assert_non_null(gopm__semaphores(&p->rt));
	assert_true(said(p, GOPM_FINDING_BAD_POINTER));
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(0)), SEMAPHORE);
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(3)), 0);
}

static void a_list_of_two_semaphores(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	made_put64(p, made_sudog_at(1) + (uint64_t)p->rt.layout.sudog.elem, SAME_ROOT);
	assert_non_null(gopm__semaphores(&p->rt));
	assert_true(said(p, GOPM_FINDING_BAD_POINTER));
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(1)), 0);
}

static void a_count_that_differs(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	made_root(p, SEMAPHORE, made_sudog_at(0), 5);
	assert_non_null(gopm__semaphores(&p->rt));
	assert_true(said(p, GOPM_FINDING_BAD_POINTER));
}

static void a_count_that_is_being_changed(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	made_root(p, SEMAPHORE, made_sudog_at(0), 4);
	made_put64(p, made_root_at(SEMAPHORE), 1); /* locked */
	assert_non_null(gopm__semaphores(&p->rt));
	assert_int_equal(p->findings.count, 0);
}

static void one_that_waits_twice(void **state)
{
	struct made *p = *state;

	made_waiters(p);
	made_put64(p, made_sudog_at(3) + (uint64_t)p->rt.layout.sudog.g, made_g(0));
	assert_non_null(gopm__semaphores(&p->rt));
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(0)), 0);
	assert_int_equal(gopm__semaphore_of(&p->rt, made_g(1)), SEMAPHORE);
}

/* ---- the heap ---- */

static gopm_status count_bytes(void *user_data, uint64_t address, uint64_t size)
{
	assert_true(address >= BASE && address + size <= BASE + SIZE);
	*(uint64_t *)user_data += size;
	return GOPM_OK;
}

static gopm_status stop(void *user_data, uint64_t address, uint64_t size)
{
	(void)address;
	(void)size;
	++*(unsigned *)user_data;
	return GOPM_ERR_LIMIT;
}

static void the_heap(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__span span;
	uint64_t bytes = 0;
	unsigned calls = 0;

	made_heap(p);
	const struct gopm__mheap *heap = gopm__mheap(&p->rt);
	assert_non_null(heap);
	assert_ptr_equal(heap, gopm__mheap(&p->rt));
	assert_int_equal(heap->allspans, ALLSPANS);
	assert_int_equal(heap->arenas, ALLSPANS + 96);
	assert_int_equal(heap->count, SPAN_COUNT);
	assert_int_equal(heap->spans_offset, 0);
	for (unsigned i = 0; i < SPAN_COUNT; i++) {
		assert_true(gopm__mheap_span_at(&p->rt, &reader, heap, i, &span));
		assert_int_equal(span.address, made_span_at(i));
		assert_int_equal(span.base, made_span_base(i));
		assert_int_equal(span.npages, i + 1);
		assert_int_equal(span.noscan, i & 1);
		const uint64_t last = made_span_base(i) + (i + 1) * (uint64_t)GOPM__PAGE_BYTES - 1;
		assert_int_equal(gopm__mheap_span_of(&p->rt, &reader, heap, last, &span), i != 2);
		assert_true(i == 2 || span.address == made_span_at(i));
	}
	assert_false(gopm__mheap_span_at(&p->rt, &reader, heap, SPAN_COUNT, &span));
	assert_false(gopm__mheap_span_of(&p->rt, &reader, heap, made_span_base(SPAN_COUNT), &span));
	assert_false(gopm__mheap_span_of(&p->rt, &reader, heap, 0, &span));
	assert_false(gopm__mheap_span_of(&p->rt, &reader, heap, UINT64_MAX, &span));
	/* The array, the spans, the bits of the five that are not dead, the map's one entry, one arena's spans. */
	assert_int_equal(gopm__mheap_metadata(&p->rt, heap, count_bytes, &bytes), GOPM_OK);
	assert_int_equal(bytes, SPAN_COUNT * 8 + SPAN_COUNT * SPAN_SIZE + (SPAN_COUNT - 1) * 8 + 8 + 8192 * 8);
	assert_int_equal(gopm__mheap_metadata(&p->rt, heap, stop, &calls), GOPM_ERR_LIMIT);
	assert_int_equal(calls, 1);
	assert_int_equal(p->findings.count, 0);
}

static void check_no_heap(struct made *p)
{
	assert_null(gopm__mheap(&p->rt));
	assert_true(said(p, GOPM_FINDING_MISSING));
}

static void a_map_that_leads_elsewhere(void **state)
{
	struct made *p = *state;

	made_heap(p);
	for (unsigned page = 0; page < 64; page++) {
		made_put64(p, ARENA + page * 8, made_span_at(0));
	}
	check_no_heap(p);
}

static void a_map_without_the_arena(void **state)
{
	struct made *p = *state;

	made_heap(p);
	made_put64(p, L2_ENTRY, 0);
	check_no_heap(p);
}

static void a_list_of_what_are_no_spans(void **state)
{
	struct made *p = *state;

	made_heap(p);
	made_put(p, made_span_at(4) + 59, 3, 1);
	check_no_heap(p);
}

static void a_span_that_is_missing(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__span span;

	made_heap(p);
	made_put64(p, ARRAY + 8, BASE + SIZE);
	const struct gopm__mheap *heap = gopm__mheap(&p->rt);
	assert_non_null(heap);
	assert_false(gopm__mheap_span_at(&p->rt, &reader, heap, 1, &span));
	assert_true(gopm__mheap_span_at(&p->rt, &reader, heap, 4, &span));
}

static void spans_that_go_round_the_end(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__span span;

	made_heap(p);
	const struct gopm__mheap *heap = gopm__mheap(&p->rt);
	assert_non_null(heap);
	made_put64(p, made_span_at(5), UINT64_MAX - GOPM__PAGE_BYTES + 1);
	assert_false(gopm__mheap_span_at(&p->rt, &reader, heap, 5, &span));
	made_put64(p, made_span_at(5), made_span_base(5));
	made_put64(p, made_span_at(5) + 8, UINT64_MAX);
	assert_false(gopm__mheap_span_at(&p->rt, &reader, heap, 5, &span));
}

static void a_list_that_is_cut(void **state)
{
	struct made *p = *state;
	const uint64_t at = BASE + SIZE - 3 * 8;

	made_heap(p);
	for (unsigned i = 0; i < 3; i++) {
		made_put64(p, at + i * 8, made_span_at(i));
	}
	made_put64(p, ALLSPANS, at);
	const struct gopm__mheap *heap = gopm__mheap(&p->rt);
	assert_non_null(heap);
	assert_int_equal(heap->count, 3);
	assert_true(said(p, GOPM_FINDING_MISSING));
}

/* ---- the scheduler ---- */

static void check_sched(struct made *p)
{
	const struct gopm__sched *sched = gopm__sched(&p->rt);

	assert_non_null(sched);
	assert_int_equal(sched->address, SCHED);
	assert_int_equal(sched->goidgen, 48);
	assert_int_equal(sched->last_poll, 1000000000);
	assert_int_equal(sched->idle_ms, 2);
	assert_int_equal(sched->locked_idle_ms, 1);
	assert_int_equal(sched->ms_made, M_COUNT + 1);
	assert_int_equal(sched->ms_freed, 1);
	assert_int_equal(sched->max_ms, 10000);
	assert_int_equal(sched->system_gs, 7);
	assert_int_equal(sched->idle_ps, 2);
	assert_int_equal(p->findings.count, 0);
}

static void the_scheduler(void **state)
{
	static const uint8_t shapes[][2] = {{32, 40}, {40, 48}, {40, 64}};

	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		made_sched(*state, shapes[i][0], shapes[i][1]);
		check_sched(*state);
		(void)tear_down(state);
		(void)set_up(state);
	}
}

static void check_no_sched(struct made *p)
{
	assert_null(gopm__sched(&p->rt));
	assert_true(said(p, GOPM_FINDING_MISSING));
}

static void idle_ms_in_a_circle(void **state)
{
	made_sched(*state, 40, 64);
	made_put64(*state, made_m(2), made_m(3));
	check_no_sched(*state);
}

static void more_idle_ps_than_counted(void **state)
{
	made_sched(*state, 40, 64);
	made_put(*state, made_p(2) + 4, 0, 4);
	made_put(*state, made_p(3) + 4, 0, 4);
	check_no_sched(*state);
}

static void more_ms_than_there_are(void **state)
{
	made_sched(*state, 40, 64);
	made_put64(*state, SCHED + 64 + 8, M_COUNT + 9);
	check_no_sched(*state);
}

static void ids_that_no_p_took(void **state)
{
	made_sched(*state, 40, 64);
	made_put64(*state, SCHED, 4000);
	check_no_sched(*state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(semaphores_by_structure),
	    TEST(semaphores_by_symbol),
	    TEST(semaphores_by_a_wrong_symbol),
	    TEST(nobody_waits),
	    TEST(a_semaphore_of_another_root),
	    TEST(written_padding),
	    TEST(a_top_with_a_parent),
	    TEST(a_list_in_a_circle),
	    TEST(a_tree_in_a_circle),
	    TEST(a_list_that_leads_nowhere),
	    TEST(a_top_that_is_missing),
	    TEST(a_list_of_two_semaphores),
	    TEST(a_count_that_differs),
	    TEST(a_count_that_is_being_changed),
	    TEST(one_that_waits_twice),
	    TEST(the_heap),
	    TEST(a_map_that_leads_elsewhere),
	    TEST(a_map_without_the_arena),
	    TEST(a_list_of_what_are_no_spans),
	    TEST(a_span_that_is_missing),
	    TEST(spans_that_go_round_the_end),
	    TEST(a_list_that_is_cut),
	    TEST(the_scheduler),
	    TEST(idle_ms_in_a_circle),
	    TEST(more_idle_ps_than_counted),
	    TEST(more_ms_than_there_are),
	    TEST(ids_that_no_p_took),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
