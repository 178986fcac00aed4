/* SPDX-License-Identifier: Apache-2.0 */
/* What a goroutine in a synthetic process waits for: which words on its stack are accepted as a pollDesc, and sudogs
 * that contradict each other. */
#include "cmocka_all.h"

#include <string.h>

#include "runtime/wait.h"
#include "support/made.h"

#define STACK (BASE + 0x70000)
#define STACK_END (STACK + 0x1000)
#define SP (STACK + 0x800)
#define POLL (BASE + 0xa0000)
#define OTHER_POLL (BASE + 0xa0100)

/* Words of pollDesc (runtime/netpoll.go), here in another order. */
enum { RG = 16, WG = 24, FD = 8 };

enum { NIL, READY, WAIT };

/* Of g, after its other fields. */
enum { WAITING = 128 };

static int set_up(void **state)
{
	struct made *p = made_new();
	struct gopm__layout *l = &p->rt.layout;

	p->rt.wait_reasons[1] = (gopm_str){"IO wait", 7};
	p->rt.wait_kinds[1] = GOPM_WAIT_IO;
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

/* The wait of the first goroutine. */
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
	check(p, 0, -1, GOPM_WAIT_FLAG_UNREADABLE);
}

static void one_that_reads(void **state)
{
	static const uint64_t others[] = {NIL, READY, WAIT};
	struct made *p = *state;

	made_put64(p, SP + 0x40, POLL);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		put_poll(p, POLL, made_g(0), others[i], 9);
		check(p, POLL, 9, GOPM_WAIT_FLAG_DIRECTION);
	}
}

static void one_that_writes_while_another_reads(void **state)
{
	struct made *p = *state;

	made_put64(p, SP, POLL);
	put_poll(p, POLL, made_g(1), made_g(0), 0);
	check(p, POLL, 0, GOPM_WAIT_FLAG_DIRECTION | GOPM_WAIT_FLAG_SEND);
}

/* netpollblock and its callers each have a copy. */
static void the_same_one_in_many_words(void **state)
{
	struct made *p = *state;

	for (unsigned i = 0; i < 5; i++) {
		made_put64(p, SP + i * 0x18, POLL);
	}
	put_poll(p, POLL, made_g(0), NIL, 9);
	check(p, POLL, 9, GOPM_WAIT_FLAG_DIRECTION);
}

/* A stale stack: this g in the place of wg, a pc or a length in the place of rg. */
static void values_that_are_not_semaphores(void **state)
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
	/* It does not hide a real pollDesc before or after it. */
	put_poll(p, POLL, made_g(0), NIL, 7);
	made_put64(p, SP + 0x48, POLL);
	check(p, POLL, 7, GOPM_WAIT_FLAG_DIRECTION);
	made_put64(p, SP + 0x48, 0);
	made_put64(p, SP + 0x38, POLL);
	check(p, POLL, 7, GOPM_WAIT_FLAG_DIRECTION);
}

static void one_g_in_both_semaphores(void **state)
{
	struct made *p = *state;

	made_put64(p, SP, POLL);
	put_poll(p, POLL, made_g(0), made_g(0), 9);
	check_none(p);
}

static void no_g_or_another_g(void **state)
{
	struct made *p = *state;

	made_put64(p, SP, POLL);
	put_poll(p, POLL, NIL, READY, 9);
	check_none(p);
	put_poll(p, POLL, made_g(1), NIL, 9);
	check_none(p);
}

static void values_that_are_not_file_descriptors(void **state)
{
	struct made *p = *state;

	made_put64(p, SP, POLL);
	put_poll(p, POLL, made_g(0), NIL, UINT64_C(0x80000000));
	check_none(p);
	put_poll(p, POLL, made_g(0), NIL, UINT64_C(0x7fffffff));
	check(p, POLL, 0x7fffffff, GOPM_WAIT_FLAG_DIRECTION);
}

/* Two candidates are ambiguous in any order, and stay so after a third word. */
static void two_candidates(void **state)
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

/* Pointers into its own stack, unaligned, to memory that the core lacks, below sp, past the end. */
static void words_that_are_not_pointers_to_one(void **state)
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
	check(p, POLL, 9, GOPM_WAIT_FLAG_DIRECTION);
}

static void unknown_layout(void **state)
{
	struct made *p = *state;

	made_put64(p, SP, POLL);
	put_poll(p, POLL, made_g(0), NIL, 9);
	p->rt.layout.poll.wg = -1;
	check(p, 0, -1, 0);
}

