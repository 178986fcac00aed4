/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "util/arena.h"
#include "util/error.h"
#include "util/finding.h"
#include "util/keyed.h"
#include "util/map64.h"
#include "util/search.h"
#include "util/text.h"
#include "util/vector.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void map_finds_what_was_put(void **state)
{
	struct gopm__map64 map = {0};
	bool fresh;

	(void)state;
	assert_null(gopm__map64_get(&map, 1));
	for (uint64_t key = 1; key <= 10000; key++) {
		uint64_t *value = gopm__map64_put(&map, key * 4096, &fresh);
		assert_non_null(value);
		assert_true(fresh);
		*value = key;
	}
	for (uint64_t key = 1; key <= 10000; key++) {
		const uint64_t *value = gopm__map64_get(&map, key * 4096);
		assert_non_null(value);
		assert_int_equal(*value, key);
		assert_null(gopm__map64_get(&map, key * 4096 + 1));
	}
	assert_int_equal(*gopm__map64_put(&map, 4096, &fresh), 1);
	assert_false(fresh);
	assert_int_equal(map.count, 10000);
	gopm__map64_free(&map);
}

static void keyed_sort_keeps_the_order_of_equal_keys(void **state)
{
	enum { COUNT = 5000 };
	static const uint64_t masks[] = {0, 7, 0xfff000, UINT64_C(0xffffffffffff), UINT64_MAX};
	struct gopm__keyed list[COUNT];
	uint64_t key = 1;

	(void)state;
	assert_true(gopm__keyed_sort(list, 0));
	for (size_t m = 0; m < sizeof masks / sizeof masks[0]; m++) {
		uint64_t sum = 0, sorted_sum = 0;
		for (uint32_t i = 0; i < COUNT; i++) {
			key = key * UINT64_C(6364136223846793005) + 1442695040888963407;
			list[i] = (struct gopm__keyed){(key ^ key >> 29) & masks[m], i};
			sum += list[i].key * (i + 1);
		}
		assert_true(gopm__keyed_sort(list, COUNT));
		for (size_t i = 0; i < COUNT; i++) {
			sorted_sum += list[i].key * (list[i].number + 1);
			if (i != 0) {
				assert_true(list[i - 1].key < list[i].key ||
				            (list[i - 1].key == list[i].key && list[i - 1].number < list[i].number));
			}
		}
		assert_int_equal(sum, sorted_sum);
	}
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
	struct gopm__arena arena = {0};

	(void)state;
	for (size_t size = 0; size < 5000; size += 7) {
		unsigned char *p = gopm__arena_alloc(&arena, size);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++) {
			assert_int_equal(p[i], 0);
			p[i] = 0xff;
		}
	}
	gopm_str str = gopm__arena_str(&arena, "main.f", 4);
	assert_int_equal(str.size, 4);
	assert_string_equal(str.data, "main");
	gopm__arena_free(&arena);
}

static void vector_keeps_its_elements(void **state)
{
	uint32_t *list = NULL;
	size_t count = 0, capacity = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		assert_true(GOPM__VECTOR_RESERVE(list, count, capacity, 1));
		list[count++] = i;
	}
	for (uint32_t i = 0; i < 1000; i++) {
		assert_int_equal(list[i], i);
	}
	assert_true(capacity < 2048);
	assert_true(GOPM__VECTOR_RESERVE(list, count, capacity, 5000));
	assert_true(capacity >= 6000);
	assert_int_equal(list[999], 999);
	free(list);
}

static void vector_refuses_sizes_that_overflow(void **state)
{
	uint64_t *list = NULL;
	size_t count = 0, capacity = 0;

	(void)state;
	assert_true(GOPM__VECTOR_RESERVE(list, count, capacity, 1));
	list[count++] = 7;
	size_t before = capacity;
	assert_false(GOPM__VECTOR_RESERVE(list, count, capacity, SIZE_MAX));
	assert_false(GOPM__VECTOR_RESERVE(list, count, capacity, SIZE_MAX / 2));
	assert_false(GOPM__VECTOR_RESERVE(list, count, capacity, SIZE_MAX / sizeof *list));
	assert_int_equal(capacity, before);
	assert_int_equal(list[0], 7);
	free(list);
}

static void search_finds_the_first_not_before(void **state)
{
	static const int list[] = {1, 3, 3, 3, 8};
	size_t at = 99;

	(void)state;
	GOPM__LOWER_BOUND(at, 0, list[at] < 1);
	assert_int_equal(at, 0);
	GOPM__LOWER_BOUND(at, 5, list[at] < 0);
	assert_int_equal(at, 0);
	GOPM__LOWER_BOUND(at, 5, list[at] < 3);
	assert_int_equal(at, 1);
	GOPM__LOWER_BOUND(at, 5, list[at] <= 3);
	assert_int_equal(at, 4);
	GOPM__LOWER_BOUND(at, 5, list[at] < 9);
	assert_int_equal(at, 5);
}

