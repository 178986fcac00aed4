/* SPDX-License-Identifier: Apache-2.0 */
/* Matching of threads with ms: each case is a process as the runtime leaves it at that moment. */
#include "cmocka_all.h"

#include "arch/arch.h"
#include "runtime/thread_match.h"
#include "support/made.h"

#include <elf.h>
#include <stdlib.h>

/* Each m has a g0, a gsignal and a curg, each with a stack; each thread has a thread pointer. */
#define OWN(m, k) (GS + (m)*0x400 + (k)*0x100)
#define STACK(m, k) (BASE + 0x60000 + (m)*0x3000 + (k)*0x1000)
#define STACK_SIZE 0x1000u
#define POINTER(t) (BASE + 0x80000 + (t)*0x1000 + 0x800)
#define FOREIGN (BASE + 0xf0000) /* the stack of a C thread */

enum { G0, GSIGNAL, CURG, OWN_COUNT };
enum { THREADS = 4, PROCID = 100, OUTSIDE = 5000 };
enum { G_M = 0, G_LO = 8, G_HI = 16 };

struct match {
	struct made *p;
	struct gopm__thread threads[THREADS];
	int64_t slot;
};

static void put_g(struct match *t, unsigned m, unsigned k)
{
	made_put64(t->p, OWN(m, k) + G_M, made_m(m));
	made_put64(t->p, OWN(m, k) + G_LO, STACK(m, k));
	made_put64(t->p, OWN(m, k) + G_HI, STACK(m, k) + STACK_SIZE);
}

/* The thread is on stack `k` of m, and its storage has the g of that stack. */
static void put_thread(struct match *t, unsigned thread, unsigned m, unsigned k)
{
	const struct gopm__arch *arch = t->p->core.arch;

	t->threads[thread].registers.value[arch->sp] = STACK(m, k) + 0x800;
	made_put64(t->p, POINTER(thread) + (uint64_t)t->slot, OWN(m, k));
}

static void set_up(struct match *t, uint16_t machine, int64_t slot)
{
	*t = (struct match){.p = made_new(), .slot = slot};
	struct gopm__runtime *rt = &t->p->rt;
	t->p->core.arch = gopm__arch_by_machine(machine);
	rt->layout.g.m = G_M;
	rt->layout.g.stack_lo = G_LO;
	rt->layout.g.stack_hi = G_HI;
	for (unsigned m = 0; m < THREADS; m++) {
		rt->ms[m] = (struct gopm__m){.address = made_m(m),
		                             .procid = PROCID + m,
		                             .g0 = OWN(m, G0),
		                             .gsignal = OWN(m, GSIGNAL),
		                             .curg = OWN(m, CURG)};
		for (unsigned k = 0; k < OWN_COUNT; k++) {
			put_g(t, m, k);
		}
		t->threads[m].id = PROCID + m;
		t->threads[m].thread_pointer = POINTER(m);
		put_thread(t, m, m, m % OWN_COUNT);
	}
	rt->m_count = THREADS;
	t->p->core.threads = t->threads;
	t->p->core.thread_count = THREADS;
}

static void tear_down(struct match *t)
{
	free(t->p->rt.thread_ms);
	t->p->core.threads = NULL;
	t->p->core.thread_count = 0;
	made_free(t->p);
}

static void match_with(struct match *t, uint64_t tls_size)
{
	struct gopm__reader reader = gopm__reader(&t->p->core.memory);

	assert_int_equal(gopm__threads_match(&t->p->rt, &reader, tls_size), GOPM_OK);
}

static void expect(const struct match *t, unsigned thread, int m)
{
	const struct gopm__m *found = gopm__runtime_m_of_thread(&t->p->rt, &t->threads[thread]);

	assert_ptr_equal(found, m >= 0 ? &t->p->rt.ms[m] : NULL);
	if (m >= 0) {
		assert_ptr_equal(found->thread, &t->threads[thread]);
	}
}

static void expect_all(const struct match *t)
{
	for (unsigned i = 0; i < THREADS; i++) {
		expect(t, i, (int)i);
	}
}

