/* SPDX-License-Identifier: Apache-2.0 */
/* Range and location lists written by hand, by 2.6.2, 2.17.3, 7.25 and 7.29 of DWARF 5 and 2.6.2 of DWARF 4. */
#include "cmocka_all.h"
#include "dwarf/lists.h"

#include <gopm/types.h>

static const uint8_t addresses[] = {
    0, 0,    0, 0, 5, 0, 8, 0, /* header */
    0, 0x10, 0, 0, 0, 0, 0, 0, /* 0x1000 */
    0, 0x20, 0, 0, 0, 0, 0, 0, /* 0x2000 */
};

static struct gopm__list_unit unit_of(uint16_t version)
{
	return (struct gopm__list_unit){.version = version,
	                                .offset_size = 4,
	                                .base = 0x400,
	                                .address = {addresses, sizeof addresses, 0},
	                                .addr_base = 8};
}

static void next_is(struct gopm__list *list, uint64_t low, uint64_t high, const char *expression)
{
	struct gopm__list_entry entry;

	assert_int_equal(gopm__list_next(list, &entry), GOPM_OK);
	assert_int_equal(entry.range.low, low);
	assert_int_equal(entry.range.high, high);
	if (expression != NULL) {
		assert_int_equal(entry.expression_size, strlen(expression));
		assert_memory_equal(entry.expression, expression, strlen(expression));
	}
}

static void reads_location_lists_5(void **state)
{
	static const char bytes[] = "\x04\x10\x20\x01"
	                            "a"        /* offset_pair from the unit's base */
	                            "\x01\x00" /* base_addressx 0 */
	                            "\x04\x01\x02\x02"
	                            "bc" /* offset_pair */
	                            "\x02\x00\x01\x01"
	                            "d" /* startx_endx */
	                            "\x03\x01\x80\x01\x01"
	                            "e"                      /* startx_length */
	                            "\x06\0\x30\0\0\0\0\0\0" /* base_address */
	                            "\x04\x05\x06\x00"       /* offset_pair, empty expression */
	                            "\x07\x01\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x01"
	                            "f" /* start_end */
	                            "\x08\x05\0\0\0\0\0\0\0\x04\x01"
	                            "g" /* start_length */
	                            "\x05\x01"
	                            "z" /* default_location */
	                            "\x00";
	const struct gopm__section section = {(const uint8_t *)bytes, sizeof bytes - 1, 0};
	struct gopm__list_unit unit = unit_of(5);
	struct gopm__list list = gopm__list_open(&section, 0, &unit, true);
	struct gopm__list_entry entry;
	const uint8_t *expression;
	uint64_t size;

	(void)state;
	next_is(&list, 0x410, 0x420, "a");
	next_is(&list, 0x1001, 0x1002, "bc");
	next_is(&list, 0x1000, 0x2000, "d");
	next_is(&list, 0x2000, 0x2080, "e");
	next_is(&list, 0x3005, 0x3006, "");
	next_is(&list, 1, 3, "f");
	next_is(&list, 5, 9, "g");
	assert_int_equal(gopm__list_next(&list, &entry), GOPM_OK);
	assert_true(entry.fallback);
	assert_int_equal(gopm__list_next(&list, &entry), GOPM_DONE);
	assert_int_equal(gopm__location_find(&section, 0, &unit, 0x1fff, &expression, &size), GOPM_OK);
	assert_int_equal(*expression, 'd');
	assert_int_equal(gopm__location_find(&section, 0, &unit, 0x9999, &expression, &size), GOPM_OK);
	assert_int_equal(*expression, 'z');
}

static void reads_range_lists_5(void **state)
{
	/* DW_RLE_* from 5 on are one less than DW_LLE_*: there is no default_location. */
	static const char bytes[] = "\x04\x10\x20"
	                            "\x05\0\x30\0\0\0\0\0\0" /* base_address */
	                            "\x04\x05\x06"
	                            "\x06\x01\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0" /* start_end */
	                            "\x07\x05\0\0\0\0\0\0\0\x04"               /* start_length */
	                            "\x00";
	const struct gopm__section section = {(const uint8_t *)bytes, sizeof bytes - 1, 0};
	struct gopm__list_unit unit = unit_of(5);
	struct gopm__list list = gopm__list_open(&section, 0, &unit, false);
	struct gopm__list_entry entry;

	(void)state;
	next_is(&list, 0x410, 0x420, NULL);
	next_is(&list, 0x3005, 0x3006, NULL);
	next_is(&list, 1, 3, NULL);
	next_is(&list, 5, 9, NULL);
	assert_int_equal(gopm__list_next(&list, &entry), GOPM_DONE);
}

