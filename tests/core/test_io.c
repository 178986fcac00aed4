/* SPDX-License-Identifier: Apache-2.0 */
#include "core/io.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "cmocka_all.h"
#include "core/source.h"

#define MEGABYTE ((size_t)1 << 20)

static void limits_are_shared(void **state)
{
	static const struct gopm__io_options options = {.max_disk = 1000, .max_memory = 500};
	struct gopm__io io;

	(void)state;
	gopm__io_init(&io, &options, NULL);
	assert_true(gopm__io_take_disk(&io, 600));
	assert_false(gopm__io_take_disk(&io, 401)); /* not counted */
	assert_true(gopm__io_take_disk(&io, 400));
	assert_false(gopm__io_take_disk(&io, UINT64_MAX));
	assert_false(gopm__io_take_memory(&io, 501));
	assert_true(gopm__io_take_memory(&io, 500));
	gopm__io_give_memory(&io, 100);
	assert_true(gopm__io_take_memory(&io, 100));
	assert_true(gopm__io_take_disk(NULL, UINT64_MAX));
	gopm__io_clear(&io);
}

static void ratios(void **state)
{
	struct gopm__io_options options = {.max_ratio = 0};
	struct gopm__io io;

	(void)state;
	gopm__io_init(&io, &options, NULL);
	assert_false(gopm__io_is_bomb(&io, MEGABYTE, 1)); /* too small to matter */
	assert_true(gopm__io_is_bomb(&io, 1024 * MEGABYTE, MEGABYTE / 10));
	assert_false(gopm__io_is_bomb(&io, 1024 * MEGABYTE, 16 * MEGABYTE));
	assert_true(gopm__io_is_bomb(NULL, 1024 * MEGABYTE, MEGABYTE / 10));
	assert_true(gopm__io_is_section_bomb(&io, 1024 * MEGABYTE, MEGABYTE));
	assert_false(gopm__io_is_section_bomb(&io, 1024 * MEGABYTE, 64 * MEGABYTE));
	gopm__io_clear(&io);
	options.max_ratio = UINT32_MAX;
	gopm__io_init(&io, &options, NULL);
	assert_false(gopm__io_is_bomb(&io, UINT64_MAX, 1));
	assert_false(gopm__io_is_section_bomb(&io, UINT64_MAX, 1));
	gopm__io_clear(&io);
}

static void only_the_first_failure_counts(void **state)
{
	static const struct gopm__io_options options = {.map = false};
	struct gopm__findings findings;
	gopm_error *err = NULL;
	struct gopm__io io;

	(void)state;
	gopm__findings_init(&findings, 10);
	gopm__io_init(&io, &options, &findings);
	assert_int_equal(gopm__io_status(&io, &err), GOPM_OK);
	assert_null(err);
	gopm__io_fail(&io, "a.core", 4711, "the disk is broken");
	gopm__io_fail(&io, "b.core", 1, "something else");
	assert_int_equal(gopm__io_status(&io, &err), GOPM_ERR_IO);
	assert_string_equal(gopm_error_message(err), "a.core: at offset 4711: the disk is broken");
	assert_int_equal(gopm_error_offset(err), 4711);
	assert_int_equal(findings.total, 1);
	gopm_error_free(err);
	gopm__io_clear(&io);
	gopm__findings_clear(&findings);
	gopm__io_fail(NULL, "c.core", 0, "nobody is told");
	assert_int_equal(gopm__io_status(NULL, NULL), GOPM_OK);
}

/* `count` megabytes of `byte`, compressed. The caller frees it. */
static uint8_t *packed_bytes(size_t count, int byte, size_t *size)
{
	size_t room = ZSTD_compressBound(MEGABYTE);
	uint8_t *data = malloc(MEGABYTE), *one = malloc(room), *all = NULL;

	assert_non_null(data);
	assert_non_null(one);
	memset(data, byte, MEGABYTE);
	size_t got = ZSTD_compress(one, room, data, MEGABYTE, 1);
	assert_false(ZSTD_isError(got));
	all = malloc(got * count);
	assert_non_null(all);
	for (size_t i = 0; i < count; i++) {
		memcpy(all + got * i, one, got);
	}
	*size = got * count;
	free(data);
	free(one);
	return all;
}

static gopm_status open_packed(const uint8_t *data, size_t size, const struct gopm__io_options *options,
                               const char *text)
{
	struct gopm__source_request request = {
	    .fd = -1, .what = "core", .unpack = true, .data = data, .data_size = size, .temporary_folder = "/tmp"};
	struct gopm__source source;
	gopm_error *err = NULL;
	struct gopm__io io;

	gopm__io_init(&io, options, NULL);
	request.io = &io;
	gopm_status status = gopm__source_open(&source, &request, &err);
	if (status == GOPM_OK) {
		gopm__source_close(&source);
	} else if (strstr(gopm_error_message(err), text) == NULL) {
		fail_msg("%s", gopm_error_message(err));
	}
	gopm_error_free(err);
	gopm__io_clear(&io);
	return status;
}

/* A small file that unpacks to much is refused before it has filled the disk. Zeroes are holes, and cost nothing. */
static void bombs(void **state)
{
	struct gopm__io_options options = {.max_ratio = 0};
	size_t size, zero_size;
	uint8_t *bomb = packed_bytes(100, 'A', &size), *zeroes = packed_bytes(1000, 0, &zero_size);

	(void)state;
	assert_true(size < 100000);
	assert_int_equal(open_packed(bomb, size, &options, "max_unpacked_ratio"), GOPM_ERR_LIMIT);
	assert_int_equal(open_packed(zeroes, zero_size, &options, ""), GOPM_OK);
	options.max_ratio = UINT32_MAX;
	assert_int_equal(open_packed(bomb, size, &options, ""), GOPM_OK);
	options.max_disk = 50 * MEGABYTE;
	assert_int_equal(open_packed(bomb, size, &options, "max_unpacked_disk"), GOPM_ERR_LIMIT);
	assert_int_equal(open_packed(zeroes, zero_size, &options, ""), GOPM_OK);
	free(bomb);
	free(zeroes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(limits_are_shared),
	    cmocka_unit_test(ratios),
	    cmocka_unit_test(only_the_first_failure_counts),
	    cmocka_unit_test(bombs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
