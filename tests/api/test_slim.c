/* SPDX-License-Identifier: Apache-2.0 */
/* gopm_slim(): errors, structs of other sizes, and the answers of the small core of the sample. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gopm/slim.h>

#include "cmocka_all.h"
#include "support/elfbuilder.h"
#include "support/sample.h"
#include "support/testcore.h"

static int32_t collect(void *user_data, const char *data, size_t size)
{
	elf_bytes_add(user_data, data, size);
	return 0;
}

static int32_t refuse(void *user_data, const char *data, size_t size)
{
	(void)user_data;
	(void)data;
	(void)size;
	return 1;
}

static int32_t never(void *user_data, const char *data, size_t size)
{
	(void)user_data;
	(void)data;
	(void)size;
	fail_msg("nothing was to be written");
	return 1;
}

static gopm_core_options sample_options(void)
{
	gopm_core_options o;

	gopm_core_options_init(&o, sizeof o);
	o.core_path = GOPM_SAMPLE "/core.zst";
	o.exe_path = GOPM_SAMPLE "/server";
	return o;
}

/* Expects `status`, an error, an empty result and no output. */
static void expect(gopm_status status, const gopm_core_options *core, const gopm_slim_options *options)
{
	gopm_slim_result result;
	gopm_error *err = NULL;

	memset(&result, 0xff, sizeof result);
	result.struct_size = sizeof result;
	assert_int_equal(gopm_slim(core, options, &result, &err), status);
	assert_int_equal(gopm_error_status(err), status);
	assert_true(strlen(gopm_error_message(err)) > 0);
	gopm_error_free(err);
	/* Without a result and an error. */
	assert_int_equal(gopm_slim(core, options, NULL, NULL), status);
}

static void refuses_options(void **state)
{
	gopm_core_options core = sample_options();
	gopm_slim_options o;

	(void)state;
	gopm_slim_options_init(&o, sizeof o);
	assert_int_equal(o.struct_size, sizeof o);
	expect(GOPM_ERR_ARGUMENT, &core, &o); /* no output */
	o.write = never;
	o.path = "/nonexistent/small";
	expect(GOPM_ERR_ARGUMENT, &core, &o); /* two outputs */
	o.path = NULL;
	o.profile = GOPM_SLIM_HEAP + 1;
	expect(GOPM_ERR_ARGUMENT, &core, &o);
	o.profile = UINT32_MAX;
	expect(GOPM_ERR_ARGUMENT, &core, &o);
	o.profile = 0;
	o.compression = GOPM_COMPRESSION_ZSTD + 1;
	expect(GOPM_ERR_ARGUMENT, &core, &o);
	o.compression = 0;
	o.flags = UINT32_C(1) << 31;
	expect(GOPM_ERR_UNSUPPORTED, &core, &o);
	o.flags = 0;
	o.struct_size = 8;
	expect(GOPM_ERR_ARGUMENT, &core, &o);
	o.struct_size = 1 << 20;
	expect(GOPM_ERR_ARGUMENT, &core, &o);
	expect(GOPM_ERR_ARGUMENT, &core, NULL);
	o.struct_size = sizeof o;
	expect(GOPM_ERR_ARGUMENT, NULL, &o);
}

/* The errors of gopm_core_open(). */
static void refuses_cores(void **state)
{
	static const uint8_t text[] = "This is not a core at all, but somebody named it so. ...............";
	struct elf_builder b;
	gopm_core_options core;
	gopm_slim_options o;
	size_t size;

	(void)state;
	gopm_slim_options_init(&o, sizeof o);
	o.write = never;
	gopm_core_options_init(&core, sizeof core);
	expect(GOPM_ERR_ARGUMENT, &core, &o);
	core.core_path = "/nonexistent/core";
	expect(GOPM_ERR_IO, &core, &o);
	core.flags = UINT32_C(1) << 31;
	expect(GOPM_ERR_UNSUPPORTED, &core, &o);
	core.flags = GOPM_OPEN_NO_SEARCH;
	core.core_path = NULL;
	core.core_data = text;
	core.core_size = sizeof text;
	expect(GOPM_ERR_FORMAT, &core, &o);
	elf_builder_init(&b, ET_CORE);
	elf_builder_thread(&b, 1, 0, 0x401000, 0x10000, 0);
	elf_builder_load(&b, 0x10000, "abcdefgh", 8, 8, PF_R | PF_W);
	uint8_t *data = elf_builder_finish(&b, &size);
	elf_builder_free(&b);
	core.core_data = data;
	core.core_size = size;
	expect(GOPM_ERR_NO_EXECUTABLE, &core, &o);
	core.core_size = 100;
	expect(GOPM_ERR_TRUNCATED, &core, &o);
	core.core_size = size;
	core.exe_path = "/bin/true";
	expect(GOPM_ERR_NOT_GO, &core, &o);
	free(data);
	core = sample_options();
	core.max_unpacked_size = 4096;
	expect(GOPM_ERR_LIMIT, &core, &o);
}

