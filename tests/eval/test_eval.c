/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions on a frame of synthetic DWARF. Expected results follow from Go's specification and from the values that
 * support/dwarfbuilder.c writes into memory; expected messages are worded like those of Go's compiler and runtime. */
#include "cmocka_all.h"
#include "eval/eval.h"
#include "support/testframe.h"
#include "value/text.h"

#include <stdlib.h>
#include <string.h>

static struct test_dwarf made;
static struct test_frame frame;

static int set_up(void **state)
{
	(void)state;
	test_dwarf_make(&made, 5);
	test_frame_open(&frame, &made, 5);
	assert_non_null(frame.dwarf);
	assert_int_equal(test_frame_at(&frame, TESTDWARF_LOW, 0, 50), GOPM_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_frame_close(&frame);
	test_dwarf_free(&made);
	return 0;
}

static gopm_status evaluate(const char *expression, struct gopm__variable *out, struct gopm__eval_error *error)
{
	const struct gopm__eval_scope scope = {.variables = frame.variables, .function = {"main.f", 6}};

	frame.context.budget = 10000;
	return gopm__eval(&frame.context, &scope, expression, out, error);
}

struct answer {
	const char *expression, *text;
};

static void expect_all(const struct answer *answers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct gopm__variable v;
		struct gopm__eval_error error;
		struct gopm__text text = {0};
		if (evaluate(answers[i].expression, &v, &error) != GOPM_OK) {
			fail_msg("%s: at %zu: %s", answers[i].expression, error.at, error.text);
		}
		gopm__variable_load(&frame.context, &v, 0);
		gopm__variable_text(&text, &frame.context, &v);
		if (strcmp(text.data, answers[i].text) != 0) {
			fail_msg("%s is %s, not %s", answers[i].expression, text.data, answers[i].text);
		}
		gopm__text_free(&text);
	}
}
#define EXPECT_ALL(list) expect_all((list), sizeof(list) / sizeof(list)[0])

static void test_literals(void **state)
{
	static const struct answer answers[] = {
	    {"0", "0"},
	    {"1_000", "1000"},
	    {"0x_Ff", "255"},
	    {"0b101", "5"},
	    {"0o17", "15"},
	    {"017", "15"},
	    {"9223372036854775808", "9223372036854775808"},
	    {"18446744073709551615", "18446744073709551615"},
	    {"-9223372036854775808", "-9223372036854775808"},
	    {"1.5", "1.5"},
	    {".25", "0.25"},
	    {"1e3", "1000"},
	    {"0x1p-2", "0.25"},
	    {"0x.8p1", "1"},
	    {"0.1", "0.1"},
	    {"3.141592653589793238462643383279", "3.141592653589793"},
	    {"5e-324 > 0", "true"},
	    {"5e-324 / 4 == 0", "false"},
	    {"2i", "(0 + 2i)"},
	    {"'a'", "97"},
	    {"'\\n'", "10"},
	    {"'\\x41'", "65"},
	    {"'\\u00e9'", "233"},
	    {"'\xc3\xa9'", "233"},
	    {"'\\''", "39"},
	    {"'\\101'", "65"},
	    {"\"a\\tb\"", "\"a\\tb\""},
	    {"\"\\u00e9\"", "\"\xc3\xa9\""},
	    {"`a\\n`", "\"a\\\\n\""},
	    {"true", "true"},
	    {"false", "false"},
	};

	(void)state;
	EXPECT_ALL(answers);
}

static void test_constants(void **state)
{
	static const struct answer answers[] = {
	    {"1 + 2 * 3", "7"},
	    {"(1 + 2) * 3", "9"},
	    {"1 - 2 - 3", "-4"},
	    {"7 / 2", "3"},
	    {"-7 / 2", "-3"},
	    {"-7 % 3", "-1"},
	    {"7.0 / 2", "3.5"},
	    {"0.1 + 0.2", "0.3"},
	    {"1 << 63", "9223372036854775808"},
	    {"1 << 100 >> 98", "4"},
	    {"-1 >> 200", "-1"},
	    {"6 & 3 | 8 ^ 1", "11"},
	    {"6 &^ 3", "4"},
	    {"^5", "-6"},
	    {"2 * 3.5", "7"},
	    {"'a' + 1", "98"},
	    {"1 == 1.0", "true"},
	    {"1 < 2 && 2 < 1 || true", "true"},
	    {"!true", "false"},
	    {"\"a\" + \"b\" == \"ab\"", "true"},
	    {"\"a\" < \"ab\"", "true"},
	    {"(1 + 2i) * 2i", "(-4 + 2i)"},
	    {"real(3 + 4i) + imag(3 + 4i)", "7"},
	    {"complex(1, 2)", "(1 + 2i)"},
	    {"min(3, 1.5, 2)", "1.5"},
	    {"max(\"a\", \"b\")", "\"b\""},
	    {"len(\"h\xc3\xa9\")", "3"},
	    {"\"abc\"[1]", "98"},
	    {"\"abcd\"[1:3]", "\"bc\""},
	    {"true || nosuch", "true"},
	    {"false && nosuch", "false"},
	};

	(void)state;
	EXPECT_ALL(answers);
}

