/* SPDX-License-Identifier: Apache-2.0 */
/* Times of goroutines that are not begins of collections. */
#include "cmocka_all.h"

#include "runtime/gc_time.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void test_sound(void **state)
{
	static const int64_t times[] = {1000000, 1000000, 5000000, 9000000, 9000000};
	int64_t odd[GOPM__MAX_ODD_TIMES];

	(void)state;
	assert_int_equal(gopm__gc_odd_times(times, COUNT(times), 3, odd), 0);
	assert_int_equal(gopm__gc_odd_times(times, COUNT(times), 0, odd), 0);
	assert_int_equal(gopm__gc_odd_times(NULL, 0, 1, odd), 0);
}

/* Two collections do not begin within microseconds. */
static void test_near(void **state)
{
	static const int64_t times[] = {1000000, 1000008, 1000008, 5000000};
	static const int64_t equal[] = {1000000, 1000008};
	int64_t odd[GOPM__MAX_ODD_TIMES];

	(void)state;
	assert_int_equal(gopm__gc_odd_times(times, COUNT(times), 0, odd), 1);
	assert_int_equal(odd[0], 1000000);
	assert_int_equal(gopm__gc_odd_times(equal, COUNT(equal), 0, odd), 2);
}

/* More times than collections: the rarest is wrong. */
static void test_too_many(void **state)
{
	static const int64_t times[] = {1000000, 5000000, 5000000, 9000000, 9000000};
	int64_t odd[GOPM__MAX_ODD_TIMES];

	(void)state;
	assert_int_equal(gopm__gc_odd_times(times, COUNT(times), 2, odd), 1);
	assert_int_equal(odd[0], 1000000);
}

/* No more than fit. */
static void test_full(void **state)
{
	int64_t times[100], odd[GOPM__MAX_ODD_TIMES];

	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		times[i] = (int64_t)i + 1;
	}
	assert_int_equal(gopm__gc_odd_times(times, COUNT(times), 1, odd), GOPM__MAX_ODD_TIMES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sound),
	    cmocka_unit_test(test_near),
	    cmocka_unit_test(test_too_many),
	    cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