static void writes_or_leaves_nothing(void **state)
{
	gopm_core_options core = sample_options();
	gopm_slim_options o;
	struct stat st;
	char path[64];

	(void)state;
	gopm_slim_options_init(&o, sizeof o);
	o.profile = GOPM_SLIM_STACKS;
	o.write = refuse;
	expect(GOPM_ERR_IO, &core, &o);
	o.write = NULL;
	o.path = "/nonexistent/folder/small";
	expect(GOPM_ERR_IO, &core, &o);
	test_file(path, "old", 3);
	o.path = path;
	expect(GOPM_ERR_EXISTS, &core, &o);
	/* The output is checked before the core is opened. */
	gopm_core_options none = core;
	none.core_path = "/nonexistent/core";
	expect(GOPM_ERR_EXISTS, &none, &o);
	o.flags = GOPM_SLIM_FLAG_REPLACE;
	expect(GOPM_ERR_IO, &none, &o);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(gopm_slim(&core, &o, NULL, NULL), GOPM_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size > 100000);
	assert_int_equal(unlink(path), 0);
	expect(GOPM_ERR_IO, &none, &o);
	assert_int_equal(stat(path, &st), -1);
}

/* Callers that were compiled with a longer or shorter struct. */
static void structs_grow(void **state)
{
	struct {
		gopm_slim_options now;
		uint64_t later;
	} wide;
	struct {
		gopm_slim_result now;
		uint64_t later;
	} wide_result;
	gopm_slim_result brief = {.struct_size = sizeof brief - 1};
	gopm_core_options core = sample_options();
	struct elf_bytes out = {0};
	gopm_error *err = NULL;

	(void)state;
	memset(&wide, 0xff, sizeof wide);
	gopm_slim_options_init(&wide.now, sizeof wide);
	assert_int_equal(wide.now.struct_size, sizeof wide);
	assert_int_equal(wide.later, 0);
	wide.now.write = collect;
	wide.now.user_data = &out;
	wide.now.profile = GOPM_SLIM_STACKS;
	memset(&wide_result, 0xff, sizeof wide_result);
	wide_result.now.struct_size = sizeof wide_result;
	assert_int_equal(gopm_slim(&core, &wide.now, &wide_result.now, &err), GOPM_OK);
	assert_null(err);
	assert_int_equal(wide_result.now.struct_size, sizeof wide_result);
	assert_int_equal(wide_result.now.file_size, out.size);
	assert_int_equal(wide_result.later, 0);
	wide.later = 1;
	expect(GOPM_ERR_UNSUPPORTED, &core, &wide.now);
	wide.later = 0;
	/* No release has a shorter result. */
	out.size = 0;
	assert_int_equal(gopm_slim(&core, &wide.now, &brief, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(out.size, 0);
	/* Options without the limits. */
	unsigned char room[sizeof(gopm_slim_options) + 8];
	memset(room, 0xee, sizeof room);
	gopm_slim_options_init((gopm_slim_options *)(void *)room, offsetof(gopm_slim_options, max_depth));
	for (size_t i = offsetof(gopm_slim_options, max_depth); i < sizeof room; i++) {
		assert_int_equal(room[i], 0xee);
	}
	gopm_slim_options_init(NULL, sizeof room);
	wide.now.struct_size = offsetof(gopm_slim_options, max_depth);
	wide.now.max_depth = 12345; /* fields that an older caller does not have */
	assert_int_equal(gopm_slim(&core, &wide.now, NULL, NULL), GOPM_OK);
	assert_true(out.size > 0);
	elf_bytes_free(&out);
}

static gopm_core *reopen(const struct elf_bytes *bytes, gopm_core_info *info)
{
	gopm_core_options o;
	gopm_core *core;
	gopm_error *err = NULL;

	gopm_core_options_init(&o, sizeof o);
	o.core_data = bytes->data;
	o.core_size = bytes->size;
	o.exe_path = GOPM_SAMPLE "/server";
	o.flags = GOPM_OPEN_NO_SEARCH;
	if (gopm_core_open(&o, &core, &err) != GOPM_OK) {
		fail_msg("%s", gopm_error_message(err));
	}
	info->struct_size = sizeof *info;
	assert_int_equal(gopm_core_get_info(core, info), GOPM_OK);
	return core;
}

static void expect_same_string(gopm_str a, gopm_str b)
{
	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.data, b.data, a.size);
}

/* The same goroutines in the same order, waiting for the same objects in the same places. */
static void expect_same_goroutines(gopm_core *small, gopm_core *core)
{
	gopm_goroutine_iter *a, *b;
	gopm_goroutine x, y;
	size_t got;

	assert_int_equal(gopm_goroutine_iter_open(small, NULL, &a, NULL), GOPM_OK);
	assert_int_equal(gopm_goroutine_iter_open(core, NULL, &b, NULL), GOPM_OK);
	while (gopm_goroutine_iter_next(b, &y, sizeof y, 1, &got) == GOPM_OK) {
		assert_int_equal(gopm_goroutine_iter_next(a, &x, sizeof x, 1, &got), GOPM_OK);
		assert_int_equal(x.id, y.id);
		assert_int_equal(x.address, y.address);
		assert_int_equal(x.status, y.status);
		assert_int_equal(x.parent_id, y.parent_id);
		assert_int_equal(x.wait_since, y.wait_since);
		assert_int_equal(x.current.pc, y.current.pc);
		expect_same_string(x.user.function, y.user.function);
		expect_same_string(x.go_statement.file, y.go_statement.file);
		assert_int_equal(x.start.pc, y.start.pc);
	}
	assert_int_equal(gopm_goroutine_iter_next(a, &x, sizeof x, 1, &got), GOPM_DONE);
	gopm_goroutine_iter_free(a);
	gopm_goroutine_iter_free(b);
}

static void of_the_sample(void **state)
{
	static const uint32_t profiles[] = {GOPM_SLIM_DEFAULT, GOPM_SLIM_STACKS, GOPM_SLIM_HEAP};
	gopm_core_options options = sample_options();
	gopm_core *core = sample_open();
	gopm_core_info old = {.struct_size = sizeof old};

	(void)state;
	assert_int_equal(gopm_core_get_info(core, &old), GOPM_OK);
	assert_int_equal(old.flags & GOPM_CORE_SLIM, 0);
	for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
		gopm_slim_result result = {.struct_size = sizeof result}, again = result;
		struct elf_bytes out = {0}, second = {0};
		gopm_slim_options o;
		gopm_core_info info;
		gopm_slim_options_init(&o, sizeof o);
		o.profile = profiles[i];
		o.write = collect;
		o.user_data = &out;
		assert_int_equal(gopm_slim(&options, &o, &result, NULL), GOPM_OK);
		assert_int_equal(result.file_size, out.size);
		assert_int_equal(result.core_size, out.size);
		assert_int_equal(result.original_size, old.core_size);
		assert_int_equal(result.goroutine_count, 2010);
		assert_int_equal(result.thread_count, old.thread_count);
		assert_int_equal(result.stopped_time, 0);
		assert_int_equal(result.finding_count, 0);
		gopm_core *small = reopen(&out, &info);
		assert_int_equal(info.flags & GOPM_CORE_SLIM, GOPM_CORE_SLIM);
		assert_int_equal(info.slim_profile, profiles[i]);
		assert_int_equal(info.original_size, old.core_size);
		assert_int_equal(info.memory_size, result.memory_size);
		assert_int_equal(info.pid, old.pid);
		assert_int_equal(info.now, old.now);
		assert_int_equal(info.goroutine_slots, old.goroutine_slots);
		expect_same_goroutines(small, core);
		gopm_core_close(small);
		/* A small core of the small core, compressed. */
		gopm_core_options smaller;
		gopm_core_options_init(&smaller, sizeof smaller);
		smaller.core_data = out.data;
		smaller.core_size = out.size;
		smaller.exe_path = GOPM_SAMPLE "/server";
		o.user_data = &second;
		o.compression = GOPM_COMPRESSION_ZSTD;
		assert_int_equal(gopm_slim(&smaller, &o, &again, NULL), GOPM_OK);
		assert_int_equal(again.file_size, second.size);
		assert_true(again.core_size > second.size);
		assert_int_equal(again.original_size, old.core_size);
		small = reopen(&second, &info);
		assert_int_equal(info.original_size, old.core_size);
		expect_same_goroutines(small, core);
		gopm_core_close(small);
		elf_bytes_free(&out);
		elf_bytes_free(&second);
	}
	gopm_core_close(core);
}

