/* SPDX-License-Identifier: Apache-2.0 */
/* A unit of DWARF 4 with a variable, and each change of its abbreviations or entries that must be seen. */
#include "cmocka_all.h"

#include <string.h>

#include "dwarf/unit_check.h"

static const uint8_t abbrev[] = {
    1, 0x11, 1, 0x03, 0x08, 0x13, 0x0b, 0x25, 0x08, 0, 0, /* compile unit: name, language, producer */
    2, 0x34, 0, 0x03, 0x08, 0x02, 0x18, 0x49, 0x13, 0, 0, /* variable: name, location, type */
    3, 0x24, 0, 0x03, 0x08, 0x3e, 0x0b, 0x0b, 0x0b, 0, 0, /* base type: name, encoding, byte_size */
    0,
};
static const uint8_t info[] = {
    40, 0,   0,   0,                           /* unit_length */
    4,  0,   0,   0,   0,    0,   8,           /* version, abbreviations, address_size */
    1,  'm', 0,   22,  'g',  'o', 0,           /* compile unit */
    2,  'v', 0,   2,   0x91, 8,   32, 0, 0, 0, /* variable */
    3,  'i', 'n', 't', 0,    5,   8,           /* base type */
    0,  0,   0,   0,   0,    0,   0,  0, 0,    /* end of children, and padding */
};

static const char *check(const uint8_t *abbreviations, const uint8_t *entries, bool tree)
{
	const struct gopm__dwarf_sections sections = {.info = {.data = entries, .size = sizeof info},
	                                              .abbrev = {.data = abbreviations, .size = sizeof abbrev}};
	const struct gopm__unit unit = {
	    .raw = {.offset = 0, .next = sizeof info, .die = 11, .version = 4, .offset_size = 4, .address_size = 8}};

	return gopm__unit_fault(&sections, &unit, tree);
}

static void test_sound(void **state)
{
	(void)state;
	assert_int_equal(sizeof info, 44);
	assert_null(check(abbrev, info, false));
	assert_null(check(abbrev, info, true));
}

static void test_abbreviations(void **state)
{
	/* Offset and new value: codes, a tag, children, attributes, forms. */
	static const uint8_t changes[][2] = {{0, 2},     {11, 9},    {12, 0x2f}, {13, 7},   {14, 0x2f}, {14, 0x49},
	                                     {15, 0x0b}, {15, 0x18}, {16, 0x3b}, {18, 0x3}, {25, 0x02}, {5, 0x25}};

	(void)state;
	for (size_t i = 1; i < sizeof changes / sizeof changes[0]; i++) {
		uint8_t damaged[sizeof abbrev];
		memcpy(damaged, abbrev, sizeof abbrev);
		damaged[changes[i][0]] = changes[i][1];
		if (check(damaged, info, true) == NULL) {
			fail_msg("byte %u = 0x%x is not seen", changes[i][0], changes[i][1]);
		}
	}
}

static void test_entries(void **state)
{
	/* A code, a string that does not end, the length of an expression. */
	static const uint8_t changes[][2] = {{11, 0}, {11, 9}, {18, 5}, {20, 'x'}, {21, 200}, {21, 0}, {28, 9}};

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		uint8_t damaged[sizeof info];
		memcpy(damaged, info, sizeof info);
		damaged[changes[i][0]] = changes[i][1];
		assert_null(check(abbrev, damaged, false));
		if (check(abbrev, damaged, true) == NULL) {
			fail_msg("byte %u = 0x%x is not seen", changes[i][0], changes[i][1]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sound),
	    cmocka_unit_test(test_abbreviations),
	    cmocka_unit_test(test_entries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
