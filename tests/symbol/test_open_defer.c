/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of open-coded defers written by hand, after emitOpenDeferInfo of cmd/compile/internal/ssagen/ssa.go: Go 1.22
 * for the array, Go 1.18 for the list, Go 1.16 for the list with arguments. */
#include "cmocka_all.h"
#include "core/memory.h"
#include "symbol/open_defer.h"

#include <string.h>

#define GOFUNC UINT64_C(0x10000)

/* At 0: bits at 57, the first slot at 0x90 (two bytes). At 16: bits at 57, two calls, the slot of the second one at 24,
 * of the first one at 32. At 32: at most 16 bytes of arguments, bits at 57, three calls: the last one has an argument,
 * the others do not. At 64: an offset that no frame has. At 80: more calls than bits. */
static const uint8_t gofunc[] = {
    57, 0x90, 0x01, 0, 0, 0, 0, 0, 0,  0,  0, 0, 0,  0, 0,  0, 57, 2,    24,   32,   0,    0,    0,    0,
    0,  0,    0,    0, 0, 0, 0, 0, 16, 57, 3, 8, 40, 1, 24, 8, 0,  0,    48,   0,    0,    56,   0,    0,
    0,  0,    0,    0, 0, 0, 0, 0, 0,  0,  0, 0, 0,  0, 0,  0, 57, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0,
    0,  0,    0,    0, 0, 0, 0, 0, 57, 9,  8, 8, 8,  8, 8,  8, 8,  8,    8,    0,    0,    0,    0,    0,
};

/* The _func of Go 1.18, with the offsets of its tables. */
struct tables {
	uint8_t func[40];
	uint32_t funcdata[GOPM__FUNCDATA_OPEN_DEFERS + 1];
};

struct fixture {
	struct tables tables;
	struct gopm__source source;
	struct gopm__memory memory;
	struct gopm__module module;
	struct gopm__func func;
};

/* Reads the table at `offset`. */
static bool read_table(struct fixture *f, uint32_t offset, enum gopm__open_defer_format format,
                       struct gopm__open_defers *out)
{
	*f = (struct fixture){
	    .tables = {.funcdata = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, offset}},
	    .source = {.base = gofunc, .size = sizeof gofunc, .compression = ""},
	    .module = {.format = gopm__pcln_format(UINT32_C(0xfffffff0)), .pc_quantum = 1, .gofunc = GOFUNC},
	};
	assert_int_equal(gopm__memory_add(&f->memory, GOFUNC, sizeof gofunc, &f->source, 0), GOPM_OK);
	f->func = (struct gopm__func){
	    .module = &f->module, .at = f->tables.func, .funcdata_count = GOPM__FUNCDATA_OPEN_DEFERS + 1};
	struct gopm__reader reader = gopm__reader(&f->memory);
	const bool read = gopm__open_defers(&reader, &f->func, format, out);
	gopm__memory_free(&f->memory);
	return read;
}

static void test_array(void **state)
{
	struct gopm__open_defers defers;
	struct fixture f;

	(void)state;
	assert_true(read_table(&f, 0, GOPM__OPEN_DEFER_ARRAY, &defers));
	assert_int_equal(defers.bits, 57);
	assert_int_equal(defers.slots[0], 0x90);
	assert_int_equal(defers.slots[7], 0x90 - 7 * 8);
}

static void test_list(void **state)
{
	struct gopm__open_defers defers;
	struct fixture f;

	(void)state;
	assert_true(read_table(&f, 16, GOPM__OPEN_DEFER_LIST, &defers));
	assert_int_equal(defers.bits, 57);
	assert_int_equal(defers.slots[0], 32);
	assert_int_equal(defers.slots[1], 24);
	assert_int_equal(defers.slots[2], 0);
}

static void test_arguments(void **state)
{
	struct gopm__open_defers defers;
	struct fixture f;

	(void)state;
	assert_true(read_table(&f, 32, GOPM__OPEN_DEFER_ARGUMENTS, &defers));
	assert_int_equal(defers.bits, 57);
	assert_int_equal(defers.slots[2], 0);
	assert_int_equal(defers.slots[1], 48);
	assert_int_equal(defers.slots[0], 56);
}

static void test_damage(void **state)
{
	struct gopm__open_defers defers;
	struct fixture f;

	(void)state;
	assert_false(read_table(&f, UINT32_MAX, GOPM__OPEN_DEFER_ARRAY, &defers));
	assert_false(read_table(&f, sizeof gofunc, GOPM__OPEN_DEFER_ARRAY, &defers));
	assert_false(read_table(&f, 64, GOPM__OPEN_DEFER_ARRAY, &defers));
	assert_false(read_table(&f, 80, GOPM__OPEN_DEFER_LIST, &defers));
	/* The table ends in the middle of a number. */
	assert_false(read_table(&f, sizeof gofunc - 1, GOPM__OPEN_DEFER_LIST, &defers));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_array),
	    cmocka_unit_test(test_list),
	    cmocka_unit_test(test_arguments),
	    cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
