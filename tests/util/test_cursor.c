/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "util/cursor.h"

static void reads_little_endian(void **state)
{
	static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	struct gopm__cursor c = gopm__cursor(bytes, sizeof bytes);

	(void)state;
	assert_int_equal(gopm__cursor_u8(&c), 1);
	assert_int_equal(gopm__cursor_u16(&c), 0x0302);
	assert_int_equal(gopm__cursor_u32(&c), 0x07060504);
	assert_int_equal(gopm__cursor_u64(&c), 0x0f0e0d0c0b0a0908);
	assert_int_equal(gopm__cursor_left(&c), 0);
	assert_false(c.failed);
}

static void stays_failed(void **state)
{
	static const uint8_t bytes[] = {1, 2, 3};
	struct gopm__cursor c = gopm__cursor(bytes, sizeof bytes);

	(void)state;
	assert_int_equal(gopm__cursor_u32(&c), 0);
	assert_true(c.failed);
	assert_int_equal(gopm__cursor_u8(&c), 0);
	assert_int_equal(gopm__cursor_left(&c), 0);
	c = gopm__cursor(bytes, sizeof bytes);
	gopm__cursor_seek(&c, 4);
	assert_true(c.failed);
	c = gopm__cursor(bytes, sizeof bytes);
	gopm__cursor_seek(&c, 3);
	assert_false(c.failed);
	assert_null(gopm__cursor_bytes(&c, SIZE_MAX));
	assert_true(c.failed);
	c = gopm__cursor(NULL, 8);
	assert_int_equal(gopm__cursor_u64(&c), 0);
	assert_true(c.failed);
}

static void reads_leb128(void **state)
{
	static const uint8_t bytes[] = {0xe5, 0x8e, 0x26, 0x9b, 0xf1, 0x59, 0x7f, 0x3f, 0x40};
	struct gopm__cursor c = gopm__cursor(bytes, sizeof bytes);

	(void)state;
	assert_int_equal(gopm__cursor_uleb(&c), 624485);
	assert_true(gopm__cursor_sleb(&c) == -624485);
	assert_true(gopm__cursor_sleb(&c) == -1);
	assert_true(gopm__cursor_sleb(&c) == 63);
	assert_true(gopm__cursor_sleb(&c) == -64);
	assert_false(c.failed);
}

static void refuses_long_leb128(void **state)
{
	uint8_t bytes[64] = {0};
	struct gopm__cursor c = gopm__cursor(bytes, sizeof bytes);

	(void)state;
	memset(bytes, 0x80, sizeof bytes);
	assert_int_equal(gopm__cursor_uleb(&c), 0);
	assert_true(c.failed);
	c = gopm__cursor(bytes, 3);
	gopm__cursor_sleb(&c);
	assert_true(c.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_little_endian),
	    cmocka_unit_test(stays_failed),
	    cmocka_unit_test(reads_leb128),
	    cmocka_unit_test(refuses_long_leb128),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
