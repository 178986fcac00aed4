/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "util/glob.h"

#include <string.h>

static bool matches(const char *pattern, const char *text)
{
	return gopm__glob(pattern, (gopm_str){text, strlen(text)});
}

static void test_whole_text(void **state)
{
	(void)state;
	assert_true(matches("main.f", "main.f"));
	assert_false(matches("main", "main.f"));
	assert_false(matches("main.f", "main"));
	assert_true(matches("", ""));
	assert_false(matches("", "x"));
}

static void test_stars(void **state)
{
	(void)state;
	assert_true(matches("*", ""));
	assert_true(matches("*", "anything.at(*All)"));
	assert_true(matches("*Consumer", "main.(*Metrics).startInChannelConsumer"));
	assert_false(matches("*Consumer", "main.Consumers"));
	assert_true(matches("net/*.(*conn).*e", "net/http.(*conn).serve"));
	assert_true(matches("a*b*c", "aXbXbXc"));
	assert_false(matches("a*b*c", "aXbXbX"));
	assert_true(matches("**x**", "x"));
}

static void test_sets(void **state)
{
	(void)state;
	assert_true(matches("f[0-9]", "f7"));
	assert_false(matches("f[0-9]", "fx"));
	assert_true(matches("f[!0-9]", "fx"));
	assert_false(matches("f[^a-z]", "fx"));
	assert_true(matches("[]]", "]"));
	assert_true(matches("[a-]", "-"));
	/* Not closed: it matches itself. */
	assert_true(matches("main.f[", "main.f["));
	assert_true(matches("?.f", "m.f"));
	assert_false(matches("?", ""));
}

static void test_quotes(void **state)
{
	(void)state;
	assert_true(matches("main.(\\*T).M", "main.(*T).M"));
	assert_false(matches("main.(\\*T).M", "main.(xT).M"));
	assert_true(matches("main.f\\[...\\]", "main.f[...]"));
	assert_true(matches("x\\", "x\\"));
}

/* A pattern with many `*` must not take exponential time. */
static void test_many_stars(void **state)
{
	char text[4096];

	(void)state;
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_false(matches("*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

static void test_nul_bytes(void **state)
{
	(void)state;
	assert_true(gopm__glob("a?b", (gopm_str){"a\0b", 3}));
	assert_false(gopm__glob("ab", (gopm_str){"a\0b", 3}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole_text), cmocka_unit_test(test_stars),      cmocka_unit_test(test_sets),
	    cmocka_unit_test(test_quotes),     cmocka_unit_test(test_many_stars), cmocka_unit_test(test_nul_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
