/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "export/json.h"
#include "util/text.h"

#include <stdlib.h>

#define STR(literal) ((gopm_str){literal, sizeof(literal) - 1})

/* All kinds of writes. */
static void write_all(struct gopm__json *w)
{
	gopm__json_open(w, 0);
	gopm__json_key(w, "a");
	gopm__json_u64(w, 0);
	gopm__json_next_key(w, "b");
	gopm__json_i64(w, INT64_MIN);
	gopm__json_next_key(w, "c");
	gopm__json_u64(w, UINT64_MAX);
	gopm__json_next_key(w, "d");
	gopm__json_string(w, STR("q\"b\\n\nt\t\x01\x7f\xff\xe2\x82\xac\xe2\x80\xae\0z"));
	gopm__json_next_key(w, "e");
	gopm__json_bool(w, true);
	gopm__json_next_key(w, "f");
	gopm__json_bool(w, false);
	gopm__json_next_key(w, "g");
	gopm__json_string(w, (gopm_str){NULL, 0});
	gopm__json_close(w, 0);
}

/* By RFC 8259, and gopm_escape() for what it leaves open. */
static const char expected[] =
    "{\"a\":0,\"b\":-9223372036854775808,\"c\":18446744073709551615,"
    "\"d\":\"q\\\"b\\\\n\\nt\\t\\u0001\\u007f\\ufffd\xe2\x82\xac\\u202e\\u0000z\",\"e\":true,\"f\":false,\"g\":\"\"}";

/* Each size of the buffer has the beginning of the text, a NUL, and the length of all of it. */
static void test_sizes(void **state)
{
	const size_t length = strlen(expected);

	(void)state;
	for (size_t size = 1; size < length + 3; size++) {
		char *buffer = malloc(size); /* valgrind and the sanitizers see a byte after it */
		struct gopm__json w;
		assert_non_null(buffer);
		gopm__json_init(&w, buffer, size);
		write_all(&w);
		assert_int_equal(gopm__json_end(&w), length);
		size_t written = strlen(buffer);
		assert_true(size > length ? written == length : written < size);
		assert_memory_equal(buffer, expected, written);
		free(buffer);
	}
	struct gopm__json w;
	gopm__json_init(&w, NULL, 0);
	write_all(&w);
	assert_int_equal(gopm__json_end(&w), length);
}

struct pieces {
	struct gopm__text text;
	size_t count, most;
};

static int32_t take_piece(void *user_data, const char *data, size_t size)
{
	struct pieces *pieces = user_data;

	assert_true(size != 0);
	gopm__text_add(&pieces->text, data, size);
	return ++pieces->count == pieces->most;
}

/* A callback receives all of the text, however small the buffer is. */
static void test_pieces(void **state)
{
	(void)state;
	for (size_t size = 64; size < 200; size++) {
		struct pieces pieces = {.most = SIZE_MAX};
		struct gopm__json w;
		char buffer[200];
		gopm__json_init(&w, buffer, size);
		w.write = take_piece;
		w.user_data = &pieces;
		write_all(&w);
		assert_int_equal(gopm__json_end(&w), strlen(expected));
		assert_string_equal(pieces.text.data, expected);
		assert_false(w.stopped);
		gopm__text_free(&pieces.text);
	}
}

/* A string that is longer than the buffer is escaped in parts, without cutting a rune. */
static void test_long_string(void **state)
{
	struct gopm__text source = {0}, whole = {0};

	(void)state;
	gopm__text_add(&whole, "\"", 1);
	for (unsigned i = 0; i < 1000; i++) {
		gopm__text_str(&source, "\xf0\x9f\x98\x80\xe2\x82\xac\n\xff");
		gopm__text_str(&whole, "\xf0\x9f\x98\x80\xe2\x82\xac\\n\\ufffd");
	}
	gopm__text_add(&whole, "\"", 1);
	for (size_t size = 64; size < 128; size++) {
		struct pieces pieces = {.most = SIZE_MAX};
		struct gopm__json w;
		char buffer[128];
		gopm__json_init(&w, buffer, size);
		w.write = take_piece;
		w.user_data = &pieces;
		gopm__json_string(&w, (gopm_str){source.data, source.size});
		assert_int_equal(gopm__json_end(&w), whole.size);
		assert_string_equal(pieces.text.data, whole.data);
		gopm__text_free(&pieces.text);
	}
	gopm__text_free(&source);
	gopm__text_free(&whole);
}

static void test_stop(void **state)
{
	struct pieces pieces = {.most = 2};
	struct gopm__json w;
	char buffer[64];

	(void)state;
	gopm__json_init(&w, buffer, sizeof buffer);
	w.write = take_piece;
	w.user_data = &pieces;
	for (unsigned i = 0; i < 10; i++) {
		write_all(&w);
	}
	(void)gopm__json_end(&w);
	assert_true(w.stopped);
	assert_int_equal(pieces.count, 2); /* it is not called again */
	gopm__text_free(&pieces.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_pieces),
	    cmocka_unit_test(test_long_string),
	    cmocka_unit_test(test_stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
