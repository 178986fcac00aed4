/* SPDX-License-Identifier: Apache-2.0 */
#include "core/environment.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"

#define TOP UINT64_C(0x7ffd00400000)

/* The top of a stack on Linux: arguments, environment, the path of the program. */
static struct gopm__corefile core;
static char file[16384];

static void lay_out(const char *strings, size_t size)
{
	memset(&core, 0, sizeof core);
	memset(file, 0, sizeof file);
	core.execfn = TOP - 32;
	memcpy(file + sizeof file - 32 - size, strings, size);
	memcpy(file + sizeof file - 32, "/bin/program", 13);
	core.source.base = (const uint8_t *)file;
	core.source.size = sizeof file;
	core.source.compression = "";
	assert_int_equal(gopm__memory_add(&core.memory, TOP - sizeof file, sizeof file, &core.source, 0), GOPM_OK);
}

static void finds_values(void **state)
{
	static const char strings[] = "program\0GODEBUG=an argument\0x\0PATH=/bin\0GODEBUG=a=1,b=2\0EMPTY=";
	char value[16];

	(void)state;
	lay_out(strings, sizeof strings);
	assert_true(gopm__environment(&core, "GODEBUG", value, sizeof value));
	assert_string_equal(value, "a=1,b=2");
	assert_true(gopm__environment(&core, "PATH", value, sizeof value));
	assert_string_equal(value, "/bin");
	assert_true(gopm__environment(&core, "EMPTY", value, sizeof value));
	assert_string_equal(value, "");
	assert_false(gopm__environment(&core, "GO", value, sizeof value));
	assert_false(gopm__environment(&core, "GODEBUG", value, 7));
	gopm__memory_free(&core.memory);
}

static void the_first_counts(void **state)
{
	static const char strings[] = "program\0A=1\0A=2";
	char value[16];

	(void)state;
	lay_out(strings, sizeof strings);
	assert_true(gopm__environment(&core, "A", value, sizeof value));
	assert_string_equal(value, "1");
	gopm__memory_free(&core.memory);
}

static void finds_nothing_where_nothing_is(void **state)
{
	char value[16];

	(void)state;
	lay_out("", 0);
	assert_false(gopm__environment(&core, "A", value, sizeof value));
	core.execfn = 0;
	assert_false(gopm__environment(&core, "A", value, sizeof value));
	core.execfn = 1;
	assert_false(gopm__environment(&core, "A", value, sizeof value));
	core.execfn = UINT64_MAX;
	assert_false(gopm__environment(&core, "A", value, sizeof value));
	core.execfn = TOP + 4096;
	assert_false(gopm__environment(&core, "A", value, sizeof value));
	gopm__memory_free(&core.memory);
}

/* The start of a string is not in the core: the value is unknown. */
static void a_cut_string_is_not_known(void **state)
{
	char value[16];

	(void)state;
	lay_out("", 0);
	memset(file, 'x', sizeof file - 33);
	memcpy(file, "A=1", 3);
	assert_false(gopm__environment(&core, "A", value, sizeof value));
	gopm__memory_free(&core.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_values),
	    cmocka_unit_test(the_first_counts),
	    cmocka_unit_test(finds_nothing_where_nothing_is),
	    cmocka_unit_test(a_cut_string_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
