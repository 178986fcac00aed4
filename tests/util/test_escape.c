/* SPDX-License-Identifier: Apache-2.0 */
/* Expected escapes follow from Unicode's general categories Cc, Zl and Zp, its property Bidi_Control, and RFC 8259. */
#include "cmocka_all.h"
#include "util/error.h"
#include "util/escape.h"
#include "util/finding.h"

#include <stdio.h>
#include <string.h>

static void check_sized(const char *data, size_t size, uint32_t flags, const char *expected)
{
	char buffer[256];
	struct gopm__text text = {0};

	assert_int_equal(gopm__escape((gopm_str){data, size}, flags, buffer, sizeof buffer), strlen(expected));
	assert_string_equal(buffer, expected);
	gopm__text_str(&text, "<");
	gopm__text_escaped(&text, (gopm_str){data, size}, flags);
	gopm__text_str(&text, ">");
	assert_int_equal(text.size, strlen(expected) + 2);
	assert_memory_equal(text.data + 1, expected, strlen(expected));
	gopm__text_clear(&text);
	gopm__text_add(&text, data, size);
	gopm__text_escape_all(&text, flags);
	assert_string_equal(text.data, expected);
	gopm__text_free(&text);
}

static void check(const char *data, uint32_t flags, const char *expected)
{
	check_sized(data, strlen(data), flags, expected);
}

static void test_text(void **state)
{
	(void)state;
	check("main.(*T[go.shape.int]).M \"\\", 0, "main.(*T[go.shape.int]).M \"\\");
	check("main.\033[31mX\a", 0, "main.\\x1b[31mX\\x07");
	check("a\tb\nc\rd", 0, "a\\x09b\\x0ac\\x0dd");
	check("a\tb\nc\rd", GOPM_ESCAPE_LINES, "a\tb\nc\\x0dd");
	check("long enough for words\n\033 and again a long text\177", GOPM_ESCAPE_LINES,
	      "long enough for words\n\\x1b and again a long text\\x7f");
	check_sized("a\0b", 3, 0, "a\\x00b");
	check_sized("", 0, 0, "");
	check("m\xc2\x9b"
	      "31m",
	      0, "m\\u009b31m");
	check("\xe2\x80\xae\xe2\x81\xa9\xd8\x9c\xe2\x80\xa8", 0, "\\u202e\\u2069\\u061c\\u2028");
	check("na\xc3\xafve \xe4\xb8\x96 \xf0\x9f\x90\xb9", 0, "na\xc3\xafve \xe4\xb8\x96 \xf0\x9f\x90\xb9");
	check("\xff\xc3 \xe4\xb8", 0, "\\xff\\xc3 \\xe4\\xb8");
	check("\xc0\x9b \xed\xa0\x80", 0, "\\xc0\\x9b \\xed\\xa0\\x80"); /* overlong; a surrogate */
	check("\x9b"
	      "31m",
	      0, "\\x9b31m"); /* C1 in ISO 8859-1 */
}

static void test_json(void **state)
{
	(void)state;
	check("a \"b\" \\ /", GOPM_ESCAPE_JSON, "a \\\"b\\\" \\\\ /");
	check("\b\t\n\v\f\r\033\177", GOPM_ESCAPE_JSON, "\\b\\t\\n\\u000b\\f\\r\\u001b\\u007f");
	check("\xff \xc2\x85 \xe2\x80\x8f", GOPM_ESCAPE_JSON, "\\ufffd \\u0085 \\u200f");
}

static size_t encode(uint32_t rune, char *out)
{
	if (rune < 0x80) {
		out[0] = (char)rune;
		return 1;
	}
	size_t more = rune < 0x800 ? 1 : rune < 0x10000 ? 2 : 3;
	for (size_t i = more; i != 0; i--, rune >>= 6) {
		out[i] = (char)(0x80 | (rune & 0x3f));
	}
	out[0] = (char)((more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0) | rune);
	return more + 1;
}

