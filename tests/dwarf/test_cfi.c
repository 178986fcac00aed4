/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of call frame information, written by hand by 6.4 and 7.24 of DWARF 5 and by 10.6 of the Linux Standard Base.
 */
#include <stdlib.h>

#include "cmocka_all.h"
#include "dwarf/cfi.h"
#include "util/cursor.h"

/* The address of the section, and of the code, which is 64 bytes. */
#define SECTION UINT64_C(0x400000)
#define CODE UINT64_C(0x401000)
#define CODE_SIZE 64

struct table {
	uint8_t bytes[65536];
	size_t size;
	struct gopm__cfi_table cfi;
};

static void put(struct table *t, const void *data, size_t size)
{
	memcpy(t->bytes + t->size, data, size);
	t->size += size;
}

static void put32(struct table *t, uint32_t value)
{
	put(t, &value, sizeof value);
}

static size_t begin_entry(struct table *t)
{
	put32(t, 0);
	return t->size;
}

static void end_entry(struct table *t, size_t from)
{
	const uint32_t size = (uint32_t)(t->size - from);

	memcpy(t->bytes + from - 4, &size, sizeof size);
}

/* A CIE as gcc writes it: "zR", sdata4 relative to the pc; CFA = rsp + 8, the return address at CFA - 8. */
static void put_cie(struct table *t, const char *augmentation)
{
	static const uint8_t rest[] = {1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1};
	const size_t from = begin_entry(t);

	put32(t, 0);
	put(t, "\x01", 1);
	put(t, augmentation, strlen(augmentation) + 1);
	put(t, rest, sizeof rest);
	end_entry(t, from);
}

static void put_fde(struct table *t, uint64_t code, uint32_t size, const void *instructions, size_t count)
{
	const size_t from = begin_entry(t);

	put32(t, (uint32_t)t->size); /* the CIE is at 0 */
	put32(t, (uint32_t)(code - (SECTION + t->size)));
	put32(t, size);
	put(t, "", 1);
	put(t, instructions, count);
	end_entry(t, from);
}

/* Opens the table from a block of its exact size, so that a read past its end is seen. */
static void open_exact(struct table *t)
{
	uint8_t *exact = malloc(t->size != 0 ? t->size : 1);

	assert_non_null(exact);
	memcpy(exact, t->bytes, t->size);
	t->cfi = (struct gopm__cfi_table){.data = exact, .size = t->size, .address = SECTION, .eh_frame = true};
	assert_int_equal(gopm__cfi_open(&t->cfi), GOPM_OK);
}

static void close_exact(struct table *t)
{
	gopm__cfi_close(&t->cfi);
	free((void *)(uintptr_t)t->cfi.data);
}

static gopm_status row_at(struct table *t, uint64_t pc, struct gopm__cfi_row *row)
{
	const char *why;
	const struct gopm__fde *fde = gopm__cfi_find(&t->cfi, pc);

	return fde != NULL ? gopm__cfi_row_at(&t->cfi, fde, pc, row, &why) : GOPM_NOT_FOUND;
}

static void expect_cfa(struct table *t, uint64_t pc, uint64_t reg, int64_t offset)
{
	struct gopm__cfi_row row;

	assert_int_equal(row_at(t, pc, &row), GOPM_OK);
	assert_int_equal(row.cfa.kind, GOPM__CFI_REGISTER);
	assert_int_equal(row.cfa_register, reg);
	assert_int_equal(row.cfa.offset, offset);
}

