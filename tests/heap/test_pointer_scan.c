/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers of objects by heapArena.bitmap, as Go 1.16 to 1.21 write it: made bits, and what they mean by
 * runtime/mbitmap.go. */
#include "cmocka_all.h"
#include "support/made.h"

#include <string.h>

#include "heap/heap.h"
#include "heap/pointer_scan.h"

#define CHUNK (UINT64_C(1) << GOPM__CHUNK_SHIFT)
#define NO_MORE 0x100000u /* offset of noMorePtrs in heapArena of Go 1.20 and 1.21 */

enum { MOST_WORDS = 400 };

static struct made *made;
static struct gopm__program program;
static struct gopm__mheap mheap;
static struct gopm__heap heap;
static struct gopm__slots span;
static uint64_t words[MOST_WORDS];
static uint32_t typed;

/* One object of `count` words at `address`; all of them are numbers that tell where they are. */
static void make_object(enum gopm__pointers pointers, uint64_t address, uint32_t count)
{
	assert_true(count <= MOST_WORDS);
	for (uint32_t i = 0; i < MOST_WORDS; i++) {
		words[i] = 1000 + i;
	}
	mheap = (struct gopm__mheap){.l2 = L2_ENTRY, .base_offset = HEAP};
	program.file.memory = made->core.memory;
	program.runtime.mheap = &mheap;
	atomic_store(&program.runtime.mheap_tried, true);
	heap = (struct gopm__heap){.program = &program, .typed = &typed};
	span = (struct gopm__slots){.base = address,
	                            .end = address + count * 8,
	                            .size = count * 8,
	                            .bytes = (const uint8_t *)words,
	                            .count = 1,
	                            .pointers = (uint8_t)pointers};
}

/* Makes `arena` the heapArena of HEAP, or of the next chunk. */
static void make_arena(unsigned number, uint64_t arena)
{
	made_put64(made, L2_ENTRY + number * 8, arena);
}

static void set_bits(uint64_t address, uint64_t from, uint64_t count)
{
	for (uint64_t bit = from; bit < from + count; bit++) {
		uint8_t *byte = &made->bytes[address - BASE + bit / 8];
		*byte = (uint8_t)(*byte | 1u << (bit % 8));
	}
}

#define WORDS(...) (const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int)

/* The object's pointers are the words `expected`. */
static void assert_pointers(const int *expected, size_t count)
{
	static struct gopm__pointer_scan scan;
	size_t found = 0;

	gopm__pointer_scan_init(&scan, &heap);
	gopm__pointer_scan_object(&scan, &span, 0);
	while (gopm__pointer_scan_next(&scan)) {
		for (size_t i = 0; i < scan.count; i++, found++) {
			if (found < count) {
				assert_int_equal(scan.edges[i].offset, expected[found] * 8);
				assert_int_equal(scan.edges[i].word, 1000 + expected[found]);
			}
		}
	}
	assert_int_equal(found, count);
	assert_false(scan.failed);
}

static void one_bit_a_word(void **state)
{
	/* Word 0 of the object has bit 10 of a word of the bitmap, which begins at BASE. */
	const uint64_t arena = BASE - 0xa0000, object = HEAP + 0xa0000 * 64 + 80;
	const uint64_t no_more = arena + NO_MORE + 0xa0000 / 64;
	(void)state;

	make_arena(0, arena);
	make_object(GOPM__POINTERS_ARENA1, object, 200);
	set_bits(BASE, 0, 11); /* the object before, and word 0 */
	set_bits(BASE, 63, 2);
	set_bits(BASE, 127, 2);
	set_bits(BASE, 209, 3); /* the last word, and the object after */
	assert_pointers(WORDS(0, 53, 54, 117, 118, 199));
	/* A pointer that is nil is none. */
	words[54] = 0;
	assert_pointers(WORDS(0, 53, 117, 118, 199));
	/* No more pointers after bits 64 to 127: what follows is stale. */
	set_bits(no_more, 1, 1);
	assert_pointers(WORDS(0, 53, 117));
	set_bits(no_more, 0, 1);
	assert_pointers(WORDS(0, 53));
}

static void object_in_two_arenas(void **state)
{
	const uint64_t first = BASE - 0xf0000, second = BASE + 0x60000;
	(void)state;

	make_arena(0, first);
	make_arena(1, second);
	make_object(GOPM__POINTERS_ARENA1, HEAP + CHUNK - 8 * 10, 30);
	set_bits(first + 0xffff8, 54, 10);
	set_bits(second, 0, 1);
	set_bits(second, 19, 2);
	assert_pointers(WORDS(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 29));
	set_bits(first + NO_MORE + 0x3fff, 7, 1);
	assert_pointers(WORDS(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

static void two_bits_a_word(void **state)
{
	/* Word 0 of the object is the third of its byte. */
	const uint64_t arena = BASE - 0x140000, object = HEAP + 0x140000 * 32 + 16;
	(void)state;

	make_arena(0, arena);
	make_object(GOPM__POINTERS_ARENA2, object, 9);
	/* The lower bits say pointer, the upper ones that the object goes on. */
	made->bytes[0] = 0xff; /* words -2 to 1 */
	made->bytes[1] = 0xf4; /* 2 to 5: the third */
	made->bytes[2] = 0xff; /* 6 to 9, of which 9 is another object's */
	assert_pointers(WORDS(0, 1, 4, 6, 7, 8));
	/* Dead from word 7 on. */
	made->bytes[2] = 0x1f;
	assert_pointers(WORDS(0, 1, 4, 6));
	made->bytes[1] = 0x04;
	assert_pointers(WORDS(0, 1));
}

/* True if the scan says that it could not read the bits. */
static bool has_failed(void)
{
	static struct gopm__pointer_scan scan;

	gopm__pointer_scan_init(&scan, &heap);
	gopm__pointer_scan_object(&scan, &span, 0);
	while (gopm__pointer_scan_next(&scan)) {
	}
	return scan.failed;
}

static void lost_bitmaps(void **state)
{
	(void)state;
	make_object(GOPM__POINTERS_ARENA1, HEAP, 10);
	make_arena(0, 0);
	assert_true(has_failed());
	make_arena(0, BASE + SIZE);
	assert_true(has_failed());
	make_object(GOPM__POINTERS_ARENA2, HEAP + CHUNK - 16, 10);
	make_arena(0, BASE - 0x1ffff8);
	made->bytes[7] = 0xf0;
	make_arena(1, 0);
	assert_true(has_failed());
	/* Outside of all arenas: the entry of the map would be elsewhere. */
	make_object(GOPM__POINTERS_ARENA1, HEAP - CHUNK, 10);
	made_put64(made, L2_ENTRY - 8, BASE);
	assert_true(has_failed());
}

static int begin_test(void **state)
{
	(void)state;
	made = made_new();
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	made_free(made);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(one_bit_a_word, begin_test, end_test),
	    cmocka_unit_test_setup_teardown(object_in_two_arenas, begin_test, end_test),
	    cmocka_unit_test_setup_teardown(two_bits_a_word, begin_test, end_test),
	    cmocka_unit_test_setup_teardown(lost_bitmaps, begin_test, end_test),
	};

	return cmocka_run_group_tests_name("pointer_scan", tests, NULL, NULL);
}
