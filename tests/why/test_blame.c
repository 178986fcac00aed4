/* SPDX-License-Identifier: Apache-2.0 */
/* Wait graphs made by hand: who is stuck, how the waits end, and who is to blame. Goroutine n has id n + 2; its g is at
 * address n + 1. Objects are at 0x100, 0x200, ... */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "why/blame.h"
#include "why/g_index.h"
#include "why/pattern.h"
#include "why/stuck.h"

#define MOST 64u

struct wait_graph {
	struct gopm__program *program;
	struct gopm__blocked blocked;
	struct gopm__claims claims;
	struct gopm__ports ports;
	struct gopm__prospects prospects;
	struct gopm__components components;
	uint8_t basis[MOST];
};

static uint64_t address_of(uint32_t object)
{
	return (uint64_t)(object + 1) * 0x100;
}

static void begin_graph(struct wait_graph *graph, uint32_t goroutines, const uint8_t *kinds, uint32_t objects)
{
	*graph = (struct wait_graph){.program = calloc(1, sizeof *graph->program)};
	assert_non_null(graph->program);
	graph->blocked.members = calloc(MOST, sizeof *graph->blocked.members);
	graph->blocked.waits = calloc(MOST, sizeof *graph->blocked.waits);
	graph->blocked.objects = calloc(MOST, sizeof *graph->blocked.objects);
	graph->blocked.by_object = calloc(MOST, sizeof *graph->blocked.by_object);
	graph->claims.list = calloc(MOST, sizeof *graph->claims.list);
	for (uint32_t i = 0; i < goroutines; i++) {
		bool fresh;
		graph->blocked.members[i] =
		    (struct gopm__member){.g = i + 1, .id = i + 2, .start = 7, .status = GOPM_G_RUNNING};
		assert_true(gopm__g_index_add(&graph->blocked.gs, graph->blocked.members, i, i + 1, &fresh) && fresh);
	}
	graph->blocked.member_count = goroutines;
	for (uint32_t i = 0; i < objects; i++) {
		graph->blocked.objects[i] = (struct gopm__waited){
		    .address = kinds[i] == GOPM_OBJECT_NIL_CHAN ? 0 : address_of(i), .kind = kinds[i]};
	}
	graph->blocked.object_count = objects;
}

/* Call it for the goroutines in their order. */
static void add_wait(struct wait_graph *graph, uint32_t goroutine, uint32_t object, uint8_t side)
{
	struct gopm__member *member = &graph->blocked.members[goroutine];

	member->wait = member->wait_count == 0 ? (uint32_t)graph->blocked.wait_count : member->wait;
	member->wait_count++;
	member->status = GOPM_G_WAITING;
	graph->blocked.waits[graph->blocked.wait_count++] =
	    (struct gopm__wait_for){.member = goroutine, .object = object, .side = side};
}

/* Call it for the objects in their order. */
static void add_claim(struct wait_graph *graph, uint32_t object, uint32_t goroutine, uint8_t op, uint8_t strength)
{
	graph->claims.list[graph->claims.count++] =
	    (struct gopm__claim){.object = address_of(object), .g = goroutine + 1, .op = op, .strength = strength};
}

static void solve(struct wait_graph *graph)
{
	struct gopm__blocked *b = &graph->blocked;
	uint32_t at = 0;

	for (uint32_t i = 0; i < b->object_count; i++) {
		b->objects[i].waiter = at;
		for (uint32_t k = 0; k < b->wait_count; k++) {
			if (b->waits[k].object == i) {
				b->by_object[at++] = k;
				b->objects[i].waiters++;
			}
		}
	}
	assert_int_equal(gopm__ports_open(&graph->ports, graph->program, b, &graph->claims), GOPM_OK);
	assert_int_equal(gopm__stuck_find(&graph->ports, NULL, graph->basis), GOPM_OK);
	assert_int_equal(gopm__prospects_open(&graph->prospects, &graph->ports, graph->basis, GOPM__NO_INDEX, true),
	                 GOPM_OK);
	assert_int_equal(gopm__components_open(&graph->components, graph->program, &graph->prospects), GOPM_OK);
}

static void end_graph(struct wait_graph *graph)
{
	gopm__components_close(&graph->components);
	gopm__prospects_close(&graph->prospects);
	gopm__ports_close(&graph->ports);
	free(graph->claims.list);
	gopm__blocked_close(&graph->blocked);
	free(graph->program);
}

