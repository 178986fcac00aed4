/* SPDX-License-Identifier: Apache-2.0 */
/* What a goroutine of a made-up process waits on: which words of its stack are taken for a pollDesc, and which not. */
#include "cmocka_all.h"

#include "runtime/wait.h"
#include "support/made.h"

#define STACK (BASE + 0x70000)
#define STACK_END (STACK + 0x1000)
#define SP (STACK + 0x800)
#define POLL (BASE + 0xa0000)
#define OTHER_POLL (BASE + 0xa0100)

/* pollDesc's words (runtime/netpoll.go), here in an order of their own. */
enum { RG = 16, WG = 24, FD = 8 };

enum { NIL, READY, WAIT };

static int set_up(void **state)
{
	struct made *p = made_new();
	struct gopm__layout *l = &p->rt.layout;

	p->rt.wait_reasons[1] = (gopm_str){"IO wait", 7};
	l->poll.rg = RG;
	l->poll.wg = WG;
	l->poll.fd = FD;
	made_put64(p, made_g(0) + (uint64_t)l->g.stack_lo, STACK);
	made_put64(p, made_g(0) + (uint64_t)l->g.stack_hi, STACK_END);
	made_put64(p, made_g(0) + (uint64_t)l->g.sched_sp, SP);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	made_free(*state);
	return 0;
}

static void put_poll(struct made *p, uint64_t address, uint64_t rg, uint64_t wg, uint64_t fd)
{
	made_put64(p, address + RG, rg);
	made_put64(p, address + WG, wg);
	made_put64(p, address + FD, fd);
}

/* What its first goroutine waits on; a kind, and one object or none, it always has. */
static gopm_wait waits(struct made *p)
{
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__wait_cache cache = {0};
	struct gopm__g g;
	gopm_wait found;

	assert_true(gopm__g_read(&p->rt, &reader, made_g(0), &g));
	assert_int_equal(gopm__waits(&p->rt, &reader, &cache, &g, &found, 1), 1);
	assert_int_equal(found.kind, GOPM_WAIT_IO);
	assert_int_equal(p->findings.count, 0);
	gopm__wait_cache_free(&cache);
	return found;
}

static void check(struct made *p, uint64_t object, int32_t fd, uint32_t flags)
{
	gopm_wait found = waits(p);

	assert_int_equal(found.object, object);
	assert_int_equal(found.fd, fd);
	assert_int_equal(found.flags, flags);
}

static void check_none(struct made *p)
{
	check(p, 0, -1, 0);
}

static void one_that_reads(void **state)
{
	static const uint64_t others[] = {NIL, READY, WAIT};
	struct made *p = *state;

	made_put64(p, SP + 0x40, POLL);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		put_poll(p, POLL, made_g(0), others[i], 9);
		check(p, POLL, 9, GOPM_WAIT_DIRECTION);
	}
}

static void one_that_writes_while_another_reads(void **state)
{
	struct made *p = *state;

	made_put64(p, SP, POLL);
	put_poll(p, POLL, made_g(1), made_g(0), 0);
	check(p, POLL, 0, GOPM_WAIT_DIRECTION | GOPM_WAIT_SEND);
}

/* netpollblock and its callers all have it. */
static void the_same_one_in_many_words(void **state)
{
	struct made *p = *state;

	for (unsigned i = 0; i < 5; i++) {
		made_put64(p, SP + i * 0x18, POLL);
	}
	put_poll(p, POLL, made_g(0), NIL, 9);
	check(p, POLL, 9, GOPM_WAIT_DIRECTION);
}

