/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "core/kept.h"
#include "support/elfbuilder.h"
#include "support/testcore.h"

/* Two mappings that are adjacent in the file but not in memory, and one that follows the second in memory. */
#define LOW ((uint64_t)0x10000)
#define HIGH ((uint64_t)0x7f0000000800)
#define SIZE ((size_t)0x6000)

struct fixture {
	uint8_t *data;
	struct test_core core;
	struct gopm__reader reader;
};

static void open_fixture(struct fixture *f, unsigned shift)
{
	uint8_t *bytes = malloc(3 * SIZE);
	struct elf_builder b;
	uint32_t seed = 1;
	size_t size;

	assert_non_null(bytes);
	for (size_t i = 0; i < 3 * SIZE; i++) {
		seed = seed * 1103515245 + 12345;
		bytes[i] = (uint8_t)(seed >> 16);
	}
	elf_builder_init(&b, ET_CORE);
	elf_builder_thread(&b, 1, 0, LOW, LOW, 0);
	elf_builder_load(&b, LOW, bytes, SIZE, 2 * SIZE, PF_R | PF_W);
	elf_builder_load(&b, HIGH, bytes + SIZE, SIZE, SIZE, PF_R | PF_W);
	elf_builder_load(&b, HIGH + SIZE, bytes + 2 * SIZE, SIZE, SIZE, PF_R);
	f->data = elf_builder_finish(&b, &size);
	elf_builder_free(&b);
	free(bytes);
	test_core_open(&f->core, f->data, size);
	assert_int_equal(f->core.status, GOPM_OK);
	assert_int_equal(gopm__source_track(&f->core.file.source, shift), GOPM_OK);
	f->reader = gopm__reader(&f->core.file.memory);
}

static void close_fixture(struct fixture *f)
{
	test_core_close(&f->core);
	free(f->data);
}

static void touch(struct fixture *f, uint64_t address, uint64_t size)
{
	assert_non_null(gopm__read_span(&f->reader, address, size));
}

/* Pieces are sorted, do not overlap, are not empty, and have the bytes of the core. */
static void check(struct fixture *f, const struct gopm__kept *kept)
{
	uint64_t end = 0, bytes = 0;
	uint8_t copy[3 * SIZE];

	for (size_t i = 0; i < kept->count; i++) {
		const struct gopm__kept_piece *p = &kept->pieces[i];
		assert_true(p->size != 0 && p->size <= sizeof copy);
		assert_true(i == 0 || p->address >= end);
		end = p->address + p->size;
		bytes += p->size;
		assert_int_equal(gopm__read_copy(&f->reader, p->address, copy, p->size), p->size);
		assert_memory_equal(copy, gopm__source_span(p->source, p->offset, p->size), p->size);
	}
	assert_int_equal(kept->bytes, bytes);
}

static void expect(const struct gopm__kept *kept, size_t index, uint64_t address, uint64_t end)
{
	assert_true(index < kept->count);
	assert_int_equal(kept->pieces[index].address, address);
	assert_int_equal(kept->pieces[index].address + kept->pieces[index].size, end);
}

static void nothing_is_kept_unasked(void **state)
{
	struct gopm__kept kept;
	struct fixture f;

	(void)state;
	open_fixture(&f, 12);
	assert_int_equal(gopm__kept_collect(&kept, &f.core.file, 4096, false, SIZE_MAX), GOPM_OK);
	assert_int_equal(kept.count, 0);
	assert_int_equal(kept.bytes, 0);
	gopm__kept_free(&kept);
	close_fixture(&f);
}

/* Pages are aligned in memory, not in the file, and end with their mapping. */
static void whole_pages(void **state)
{
	struct gopm__kept kept;
	struct fixture f;

	(void)state;
	open_fixture(&f, 4);
	touch(&f, LOW + 0x1234, 1);
	touch(&f, LOW + 0x1ff8, 16);
	touch(&f, LOW + SIZE - 1, 1);
	touch(&f, HIGH, 1);
	touch(&f, HIGH + 0x4000, 8);
	assert_int_equal(gopm__kept_collect(&kept, &f.core.file, 4096, false, SIZE_MAX), GOPM_OK);
	check(&f, &kept);
	assert_int_equal(kept.count, 4);
	expect(&kept, 0, LOW + 0x1000, LOW + 0x3000);
	expect(&kept, 1, LOW + SIZE - 0x1000, LOW + SIZE);
	expect(&kept, 2, HIGH, HIGH + 0x800);
	expect(&kept, 3, HIGH + 0x3800, HIGH + 0x4800);
	gopm__kept_free(&kept);
	close_fixture(&f);
}