/* Since Go 1.26 each goroutine that waits on a semaphore has a sudog with its address (runtime/sema.go, queue). */
static void a_semaphore_at_no_address(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__wait_cache cache = {0};
	struct gopm__g g;
	gopm_wait found;

	made_waiters(p);
	p->rt.layout.g.waiting = WAITING;
	p->rt.all_waiting = true;
	p->rt.wait_kinds[1] = GOPM_WAIT_SEMAPHORE;
	made_put64(p, made_g(0) + (uint64_t)p->rt.layout.g.waiting, made_sudog_at(0));
	made_put64(p, made_sudog_at(0) + (uint64_t)p->rt.layout.sudog.elem, 0);
	assert_true(gopm__g_read(&p->rt, &reader, made_g(0), &g));
	assert_int_equal(gopm__waits(&p->rt, &reader, &cache, &g, &found, 1), 1);
	assert_int_equal(found.object, 0);
	assert_int_equal(found.flags, GOPM_WAIT_FLAG_UNREADABLE);
	assert_true(p->findings.count != 0);
	gopm__wait_cache_free(&cache);
}

/* A select of two channels, without buffers. */
static void put_select(struct made *p)
{
	struct gopm__layout *l = &p->rt.layout;

	l->hchan.qcount = 0;
	l->hchan.dataqsiz = 8;
	l->hchan.buf = 16;
	l->hchan.elemsize = 24;
	l->hchan.closed = 28;
	l->hchan.timer = l->hchan.elemtype = l->hchan.sendq_last = l->hchan.recvq_last = -1;
	l->hchan.sendx = 32;
	l->hchan.recvx = 40;
	l->hchan.recvq = 48;
	l->hchan.sendq = 56;
	l->hchan.lock = 64;
	l->size[GOPM__STRUCT_HCHAN] = 72;
	l->sudog.c = 48;
	l->g.waiting = WAITING;
	p->rt.wait_kinds[1] = GOPM_WAIT_SELECT;
	for (unsigned i = 0; i < 2; i++) {
		const uint64_t channel = POLL + i * 0x80;
		made_put64(p, channel + 16, channel + 16); /* a channel without a buffer points to its own field */
		made_put64(p, channel + 48, made_sudog_at(i));
		made_put64(p, made_sudog_at(i) + (uint64_t)l->sudog.g, made_g(0));
		made_put64(p, made_sudog_at(i) + (uint64_t)l->sudog.c, channel);
	}
	made_put64(p, made_sudog_at(0) + (uint64_t)l->sudog.waitlink, made_sudog_at(1));
	made_put64(p, made_g(0) + (uint64_t)l->g.waiting, made_sudog_at(0));
}

/* The goroutine's own list of its select is cut. A queue still has the sudog that the list lacks. */
static void a_select_that_lost_a_case(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__wait_cache cache = {0};
	struct gopm__g g;
	gopm_wait found[3];

	put_select(p);
	assert_true(gopm__g_read(&p->rt, &reader, made_g(0), &g));
	assert_int_equal(gopm__waits(&p->rt, &reader, &cache, &g, found, 3), 2);
	assert_int_equal(found[1].object, POLL + 0x80);
	assert_int_equal(p->findings.count, 0);

	/* A goroutine that waits on the second channel alone reads its queue. The memory of a core does not change. */
	gopm__wait_cache_free(&cache);
	gopm__wait_cache_free(&cache);
	made_put64(p, made_sudog_at(0) + (uint64_t)p->rt.layout.sudog.waitlink, 0);
	made_put64(p, made_sudog_at(2) + (uint64_t)p->rt.layout.sudog.g, made_g(1));
	made_put64(p, made_sudog_at(2) + (uint64_t)p->rt.layout.sudog.c, POLL + 0x80);
	made_put64(p, made_sudog_at(1) + (uint64_t)p->rt.layout.sudog.next, made_sudog_at(2));
	made_put64(p, made_sudog_at(2) + (uint64_t)p->rt.layout.sudog.prev, made_sudog_at(1));
	made_put64(p, made_g(1) + (uint64_t)p->rt.layout.g.waiting, made_sudog_at(2));
	assert_true(gopm__g_read(&p->rt, &reader, made_g(1), &g));
	assert_int_equal(gopm__waits(&p->rt, &reader, &cache, &g, found, 3), 1);
	assert_int_equal(p->findings.count, 1);
	assert_non_null(strstr(p->findings.list[0].message.data, "lacks this wait in its own list"));

	/* While a goroutine has the lock of the channel, it may be changing the queue. */
	gopm__wait_cache_free(&cache);
	p->findings.count = 0;
	made_put64(p, POLL + 0x80 + 64, 1);
	assert_int_equal(gopm__waits(&p->rt, &reader, &cache, &g, found, 3), 1);
	assert_int_equal(p->findings.count, 0);
	gopm__wait_cache_free(&cache);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(one_that_reads),
	    TEST(one_that_writes_while_another_reads),
	    TEST(the_same_one_in_many_words),
	    TEST(values_that_are_not_semaphores),
	    TEST(one_g_in_both_semaphores),
	    TEST(no_g_or_another_g),
	    TEST(values_that_are_not_file_descriptors),
	    TEST(two_candidates),
	    TEST(words_that_are_not_pointers_to_one),
	    TEST(unknown_layout),
	    TEST(a_semaphore_at_no_address),
	    TEST(a_select_that_lost_a_case),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
