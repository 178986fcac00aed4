/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and strings in Go's format. Go printed the expected texts. */
#include "cmocka_all.h"
#include "value/quote.h"

#include <math.h>
#include <string.h>

static void is_float(double value, unsigned bits, const char *expected)
{
	struct gopm__text text = {0};

	gopm__text_float(&text, value, bits);
	assert_string_equal(text.data, expected);
	gopm__text_free(&text);
}

static void prints_floats(void **state)
{
	(void)state;
	is_float(0, 64, "0");
	is_float(-0.0, 64, "0");
	is_float(1, 64, "1");
	is_float(-2.5, 64, "-2.5");
	is_float(0.1, 64, "0.1");
	is_float((double)0.1f, 32, "0.1");
	is_float((double)0.1f, 64, "0.10000000149011612");
	is_float(1.0 / 3, 64, "0.3333333333333333");
	is_float((double)(1.0f / 3), 32, "0.33333334");
	is_float(1e21, 64, "1000000000000000000000");
	is_float(123456789.125, 64, "123456789.125");
	is_float(1e-7, 64, "0.0000001");
	is_float(100, 64, "100");
	is_float((double)16777216.0f, 32, "16777216");
	is_float((double)NAN, 64, "NaN");
	is_float((double)INFINITY, 64, "+Inf");
	is_float(-(double)INFINITY, 32, "-Inf");
}

static void is_quoted(const char *in, size_t size, const char *expected)
{
	struct gopm__text text = {0};

	gopm__text_quoted(&text, in, size);
	assert_string_equal(text.data, expected);
	gopm__text_free(&text);
}

#define QUOTED(in, expected) is_quoted((in), sizeof(in) - 1, (expected))

static void quotes_strings(void **state)
{
	(void)state;
	QUOTED("", "\"\"");
	QUOTED("plain", "\"plain\"");
	QUOTED("a\"b\\c", "\"a\\\"b\\\\c\"");
	QUOTED("\a\b\t\n\v\f\r", "\"\\a\\b\\t\\n\\v\\f\\r\"");
	QUOTED("\0\x1f\x7f", "\"\\x00\\x1f\\x7f\"");
	QUOTED("gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"");
	QUOTED("\xff\xc3", "\"\\xff\\xc3\"");
	QUOTED("\xc2\xa0\xe2\x80\x8b", "\"\\u00a0\\u200b\"");                     /* spaces */
	QUOTED("\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"");                       /* U+1F600 */
	QUOTED("\xf3\xa0\x80\x81", "\"\\U000e0001\"");                            /* a tag */
	QUOTED("\xed\xa0\x80", "\"\\xed\\xa0\\x80\"");                            /* a surrogate */
	QUOTED("\xc0\x80\xf5\x80\x80\x80", "\"\\xc0\\x80\\xf5\\x80\\x80\\x80\""); /* overlong; too big */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(prints_floats), cmocka_unit_test(quotes_strings)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