/* The compression that the name implies, and one that the options demand instead. */
static void compressions(void **state)
{
	static const struct {
		const char *suffix;
		uint32_t compression;
		const char *expected;
	} rows[] = {{".zst", GOPM_COMPRESSION_BY_NAME, "zstd"},
	            {".zst", GOPM_COMPRESSION_NONE, ""},
	            {".core", GOPM_COMPRESSION_BY_NAME, ""},
	            {".core", GOPM_COMPRESSION_ZSTD, "zstd"}};
	gopm_core_options core = sample_options();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		gopm_core_info info = {.struct_size = sizeof info};
		gopm_slim_options o;
		gopm_core *small;
		char base[64], path[80];
		test_file(base, "", 0);
		(void)snprintf(path, sizeof path, "%s%s", base, rows[i].suffix);
		gopm_slim_options_init(&o, sizeof o);
		o.path = path;
		o.compression = rows[i].compression;
		o.profile = GOPM_SLIM_STACKS;
		assert_int_equal(gopm_slim(&core, &o, NULL, NULL), GOPM_OK);
		assert_int_equal(gopm_core_open_path(path, GOPM_SAMPLE "/server", &small, NULL), GOPM_OK);
		assert_int_equal(gopm_core_get_info(small, &info), GOPM_OK);
		assert_string_equal(info.compression.data, rows[i].expected);
		gopm_core_close(small);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(unlink(base), 0);
	}
}

