/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged headers of maps, channels and slices: the value says that it is damaged and shows no other memory. The values
 * are those of dwarfbuilder.c. */
#include "cmocka_all.h"
#include "support/testframe.h"

#include <stdlib.h>
#include <string.h>

#define LIST (TESTDWARF_CFA - 128)
#define CHAN (TESTDWARF_MEMORY + 0x540)
#define MAP (TESTDWARF_MEMORY + 0x600)
#define OLD (TESTDWARF_MEMORY + 0xa00)
/* A directory of two tables of one group each, in unused memory. */
#define DIRECTORY (TESTDWARF_MEMORY + 0xd00)
#define TABLES (TESTDWARF_MEMORY + 0xd40)
#define GROUPS (TESTDWARF_MEMORY + 0xe00)

#define EMPTY UINT64_C(0x8080808080808080)

struct change {
	uint64_t address, value;
};

struct damage {
	const char *variable, *text;
	struct change changes[3];
};

static void put64(struct test_dwarf *made, uint64_t address, uint64_t value)
{
	memcpy(made->memory.data + (address - TESTDWARF_MEMORY), &value, sizeof value);
}

static void put_tables(struct test_dwarf *made)
{
	put64(made, MAP, 3);
	put64(made, MAP + 16, DIRECTORY);
	put64(made, MAP + 24, 2);
	put64(made, MAP + 32, 1); /* depth 1, no writer */
	for (uint64_t i = 0; i < 2; i++) {
		uint64_t table = TABLES + i * 0x40, group = GROUPS + i * 0x100;
		put64(made, DIRECTORY + i * 8, table);
		put64(made, table, 1 + i);
		put64(made, table + 8, i);
		put64(made, table + 16, group);
		put64(made, table + 24, 0);
		put64(made, group, i == 0 ? EMPTY & ~UINT64_C(0xff) : EMPTY & ~UINT64_C(0xffff));
		for (uint64_t slot = 0; slot < 2; slot++) {
			put64(made, group + 8 + slot * 16, 10 * i + slot);
			put64(made, group + 16 + slot * 16, slot);
		}
	}
}

static void assert_damage_text(const struct damage *damage, bool tables, uint16_t version)
{
	struct test_dwarf made;
	struct test_frame t;

	test_dwarf_make(&made, version);
	if (tables) {
		put_tables(&made);
	}
	for (size_t i = 0; i < 3 && damage->changes[i].address != 0; i++) {
		put64(&made, damage->changes[i].address, damage->changes[i].value);
	}
	test_frame_open(&t, &made, version);
	assert_non_null(t.dwarf);
	assert_int_equal(test_frame_at(&t, TESTDWARF_LOW, 0, 50), GOPM_OK);
	char *text = test_frame_text(&t, damage->variable);
	if (text == NULL || strcmp(text, damage->text) != 0) {
		print_error("%s: %s, not %s\n", damage->variable, text != NULL ? text : "no such variable",
		            damage->text);
		fail();
	}
	free(text);
	test_frame_close(&t);
	test_dwarf_free(&made);
}

