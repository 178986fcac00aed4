/* SPDX-License-Identifier: Apache-2.0 */
/* States of locks, by what sync/{mutex,rwmutex,once,waitgroup,cond}.go of Go 1.16 to 1.27 write. */
#include "cmocka_all.h"

#include "runtime/sync_state.h"
#include "support/made.h"

#define LOCK (BASE + 0x70000)
#define MISSING UINT64_C(0x1000)

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

static void mutexes(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__mutex_state mutex;

	/* Three wait, it is locked and in starvation mode. */
	made_put(p, LOCK, 3 << 3 | 4 | 1, 4);
	made_put(p, LOCK + 4, 2, 4);
	assert_true(gopm__mutex_read(&reader, LOCK, &mutex));
	assert_true(mutex.locked && mutex.starving && !mutex.woken);
	assert_int_equal(mutex.waiters, 3);
	assert_int_equal(mutex.sema, 2);
	made_put(p, LOCK, 2, 4);
	assert_true(gopm__mutex_read(&reader, LOCK, &mutex) && !mutex.locked && mutex.woken && mutex.waiters == 0);
	assert_false(gopm__mutex_read(&reader, MISSING, &mutex));
}

static void rwmutexes(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__rwmutex_state lock;

	/* Five readers, of which the pending writer waits for two. */
	made_put(p, LOCK, 1 << 3 | 1, 4);
	made_put(p, LOCK + 16, (uint32_t)(5 - (1 << 30)), 4);
	made_put(p, LOCK + 20, 2, 4);
	assert_true(gopm__rwmutex_read(&reader, LOCK, &lock));
	assert_true(lock.writer && lock.w.locked);
	assert_int_equal(lock.w.waiters, 1);
	assert_int_equal(lock.readers, 5);
	assert_int_equal(lock.departing, 2);
	/* Three readers. */
	made_put(p, LOCK, 0, 4);
	made_put(p, LOCK + 16, 3, 4);
	made_put(p, LOCK + 20, 0, 4);
	assert_true(gopm__rwmutex_read(&reader, LOCK, &lock) && !lock.writer && lock.readers == 3);
	assert_false(gopm__rwmutex_read(&reader, MISSING, &lock));
}

static void onces(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__mutex_state mutex;
	bool done;

	made_put(p, LOCK + 4, 2 << 3 | 1, 4);
	assert_true(gopm__once_read(&reader, LOCK, &done, &mutex) && !done && mutex.locked && mutex.waiters == 2);
	made_put(p, LOCK, 1, 4);
	made_put(p, LOCK + 4, 0, 4);
	assert_true(gopm__once_read(&reader, LOCK, &done, &mutex) && done && !mutex.locked);
	assert_false(gopm__once_read(&reader, MISSING, &done, &mutex));
}

static void wait_groups(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__waitgroup_state group;

	/* Counter 7, two wait, of a synctest bubble. */
	made_put64(p, LOCK, UINT64_C(7) << 32 | 0x80000000 | 2);
	assert_int_equal(gopm__waitgroup_of_sema(LOCK + 8), LOCK);
	assert_true(gopm__waitgroup_read(&reader, LOCK, &group));
	assert_int_equal(group.counter, 7);
	assert_int_equal(group.waiters, 2);
	assert_true(group.in_bubble);
	/* Until Go 1.17: at an address that is not a multiple of 8 the semaphore comes first. */
	made_put(p, LOCK + 36, 1, 4);
	made_put64(p, LOCK + 40, UINT64_C(3) << 32 | 1);
	assert_int_equal(gopm__waitgroup_of_sema(LOCK + 36), LOCK + 36);
	assert_true(gopm__waitgroup_read(&reader, LOCK + 36, &group));
	assert_int_equal(group.counter, 3);
	assert_int_equal(group.waiters, 1);
	assert_int_equal(group.sema, 1);
	assert_false(gopm__waitgroup_read(&reader, MISSING, &group));
}

static void notify_lists(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__notify_list list;

	made_put(p, LOCK, 9, 4);
	made_put(p, LOCK + 4, 7, 4);
	made_put64(p, LOCK + 16, SUDOGS);
	made_put64(p, LOCK + 24, SUDOGS + 128);
	assert_true(gopm__notify_list_read(&reader, LOCK, &list));
	assert_int_equal(list.wait - list.notify, 2);
	assert_int_equal(list.lock, 0);
	assert_int_equal(list.head, SUDOGS);
	assert_int_equal(list.tail, SUDOGS + 128);
	assert_false(gopm__notify_list_read(&reader, MISSING, &list));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(mutexes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(rwmutexes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(onces, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(wait_groups, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(notify_lists, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
