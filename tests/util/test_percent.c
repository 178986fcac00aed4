/* SPDX-License-Identifier: Apache-2.0 */
/* Escapes as PathToPrefix of cmd/internal/objabi/path.go makes them. */
#include "cmocka_all.h"
#include "util/percent.h"

static void decodes(void **state)
{
	static const struct {
		const char *symbol, *name;
	} cases[] = {
	    {"main.main", "main.main"},
	    {"gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3.Unmarshal"},
	    {"a%2eb%2ec.T", "a.b.c.T"},
	    {"%20%25%22%7f%c3%bc%01", " %\"\x7f\xc3\xbc\x01"},
	    /* The linker writes lower-case digits, and escapes no other byte. */
	    {"a%2Eb", "a%2Eb"},
	    {"a%41b", "a%41b"},
	    {"a%2fb", "a%2fb"},
	    {"a%00b", "a%00b"},
	    {"a%", "a%"},
	    {"a%2", "a%2"},
	    {"a%%2eb", "a%.b"},
	    {"%252e", "%2e"},
	    /* Tags are in quotes, and have quotes of their own. */
	    {"main.Box[struct { A int \"json:\\\"x%2ey\\\"\" }]", "main.Box[struct { A int \"json:\\\"x%2ey\\\"\" }]"},
	    {"main.Box[struct { A int \"%2e\"; B a/b%2ec.T }]", "main.Box[struct { A int \"%2e\"; B a/b.c.T }]"},
	    {"\"\\", "\"\\"},
	};
	struct gopm__arena arena = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const gopm_str symbol = {cases[i].symbol, strlen(cases[i].symbol)};
		const gopm_str wanted = {cases[i].name, strlen(cases[i].name)};
		char room[128];
		gopm_str got = {room, gopm__percent_decode(symbol, room)};
		assert_true(gopm__str_equal(got, wanted));
		got = gopm__percent_decoded(&arena, symbol);
		assert_true(gopm__str_equal(got, wanted));
		assert_int_equal(got.data[got.size], 0);
		/* A name without escapes keeps its address. */
		assert_int_equal(got.data == symbol.data, gopm__str_equal(symbol, wanted));
	}
	gopm__arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(decodes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