static void small_maps(void **state)
{
	static const struct damage cases[] = {
	    {"m", "(unreadable its header is damaged: 9 entries do not fit into it)", {{MAP, 9}}},
	    {"m", "(unreadable its header is damaged: -1 entries do not fit into it)", {{MAP, UINT64_MAX}}},
	    {"m", "(unreadable damaged: it has 2 entries, but its count is 8)", {{MAP, 8}}},
	    {"m",
	     "map[int]uint8 [5: 50, 6: 51, ,...+6 more]",
	     {{MAP, 8}, {MAP + 32, UINT64_C(1) << 16}}}, /* a writer is active */
	    {"m", "(unreadable its header is damaged: no directory is at 0x10641)", {{MAP + 16, MAP + 0x41}}},
	    {"m", "(unreadable its header is damaged: a directory of -1 tables)", {{MAP + 24, UINT64_MAX}}},
	    {"m", "(unreadable the core lacks memory at 0x7000000000)", {{MAP + 16, UINT64_C(0x7000000000)}}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_damage_text(&cases[i], false, 5);
	}
}

static void maps_of_tables(void **state)
{
	static const char table[] = "(unreadable a table of it is damaged)";
	static const struct damage cases[] = {
	    {"m", "map[int]uint8 [0: 0, 10: 0, 11: 1, ]", {{0, 0}}},
	    {"m",
	     "(unreadable its header is damaged: a directory of 1099511627776 tables)",
	     {{MAP + 24, UINT64_C(1) << 40}}},
	    {"m", "(unreadable its header is damaged: a directory of 2 tables)", {{MAP + 32, 255}}},
	    {"m", "(unreadable its header is damaged: 2049 entries do not fit into it)", {{MAP, 2049}}},
	    {"m", table, {{TABLES + 8, 1}}},
	    {"m", table, {{TABLES + 0x48, 0}}},
	    {"m", "map[int]uint8 [0: 0, ]", {{MAP, 1}, {DIRECTORY + 8, TABLES}}}, /* one table in both places */
	    {"m", table, {{TABLES + 24, UINT64_MAX}}},
	    {"m", table, {{TABLES + 24, 2}}},
	    {"m", table, {{TABLES + 24, 255}}},
	    {"m", table, {{TABLES + 16, GROUPS + 4}}},
	    {"m", table, {{TABLES + 16, 0}}},
	    {"m", "(unreadable damaged: it has 8 entries, but its count is 1)", {{GROUPS, 0}}},
	    {"m", "(unreadable damaged: it has 0 entries, but its count is 1)", {{GROUPS, EMPTY}}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_damage_text(&cases[i], true, 5);
	}
}

static void maps_of_buckets(void **state)
{
	static const char endless[] = "(unreadable damaged: a chain of its buckets has no end)";
	static const struct damage cases[] = {
	    {"old",
	     "(unreadable its header is damaged: 2 to the power of 255 buckets)",
	     {{OLD + 8, UINT64_C(255) << 8}}},
	    {"old", "(unreadable its header is damaged: 17 entries do not fit into it)", {{OLD, 17}}},
	    {"old", "(unreadable its header is damaged: -1 entries do not fit into it)", {{OLD, UINT64_MAX}}},
	    {"old", endless, {{OLD, 16}, {OLD + 0x40 + 80, OLD + 0x40}}},
	    {"old", endless, {{OLD, 16}, {OLD + 0xa0 + 80, OLD + 0xa0}}},
	    {"old", endless, {{OLD, 16}, {OLD + 0xa0 + 80, OLD + 0x40}}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_damage_text(&cases[i], false, 4);
	}
}

static void channels(void **state)
{
	static const struct damage cases[] = {
	    {"ch", "(unreadable its header is damaged: 4 of 3 elements)", {{CHAN, 4}}},
	    {"ch", "(unreadable its header is damaged: -1 of 3 elements)", {{CHAN, UINT64_MAX}}},
	    {"ch", "(unreadable its header is damaged: 2 of 0 elements)", {{CHAN + 8, 0}}},
	    {"ch", "(unreadable its header is damaged: 2 of -1 elements)", {{CHAN + 8, UINT64_MAX}}},
	    {"ch",
	     "(unreadable its header is damaged: elements of 65535 bytes)",
	     {{CHAN + 24, UINT64_C(0xffff) << 32}}},
	    {"ch", "(unreadable its header is damaged: element 3 of 3 is its first)", {{CHAN + 32, 3}}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_damage_text(&cases[i], false, 5);
	}
}

static void slices(void **state)
{
	static const struct damage cases[] = {
	    {"list", "(unreadable its length is 5, but its capacity 4)", {{LIST + 8, 5}}},
	    {"list", "(unreadable its length is 2, but its capacity -1)", {{LIST + 16, UINT64_MAX}}},
	    {"list", "(unreadable its length is negative)", {{LIST + 8, UINT64_MAX}}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_damage_text(&cases[i], false, 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(small_maps), cmocka_unit_test(maps_of_tables), cmocka_unit_test(maps_of_buckets),
	    cmocka_unit_test(channels),   cmocka_unit_test(slices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
