/* SPDX-License-Identifier: Apache-2.0 */
/* Stack maps written by hand, after struct stackmap of runtime/symtab.go. */
#include "cmocka_all.h"
#include "core/memory.h"
#include "symbol/stack_map.h"

#include <string.h>

#define GOFUNC UINT64_C(0x10000)

/* Locals at 0: two bitmaps of 12 words, with no word, and with 0, 2 and 11. Arguments at 16: one bitmap of one word. At
 * 32 a list whose bitmaps are too long. */
static const uint8_t gofunc[] = {
    2, 0, 0, 0, 12, 0, 0, 0, 0x00, 0x00, 0x05, 0x88, 0, 0, 0, 0, /* bit 15 is past the last word */
    1, 0, 0, 0, 1,  0, 0, 0, 0x01, 0,    0,    0,    0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 16, 0,
};

/* Index 1 for 16 bytes, then the end. */
static const uint8_t pctab[] = {0, 0x04, 0x10, 0x00};

/* The _func of Go 1.18, with the offsets of its tables. */
struct tables {
	uint8_t func[40];
	uint32_t pcdata[2], funcdata[2];
};

struct fixture {
	struct tables tables;
	struct gopm__source source;
	struct gopm__memory memory;
	struct gopm__module module;
	struct gopm__func func;
	struct gopm__reader reader;
};

static void set_up(struct fixture *f, uint32_t arguments, uint32_t locals)
{
	*f = (struct fixture){
	    .tables = {.pcdata = {0, 1}, .funcdata = {arguments, locals}},
	    .source = {.base = gofunc, .size = sizeof gofunc, .compression = ""},
	    .module = {.format = gopm__pcln_format(UINT32_C(0xfffffff0)),
	               .pc_quantum = 1,
	               .pctab = pctab,
	               .pctab_size = sizeof pctab,
	               .gofunc = GOFUNC},
	};
	assert_int_equal(gopm__memory_add(&f->memory, GOFUNC, sizeof gofunc, &f->source, 0), GOPM_OK);
	f->func = (struct gopm__func){
	    .module = &f->module, .at = f->tables.func, .entry = 0x1000, .pcdata_count = 2, .funcdata_count = 2};
	f->reader = gopm__reader(&f->memory);
}

static void test_locals(void **state)
{
	static const uint32_t expected[] = {0, 2, 11};
	struct gopm__stack_maps maps;
	struct fixture f;
	uint32_t word = 0, count = 0;

	(void)state;
	set_up(&f, 16, 0);
	assert_true(gopm__stack_maps(&f.reader, &f.func, GOPM__FUNCDATA_LOCALS_MAPS, &maps));
	assert_int_equal(maps.count, 2);
	assert_int_equal(maps.words, 12);
	assert_false(gopm__stack_map_next(&f.reader, &maps, 0, &word));
	for (word = 0; gopm__stack_map_next(&f.reader, &maps, 1, &word); word++) {
		assert_true(count < 3);
		assert_int_equal(word, expected[count++]);
	}
	assert_int_equal(count, 3);
	word = 0;
	assert_false(gopm__stack_map_next(&f.reader, &maps, 2, &word)); /* no such bitmap */
	gopm__memory_free(&f.memory);
}

static void test_arguments(void **state)
{
	struct gopm__stack_maps maps;
	struct fixture f;
	uint32_t word = 0;

	(void)state;
	set_up(&f, 16, 0);
	assert_true(gopm__stack_maps(&f.reader, &f.func, GOPM__FUNCDATA_ARGS_MAPS, &maps));
	assert_true(gopm__stack_map_next(&f.reader, &maps, 0, &word));
	assert_int_equal(word, 0);
	word++;
	assert_false(gopm__stack_map_next(&f.reader, &maps, 0, &word));
	gopm__memory_free(&f.memory);
}

static void test_damage(void **state)
{
	struct gopm__stack_maps maps;
	struct fixture f;
	uint32_t word = 0;

	(void)state;
	set_up(&f, UINT32_MAX, 32);
	assert_false(gopm__stack_maps(&f.reader, &f.func, GOPM__FUNCDATA_ARGS_MAPS, &maps));   /* none */
	assert_false(gopm__stack_maps(&f.reader, &f.func, GOPM__FUNCDATA_LOCALS_MAPS, &maps)); /* too many words */
	gopm__memory_free(&f.memory);
	set_up(&f, 1000, 36);
	assert_false(gopm__stack_maps(&f.reader, &f.func, GOPM__FUNCDATA_ARGS_MAPS, &maps)); /* not in the core */
	assert_false(gopm__stack_maps(&f.reader, &f.func, GOPM__FUNCDATA_LOCALS_MAPS, &maps));
	maps = (struct gopm__stack_maps){GOFUNC + sizeof gofunc, 1, 8};
	assert_false(gopm__stack_map_next(&f.reader, &maps, 0, &word));
	gopm__memory_free(&f.memory);
}

static void test_index(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, 16, 0);
	assert_int_equal(gopm__stack_map_index(&f.func, 0x1000), 1);
	assert_int_equal(gopm__stack_map_index(&f.func, 0x100f), 1);
	assert_int_equal(gopm__stack_map_index(&f.func, 0x1010), 0); /* the table has no value there */
	f.func.pcdata_count = 1;
	assert_int_equal(gopm__stack_map_index(&f.func, 0x1000), 0);
	gopm__memory_free(&f.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_locals),
	    cmocka_unit_test(test_arguments),
	    cmocka_unit_test(test_damage),
	    cmocka_unit_test(test_index),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
