/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the sample from each kind of source. The answers are the same. */
#include <elf.h>
#include <fcntl.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "support/sample.h"
#include "support/testcore.h"
#include "util/text.h"

static struct sample_bytes sample;

/* The answer to compare: the groups, as text. */
static void describe(gopm_core *core, struct gopm__text *out)
{
	gopm_group_iter *it;
	gopm_group group;
	size_t got;

	gopm__text_clear(out);
	for (uint32_t by = GOPM_GROUP_USER; by <= GOPM_GROUP_REASON; by++) {
		assert_int_equal(gopm_group_iter_open(core, by, NULL, NULL, &it, NULL), GOPM_OK);
		while (gopm_group_iter_next(it, &group, sizeof group, 1, &got) == GOPM_OK) {
			gopm__text_printf(out, "%llu ", (unsigned long long)group.count);
			gopm__text_add(out, group.location.function.data, group.location.function.size);
			gopm__text_printf(out, ":%u ", group.location.line);
			gopm__text_add(out, group.key.data, group.key.size);
			gopm__text_str(out, "\n");
		}
		gopm_group_iter_free(it);
	}
	assert_false(out->failed);
}

static void expect_same(const gopm_core_options *options, const char *compression, uint32_t flags)
{
	static struct gopm__text expected;
	struct gopm__text got = {0};
	gopm_core_info info = {.struct_size = sizeof info};
	gopm_core *core;
	gopm_error *err;

	if (expected.data == NULL) {
		core = sample_open();
		describe(core, &expected);
		assert_non_null(strstr(expected.data, "1000 main.(*Metrics).CountS:"));
		gopm_core_close(core);
	}
	if (gopm_core_open(options, &core, &err) != GOPM_OK) {
		fail_msg("%s", gopm_error_message(err));
	}
	assert_int_equal(gopm_core_get_info(core, &info), GOPM_OK);
	assert_string_equal(info.compression.data, compression);
	assert_int_equal(info.flags & (GOPM_CORE_EXE_MISMATCH | GOPM_CORE_EXE_FROM_CORE | GOPM_CORE_TRUNCATED), flags);
	describe(core, &got);
	assert_string_equal(got.data, expected.data);
	gopm__text_free(&got);
	gopm_core_close(core);
}

static gopm_core_options nothing(void)
{
	gopm_core_options options;
	gopm_core_options_init(&options, sizeof options);
	options.flags = GOPM_OPEN_NO_SEARCH;
	return options;
}

struct reader {
	const uint8_t *data;
	size_t size;
	uint64_t bytes; /* bytes read */
	bool broken;    /* every call fails */
};

static int64_t read_some(void *user_data, uint64_t offset, void *buffer, size_t size)
{
	struct reader *r = user_data;

	if (r->broken) {
		return -1;
	}
	if (offset >= r->size) {
		return 0;
	}
	size = size < r->size - offset ? size : (size_t)(r->size - offset);
	size = size < 10000 ? size : 10000;
	memcpy(buffer, r->data + offset, size);
	r->bytes += size;
	return (int64_t)size;
}

static void by_every_way(void **state)
{
	gopm_core_options options = nothing();
	char core_path[64], exe_path[64];

	(void)state;
	test_file(core_path, sample.core, sample.core_size);
	test_file(exe_path, sample.exe, sample.exe_size);
	options.core_path = core_path;
	options.exe_path = exe_path;
	expect_same(&options, "", 0);
	options.flags |= GOPM_OPEN_MAP;
	expect_same(&options, "", 0);
	options = nothing();
	options.core_fd = open(core_path, O_RDONLY | O_CLOEXEC);
	options.exe_fd = open(exe_path, O_RDONLY | O_CLOEXEC);
	expect_same(&options, "", 0);
	assert_int_equal(close(options.core_fd), 0);
	assert_int_equal(close(options.exe_fd), 0);
	options = nothing();
	options.core_data = sample.core;
	options.core_size = sample.core_size;
	options.exe_data = sample.exe;
	options.exe_size = sample.exe_size;
	expect_same(&options, "", 0);
	/* From a callback, which must not be asked for more than is needed. */
	struct reader core = {sample.core, sample.core_size, 0, false}, exe = {sample.exe, sample.exe_size, 0, false};
	options = nothing();
	options.core_read = read_some;
	options.core_user_data = &core;
	options.core_read_size = sample.core_size;
	options.exe_read = read_some;
	options.exe_user_data = &exe;
	options.exe_read_size = sample.exe_size;
	expect_same(&options, "", 0);
	assert_true(core.bytes < sample.core_size / 2);
	assert_true(exe.bytes < sample.exe_size);
	/* The core from one kind of source and the executable from another, and compressed. */
	options = nothing();
	options.core_fd = open(GOPM_SAMPLE "/core.zst", O_RDONLY | O_CLOEXEC);
	options.exe_data = sample.exe;
	options.exe_size = sample.exe_size;
	options.temporary_folder = "/tmp";
	expect_same(&options, "zstd", 0);
	assert_int_equal(close(options.core_fd), 0);
	assert_int_equal(unlink(core_path), 0);
	assert_int_equal(unlink(exe_path), 0);
}