/* push rbp; mov rbp, rsp; ...; leave; ret */
static void follows_a_function(void **state)
{
	static const uint8_t code[] = {0x41, 0x0e, 16,   0x86, 2, 0x43, 0x0d, 6,   0x02,
	                               40,   0x0a, 0x0c, 7,    8, 0xc6, 0x41, 0x0b};
	struct table t = {.size = 0};
	struct gopm__cfi_row row;

	(void)state;
	put_cie(&t, "zR");
	put_fde(&t, CODE, CODE_SIZE, code, sizeof code);
	open_exact(&t);
	assert_null(t.cfi.damage);
	expect_cfa(&t, CODE, 7, 8);
	expect_cfa(&t, CODE + 1, 7, 16);
	expect_cfa(&t, CODE + 3, 7, 16);
	expect_cfa(&t, CODE + 4, 6, 16);
	expect_cfa(&t, CODE + 43, 6, 16);
	expect_cfa(&t, CODE + 44, 7, 8);
	expect_cfa(&t, CODE + 45, 6, 16);
	assert_int_equal(row_at(&t, CODE + 4, &row), GOPM_OK);
	assert_int_equal(row.return_column, 16);
	assert_int_equal(row.rules[16].kind, GOPM__CFI_OFFSET);
	assert_int_equal(row.rules[16].offset, -8);
	assert_int_equal(row.rules[6].kind, GOPM__CFI_OFFSET);
	assert_int_equal(row.rules[6].offset, -16);
	assert_int_equal(row.rules[3].kind, GOPM__CFI_UNSPECIFIED);
	assert_int_equal(row_at(&t, CODE + 44, &row), GOPM_OK);
	assert_int_equal(row.rules[6].kind, GOPM__CFI_UNSPECIFIED);
	assert_int_equal(row_at(&t, CODE + CODE_SIZE, &row), GOPM_NOT_FOUND);
	assert_int_equal(row_at(&t, CODE - 1, &row), GOPM_NOT_FOUND);
	close_exact(&t);
}

static void knows_all_rules(void **state)
{
	static const uint8_t code[] = {
	    0x05, 3,    3,             /* offset_extended r3 at CFA - 24 */
	    0x11, 6,    0x7e,          /* offset_extended_sf r6 at CFA + 16 */
	    0x14, 12,   2,             /* val_offset r12 = CFA - 16 */
	    0x15, 13,   0x7f,          /* val_offset_sf r13 = CFA + 8 */
	    0x09, 14,   3,             /* register r14 in r3 */
	    0x07, 15,                  /* undefined r15 */
	    0x08, 2,                   /* same_value r2 */
	    0x10, 1,    2,    0x77, 8, /* expression r1: breg7 8 */
	    0x16, 0,    2,    0x77, 8, /* val_expression r0 */
	    0x12, 7,    0x7e,          /* def_cfa_sf rsp + 16 */
	    0x13, 0x7d,                /* def_cfa_offset_sf 24 */
	    0x2e, 16,                  /* GNU_args_size */
	    0x2f, 8,    2,             /* GNU_negative_offset_extended r8 at CFA + 16 */
	};
	static const struct {
		unsigned column, kind;
		int64_t offset;
	} expected[] = {
	    {3, GOPM__CFI_OFFSET, -24},    {6, GOPM__CFI_OFFSET, 16},    {12, GOPM__CFI_VAL_OFFSET, -16},
	    {13, GOPM__CFI_VAL_OFFSET, 8}, {14, GOPM__CFI_REGISTER, 3},  {15, GOPM__CFI_UNDEFINED, 0},
	    {2, GOPM__CFI_SAME, 0},        {1, GOPM__CFI_EXPRESSION, 0}, {0, GOPM__CFI_VAL_EXPRESSION, 0},
	    {8, GOPM__CFI_OFFSET, 16},
	};
	struct table t = {.size = 0};
	struct gopm__cfi_row row;

	(void)state;
	put_cie(&t, "zR");
	put_fde(&t, CODE, CODE_SIZE, code, sizeof code);
	open_exact(&t);
	assert_int_equal(row_at(&t, CODE + 5, &row), GOPM_OK);
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		assert_int_equal(row.rules[expected[i].column].kind, expected[i].kind);
		assert_int_equal(row.rules[expected[i].column].offset, expected[i].offset);
	}
	assert_int_equal(row.rules[1].size, 2);
	assert_int_equal(row.cfa.offset, 24);
	close_exact(&t);
}

static void knows_signal_frames(void **state)
{
	struct table t = {.size = 0};
	struct gopm__cfi_row row;

	(void)state;
	put_cie(&t, "zRS");
	put_fde(&t, CODE, CODE_SIZE, "\x0f\x03\x77\xa0\x01", 5);
	open_exact(&t);
	assert_int_equal(row_at(&t, CODE, &row), GOPM_OK);
	assert_true(row.signal);
	assert_int_equal(row.cfa.kind, GOPM__CFI_VAL_EXPRESSION);
	assert_int_equal(row.cfa.size, 3);
	close_exact(&t);
}