static void text_writes_numbers(void **state)
{
	struct gopm__text text = {0};

	(void)state;
	gopm__text_u64(&text, 0);
	gopm__text_str(&text, " ");
	gopm__text_u64(&text, UINT64_MAX);
	gopm__text_str(&text, " ");
	gopm__text_i64(&text, INT64_MIN);
	gopm__text_str(&text, " ");
	gopm__text_i64(&text, 10);
	gopm__text_printf(&text, " %s", "a text that is longer than the room of sixteen bytes or so that was left");
	assert_false(text.failed);
	assert_string_equal(text.data, "0 18446744073709551615 -9223372036854775808 10 "
	                               "a text that is longer than the room of sixteen bytes or so that was left");
	gopm__text_free(&text);
}

static void text_grows(void **state)
{
	struct gopm__text text = {0};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		gopm__text_printf(&text, "%03d", i);
		gopm__text_str(&text, ",");
	}
	assert_false(text.failed);
	assert_int_equal(text.size, 4000);
	assert_memory_equal(text.data + 3996, "999,", 5);
	gopm__text_clear(&text);
	gopm__text_add(&text, "a\0b", 3);
	assert_int_equal(text.size, 3);
	assert_memory_equal(text.data, "a\0b", 4);
	gopm__text_free(&text);
}

static void findings_are_counted_and_bounded(void **state)
{
	struct gopm__findings findings;

	(void)state;
	gopm__findings_init(&findings, 3);
	gopm__finding_add(NULL, GOPM_FINDING_CYCLE, GOPM__NOWHERE, "nobody listens");
	for (int i = 0; i < 5; i++) {
		gopm__finding_add(&findings, GOPM_FINDING_CYCLE, GOPM__AT_ADDRESS((uint64_t)i), "the same");
	}
	for (int i = 0; i < 5; i++) {
		gopm__finding_add(&findings, GOPM_FINDING_BAD_NOTE, GOPM__NOWHERE, "number %d", i);
	}
	assert_int_equal(findings.total, 10);
	assert_int_equal(findings.count, 3);
	assert_int_equal(findings.list[0].count, 5);
	assert_int_equal(findings.list[0].address, 0);
	assert_string_equal(findings.list[1].message.data, "number 0");
	gopm__findings_clear(&findings);
}

static void errors_name_their_place(void **state)
{
	gopm_error *err = NULL;

	(void)state;
	assert_int_equal(gopm__fail(&err, GOPM_ERR_FORMAT, GOPM__AT_OFFSET("core", 64), "bad %s", "note"),
	                 GOPM_ERR_FORMAT);
	assert_int_equal(gopm_error_status(err), GOPM_ERR_FORMAT);
	assert_string_equal(gopm_error_path(err), "core");
	assert_int_equal(gopm_error_offset(err), 64);
	assert_true(gopm_error_address(err) == GOPM_NO_OFFSET);
	assert_non_null(strstr(gopm_error_message(err), "core"));
	assert_non_null(strstr(gopm_error_message(err), "64"));
	assert_non_null(strstr(gopm_error_message(err), "bad note"));
	gopm_error_free(err);

	assert_int_equal(gopm__fail(NULL, GOPM_ERR_IO, GOPM__NOWHERE, "unheard"), GOPM_ERR_IO);
	assert_int_equal(gopm__fail_memory(&err), GOPM_ERR_NO_MEMORY);
	assert_int_equal(gopm_error_status(err), GOPM_ERR_NO_MEMORY);
	gopm_error_free(err);
	gopm_error_free(NULL);
	assert_int_equal(gopm_error_status(NULL), GOPM_OK);
	assert_string_equal(gopm_error_message(NULL), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(map_finds_what_was_put),
	    cmocka_unit_test(keyed_sort_keeps_the_order_of_equal_keys),
	    cmocka_unit_test(arena_gives_zeroed_aligned_memory),
	    cmocka_unit_test(vector_keeps_its_elements),
	    cmocka_unit_test(vector_refuses_sizes_that_overflow),
	    cmocka_unit_test(search_finds_the_first_not_before),
	    cmocka_unit_test(text_writes_numbers),
	    cmocka_unit_test(text_grows),
	    cmocka_unit_test(findings_are_counted_and_bounded),
	    cmocka_unit_test(errors_name_their_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
