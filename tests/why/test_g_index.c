/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"

#include "why/g_index.h"

enum { MANY = 5000 };

static struct gopm__member members[MANY];

/* Adds members, each at another address, and finds each of them, and no other one. */
static void check(uint64_t room, uint64_t first, uint64_t stride)
{
	struct gopm__g_index index = {0};
	bool fresh;

	assert_true(room == 0 || gopm__g_index_open(&index, room));
	assert_int_equal(gopm__g_index_find(&index, members, first), GOPM__NO_INDEX);
	for (uint32_t i = 0; i < MANY; i++) {
		members[i].g = first + i * stride;
		assert_true(gopm__g_index_add(&index, members, i, members[i].g, &fresh));
		assert_true(fresh);
		assert_true(gopm__g_index_add(&index, members, i + 1, members[i / 2].g, &fresh));
		assert_false(fresh);
	}
	for (uint32_t i = 0; i < MANY; i++) {
		assert_int_equal(gopm__g_index_find(&index, members, members[i].g), i);
		assert_int_equal(gopm__g_index_find(&index, members, members[i].g + 4), GOPM__NO_INDEX);
	}
	assert_int_equal(gopm__g_index_find(&index, members, 0), GOPM__NO_INDEX);
	gopm__g_index_close(&index);
}

static void test_index(void **state)
{
	(void)state;
	check(MANY, 0xc000000000, 448);
	check(0, 0xc000000000, 448); /* grows */
	check(10, 0xc000000000, 8);  /* closer than any g */
	check(10, 0x1000, 1u << 20); /* one a page */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_index)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