/* Go's slot, one in the executable's block, one in a library's, and one above the thread pointer. */
static void slots(void **state)
{
	static const struct {
		uint16_t machine;
		int64_t slot;
		uint64_t tls_size;
	} cases[] = {{EM_X86_64, -8, 8},    {EM_X86_64, -8, 0},       {EM_X86_64, -0x48, 0x60}, {EM_X86_64, -0x98, 0},
	             {EM_AARCH64, 0x10, 8}, {EM_AARCH64, 0x38, 0x30}, {EM_AARCH64, 0x200, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct match t;
		set_up(&t, cases[i].machine, cases[i].slot);
		match_with(&t, cases[i].tls_size);
		assert_true(t.p->rt.tls_slot == cases[i].slot);
		assert_false(t.p->rt.own_ids);
		expect_all(&t);
		tear_down(&t);
	}
}

/* The core's ids are others, or those of other ms. */
static void other_ids(void **state)
{
	(void)state;
	for (unsigned outside = 0; outside < 2; outside++) {
		struct match t;
		set_up(&t, EM_X86_64, -8);
		for (unsigned i = 0; i < THREADS; i++) {
			t.threads[i].id = outside != 0 ? OUTSIDE + i : PROCID + (i + 1) % THREADS;
		}
		match_with(&t, 8);
		assert_true(t.p->rt.own_ids);
		expect_all(&t);
		tear_down(&t);
	}
}

/* Only one of all threads lives in a forked child. */
static void forked_child(void **state)
{
	struct match t;

	(void)state;
	set_up(&t, EM_X86_64, -8);
	t.p->core.thread_count = 1;
	t.threads[0].id = PROCID + 2;
	put_thread(&t, 0, 1, CURG);
	match_with(&t, 8);
	expect(&t, 0, 1);
	assert_null(t.p->rt.ms[2].thread);
	tear_down(&t);
}

/* clone() started thread 2 on the g0 stack of its m. It still has the thread pointer of its parent, thread 1. */
static void new_thread(void **state)
{
	struct match t;

	(void)state;
	set_up(&t, EM_X86_64, -8);
	put_thread(&t, 1, 1, CURG);
	put_thread(&t, 2, 2, G0);
	t.threads[2].thread_pointer = POINTER(1);
	t.p->rt.ms[2].procid = 0;
	match_with(&t, 8);
	expect_all(&t);
	tear_down(&t);
}

/* The bounds of m 3's g0 are those of a C thread that has ended. Thread 2 has the same stack now. */
static void old_bounds(void **state)
{
	struct match t;

	(void)state;
	set_up(&t, EM_X86_64, -8);
	put_thread(&t, 2, 2, G0);
	made_put64(t.p, OWN(3, G0) + G_LO, STACK(2, G0));
	made_put64(t.p, OWN(3, G0) + G_HI, STACK(2, G0) + STACK_SIZE - 64);
	t.p->core.thread_count = 3;
	match_with(&t, 8);
	for (unsigned i = 0; i < 3; i++) {
		expect(&t, i, (int)i);
	}
	assert_null(t.p->rt.ms[3].thread);
	tear_down(&t);
}

/* A thread in C code on a stack that Go does not know. Its storage says which m it is. */
static void foreign_stack(void **state)
{
	struct match t;

	(void)state;
	set_up(&t, EM_X86_64, -8);
	put_thread(&t, 3, 3, CURG);
	t.threads[3].registers.value[t.p->core.arch->sp] = FOREIGN;
	t.threads[3].id = OUTSIDE;
	match_with(&t, 8);
	expect_all(&t);
	tear_down(&t);
}

/* A thread that shows nothing: its id counts if no other thread's contradicts. */
static void only_id(void **state)
{
	(void)state;
	for (unsigned contradicted = 0; contradicted < 2; contradicted++) {
		struct match t;
		set_up(&t, EM_X86_64, -8);
		t.threads[3].registers.value[t.p->core.arch->sp] = FOREIGN;
		t.threads[3].thread_pointer = 0;
		t.threads[2].id = contradicted != 0 ? OUTSIDE : PROCID + 2;
		match_with(&t, 8);
		expect(&t, 2, 2);
		expect(&t, 3, contradicted != 0 ? -1 : 3);
		tear_down(&t);
	}
}

/* No m is the answer for two threads, and no thread gets an id that two ms have. */
static void never_two(void **state)
{
	struct match t;

	(void)state;
	set_up(&t, EM_X86_64, -8);
	put_thread(&t, 1, 0, CURG);
	t.threads[3].registers.value[t.p->core.arch->sp] = FOREIGN;
	t.threads[3].thread_pointer = 0;
	t.p->rt.ms[1].procid = PROCID + 3;
	match_with(&t, 8);
	expect(&t, 0, 0);
	expect(&t, 1, -1);
	expect(&t, 2, 2);
	expect(&t, 3, -1);
	tear_down(&t);
}

/* A g that does not point back to its m is no evidence. */
static void damaged(void **state)
{
	struct match t;

	(void)state;
	set_up(&t, EM_X86_64, -8);
	put_thread(&t, 1, 1, CURG);
	made_put64(t.p, OWN(1, CURG) + G_M, made_m(2));
	t.p->rt.ms[1].procid = 0;
	match_with(&t, 8);
	expect(&t, 0, 0);
	expect(&t, 1, -1);
	expect(&t, 2, 2);
	expect(&t, 3, 3);
	tear_down(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(slots),      cmocka_unit_test(other_ids),     cmocka_unit_test(forked_child),
	    cmocka_unit_test(new_thread), cmocka_unit_test(old_bounds),    cmocka_unit_test(only_id),
	    cmocka_unit_test(never_two),  cmocka_unit_test(foreign_stack), cmocka_unit_test(damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