static void test_typed(void **state)
{
	static const struct answer answers[] = {
	    {"uint8(200) + uint8(100)", "44"},
	    {"uint8(255) << 1", "254"},
	    {"uint8(1) << 8", "0"},
	    {"int8(-128) - 1", "127"},
	    {"-int8(-128)", "-128"},
	    {"^uint8(1)", "254"},
	    {"int64(-9223372036854775808) / -1", "-9223372036854775808"},
	    {"int64(-8) >> 1", "-4"},
	    {"uint64(18446744073709551615) + 1", "0"},
	    {"int(7) / 2", "3"},
	    {"int8(int(300))", "44"},
	    {"uint64(int8(-1))", "18446744073709551615"},
	    {"float32(0.1)", "0.1"},
	    {"float64(float32(0.1))", "0.10000000149011612"},
	    {"float32(16777216) + 1", "16777216"},
	    {"int(float64(-1.9))", "-1"},
	    {"float64(1) / 0", "+Inf"},
	    {"string(65)", "\"A\""},
	    {"string(-1)", "\"\xef\xbf\xbd\""},
	    {"[]byte(\"hi\")", "[]uint8 len: 2, cap: 2, [104,105]"},
	    {"[]rune(\"h\xc3\xa9\xff\")", "[]int32 len: 3, cap: 3, [104,233,65533]"},
	    {"string([]byte(\"hi\"))", "\"hi\""},
	    {"string([]rune(\"h\xc3\xa9\"))", "\"h\xc3\xa9\""},
	    {"[]byte(\"hello\")[1:3]", "[]uint8 len: 2, cap: 4, [101,108]"},
	    {"len([]byte(\"hello\")[1:3])", "2"},
	    {"complex64(1 + 2i) == complex64(1 + 2i)", "true"},
	    {"complex64(1 + 2i) * complex64(3 - 1i)", "(5 + 5i)"},
	    {"complex128(5 + 5i) / (3 - 1i)", "(1 + 2i)"},
	    {"main.Color(1)", "Green (1)"},
	    {"Green + 8", "Green|Dark (9)"},
	    {"(*int)(nil) == nil", "true"},
	    {"uintptr((*int)(0x1234))", "4660"},
	};

	(void)state;
	EXPECT_ALL(answers);
}

static void test_variables(void **state)
{
	static const struct answer answers[] = {
	    {"n", "-42"},
	    {"n + 2", "-40"},
	    {"n << 1", "-84"},
	    {"s", "\"h\xc3\xa9ll\""},
	    {"s[0]", "104"},
	    {"s[1:3]", "\"\xc3\xa9\""},
	    {"s + \"o\"", "\"h\xc3\xa9llo\""},
	    {"len(s)", "5"},
	    {"list[1]", "200"},
	    {"list[1:]", "[]int len: 1, cap: 3, [200]"},
	    {"list[:0]", "[]int len: 0, cap: 4, []"},
	    {"list[n + 43]", "200"},
	    {"cap(list)", "4"},
	    {"list == nil", "false"},
	    {"&list[1]", "(*int)(0x10508)"},
	    {"*&list[1]", "200"},
	    {"point.X", "3"},
	    {"(*point).Y", "4"},
	    {"*&point.Y", "4"},
	    {"*point == *point", "true"},
	    {"any.(main.Point)", "main.Point {X: 3, Y: 4}"},
	    {"any.(data).Y", "4"},
	    {"any.X", "3"},
	    {"any != nil", "true"},
	    {"err == nil", "true"},
	    {"len(ch)", "2"},
	    {"cap(ch)", "3"},
	    {"ch.qcount", "2"},
	    {"m[6]", "51"},
	    {"old[3]", "13"},
	    {"growing[5]", "15"},
	    {"len(m)", "2"},
	    {"bytes[2]", "3"},
	    {"bytes[1:]", "[]uint8 len: 2, cap: 2, [2,3]"},
	    {"string(bytes[:])", "\"\\x01\\x02\\x03\""},
	    {"bytes == bytes", "true"},
	    {"real * 2", "5"},
	    {"yes && n < 0", "true"},
	    {"color == main.Green", "false"},
	    {"color &^ main.Green == main.Dark", "true"},
	};

	(void)state;
	EXPECT_ALL(answers);
}

