/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "core/memory.h"

static const uint8_t *numbers(void)
{
	static uint8_t bytes[256];
	for (size_t i = 0; i < sizeof bytes; i++) {
		bytes[i] = (uint8_t)i;
	}
	return bytes;
}

static struct gopm__source source_of(uint8_t base)
{
	return (struct gopm__source){.base = numbers() + base, .size = 64, .compression = ""};
}

static void check_order(const struct gopm__memory *memory)
{
	for (size_t i = 0; i < memory->count; i++) {
		const struct gopm__segment *s = &memory->segments[i];
		assert_true(s->size > 0);
		assert_true(s->size <= UINT64_MAX - s->address);
		if (i != 0) {
			assert_true(s[-1].address + s[-1].size <= s->address);
		}
	}
}

static void splits_around_what_is_there(void **state)
{
	struct gopm__source low = source_of(0), high = source_of(100);
	struct gopm__memory memory = {NULL, 0, 0};

	(void)state;
	assert_int_equal(gopm__memory_add(&memory, 0x1010, 8, &low, 0), GOPM_OK);
	assert_int_equal(gopm__memory_add(&memory, 0x1020, 8, &low, 8), GOPM_OK);
	assert_int_equal(gopm__memory_add(&memory, 0x1000, 64, &high, 0), GOPM_OK);
	check_order(&memory);
	assert_int_equal(memory.count, 5);
	struct gopm__reader reader = gopm__reader(&memory);
	uint8_t all[64];
	assert_int_equal(gopm__read_copy(&reader, 0x1000, all, sizeof all), 64);
	for (size_t i = 0; i < sizeof all; i++) {
		size_t expect = 100 + i;
		if (i >= 0x10 && i < 0x18) {
			expect = i - 0x10;
		} else if (i >= 0x20 && i < 0x28) {
			expect = i - 0x20 + 8;
		}
		assert_int_equal(all[i], expect);
	}
	/* There is no gap left to fill. */
	assert_int_equal(gopm__memory_add(&memory, 0x1000, 64, &low, 0), GOPM_OK);
	assert_int_equal(gopm__memory_add(&memory, 0x1012, 2, &low, 0), GOPM_OK);
	assert_int_equal(memory.count, 5);
	gopm__memory_free(&memory);
}

static void finds_the_next_bytes(void **state)
{
	struct gopm__source source = source_of(0);
	struct gopm__memory memory = {NULL, 0, 0};

	(void)state;
	assert_true(gopm__memory_next(&memory, 0) == UINT64_MAX);
	assert_int_equal(gopm__memory_add(&memory, 0x1000, 16, &source, 0), GOPM_OK);
	assert_int_equal(gopm__memory_add(&memory, 0x7000000000, 8, &source, 16), GOPM_OK);
	assert_int_equal(gopm__memory_next(&memory, 0), 0x1000);
	assert_int_equal(gopm__memory_next(&memory, 0x100f), 0x100f);
	assert_int_equal(gopm__memory_next(&memory, 0x1010), 0x7000000000);
	assert_int_equal(gopm__memory_next(&memory, 0x7000000007), 0x7000000007);
	assert_true(gopm__memory_next(&memory, 0x7000000008) == UINT64_MAX);
	gopm__memory_free(&memory);
}

static void cuts_both_ends(void **state)
{
	struct gopm__source low = source_of(0), high = source_of(100);
	struct gopm__memory memory = {NULL, 0, 0};
	uint64_t word;

	(void)state;
	assert_int_equal(gopm__memory_add(&memory, 100, 10, &low, 0), GOPM_OK);
	assert_int_equal(gopm__memory_add(&memory, 95, 10, &high, 0), GOPM_OK);
	assert_int_equal(gopm__memory_add(&memory, 105, 10, &high, 0), GOPM_OK);
	check_order(&memory);
	assert_int_equal(memory.count, 3);
	struct gopm__reader reader = gopm__reader(&memory);
	assert_true(gopm__read_word(&reader, 94 + 1, 1, &word));
	assert_int_equal(word, 100);
	assert_true(gopm__read_word(&reader, 110, 1, &word));
	assert_int_equal(word, 105);
	assert_false(gopm__read_word(&reader, 94, 1, &word));
	assert_false(gopm__read_word(&reader, 115, 1, &word));
	gopm__memory_free(&memory);
}