static void packed_otherwise(void **state)
{
	gopm_core_options options = nothing();
	size_t room = LZ4F_compressFrameBound(sample.core_size, NULL);
	uint8_t *packed = malloc(room);
	lzma_options_lzma lzma;
	size_t size = 0;

	(void)state;
	assert_non_null(packed);
	options.exe_data = sample.exe;
	options.exe_size = sample.exe_size;
	options.core_data = packed;
	options.core_size = LZ4F_compressFrame(packed, room, sample.core, sample.core_size, NULL);
	assert_false(LZ4F_isError(options.core_size));
	expect_same(&options, "lz4", 0);
	/* The fastest level of xz: the test is about unpacking. */
	assert_false(lzma_lzma_preset(&lzma, 0));
	lzma.mode = LZMA_MODE_FAST;
	lzma.nice_len = 8;
	lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &lzma}, {LZMA_VLI_UNKNOWN, NULL}};
	assert_int_equal(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32, NULL, sample.core, sample.core_size,
	                                           packed, &size, room),
	                 LZMA_OK);
	options.core_size = size;
	expect_same(&options, "xz", 0);
	options.max_unpacked_size = sample.core_size - 1;
	gopm_core *core;
	assert_int_equal(gopm_core_open(&options, &core, NULL), GOPM_ERR_LIMIT);
	assert_null(core);
	free(packed);
}

/* The executable is at the path in the core, but below another root. */
static void found_by_its_path(void **state)
{
	char root[] = "/tmp/gopm-root-XXXXXX", path[4096];
	gopm_core_options options = nothing();
	struct test_core parsed;

	(void)state;
	test_core_open(&parsed, sample.core, sample.core_size);
	assert_int_equal(parsed.status, GOPM_OK);
	assert_true(parsed.file.file_count != 0);
	assert_non_null(mkdtemp(root));
	(void)snprintf(path, sizeof path, "%s%s", root, parsed.file.files[0].path.data);
	test_core_close(&parsed);
	for (char *p = strchr(path + sizeof root, '/'); p != NULL; p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(sample.exe, 1, sample.exe_size, file), sample.exe_size);
	assert_int_equal(fclose(file), 0);
	options.flags = 0;
	options.core_data = sample.core;
	options.core_size = sample.core_size;
	options.sysroot = root;
	expect_same(&options, "", 0);
	/* The named executable is a C program for the same machine. */
	options.exe_path = "/proc/self/exe";
	expect_same(&options, "", GOPM_CORE_EXE_MISMATCH);
	assert_int_equal(unlink(path), 0);
	for (char *p = strrchr(path, '/'); p != NULL && p > path + 4; p = strrchr(path, '/')) {
		*p = '\0';
		assert_int_equal(rmdir(path), 0);
		if (strcmp(path, root) == 0) {
			break;
		}
	}
	/* Now there is no executable. */
	gopm_core *core;
	gopm_error *err;
	options.exe_path = NULL;
	options.sysroot = "/nonexistent";
	assert_int_equal(gopm_core_open(&options, &core, &err), GOPM_ERR_NO_EXECUTABLE);
	assert_null(core);
	assert_non_null(strstr(gopm_error_message(err), "name the executable"));
	gopm_error_free(err);
}

/* A core whose notes come first, truncated anywhere after them, still has some goroutines, and is marked partial. */
static void cut_core(void **state)
{
	gopm_core_options options = nothing();

	(void)state;
	options.exe_data = sample.exe;
	options.exe_size = sample.exe_size;
	options.core_data = sample.core;
	for (unsigned tenth = 1; tenth < 10; tenth++) {
		gopm_core_info info = {.struct_size = sizeof info};
		gopm_core *core;
		gopm_error *err;
		options.core_size = sample.core_size / 10 * tenth;
		gopm_status status = gopm_core_open(&options, &core, &err);
		if (status != GOPM_OK) {
			assert_true(strlen(gopm_error_message(err)) > 0);
			gopm_error_free(err);
			continue;
		}
		assert_int_equal(gopm_core_get_info(core, &info), GOPM_OK);
		assert_true((info.flags & GOPM_CORE_TRUNCATED) != 0);
		assert_true(gopm_finding_total(core) != 0);
		struct gopm__text text = {0};
		describe(core, &text);
		gopm__text_free(&text);
		gopm_core_close(core);
	}
}