/* The only component's ending, and its blamed goroutines as bits. */
static void expect_blame(struct wait_graph *graph, enum gopm__ending ending, uint64_t blamed, uint8_t pattern)
{
	struct gopm__blamer *blamer = gopm__blamer_open(&graph->components);
	struct gopm__blame blame = {0};
	uint64_t found = 0;

	assert_non_null(blamer);
	assert_int_equal(graph->components.count, 1);
	assert_int_equal(gopm__blame(blamer, &graph->components.list[0], &blame), GOPM_OK);
	for (size_t i = 0; i < blame.blamed_count; i++) {
		found |= UINT64_C(1) << blame.blamed[i];
	}
	assert_int_equal(blame.ending, ending);
	assert_int_equal(found, blamed);
	assert_int_equal(gopm__blame_pattern(&graph->ports, &blame), pattern);
	gopm__blame_free(&blame);
	gopm__blamer_close(blamer);
}

/* Two goroutines hold a lock each and wait for the other's; two more wait for the first lock. */
static void test_lock_cycle(void **state)
{
	const uint8_t kinds[] = {GOPM_OBJECT_MUTEX, GOPM_OBJECT_MUTEX};
	struct wait_graph graph;

	(void)state;
	begin_graph(&graph, 4, kinds, 2);
	add_wait(&graph, 0, 1, GOPM__SIDE_LOCKS);
	add_wait(&graph, 1, 0, GOPM__SIDE_LOCKS);
	add_wait(&graph, 2, 0, GOPM__SIDE_LOCKS);
	add_wait(&graph, 3, 0, GOPM__SIDE_LOCKS);
	add_claim(&graph, 0, 0, GOPM__CLAIM_HOLDS, GOPM__CLAIM_PROVED);
	add_claim(&graph, 1, 1, GOPM__CLAIM_HOLDS, GOPM__CLAIM_PROVED);
	solve(&graph);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(graph.basis[i], GOPM__BASIS_OWNERSHIP);
	}
	expect_blame(&graph, GOPM__ENDING_CYCLE, 3, GOPM_PATTERN_LOCK_CYCLE);
	end_graph(&graph);
}

/* The same, but one holder is only likely: nothing is certain, and the cycle is still seen. */
static void test_likely_cycle(void **state)
{
	const uint8_t kinds[] = {GOPM_OBJECT_MUTEX, GOPM_OBJECT_MUTEX};
	struct wait_graph graph;

	(void)state;
	begin_graph(&graph, 2, kinds, 2);
	add_wait(&graph, 0, 1, GOPM__SIDE_LOCKS);
	add_wait(&graph, 1, 0, GOPM__SIDE_LOCKS);
	add_claim(&graph, 0, 0, GOPM__CLAIM_HOLDS, GOPM__CLAIM_PROVED);
	add_claim(&graph, 1, 1, GOPM__CLAIM_HOLDS, GOPM__CLAIM_LIKELY);
	solve(&graph);
	assert_int_equal(graph.basis[0], GOPM__BASIS_NONE);
	assert_int_equal(graph.prospects.of[0], GOPM__PROSPECT_LIKELY);
	assert_int_equal(graph.prospects.of[1], GOPM__PROSPECT_LIKELY);
	expect_blame(&graph, GOPM__ENDING_CYCLE, 3, GOPM_PATTERN_LOCK_CYCLE);
	end_graph(&graph);
}

/* Two proved holders of one lock contradict each other: neither counts as proof. */
static void test_two_holders(void **state)
{
	const uint8_t kinds[] = {GOPM_OBJECT_MUTEX};
	struct wait_graph graph;

	(void)state;
	begin_graph(&graph, 2, kinds, 1);
	add_wait(&graph, 0, 0, GOPM__SIDE_LOCKS);
	add_wait(&graph, 1, 0, GOPM__SIDE_LOCKS);
	add_claim(&graph, 0, 0, GOPM__CLAIM_HOLDS, GOPM__CLAIM_PROVED);
	add_claim(&graph, 0, 1, GOPM__CLAIM_HOLDS, GOPM__CLAIM_PROVED);
	solve(&graph);
	assert_int_equal(graph.basis[0], GOPM__BASIS_NONE);
	assert_int_equal(graph.basis[1], GOPM__BASIS_NONE);
	end_graph(&graph);
}