/* Only the bytes that were read, and the rest of their blocks: all others may be private. */
static void not_a_byte_more(void **state)
{
	struct gopm__kept kept;
	struct fixture f;

	(void)state;
	open_fixture(&f, 4);
	touch(&f, LOW + 0x1234, 8);
	touch(&f, HIGH + SIZE - 8, 8);
	touch(&f, HIGH + SIZE, 8);
	assert_int_equal(gopm__kept_collect(&kept, &f.core.file, 1, false, SIZE_MAX), GOPM_OK);
	check(&f, &kept);
	assert_true(kept.bytes >= 24);
	assert_true(kept.bytes <= 2 * 32 + 32);
	for (size_t i = 0; i < kept.count; i++) {
		uint64_t begin = kept.pieces[i].address, end = begin + kept.pieces[i].size;
		assert_true((begin > LOW + 0x1234 - 16 && end < LOW + 0x123c + 16) ||
		            (begin > HIGH + SIZE - 8 - 16 && end < HIGH + SIZE + 8 + 16));
	}
	gopm__kept_free(&kept);
	close_fixture(&f);
}

/* Too many pieces: gaps are closed with bytes of the core, and never across the end of a mapping. */
static void close_pieces_are_joined(void **state)
{
	struct gopm__kept kept;
	struct fixture f;

	(void)state;
	open_fixture(&f, 4);
	for (uint64_t at = 0; at < SIZE; at += 0x800) {
		touch(&f, LOW + at, 1);
		touch(&f, HIGH + at, 1);
	}
	assert_int_equal(gopm__kept_collect(&kept, &f.core.file, 1, false, 100), GOPM_OK);
	assert_int_equal(kept.count, 24);
	check(&f, &kept);
	gopm__kept_free(&kept);
	assert_int_equal(gopm__kept_collect(&kept, &f.core.file, 1, false, 1), GOPM_OK);
	check(&f, &kept);
	assert_int_equal(kept.count, 2);
	gopm__kept_free(&kept);
	close_fixture(&f);
}

/* Segments that come from the executable's file. */
static void other_files(void **state)
{
	static const uint8_t text[] = "0123456789abcdef";
	struct gopm__source file = {.base = text, .size = sizeof text, .compression = ""};
	struct gopm__kept kept;
	struct fixture f;

	(void)state;
	open_fixture(&f, 12);
	assert_int_equal(gopm__memory_add(&f.core.file.memory, 0x400000, 16, &file, 0), GOPM_OK);
	/* A segment of zeroes has no bytes to keep. */
	assert_int_equal(gopm__memory_add(&f.core.file.memory, 0x500000, 16, NULL, 0), GOPM_OK);
	f.reader = gopm__reader(&f.core.file.memory);
	touch(&f, 0x400000, 4);
	assert_int_equal(gopm__kept_collect(&kept, &f.core.file, 4096, false, SIZE_MAX), GOPM_OK);
	assert_int_equal(kept.count, 0);
	gopm__kept_free(&kept);
	assert_int_equal(gopm__kept_collect(&kept, &f.core.file, 4096, true, SIZE_MAX), GOPM_OK);
	check(&f, &kept);
	assert_int_equal(kept.count, 1);
	expect(&kept, 0, 0x400000, 0x400010);
	gopm__kept_free(&kept);
	close_fixture(&f);
}

/* Random reads: everything that was read is kept. */
static void any_bytes(void **state)
{
	static const uint64_t pages[] = {1, 16, 4096};
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 60; round++) {
		uint64_t asked[20][2];
		struct gopm__kept kept;
		struct fixture f;
		open_fixture(&f, round % 2 == 0 ? 4 : 12);
		for (size_t i = 0; i < 20; i++) {
			seed = seed * 1103515245 + 12345;
			uint64_t at = (seed >> 8) % (3 * SIZE);
			uint64_t left = SIZE - at % SIZE, size = (seed >> 3) % 3000 + 1;
			asked[i][0] = at < SIZE ? LOW + at : HIGH + (at - SIZE);
			asked[i][1] = size < left ? size : left;
			touch(&f, asked[i][0], asked[i][1]);
		}
		size_t most = round % 3 == 0 ? 4 : SIZE_MAX;
		assert_int_equal(gopm__kept_collect(&kept, &f.core.file, pages[round % 3], false, most), GOPM_OK);
		check(&f, &kept);
		for (size_t i = 0; i < 20; i++) {
			uint64_t at = asked[i][0], end = at + asked[i][1];
			for (size_t k = 0; k < kept.count; k++) {
				const struct gopm__kept_piece *p = &kept.pieces[k];
				if (at >= p->address && at < p->address + p->size) {
					at = p->address + p->size;
				}
			}
			assert_true(at >= end);
		}
		gopm__kept_free(&kept);
		close_fixture(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_kept_unasked), cmocka_unit_test(whole_pages), cmocka_unit_test(not_a_byte_more),
	    cmocka_unit_test(close_pieces_are_joined), cmocka_unit_test(other_files), cmocka_unit_test(any_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