static const struct refusal {
	const char *expression;
	gopm_status status;
	size_t at;
} refusals[] = {
    {"", GOPM_ERR_ARGUMENT, 0},
    {"  ", GOPM_ERR_ARGUMENT, 2},
    {"1 +", GOPM_ERR_ARGUMENT, 3},
    {"(1", GOPM_ERR_ARGUMENT, 2},
    {"1 2", GOPM_ERR_ARGUMENT, 2},
    {"a.", GOPM_ERR_ARGUMENT, 2},
    {"1 + nosuch", GOPM_ERR_ARGUMENT, 4},
    {"no.such", GOPM_ERR_ARGUMENT, 0},
    {"#", GOPM_ERR_ARGUMENT, 0},
    {"\"a", GOPM_ERR_ARGUMENT, 0},
    {"'ab'", GOPM_ERR_ARGUMENT, 0},
    {"\"\\q\"", GOPM_ERR_ARGUMENT, 1},
    {"08", GOPM_ERR_ARGUMENT, 1},
    {"1__0", GOPM_ERR_ARGUMENT, 0},
    {"0x", GOPM_ERR_ARGUMENT, 0},
    {"1x", GOPM_ERR_ARGUMENT, 0},
    {"n = 3", GOPM_ERR_UNSUPPORTED, 2},
    {"n++", GOPM_ERR_UNSUPPORTED, 1},
    {"<-ch", GOPM_ERR_UNSUPPORTED, 0},
    {"f(1)", GOPM_ERR_UNSUPPORTED, 0},
    {"1 + f(1)", GOPM_ERR_UNSUPPORTED, 4},
    {"append(list, 1)", GOPM_ERR_UNSUPPORTED, 0},
    {"func() int { return 1 }", GOPM_ERR_UNSUPPORTED, 0},
    {"main.Point{1, 2}", GOPM_ERR_UNSUPPORTED, 10},
    {"list[0:1:2]", GOPM_ERR_UNSUPPORTED, 8},
    {"n[0]", GOPM_ERR_ARGUMENT, 1},
    {"n.x", GOPM_ERR_ARGUMENT, 2},
    {"*n", GOPM_ERR_ARGUMENT, 0},
    {"&1", GOPM_ERR_ARGUMENT, 0},
    {"&n == 5", GOPM_ERR_ARGUMENT, 3},
    {"!n", GOPM_ERR_ARGUMENT, 0},
    {"n && true", GOPM_ERR_ARGUMENT, 0},
    {"n + 1.5", GOPM_ERR_ARGUMENT, 2},
    {"n + s", GOPM_ERR_ARGUMENT, 2},
    {"s - s", GOPM_ERR_ARGUMENT, 2},
    {"n / 0", GOPM_ERR_ARGUMENT, 2},
    {"1 % 0", GOPM_ERR_ARGUMENT, 2},
    {"1.0 / 0", GOPM_ERR_ARGUMENT, 4},
    {"n << -1", GOPM_ERR_ARGUMENT, 5},
    {"n << 1.5", GOPM_ERR_ARGUMENT, 5},
    {"uint8(256)", GOPM_ERR_ARGUMENT, 0},
    {"uint8(-1)", GOPM_ERR_ARGUMENT, 0},
    {"int(1.5)", GOPM_ERR_ARGUMENT, 0},
    {"uint8(1) + 256", GOPM_ERR_ARGUMENT, 9},
    {"int(float64(1e30))", GOPM_ERR_ARGUMENT, 0},
    {"1 << 64", GOPM_ERR_LIMIT, 0},
    {"1 << 200", GOPM_ERR_LIMIT, 2},
    {"1e400", GOPM_ERR_LIMIT, 0},
    {"list[2]", GOPM_ERR_ARGUMENT, 5},
    {"list[-1]", GOPM_ERR_ARGUMENT, 5},
    {"list[0:5]", GOPM_ERR_ARGUMENT, 4},
    {"list[2:1]", GOPM_ERR_ARGUMENT, 4},
    {"s[0:6]", GOPM_ERR_ARGUMENT, 1},
    {"list == list", GOPM_ERR_ARGUMENT, 5},
    {"n == nil", GOPM_ERR_ARGUMENT, 2},
    {"nil", GOPM_ERR_ARGUMENT, 0},
    {"err.(int)", GOPM_ERR_ARGUMENT, 4},
    {"any.(int)", GOPM_ERR_ARGUMENT, 4},
    {"n.(int)", GOPM_ERR_ARGUMENT, 2},
    {"any.(main.Nosuch)", GOPM_ERR_ARGUMENT, 5},
    {"*(*int)(nil)", GOPM_ERR_ARGUMENT, 0},
    {"*(*int)(8) + 1", GOPM_ERR_MISSING_MEMORY, 0},
    {"gone + 1", GOPM_ERR_MISSING_MEMORY, 0},
    {"1 + gone", GOPM_ERR_MISSING_MEMORY, 4},
    {"half.Y + 1", GOPM_ERR_MISSING_MEMORY, 0},
    {"m[99]", GOPM_NOT_FOUND, 2},
    {"m[\"x\"]", GOPM_ERR_ARGUMENT, 2},
    {"int", GOPM_ERR_ARGUMENT, 0},
    {"[]int", GOPM_ERR_ARGUMENT, 0},
    {"len(1, 2)", GOPM_ERR_ARGUMENT, 3},
    {"len(n)", GOPM_ERR_ARGUMENT, 4},
    {"cap(m)", GOPM_ERR_ARGUMENT, 4},
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		const struct refusal *r = &refusals[i];
		struct gopm__variable v;
		struct gopm__eval_error error;
		gopm_status status = evaluate(r->expression, &v, &error);
		if (status != r->status || error.at != r->at || error.text == NULL) {
			fail_msg("%s: status %d at %zu (%s), not %d at %zu", r->expression, (int)status, error.at,
			         error.text != NULL ? error.text : "no text", (int)r->status, r->at);
		}
	}
}

