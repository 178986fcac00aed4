/* SPDX-License-Identifier: Apache-2.0 */
/* Dictionaries of strings: equal ones have one number, and all of them are UTF-8. */
#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "export/arrow_dictionary.h"

static void expect(const struct ArrowArray *array, int64_t number, const char *text, size_t size)
{
	const int32_t *ends = array->buffers[1];

	assert_int_equal(ends[number + 1] - ends[number], size);
	assert_memory_equal((const char *)array->buffers[2] + ends[number], text, size);
}

static void test_equal_strings(void **state)
{
	struct gopm__arrow_dictionary d = {0};
	char one[] = "main.f", two[] = "main.f", nul[] = {'a', 0, 'b'};
	struct ArrowArray array;

	(void)state;
	assert_int_equal(gopm__arrow_dictionary_add(&d, (gopm_str){one, 6}), 0);
	assert_int_equal(gopm__arrow_dictionary_add(&d, (gopm_str){nul, 3}), 1);
	assert_int_equal(gopm__arrow_dictionary_add(&d, (gopm_str){two, 6}), 0);
	assert_int_equal(gopm__arrow_dictionary_add(&d, (gopm_str){NULL, 0}), 2);
	assert_int_equal(gopm__arrow_dictionary_add(&d, (gopm_str){two, 5}), 3);
	assert_int_equal(gopm__arrow_dictionary_add(&d, (gopm_str){two, 0}), 2);
	assert_true(gopm__arrow_dictionary_finish(&d, &array));
	assert_int_equal(array.length, 4);
	expect(&array, 0, "main.f", 6);
	expect(&array, 1, nul, 3);
	expect(&array, 2, "", 0);
	expect(&array, 3, "main.", 5);
	array.release(&array);
	/* It begins again. */
	assert_int_equal(gopm__arrow_dictionary_add(&d, (gopm_str){two, 6}), 0);
	gopm__arrow_dictionary_clear(&d);
}

static void test_not_utf8(void **state)
{
	struct gopm__arrow_dictionary d = {0};
	struct ArrowArray array;

	(void)state;
	assert_int_equal(gopm__arrow_dictionary_add(&d, (gopm_str){"\xc3\xa4\xff", 3}), 0);
	assert_int_equal(gopm__arrow_dictionary_add(&d, (gopm_str){"\xed\xa0\x80", 3}), 1); /* a surrogate */
	assert_int_equal(gopm__arrow_dictionary_add(&d, (gopm_str){"\xc3\xa4\x1b", 3}), 2); /* valid: as it is */
	assert_true(gopm__arrow_dictionary_finish(&d, &array));
	expect(&array, 0, "\xc3\xa4\\xff", 6);
	expect(&array, 1, "\\xed\\xa0\\x80", 12);
	expect(&array, 2, "\xc3\xa4\x1b", 3);
	array.release(&array);
}

static void test_many(void **state)
{
	static char texts[5000][8];
	struct gopm__arrow_dictionary d = {0};
	struct ArrowArray array;

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 5000; i++) {
			int size = snprintf(texts[i], sizeof texts[i], "%d", i);
			assert_int_equal(gopm__arrow_dictionary_add(&d, (gopm_str){texts[i], (size_t)size}), i);
		}
	}
	assert_true(gopm__arrow_dictionary_finish(&d, &array));
	assert_int_equal(array.length, 5000);
	expect(&array, 4999, "4999", 4);
	array.release(&array);
}

static void test_empty(void **state)
{
	struct gopm__arrow_dictionary d = {0};
	struct ArrowArray array;

	(void)state;
	assert_true(gopm__arrow_dictionary_finish(&d, &array));
	assert_int_equal(array.length, 0);
	assert_int_equal(array.n_buffers, 3);
	assert_non_null(array.buffers[1]);
	assert_non_null(array.buffers[2]);
	array.release(&array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_equal_strings),
	    cmocka_unit_test(test_not_utf8),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