static int32_t drop(void *user_data, const char *data, size_t size)
{
	(void)user_data;
	(void)data;
	(void)size;
	return 0;
}

/* Reads of the core or its executable fail. Every call says so, and gives no partial answer for a whole one. */
static void expect_io_error(gopm_core *core, const char *text)
{
	gopm_goroutine_iter *it;
	gopm_group_iter *groups;
	gopm_goroutine g;
	gopm_error *err;
	gopm_vars *vars;
	gopm_status status;
	size_t got;

	/* The goroutines that were listed before the failed read are right. */
	assert_int_equal(gopm_goroutine_iter_open(core, NULL, &it, NULL), GOPM_OK);
	while ((status = gopm_goroutine_iter_next(it, &g, sizeof g, 1, &got)) == GOPM_OK) {
	}
	gopm_goroutine_iter_free(it);
	assert_int_equal(status, GOPM_ERR_IO);
	assert_int_equal(got, 0);
	assert_int_equal(gopm_group_iter_open(core, GOPM_GROUP_USER, NULL, NULL, &groups, &err), GOPM_ERR_IO);
	assert_null(groups);
	assert_non_null(strstr(gopm_error_message(err), text));
	assert_true(gopm_error_offset(err) != GOPM_NO_OFFSET);
	gopm_error_free(err);
	assert_int_equal(gopm_traceback(core, NULL, drop, NULL, &err), GOPM_ERR_IO);
	gopm_error_free(err);
	assert_int_equal(gopm_package_vars(core, "main.*", NULL, &vars, &err), GOPM_ERR_IO);
	assert_null(vars);
	gopm_error_free(err);
	assert_int_equal(gopm_goroutine_by_id(core, 1, &g, sizeof g, &err), GOPM_ERR_IO);
	gopm_error_free(err);
	gopm_core_close(core);
}

static void reads_fail(void **state)
{
	char core_path[64], exe_path[64];
	struct reader reader = {sample.core, sample.core_size, 0, false};
	gopm_core_options options;
	gopm_core *core;
	gopm_error *err;

	(void)state;
	/* Both files become shorter while the core is open. */
	for (int which = 0; which < 2; which++) {
		test_file(core_path, sample.core, sample.core_size);
		test_file(exe_path, sample.exe, sample.exe_size);
		options = nothing();
		options.core_path = core_path;
		options.exe_path = exe_path;
		assert_int_equal(gopm_core_open(&options, &core, NULL), GOPM_OK);
		assert_int_equal(truncate(which == 0 ? core_path : exe_path, 8192), 0);
		expect_io_error(core, which == 0 ? core_path : exe_path);
		assert_int_equal(unlink(core_path), 0);
		assert_int_equal(unlink(exe_path), 0);
	}
	/* A callback fails: after the core was opened, and while. */
	options = nothing();
	options.core_read = read_some;
	options.core_user_data = &reader;
	options.core_read_size = sample.core_size;
	options.exe_data = sample.exe;
	options.exe_size = sample.exe_size;
	assert_int_equal(gopm_core_open(&options, &core, NULL), GOPM_OK);
	reader.broken = true;
	expect_io_error(core, "the read callback failed");
	assert_int_equal(gopm_core_open(&options, &core, &err), GOPM_ERR_IO);
	assert_int_equal(gopm_error_offset(err), 0);
	gopm_error_free(err);
	reader = (struct reader){sample.core, sample.core_size / 2, 0, false}; /* ends early */
	assert_int_equal(gopm_core_open(&options, &core, &err), GOPM_ERR_IO);
	assert_non_null(strstr(gopm_error_message(err), "before the end of the file"));
	gopm_error_free(err);
}

static int read_sample(void **state)
{
	(void)state;
	sample_read(&sample);
	return 0;
}

static int free_sample(void **state)
{
	(void)state;
	sample_free(&sample);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(by_every_way), cmocka_unit_test(packed_otherwise), cmocka_unit_test(found_by_its_path),
	    cmocka_unit_test(cut_core),     cmocka_unit_test(reads_fail),
	};
	return cmocka_run_group_tests(tests, read_sample, free_sample);
}