/* An old stack: this g where wg would be, the address of an instruction or a length where rg would be. */
static void a_semaphore_that_is_none(void **state)
{
	static const uint64_t words[] = {0x46cc9d, 3, 8, 4088, 0xc000012345};
	struct made *p = *state;

	made_put64(p, SP + 0x40, OTHER_POLL);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		put_poll(p, OTHER_POLL, words[i], made_g(0), 9);
		check_none(p);
		put_poll(p, OTHER_POLL, made_g(0), words[i], 9);
		check_none(p);
	}
	/* It does not hide the one that is one, before it or after. */
	put_poll(p, POLL, made_g(0), NIL, 7);
	made_put64(p, SP + 0x48, POLL);
	check(p, POLL, 7, GOPM_WAIT_DIRECTION);
	made_put64(p, SP + 0x48, 0);
	made_put64(p, SP + 0x38, POLL);
	check(p, POLL, 7, GOPM_WAIT_DIRECTION);
}

static void one_g_in_both_semaphores(void **state)
{
	struct made *p = *state;

	made_put64(p, SP, POLL);
	put_poll(p, POLL, made_g(0), made_g(0), 9);
	check_none(p);
}

static void nobody_or_another_g(void **state)
{
	struct made *p = *state;

	made_put64(p, SP, POLL);
	put_poll(p, POLL, NIL, READY, 9);
	check_none(p);
	put_poll(p, POLL, made_g(1), NIL, 9);
	check_none(p);
}

static void a_descriptor_that_is_none(void **state)
{
	struct made *p = *state;

	made_put64(p, SP, POLL);
	put_poll(p, POLL, made_g(0), NIL, UINT64_C(0x80000000));
	check_none(p);
	put_poll(p, POLL, made_g(0), NIL, UINT64_C(0x7fffffff));
	check(p, POLL, 0x7fffffff, GOPM_WAIT_DIRECTION);
}

/* Nothing tells which of two it is, in whatever order, and a third does not bring one back. */
static void two_places_that_look_like_one(void **state)
{
	struct made *p = *state;

	put_poll(p, POLL, made_g(0), NIL, 9);
	put_poll(p, OTHER_POLL, NIL, made_g(0), 7);
	made_put64(p, SP + 0x10, POLL);
	made_put64(p, SP + 0x18, OTHER_POLL);
	check_none(p);
	made_put64(p, SP + 0x20, POLL);
	check_none(p);
	made_put64(p, SP + 0x10, OTHER_POLL);
	check_none(p);
}

/* A pointer into the own stack, one that is not aligned, one to what the core lacks, one below sp and one past the end.
 */
static void words_that_point_to_none(void **state)
{
	struct made *p = *state;

	put_poll(p, STACK + 0x100, made_g(0), NIL, 9);
	made_put64(p, SP, STACK + 0x100);
	check_none(p);
	put_poll(p, POLL + 4, made_g(0), NIL, 9);
	made_put64(p, SP, POLL + 4);
	check_none(p);
	made_put64(p, SP, HEAP);
	check_none(p);
	made_put64(p, SP, BASE + SIZE - WG);
	check_none(p);
	made_put64(p, SP, UINT64_MAX - 7);
	check_none(p);
	put_poll(p, POLL, made_g(0), NIL, 9);
	made_put64(p, SP, 0);
	made_put64(p, SP - 8, POLL);
	check_none(p);
	made_put64(p, made_g(0) + (uint64_t)p->rt.layout.g.sched_sp, STACK_END - 16);
	made_put64(p, STACK_END, POLL);
	check_none(p);
	made_put64(p, STACK_END - 8, POLL);
	check(p, POLL, 9, GOPM_WAIT_DIRECTION);
}

static void a_go_whose_poll_desc_is_unknown(void **state)
{
	struct made *p = *state;

	made_put64(p, SP, POLL);
	put_poll(p, POLL, made_g(0), NIL, 9);
	p->rt.layout.poll.wg = -1;
	check_none(p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(one_that_reads),
	    TEST(one_that_writes_while_another_reads),
	    TEST(the_same_one_in_many_words),
	    TEST(a_semaphore_that_is_none),
	    TEST(one_g_in_both_semaphores),
	    TEST(nobody_or_another_g),
	    TEST(a_descriptor_that_is_none),
	    TEST(two_places_that_look_like_one),
	    TEST(words_that_point_to_none),
	    TEST(a_go_whose_poll_desc_is_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