/* Instructions that no compiler writes: each ends in an error, and none reads outside of the table. */
static void refuses_damage(void **state)
{
	static const struct {
		const char *code;
		size_t size;
	} damaged[] = {
	    {"\x0b", 1},                                                  /* restores a state that was not kept */
	    {"\x3f", 1},                                                  /* unknown */
	    {"\x0c", 1},                                                  /* without its operands */
	    {"\x0f\x80\x80\x80\x80\x10", 6},                              /* an expression longer than the table */
	    {"\x10\x01\x7f", 3},                                          /* the same of a register */
	    {"\x0f\x01\x30\x0e\x10", 5},                                  /* an offset of a CFA that is an expression */
	    {"\x0e\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", 13}, /* an endless number */
	    {"\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a", 18}, /* too many states */
	};

	(void)state;
	for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
		struct table t = {.size = 0};
		struct gopm__cfi_row row;
		put_cie(&t, "zR");
		put_fde(&t, CODE, CODE_SIZE, damaged[i].code, damaged[i].size);
		open_exact(&t);
		const gopm_status status = row_at(&t, CODE + 5, &row);
		assert_true(status == GOPM_ERR_FORMAT || status == GOPM_ERR_UNSUPPORTED);
		close_exact(&t);
	}
}

/* A huge advance is past the pc: it changes nothing, and does not wrap around. */
static void bounds_advances(void **state)
{
	static const uint8_t code[] = {0x04, 0xff, 0xff, 0xff, 0xff, 0x0e, 32};
	struct table t = {.size = 0};

	(void)state;
	put_cie(&t, "zR");
	put_fde(&t, CODE, CODE_SIZE, code, sizeof code);
	open_exact(&t);
	expect_cfa(&t, CODE + CODE_SIZE - 1, 7, 8);
	close_exact(&t);
}

/* Entries overlap, one has no CIE, and one ends outside: those before the damage stay. */
static void keeps_sound_entries(void **state)
{
	struct table t = {.size = 0};

	(void)state;
	put_cie(&t, "zR");
	put_fde(&t, CODE, 4096, "\x0e\x10", 2);
	put_fde(&t, CODE + 100, 50, "\x0e\x20", 2);
	put32(&t, 0);
	put_fde(&t, CODE + 8192, 50, "\x0e\x30", 2);
	put32(&t, 4096); /* longer than the section */
	put32(&t, 0);
	open_exact(&t);
	assert_non_null(t.cfi.damage);
	assert_int_equal(t.cfi.count, 3);
	expect_cfa(&t, CODE + 99, 7, 16);
	expect_cfa(&t, CODE + 100, 7, 32);
	expect_cfa(&t, CODE + 150, 7, 16);
	expect_cfa(&t, CODE + 8192, 7, 48);
	close_exact(&t);
}

/* Every cut and every changed byte of a table is survived. */
static void survives_changes(void **state)
{
	static const uint8_t code[] = {0x41, 0x0e, 16, 0x86, 2, 0x0a, 0x0f, 3, 0x77, 8, 6, 0x0b, 0x10, 1, 2, 0x77, 8};
	struct table t = {.size = 0};
	struct gopm__cfi_row row;

	(void)state;
	put_cie(&t, "zRS");
	put_fde(&t, CODE, CODE_SIZE, code, sizeof code);
	for (size_t i = 0; i < t.size; i++) {
		struct table cut = t;
		cut.size = i;
		open_exact(&cut);
		(void)row_at(&cut, CODE + 5, &row);
		close_exact(&cut);
		for (unsigned value = 0; value < 256; value += 5) {
			struct table changed = {.size = t.size};
			memcpy(changed.bytes, t.bytes, t.size);
			changed.bytes[i] = (uint8_t)value;
			open_exact(&changed);
			(void)row_at(&changed, CODE + 5, &row);
			close_exact(&changed);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(follows_a_function),  cmocka_unit_test(knows_all_rules),
	    cmocka_unit_test(knows_signal_frames), cmocka_unit_test(refuses_damage),
	    cmocka_unit_test(bounds_advances),     cmocka_unit_test(keeps_sound_entries),
	    cmocka_unit_test(survives_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