/* A holder that runs: those behind it wait, and are not stuck. */
static void test_busy_holder(void **state)
{
	const uint8_t kinds[] = {GOPM_OBJECT_MUTEX};
	struct wait_graph graph;

	(void)state;
	begin_graph(&graph, 3, kinds, 1);
	add_wait(&graph, 1, 0, GOPM__SIDE_LOCKS);
	add_wait(&graph, 2, 0, GOPM__SIDE_LOCKS);
	add_claim(&graph, 0, 0, GOPM__CLAIM_HOLDS, GOPM__CLAIM_PROVED);
	solve(&graph);
	assert_int_equal(graph.basis[1], GOPM__BASIS_NONE);
	assert_int_equal(graph.prospects.of[0], GOPM__PROSPECT_SLOW);
	assert_int_equal(graph.prospects.of[1], GOPM__PROSPECT_BEHIND);
	expect_blame(&graph, GOPM__ENDING_SLOW, 1, GOPM_PATTERN_BUSY);
	end_graph(&graph);
}

/* One dispatcher and three workers send to each other: the dispatcher is on all cycles. */
static void test_dispatcher(void **state)
{
	const uint8_t kinds[] = {GOPM_OBJECT_CHAN, GOPM_OBJECT_CHAN};
	struct wait_graph graph;

	(void)state;
	begin_graph(&graph, 4, kinds, 2);
	add_wait(&graph, 0, 0, GOPM__SIDE_SENDS);
	for (uint32_t i = 1; i < 4; i++) {
		add_wait(&graph, i, 1, GOPM__SIDE_SENDS);
	}
	for (uint32_t i = 1; i < 4; i++) {
		add_claim(&graph, 0, i, GOPM__CLAIM_RECEIVES, GOPM__CLAIM_LIKELY);
	}
	add_claim(&graph, 1, 0, GOPM__CLAIM_RECEIVES, GOPM__CLAIM_LIKELY);
	solve(&graph);
	expect_blame(&graph, GOPM__ENDING_CYCLE, 1, GOPM_PATTERN_CHAN_CYCLE);
	end_graph(&graph);
}

/* The only receiver of a channel waits to send to it. */
static void test_own_channel(void **state)
{
	const uint8_t kinds[] = {GOPM_OBJECT_CHAN};
	struct wait_graph graph;

	(void)state;
	begin_graph(&graph, 5, kinds, 1);
	for (uint32_t i = 0; i < 5; i++) {
		add_wait(&graph, i, 0, GOPM__SIDE_SENDS);
	}
	add_claim(&graph, 0, 2, GOPM__CLAIM_RECEIVES, GOPM__CLAIM_LIKELY);
	solve(&graph);
	expect_blame(&graph, GOPM__ENDING_CYCLE, 1u << 2, GOPM_PATTERN_SELF_CHAN);
	end_graph(&graph);
}

/* A second receiver that runs: nobody is stuck. */
static void test_other_receiver(void **state)
{
	const uint8_t kinds[] = {GOPM_OBJECT_CHAN};
	struct wait_graph graph;

	(void)state;
	begin_graph(&graph, 3, kinds, 1);
	add_wait(&graph, 0, 0, GOPM__SIDE_SENDS);
	add_wait(&graph, 1, 0, GOPM__SIDE_SENDS);
	add_claim(&graph, 0, 0, GOPM__CLAIM_RECEIVES, GOPM__CLAIM_LIKELY);
	add_claim(&graph, 0, 2, GOPM__CLAIM_RECEIVES, GOPM__CLAIM_POSSIBLE);
	solve(&graph);
	assert_int_equal(graph.prospects.of[0], GOPM__PROSPECT_FREE);
	assert_int_equal(graph.prospects.of[1], GOPM__PROSPECT_FREE);
	assert_int_equal(graph.components.count, 0);
	end_graph(&graph);
}