static void reads_lists_4(void **state)
{
	static const char bytes[] = "\x10\0\0\0\0\0\0\0\x20\0\0\0\0\0\0\0\x01\0"
	                            "a"
	                            "\xff\xff\xff\xff\xff\xff\xff\xff\0\x50\0\0\0\0\0\0" /* base selection */
	                            "\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x00\0"
	                            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	const struct gopm__section section = {(const uint8_t *)bytes, sizeof bytes - 1, 0};
	struct gopm__list_unit unit = unit_of(4);
	struct gopm__list list = gopm__list_open(&section, 0, &unit, true);
	struct gopm__list_entry entry;
	const uint8_t *expression;
	uint64_t size;

	(void)state;
	next_is(&list, 0x410, 0x420, "a");
	next_is(&list, 0x5001, 0x5002, "");
	assert_int_equal(gopm__list_next(&list, &entry), GOPM_DONE);
	assert_int_equal(gopm__location_find(&section, 0, &unit, 0x40f, &expression, &size), GOPM_NOT_FOUND);
	assert_int_equal(gopm__location_find(&section, 0, &unit, 0x420, &expression, &size), GOPM_NOT_FOUND);
}

static void finds_lists_by_index(void **state)
{
	/* Two offsets, counted from the table's start at 12. */
	static const uint8_t bytes[] = {40, 0, 0, 0, 5, 0, 8, 0, 2, 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0, 0};
	const struct gopm__section section = {bytes, sizeof bytes, 0};
	struct gopm__list_unit unit = unit_of(5);
	uint64_t offset;

	(void)state;
	assert_true(gopm__list_offset(&section, &unit, 12, 0, &offset));
	assert_int_equal(offset, 20);
	assert_true(gopm__list_offset(&section, &unit, 12, 1, &offset));
	assert_int_equal(offset, 21);
	assert_false(gopm__list_offset(&section, &unit, 12, 5, &offset));
	assert_false(gopm__list_offset(&section, &unit, UINT64_MAX, 1, &offset));
	assert_false(gopm__list_offset(&section, &unit, 12, UINT64_MAX, &offset));
	assert_false(gopm__address_at(&unit, 2, &offset));
	assert_false(gopm__address_at(&unit, UINT64_MAX, &offset));
	assert_true(gopm__address_at(&unit, 1, &offset));
	assert_int_equal(offset, 0x2000);
}

static void refuses_what_is_cut(void **state)
{
	static const char bytes[] = "\x04\x10\x20\x05"
	                            "a";
	const struct gopm__section section = {(const uint8_t *)bytes, sizeof bytes - 1, 0};
	struct gopm__list_unit five = unit_of(5), four = unit_of(4);
	struct gopm__list_entry entry;

	(void)state;
	struct gopm__list list = gopm__list_open(&section, 0, &five, true);
	assert_int_equal(gopm__list_next(&list, &entry), GOPM_ERR_FORMAT);
	list = gopm__list_open(&section, 99, &five, true);
	assert_int_equal(gopm__list_next(&list, &entry), GOPM_ERR_FORMAT);
	list = gopm__list_open(&section, 0, &four, true);
	assert_int_equal(gopm__list_next(&list, &entry), GOPM_ERR_FORMAT);
	list = gopm__list_open(&section, 1, &five, false); /* kind 0x10 */
	assert_int_equal(gopm__list_next(&list, &entry), GOPM_ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_location_lists_5), cmocka_unit_test(reads_range_lists_5),
	    cmocka_unit_test(reads_lists_4),          cmocka_unit_test(finds_lists_by_index),
	    cmocka_unit_test(refuses_what_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