static void reads_across_segments(void **state)
{
	struct gopm__source low = source_of(0), high = source_of(100);
	struct gopm__memory memory = {NULL, 0, 0};
	uint64_t word;
	uint8_t bytes[32];

	(void)state;
	assert_int_equal(gopm__memory_add(&memory, 0x1000, 4, &low, 0), GOPM_OK);
	assert_int_equal(gopm__memory_add(&memory, 0x1004, 4, &high, 0), GOPM_OK);
	assert_int_equal(gopm__memory_add(&memory, 0x1008, 4, NULL, 0), GOPM_OK);
	struct gopm__reader reader = gopm__reader(&memory);
	assert_true(gopm__read_u64(&reader, 0x1000, &word));
	assert_int_equal(word, 0x6766656403020100);
	assert_true(gopm__read_u64(&reader, 0x1004, &word));
	assert_int_equal(word, 0x67666564);
	assert_false(gopm__read_u64(&reader, 0x1006, &word));
	assert_int_equal(word, 0);
	assert_null(gopm__read_span(&reader, 0x1002, 4));
	assert_null(gopm__read_span(&reader, 0x1008, 4));
	assert_non_null(gopm__read_span(&reader, 0x1002, 2));
	assert_null(gopm__read_span(&reader, 0x1002, UINT64_MAX));
	assert_int_equal(gopm__read_copy(&reader, 0x1002, bytes, sizeof bytes), 10);
	assert_int_equal(bytes[9], 0);
	assert_int_equal(gopm__read_copy(&reader, 0x0fff, bytes, sizeof bytes), 0);
	assert_false(gopm__read_word(&reader, 0x1000, 3, &word));
	assert_false(gopm__read_word(&reader, 0x1000, 100, &word));
	gopm__memory_free(&memory);
}

static void ends_of_the_address_space(void **state)
{
	struct gopm__source source = source_of(0);
	struct gopm__memory memory = {NULL, 0, 0};
	uint64_t word;
	uint8_t bytes[32];

	(void)state;
	assert_int_equal(gopm__memory_add(&memory, UINT64_MAX - 15, 64, &source, 0), GOPM_OK);
	assert_int_equal(gopm__memory_add(&memory, UINT64_MAX, 1, &source, 0), GOPM_OK);
	assert_int_equal(gopm__memory_add(&memory, 0, 8, &source, 8), GOPM_OK);
	assert_int_equal(gopm__memory_add(&memory, 0x1000, 0, &source, 8), GOPM_OK);
	check_order(&memory);
	assert_int_equal(memory.count, 2);
	struct gopm__reader reader = gopm__reader(&memory);
	assert_true(gopm__read_u64(&reader, UINT64_MAX - 15, &word));
	assert_int_equal(gopm__read_copy(&reader, UINT64_MAX - 15, bytes, sizeof bytes), 15);
	assert_true(gopm__read_u64(&reader, 0, &word));
	assert_int_equal(word, 0x0f0e0d0c0b0a0908);
	assert_int_equal(gopm__memory_add(&memory, 0, UINT64_MAX, &source, 0), GOPM_OK);
	check_order(&memory);
	assert_int_equal(memory.count, 3);
	gopm__memory_free(&memory);
}

/* Compared with a plain array that has the owner of each byte. */
static void random_ranges(void **state)
{
	enum { SPACE = 300 };
	struct gopm__source source = {.base = numbers(), .size = 256, .compression = ""};
	unsigned seed = 12345;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct gopm__memory memory = {NULL, 0, 0};
		int owner[SPACE], offset[SPACE];
		memset(owner, 0, sizeof owner);
		memset(offset, 0, sizeof offset);
		for (int add = 1; add <= 30; add++) {
			seed = seed * 1103515245 + 12345;
			size_t address = (seed >> 8) % SPACE;
			seed = seed * 1103515245 + 12345;
			size_t size = (seed >> 8) % 40;
			size = size < SPACE - address ? size : SPACE - address;
			assert_int_equal(gopm__memory_add(&memory, address, size, &source, (uint64_t)add), GOPM_OK);
			for (size_t i = 0; i < size; i++) {
				if (owner[address + i] == 0) {
					owner[address + i] = add;
					offset[address + i] = add + (int)i;
				}
			}
		}
		check_order(&memory);
		struct gopm__reader reader = gopm__reader(&memory);
		for (size_t i = 0; i < SPACE; i++) {
			uint64_t word;
			bool there = gopm__read_word(&reader, i, 1, &word);
			assert_int_equal(there, owner[i] != 0);
			if (there) {
				assert_int_equal(word, offset[i]);
			}
		}
		gopm__memory_free(&memory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(splits_around_what_is_there),
	    cmocka_unit_test(finds_the_next_bytes),
	    cmocka_unit_test(cuts_both_ends),
	    cmocka_unit_test(reads_across_segments),
	    cmocka_unit_test(ends_of_the_address_space),
	    cmocka_unit_test(random_ranges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
