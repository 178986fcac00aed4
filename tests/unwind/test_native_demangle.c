/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols that would take a demangler years, and damaged ones: each takes a moment, and gives a text or none. What it
 * says is compared with c++filt, in demangle.py. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "unwind/native_name.h"
#include "util/str.h"

static gopm_str demangle(struct gopm__arena *arena, const char *symbol)
{
	return gopm__native_demangle(arena, (gopm_str){symbol, strlen(symbol)});
}

static void test_plain(void **state)
{
	struct gopm__arena arena = {0};

	(void)state;
	const gopm_str plain = demangle(&arena, "_ZN5outer7Thrower5raiseEi");
#ifdef GOPM_DEMANGLE
	assert_true(gopm__str_equal(plain, (gopm_str){"outer::Thrower::raise(int)", 26}));
#else
	assert_int_equal(plain.size, 0);
#endif
	assert_int_equal(demangle(&arena, "main").size, 0);
	assert_int_equal(demangle(&arena, "_Z").size, 0);
	assert_int_equal(demangle(&arena, "").size, 0);
	gopm__arena_free(&arena);
}

/* Each type has the one before it twice: 2^60 of them. */
static void test_doubled(void **state)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct gopm__arena arena = {0};
	char symbol[2048] = "_Z1f1aIiiE";

	(void)state;
	for (int i = 0; i < 60; i++) {
		const size_t size = strlen(symbol);
		const char last[] = {i < 36 ? digits[i] : digits[i / 36 - 1], i < 36 ? '\0' : digits[i % 36], '\0'};
		(void)snprintf(symbol + size, sizeof symbol - size, "S_IS%s_S%s_E", last, last);
	}
	assert_int_equal(demangle(&arena, symbol).size, 0);
	gopm__arena_free(&arena);
}

static void test_binders(void **state)
{
	static const char *const symbols[] = {
	    "_RINvC1a1bDGzzzzzzz_NtC1a1cEu",     /* printed */
	    "_RMINvC1a1bDGzzzzzzz_NtC1a1cEL_Eu", /* skipped: there is no callback */
	    "_RMINvC1a1bDGzzzzzzzzzzz_NtC1a1cEL_Eu",
	};
	struct gopm__arena arena = {0};

	(void)state;
	for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
		assert_int_equal(demangle(&arena, symbols[i]).size, 0);
	}
	gopm__arena_free(&arena);
}

static void test_damaged(void **state)
{
	static const char *const symbols[] = {
	    "_ZNSt6vectorIN5outer7ThrowerESaIS1_EE17_M_realloc_insertIJRKS1_EEEvDpOT_",
	    "_RNvXs_NtC4test5outerINtB4_5ThingTheEENtB4_3Act3act",
	    "_RNCNvC4test7closure0B3_",
	    "_ZN4test5outer5Thing17h0123456789abcdefE",
	    "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
	};
	static const char letters[] = "_ZRNSTIEBGXMDKCJ0123456789abchijlosuvxyz";
	char symbol[256];
	uint32_t random = 1;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		struct gopm__arena arena = {0};
		(void)snprintf(symbol, sizeof symbol, "%s", symbols[i % (sizeof symbols / sizeof symbols[0])]);
		for (unsigned k = 0; k <= i % 4; k++) {
			random = random * 1103515245 + 12345;
			symbol[2 + (random >> 8) % (strlen(symbol) - 2)] =
			    letters[(random >> 4) % (sizeof letters - 1)];
		}
		const gopm_str plain = demangle(&arena, symbol);
		assert_true(plain.size <= 16384 && plain.data[plain.size] == '\0');
		gopm__arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_doubled),
	    cmocka_unit_test(test_binders),
	    cmocka_unit_test(test_damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