/* Two workers send to a nil channel, and a goroutine waits for them to be done. */
static void test_nil_channel(void **state)
{
	const uint8_t kinds[] = {GOPM_OBJECT_WAITGROUP, GOPM_OBJECT_NIL_CHAN, GOPM_OBJECT_NIL_CHAN};
	struct wait_graph graph;

	(void)state;
	begin_graph(&graph, 3, kinds, 3);
	add_wait(&graph, 0, 1, GOPM__SIDE_SENDS);
	add_wait(&graph, 1, 2, GOPM__SIDE_SENDS);
	add_wait(&graph, 2, 0, GOPM__SIDE_WAITS);
	add_claim(&graph, 0, 0, GOPM__CLAIM_DONE, GOPM__CLAIM_PROVED);
	add_claim(&graph, 0, 1, GOPM__CLAIM_DONE, GOPM__CLAIM_PROVED);
	solve(&graph);
	assert_int_equal(graph.basis[0], GOPM__BASIS_AXIOM);
	assert_int_equal(graph.basis[2], GOPM__BASIS_NONE);
	assert_int_equal(graph.prospects.of[2], GOPM__PROSPECT_LIKELY);
	expect_blame(&graph, GOPM__ENDING_AXIOM, 3, GOPM_PATTERN_NIL_CHAN);
	end_graph(&graph);
}

/* A lock that nobody is seen to hold. */
static void test_orphan(void **state)
{
	const uint8_t kinds[] = {GOPM_OBJECT_MUTEX};
	struct wait_graph graph;

	(void)state;
	begin_graph(&graph, 2, kinds, 1);
	add_wait(&graph, 0, 0, GOPM__SIDE_LOCKS);
	add_wait(&graph, 1, 0, GOPM__SIDE_LOCKS);
	solve(&graph);
	expect_blame(&graph, GOPM__ENDING_ORPHAN, 0, GOPM_PATTERN_FORGOTTEN_UNLOCK);
	end_graph(&graph);
}

/* Readers wait after the first writer, which waits for a reader that is stuck on a channel. */
static void test_first_writer(void **state)
{
	const uint8_t kinds[] = {GOPM_OBJECT_RWMUTEX, GOPM_OBJECT_CHAN};
	struct wait_graph graph;

	(void)state;
	begin_graph(&graph, 4, kinds, 2);
	add_wait(&graph, 0, 0, GOPM__SIDE_LOCKS);
	graph.blocked.waits[0].word = address_of(0) + 8; /* sync/rwmutex.go, writerSem */
	add_wait(&graph, 1, 0, GOPM__SIDE_READ_LOCKS);
	add_wait(&graph, 2, 0, GOPM__SIDE_READ_LOCKS);
	add_wait(&graph, 3, 1, GOPM__SIDE_SENDS);
	add_claim(&graph, 0, 3, GOPM__CLAIM_HOLDS_READ, GOPM__CLAIM_LIKELY);
	add_claim(&graph, 1, 0, GOPM__CLAIM_RECEIVES, GOPM__CLAIM_LIKELY);
	solve(&graph);
	expect_blame(&graph, GOPM__ENDING_CYCLE, 1u << 0 | 1u << 3, GOPM_PATTERN_MIXED_CYCLE);
	end_graph(&graph);
}

/* A select has a way on if one of its cases has. */
static void test_select(void **state)
{
	const uint8_t kinds[] = {GOPM_OBJECT_CHAN, GOPM_OBJECT_CHAN};
	struct wait_graph graph;

	(void)state;
	begin_graph(&graph, 2, kinds, 2);
	add_wait(&graph, 0, 0, GOPM__SIDE_SENDS);
	add_wait(&graph, 1, 0, GOPM__SIDE_SENDS);
	add_wait(&graph, 1, 1, GOPM__SIDE_RECEIVES);
	add_claim(&graph, 0, 1, GOPM__CLAIM_RECEIVES, GOPM__CLAIM_LIKELY);
	solve(&graph);
	assert_int_equal(graph.prospects.of[0], GOPM__PROSPECT_FREE);
	assert_int_equal(graph.prospects.of[1], GOPM__PROSPECT_FREE);
	end_graph(&graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lock_cycle),     cmocka_unit_test(test_likely_cycle),
	    cmocka_unit_test(test_two_holders),    cmocka_unit_test(test_busy_holder),
	    cmocka_unit_test(test_dispatcher),     cmocka_unit_test(test_own_channel),
	    cmocka_unit_test(test_other_receiver), cmocka_unit_test(test_nil_channel),
	    cmocka_unit_test(test_orphan),         cmocka_unit_test(test_first_writer),
	    cmocka_unit_test(test_select),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