static uint64_t kept_with(uint32_t depth, uint64_t object, uint64_t reach, uint64_t stacks, uint64_t *findings)
{
	gopm_core_options core = sample_options();
	gopm_slim_result result = {.struct_size = sizeof result};
	struct elf_bytes out = {0};
	gopm_slim_options o;

	gopm_slim_options_init(&o, sizeof o);
	o.write = collect;
	o.user_data = &out;
	o.max_depth = depth;
	o.max_object = object;
	o.max_reach = reach;
	o.max_variable_stacks = stacks;
	assert_int_equal(gopm_slim(&core, &o, &result, NULL), GOPM_OK);
	elf_bytes_free(&out);
	*findings = result.finding_count;
	return result.memory_size;
}

/* Lower limits keep less, and a finding says so. */
static void limits(void **state)
{
	uint64_t findings;
	uint64_t usual = kept_with(0, 0, 0, 0, &findings);

	(void)state;
	assert_int_equal(findings, 0);
	assert_int_equal(kept_with(2, 4096, UINT64_C(64) << 20, 20000, &findings), usual);
	assert_true(kept_with(UINT32_MAX, 0, 0, 0, &findings) < usual);
	assert_int_equal(findings, 0);
	assert_true(kept_with(0, 0, 4096, 0, &findings) < usual);
	assert_int_equal(findings, 1);
	assert_true(kept_with(0, 1, 0, 0, &findings) <= usual);
	(void)kept_with(0, 0, 0, 10, &findings);
	assert_int_equal(findings, 1);
	assert_true(kept_with(2, UINT64_MAX, UINT64_MAX, UINT64_MAX, &findings) >= usual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(refuses_options),
	    cmocka_unit_test(refuses_cores),
	    cmocka_unit_test(writes_or_leaves_nothing),
	    cmocka_unit_test(structs_grow),
	    cmocka_unit_test(of_the_sample),
	    cmocka_unit_test(compressions),
	    cmocka_unit_test(limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