/* Every rune: the controls are escaped, all others stay. */
static void test_all_runes(void **state)
{
	static const struct {
		uint32_t first, last;
	} controls[] = {
	    {0, 0x1f},        {0x7f, 0x9f},     /* Cc */
	    {0x61c, 0x61c},   {0x200e, 0x200f}, /* ALM, LRM, RLM */
	    {0x2028, 0x2029},                   /* Zl, Zp */
	    {0x202a, 0x202e}, {0x2066, 0x2069}, /* LRE to RLO, LRI to PDI */
	};

	(void)state;
	for (uint32_t rune = 0; rune < 0x110000; rune++) {
		char utf8[4], escaped[16], expected[16];
		size_t size = encode(rune, utf8);
		bool control = false;
		for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
			control = control || (rune >= controls[i].first && rune <= controls[i].last);
		}
		if (rune >= 0xd800 && rune < 0xe000) {
			continue;
		}
		size_t length = gopm__escape((gopm_str){utf8, size}, 0, escaped, sizeof escaped);
		if (control) {
			(void)snprintf(expected, sizeof expected, rune < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)rune);
			assert_string_equal(escaped, expected);
		} else {
			assert_int_equal(length, size);
			assert_memory_equal(escaped, utf8, size);
		}
	}
}

/* A short buffer gets the beginning, without a part of an escape. */
static void test_short_buffers(void **state)
{
	static const char text[] = "ab\033\xc2\x9b"
	                           "cd";
	static const char *const results[] = {"", "a", "ab", "ab", "ab", "ab", "ab\\x1b"};

	(void)state;
	for (size_t capacity = 1; capacity <= 7; capacity++) {
		char buffer[8] = "#######";
		assert_int_equal(gopm__escape((gopm_str){text, sizeof text - 1}, 0, buffer, capacity), 14);
		assert_string_equal(buffer, results[capacity - 1]);
	}
	assert_int_equal(gopm__escape((gopm_str){text, sizeof text - 1}, 0, NULL, 0), 14);
	/* Text after an escape that does not fit is not written. */
	char buffer[12] = "";
	assert_int_equal(gopm__escape((gopm_str){text, sizeof text - 1}, 0, buffer, sizeof buffer), 14);
	assert_string_equal(buffer, "ab\\x1b");
}

static void test_public(void **state)
{
	char buffer[32];
	size_t length = 1;

	(void)state;
	assert_int_equal(gopm_escape("a\a", 2, 0, buffer, sizeof buffer, &length), GOPM_OK);
	assert_string_equal(buffer, "a\\x07");
	assert_int_equal(length, 5);
	assert_int_equal(gopm_escape("a\a", 2, 0, NULL, 0, &length), GOPM_OK);
	assert_int_equal(length, 5);
	assert_int_equal(gopm_escape(NULL, 0, GOPM_ESCAPE_JSON, buffer, sizeof buffer, NULL), GOPM_OK);
	assert_string_equal(buffer, "");
	assert_int_equal(gopm_escape(NULL, 1, 0, buffer, sizeof buffer, &length), GOPM_ERR_ARGUMENT);
	assert_int_equal(length, 0);
	assert_int_equal(gopm_escape("a", 1, 0, NULL, 1, &length), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_escape("a", 1, 4, buffer, sizeof buffer, &length), GOPM_ERR_UNSUPPORTED);
}

/* Messages have names of files and of the program. */
static void test_messages(void **state)
{
	struct gopm__findings findings;
	gopm_error *err = NULL;

	(void)state;
	assert_int_equal(gopm__fail(&err, GOPM_ERR_FORMAT, GOPM__AT_OFFSET("a\033[2J/b", 7), "no %s", "x\r\n"),
	                 GOPM_ERR_FORMAT);
	assert_string_equal(gopm_error_message(err), "a\\x1b[2J/b: at offset 7: no x\\x0d\\x0a");
	assert_string_equal(gopm_error_path(err), "a\033[2J/b");
	gopm_error_free(err);
	gopm__findings_init(&findings, 10);
	gopm__finding_add(&findings, GOPM_FINDING_MISSING, GOPM__AT_FILE("p\n"), "%s", "\xe2\x80\xae");
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.list[0].message.data, "p\\x0a: \\u202e");
	gopm__findings_clear(&findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text),          cmocka_unit_test(test_json),   cmocka_unit_test(test_all_runes),
	    cmocka_unit_test(test_short_buffers), cmocka_unit_test(test_public), cmocka_unit_test(test_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
