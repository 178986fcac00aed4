/* SPDX-License-Identifier: Apache-2.0 */
/* Abbreviations as cmd/internal/dwarf has them, and changes of each that must be seen. */
#include "cmocka_all.h"

#include "dwarf/go_abbreviation.h"

struct abbreviation {
	uint8_t tag, children;
	uint16_t names[10];
};

static size_t count_of(const struct abbreviation *a)
{
	size_t n = 0;

	while (a->names[n] != 0) {
		n++;
	}
	return n;
}

static bool fits(const struct abbreviation *a)
{
	return gopm__go_abbreviation_fits(a->tag, a->children != 0, a->names, count_of(a));
}

static const struct abbreviation sound[] = {
    {0x11, 1, {0x03, 0x13, 0x10, 0x11, 0x55, 0x1b, 0x25, 0x2905}}, /* compile_unit */
    {0x2e, 1, {0x03, 0x11, 0x12, 0x40, 0x3a, 0x3b, 0x3f}},         /* subprogram */
    {0x2e, 1, {0x31, 0x11, 0x12, 0x40, 0x56}},                     /* subprogram, inlined elsewhere */
    {0x1d, 1, {0x31, 0x11, 0x12, 0x58, 0x59}},                     /* inlined_subroutine */
    {0x34, 0, {0x03, 0x3b, 0x49, 0x02, 0x2907}},                   /* variable, captured by a closure */
    {0x34, 0, {0x31, 0x02}},                                       /* variable of an inlined function */
    {0x05, 0, {0x49}},                                             /* parameter of a function type */
    {0x0b, 1, {0x11, 0x12}},                                       /* lexical_block */
    {0x0d, 0, {0x03, 0x38, 0x49, 0x2903}},                         /* member */
    {0x18, 0, {0}},                                                /* unspecified_parameters */
    {0x24, 0, {0x03, 0x3e, 0x0b, 0x2900, 0x2904}},                 /* base_type */
    {0x16, 0, {0x03, 0x49, 0x2900, 0x2901, 0x2902, 0x2904}},       /* typedef of a map */
    {0x13, 1, {0x03, 0x0b, 0x2900, 0x2904}},                       /* structure_type */
    {0x0f, 0, {0x03, 0x49, 0x2900, 0x2904}},                       /* pointer_type */
    {0x4a, 0, {0x03, 0x49, 0x290f}},                               /* a tag that Go does not use yet */
};

static void test_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
		if (!fits(&sound[i])) {
			fail_msg("the abbreviation of tag 0x%x", sound[i].tag);
		}
	}
}

static void test_damage(void **state)
{
	static const struct abbreviation damaged[] = {
	    {0x11, 1, {0x03, 0x13, 0x10, 0x11, 0x55, 0x1b, 0x03, 0x2905}}, /* two names, no producer */
	    {0x2e, 1, {0x04, 0x11, 0x12, 0x40}},                           /* no name */
	    {0x1d, 1, {0x03, 0x11, 0x12}},                                 /* no origin */
	    {0x34, 0, {0x31, 0x35}},                                       /* base_types is of units */
	    {0x34, 1, {0x31, 0x02}},                                       /* children */
	    {0x34, 0, {0x03, 0x02}},                                       /* no type */
	    {0x0b, 1, {0x03, 0x49, 0x2900}},                               /* was a typedef */
	    {0x0d, 0, {0x03, 0x38, 0x49, 0x2904}},                         /* a descriptor of a member */
	    {0x24, 0, {0x03, 0x3e, 0x0b, 0x297f, 0x2904}},                 /* no kind */
	    {0x16, 0, {0x03, 0x49, 0x2900, 0x2901, 0x2901, 0x2904}},       /* two types of keys */
	    {0x13, 0, {0x03, 0x0b, 0x2900, 0x2904}},                       /* no members */
	    {0x0f, 0, {0x03, 0x49, 0x2980}},                               /* of no known vendor */
	    {0x16, 1, {0x03, 0x49, 0x2906}},                               /* children */
	    {0x03, 1, {0x03, 0x11, 0x12, 0x40, 0x3a, 0x3b, 0x3f}},         /* entry_point: was a subprogram */
	    {0x8f, 0, {0x03, 0x49}},                                       /* no tag of DWARF 5 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
		if (fits(&damaged[i])) {
			fail_msg("row %zu, tag 0x%x, is not seen", i, damaged[i].tag);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sound), cmocka_unit_test(test_damage)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