static void test_messages(void **state)
{
	static const struct answer messages[] = {
	    {"nosuch", "undefined: nosuch"},
	    {"n.(int)", "n (type int) is not an interface"},
	    {"n && true", "n (type int) is not a bool"},
	    {"n.x", "n (type int) has no field x"},
	    {"n + s", "mismatched types int and string"},
	    {"!n", "operator ! not defined on int"},
	    {"n / 0", "division by zero"},
	    {"uint8(256)", "constant overflows uint8"},
	    {"list[2]", "index out of range with length 2"},
	    {"list[\"a\"]", "index must be an integer, not untyped string"},
	    {"([-1]int)(nil)", "invalid array length -1"},
	    {"any.(int)", "interface is main.Point, not int"},
	    {"err.(int)", "interface is nil, not int"},
	    {"*n", "cannot dereference a value of type int"},
	    {"*(*int)(nil)", "nil pointer dereference"},
	    {"nil", "use of untyped nil"},
	    {"list == list", "[]int can only be compared to nil"},
	    {"1 +", "unexpected end of expression, expected a value"},
	    {"n = 3", "=: assignments and statements are not supported: the process does not run"},
	    {"append(list, 1)", "cannot call append: the process does not run"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
		struct gopm__variable v;
		struct gopm__eval_error error;
		assert_int_not_equal(evaluate(messages[i].expression, &v, &error), GOPM_OK);
		assert_string_equal(error.text, messages[i].text);
	}
}

/* `count` times `head`, then "1", then `count` times `tail`. */
static char *nested(const char *head, const char *tail, size_t count)
{
	size_t before = strlen(head), after = strlen(tail);
	char *text = malloc((before + after) * count + 2);

	assert_non_null(text);
	for (size_t i = 0; i < count; i++) {
		memcpy(text + i * before, head, before);
		memcpy(text + before * count + 1 + i * after, tail, after);
	}
	text[before * count] = '1';
	text[(before + after) * count + 1] = '\0';
	return text;
}

static void test_depth_and_length(void **state)
{
	static const char *const forms[][2] = {{"(", ")"},    {"- ", ""},  {"", "+1"},     {"[]", ""},
	                                       {"*", ""},     {"", "[1]"}, {"", ".(int)"}, {"f(", ")"},
	                                       {"(", ").x"},  {"x[", "]"}, {"1+(", ")"},   {"map[int]", ""},
	                                       {"chan ", ""}, {"", "(1)"}, {"[1]", ""}};
	struct gopm__variable v;
	struct gopm__eval_error error;

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		char *text = nested(forms[i][0], forms[i][1], 2000);
		gopm_status status = evaluate(text, &v, &error);
		if (status != GOPM_ERR_LIMIT) {
			fail_msg("%.10s...: %d", text, (int)status);
		}
		free(text);
		text = nested(forms[i][0], forms[i][1], GOPM__EVAL_MAX_SIZE);
		assert_int_equal(evaluate(text, &v, &error), GOPM_ERR_LIMIT);
		free(text);
	}
	static const struct answer sum = {"1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1", "32"};
	expect_all(&sum, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_literals),         cmocka_unit_test(test_constants), cmocka_unit_test(test_typed),
	    cmocka_unit_test(test_variables),        cmocka_unit_test(test_refusals),  cmocka_unit_test(test_messages),
	    cmocka_unit_test(test_depth_and_length),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
