/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "symbol/pclntab.h"

/* Tables of pctab written by hand, by the rules of runtime/symtab.go. A table is pairs of a zigzag value delta and a pc
 * delta; the value starts at -1. A value delta of 0 that is not the first ends the table. */
static const uint8_t pctab[] = {
    0,                      /* 0: no table starts here */
    0x02, 0x04, 0x10, 0x0c, /* 1: 0 for 4 bytes, then 8 for 12, ... */
    0x0f, 0x05, 0x00,       /* ... then 0 again for 5; the end */
    0x00, 0x03, 0x04, 0x80, /* 8: -1 for 3 bytes (a first delta of 0 counts), then 1 for 128 bytes ... */
    0x01, 0x00,             /* ... the end */
    0x02, 0x80, 0x80, 0x80, /* 14: a varint that runs off the table */
};

static struct gopm__module module = {
    .pc_quantum = 1, .text = 0x1000, .minpc = 0x1000, .maxpc = 0x2000, .pctab = pctab, .pctab_size = sizeof pctab};

static const struct gopm__func func = {.module = &module, .entry = 0x1000};

static void test_values(void **state)
{
	int32_t value;

	(void)state;
	const struct {
		uint64_t pc;
		int32_t value;
	} expected[] = {{0x1000, 0}, {0x1003, 0}, {0x1004, 8}, {0x100f, 8}, {0x1010, 0}, {0x1014, 0}};
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		assert_true(gopm__pcvalue(&func, 1, expected[i].pc, &value));
		assert_int_equal(value, expected[i].value);
	}
	assert_false(gopm__pcvalue(&func, 1, 0x1015, &value));
	assert_int_equal(gopm__pcvalue_max(&func, 1), 8);
}

static void test_first_delta_of_zero(void **state)
{
	int32_t value;

	(void)state;
	assert_true(gopm__pcvalue(&func, 8, 0x1002, &value));
	assert_int_equal(value, -1);
	assert_true(gopm__pcvalue(&func, 8, 0x1003, &value));
	assert_int_equal(value, 1);
	assert_true(gopm__pcvalue(&func, 8, 0x1003 + 127, &value));
	assert_false(gopm__pcvalue(&func, 8, 0x1003 + 128, &value));
}

static void test_damage(void **state)
{
	int32_t value;

	(void)state;
	assert_false(gopm__pcvalue(&func, 0, 0x1000, &value));
	assert_false(gopm__pcvalue(&func, 14, 0x1000, &value));
	assert_false(gopm__pcvalue(&func, sizeof pctab, 0x1000, &value));
	assert_false(gopm__pcvalue(&func, UINT32_MAX, 0x1000, &value));
	assert_int_equal(gopm__pcvalue_max(&func, UINT32_MAX), -1);
}

/* A table can start at any offset: no read leaves pctab (the sanitizers check it). */
static void test_every_start(void **state)
{
	int32_t value;

	(void)state;
	for (uint32_t table = 0; table < sizeof pctab + 4; table++) {
		(void)gopm__pcvalue(&func, table, UINT64_MAX, &value);
		(void)gopm__pcvalue_max(&func, table);
	}
}

static void test_functions(void **state)
{
	/* Two functions of 44 bytes each without tables, and the row that ends ftab. */
	uint8_t table[88] = {0}, ftab[24];
	const uint32_t rows[] = {0x10, 0, 0x40, 44, 0x80, 0};
	struct gopm__func found;
	struct gopm__module m = {.format = gopm__pcln_format(UINT32_C(0xfffffff1)),
	                         .pc_quantum = 1,
	                         .text = 0x1000,
	                         .minpc = 0x1010,
	                         .maxpc = 0x1080,
	                         .ftab = ftab,
	                         .ftab_count = 2,
	                         .pclntable = table,
	                         .pclntable_size = sizeof table};

	(void)state;
	memcpy(ftab, rows, sizeof ftab);
	memcpy(table, &rows[0], 4);
	memcpy(table + 44, &rows[2], 4);
	assert_false(gopm__func_find(&m, 1, 0x100f, &found));
	assert_true(gopm__func_find(&m, 1, 0x1010, &found));
	assert_int_equal(found.entry, 0x1010);
	assert_int_equal(found.end, 0x1040);
	assert_true(gopm__func_find(&m, 1, 0x103f, &found));
	assert_int_equal(found.entry, 0x1010);
	assert_true(gopm__func_find(&m, 1, 0x1040, &found));
	assert_int_equal(found.entry, 0x1040);
	assert_false(gopm__func_find(&m, 1, 0x1080, &found));
	/* A _func that ends past the table, and one with too many tables. */
	m.pclntable_size = 87;
	assert_false(gopm__func_find(&m, 1, 0x1040, &found));
	m.pclntable_size = 88;
	table[44 + 28] = 1;
	assert_false(gopm__func_find(&m, 1, 0x1040, &found));
	table[44 + 28] = 0;
	table[44 + 43] = 255;
	assert_false(gopm__func_find(&m, 1, 0x1040, &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),    cmocka_unit_test(test_first_delta_of_zero),
	    cmocka_unit_test(test_damage),    cmocka_unit_test(test_every_start),
	    cmocka_unit_test(test_functions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
