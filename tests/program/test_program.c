/* SPDX-License-Identifier: Apache-2.0 */
/* An opened program: how it is opened and closed, its types and DWARF under the lock, and what slim/ needs of it. */
#include "cmocka_all.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "program/program.h"

#define THREADS 4
#define CONNECTIONS 1000 /* of the sample's story; each has a goroutine for reading and one for its handler */

static struct gopm__program_options sample_options(void)
{
	return (struct gopm__program_options){
	    .core = {.path = GOPM_SAMPLE "/core.zst", .fd = -1, .max_unpacked_size = UINT64_C(1) << 30},
	    .exe = {.source = {.path = GOPM_SAMPLE "/server", .fd = -1}, .max_section_size = UINT64_C(1) << 30},
	    .max_frames = 1000,
	    .max_goroutines = 1000000,
	    .max_findings = 100,
	};
}

static struct gopm__program *open_sample(const struct gopm__program_options *options)
{
	struct gopm__program *program;
	gopm_error *err = NULL;

	if (gopm__program_open(options, &program, &err) != GOPM_OK) {
		fail_msg("%s", gopm_error_message(err));
	}
	return program;
}

static void test_parts(void **state)
{
	struct gopm__program_options options = sample_options();

	(void)state;
	struct gopm__program *program = open_sample(&options);
	assert_null(program->live);
	assert_int_equal(program->max_frames, 1000);
	assert_true(program->runtime.g_count >= 2 * CONNECTIONS);
	assert_true(program->file.thread_count != 0);
	assert_true(gopm__program_has_dwarf(program));
	assert_ptr_equal(program->file.findings, &program->findings);
	gopm__program_close(program);
	gopm__program_close(NULL);
}

static void expect_failure(const struct gopm__program_options *options, gopm_status status, const char *text)
{
	struct gopm__program *program = (struct gopm__program *)1;
	gopm_error *err = NULL;

	assert_int_equal(gopm__program_open(options, &program, &err), status);
	assert_null(program);
	if (strstr(gopm_error_message(err), text) == NULL) {
		fail_msg("%s", gopm_error_message(err));
	}
	gopm_error_free(err);
	assert_int_equal(gopm__program_open(options, &program, NULL), status);
}

static void test_failures(void **state)
{
	struct gopm__program_options options = sample_options();

	(void)state;
	options.core.path = "/nonexistent/core";
	expect_failure(&options, GOPM_ERR_IO, "/nonexistent/core");
	options.core.path = "/bin/sh"; /* an ELF file, but not a core */
	expect_failure(&options, GOPM_ERR_FORMAT, "/bin/sh");
	options = sample_options();
	options.pid = INT32_MAX; /* above the highest pid_max, 1 << 22 */
	expect_failure(&options, GOPM_ERR_NO_PROCESS, "2147483647");
}

static void test_dwarf_is_opened_once(void **state)
{
	struct gopm__program_options options = sample_options();
	struct gopm__dwarf *dwarf, *again;
	struct gopm__program *program = open_sample(&options);

	(void)state;
	assert_null(program->dwarf);
	gopm__program_lock(program);
	assert_int_equal(gopm__program_dwarf(program, &dwarf, NULL), GOPM_OK);
	assert_non_null(dwarf);
	assert_int_equal(gopm__program_dwarf(program, &again, NULL), GOPM_OK);
	assert_ptr_equal(again, dwarf);
	gopm__program_forget_types(program);
	assert_null(program->dwarf);
	assert_int_equal(gopm__program_dwarf(program, &dwarf, NULL), GOPM_OK);
	assert_non_null(dwarf);
	gopm__program_unlock(program);
	gopm__program_close(program);
}

static void test_without_dwarf(void **state)
{
	struct gopm__program_options options = sample_options();
	struct gopm__dwarf *dwarf;
	gopm_error *err = NULL;

	(void)state;
	options.no_dwarf = true;
	struct gopm__program *program = open_sample(&options);
	assert_false(gopm__program_has_dwarf(program));
	gopm__program_lock(program);
	assert_int_equal(gopm__program_dwarf(program, &dwarf, &err), GOPM_ERR_NO_DWARF);
	assert_null(dwarf);
	assert_non_null(strstr(gopm_error_message(err), "GOPM_OPEN_NO_DWARF"));
	gopm__program_unlock(program);
	gopm_error_free(err);
	gopm__program_close(program);
}

/* Takes the lock and opens the DWARF as any call of the API does. */
static void *use_dwarf(void *argument)
{
	struct gopm__program *program = argument;
	struct gopm__dwarf *dwarf = NULL;

	gopm__program_lock(program);
	gopm_status status = gopm__program_dwarf(program, &dwarf, NULL);
	gopm__program_unlock(program);
	return status == GOPM_OK ? dwarf : NULL;
}

static void test_threads_share_dwarf(void **state)
{
	struct gopm__program_options options = sample_options();
	struct gopm__program *program = open_sample(&options);
	pthread_t threads[THREADS];

	(void)state;
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, use_dwarf, program), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		void *dwarf;
		assert_int_equal(pthread_join(threads[i], &dwarf), 0);
		assert_ptr_equal(dwarf, program->dwarf);
	}
	assert_non_null(program->dwarf);
	gopm__program_close(program);
}

static uint64_t tracked_bytes(const struct gopm__source *source)
{
	uint64_t begin, end = 0, bytes = 0;

	while (gopm__source_touched(source, end, &begin, &end)) {
		bytes += end - begin;
	}
	return bytes;
}

/* A tracked program records the bytes that opening it reads: some, but not all. */
static void test_tracking(void **state)
{
	struct gopm__program_options options = sample_options();

	(void)state;
	options.track_shift = 12;
	struct gopm__program *program = open_sample(&options);
	uint64_t bytes = tracked_bytes(&program->file.source);
	assert_true(bytes != 0);
	assert_true(bytes < program->file.source.size);
	gopm__program_close(program);
}

/* The source of one program can be moved into the next. */
static void test_moved_source(void **state)
{
	struct gopm__program_options options = sample_options();
	struct gopm__program *program = open_sample(&options);
	struct gopm__source source = program->file.source;
	uint64_t goroutines = program->runtime.g_count;

	(void)state;
	program->file.source = (struct gopm__source){0};
	gopm__program_close(program);
	options.core.path = "/nonexistent/core";
	options.source = &source;
	program = open_sample(&options);
	assert_null(source.base);
	assert_int_equal(program->runtime.g_count, goroutines);
	gopm__program_close(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_failures),
	    cmocka_unit_test(test_without_dwarf),
	    cmocka_unit_test(test_dwarf_is_opened_once),
	    cmocka_unit_test(test_threads_share_dwarf),
	    cmocka_unit_test(test_tracking),
	    cmocka_unit_test(test_moved_source),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
