/* SPDX-License-Identifier: Apache-2.0 */
/* Lets each allocation fail once. The call must return GOPM_ERR_NO_MEMORY or an answer, and must not crash or leak.
 * tests/hostile/allocation.c compares the answers. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <errno.h>
#include <gopm/slim.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The names of glibc's allocator, for programs that replace malloc. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static uint64_t seen, fail_at; /* fail_at 0: no allocation fails */

static bool fails(void)
{
	if (fail_at == 0 || ++seen != fail_at) {
		return false;
	}
	errno = ENOMEM; /* as malloc() does */
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

static int32_t count_bytes(void *user_data, const char *data, size_t size)
{
	(void)data;
	*(uint64_t *)user_data += size;
	return 0;
}

static void ask(gopm_core *core)
{
	gopm_group_iter *groups;
	gopm_goroutine_filter filter;
	gopm_stack_options options;
	gopm_stack *stack;
	gopm_vars *vars;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.start = "*Consumer";
	if (gopm_group_iter_open(core, GOPM_GROUP_OBJECT, NULL, &filter, &groups, NULL) == GOPM_OK) {
		gopm_group_iter_free(groups);
	}
	gopm_profile_options profile_options;
	gopm_profile *profile;
	gopm_profile_options_init(&profile_options, sizeof profile_options);
	for (profile_options.kind = 0; profile_options.kind <= GOPM_PROFILE_GOROUTINE; profile_options.kind++) {
		if (gopm_profile_open(core, &profile_options, &profile, NULL) == GOPM_OK) {
			uint64_t size = 0;
			const gopm_profile_target target = {
			    .struct_size = sizeof target, .write = count_bytes, .user_data = &size};
			(void)gopm_profile_write(profile, &target, NULL);
			gopm_profile_free(profile);
		}
	}
	gopm_build_info build = {.struct_size = sizeof build};
	(void)gopm_core_build_info(core, &build);
	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_id = 1;
	if (gopm_stack_open(core, &options, &stack, NULL) == GOPM_OK) {
		if (gopm_frame_vars(stack, gopm_stack_size(stack) / 2, NULL, &vars, NULL) == GOPM_OK) {
			for (size_t i = 0; i < gopm_vars_size(vars); i++) {
				gopm_value *value;
				size_t length;
				if (gopm_vars_value(vars, i, &value) == GOPM_OK) {
					(void)gopm_value_text(value, NULL, 0, &length);
					(void)gopm_value_json(value, 0, NULL, 0, &length);
					gopm_value_free(value);
				}
			}
			gopm_vars_free(vars);
		}
		gopm_stack_free(stack);
	}
}

/* Lets each allocation of an expression in a frame of an open stack fail. */
static void test_each_allocation_of_an_expression_fails(void **state)
{
	static const char *const expressions[] = {
	    "string([]byte(runtime.buildVersion + \"x\")[1:3]) + \"y\"",
	    "[]rune(\"abc\")",
	    "(*[3]complex64)(0x1000) == nil || complex(1, 2) == 3i",
	    "&os.Args[0]",
	    "runtime.allgs[0].m.curg.goid + runtime.allgs[0].goid",
	    "io.EOF.(data).s",
	    "f(nosuch)",
	};
	struct sample_bytes bytes;
	gopm_status status;

	(void)state;
	sample_read(&bytes);
	gopm_core *core = sample_open_bytes(&bytes, 64, &status);
	assert_non_null(core);
	for (size_t i = 0; i < sizeof expressions / sizeof expressions[0]; i++) {
		for (uint64_t n = 1;; n++) {
			gopm_value *value;
			size_t length;
			seen = 0;
			fail_at = n;
			if (gopm_eval(core, NULL, 0, expressions[i], NULL, &value, NULL) == GOPM_OK) {
				(void)gopm_value_text(value, NULL, 0, &length);
				gopm_value_free(value);
			}
			fail_at = 0;
			if (seen < n) {
				break;
			}
		}
	}
	gopm_core_close(core);
	sample_free(&bytes);
}

/* Lets each allocation of a stack with variables fail. The text is then the same as with enough memory, or the call
 * fails. */
static void test_each_allocation_of_json_fails(void **state)
{
	struct sample_bytes bytes;
	gopm_stack_options options;
	gopm_value_options values;
	gopm_status status;
	gopm_stack *stack;
	uint64_t whole = 0;

	(void)state;
	sample_read(&bytes);
	gopm_core *core = sample_open_bytes(&bytes, 64, &status);
	assert_non_null(core);
	gopm_value_options_init(&values, sizeof values);
	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_id = 1;
	options.outer_frames = 2;
	assert_int_equal(gopm_stack_open(core, &options, &stack, NULL), GOPM_OK);
	for (uint64_t n = 0;; n++) {
		uint64_t size = 0;
		seen = 0;
		fail_at = n;
		status = gopm_stack_json(stack, &values, 0, count_bytes, &size, NULL);
		fail_at = 0;
		assert_true(status == GOPM_OK || (n != 0 && status == GOPM_ERR_NO_MEMORY));
		whole = n == 0 ? size : whole;
		assert_true(status != GOPM_OK || (size == whole && size > 100));
		if (n != 0 && seen < n) {
			break;
		}
	}
	gopm_stack_free(stack);
	gopm_core_close(core);
	sample_free(&bytes);
}

/* Lets each allocation of finding objects fail. The answer is then the same as with enough memory, or none. */
static void test_each_allocation_of_objects_fails(void **state)
{
	struct sample_bytes bytes;
	gopm_objects_options options;
	gopm_objects *objects;
	gopm_status status;
	size_t clean = 0;

	(void)state;
	sample_read(&bytes);
	gopm_core *core = sample_open_bytes(&bytes, 64, &status);
	assert_non_null(core);
	gopm_objects_options_init(&options, sizeof options);
	assert_int_equal(gopm_heap_open(core, NULL, &options.heap, NULL), GOPM_OK);
	options.flags = GOPM_OBJECTS_FLAG_PATHS;
	for (uint64_t n = 0;; n += n < 200 ? 1 : n / 50) {
		gopm_object_waiter waiter;
		gopm_object object;
		size_t count = 0;
		seen = 0;
		fail_at = n;
		status = gopm_objects_open(core, &options, &objects, NULL);
		fail_at = 0;
		assert_true(status == GOPM_OK || (n != 0 && status == GOPM_ERR_NO_MEMORY));
		if (status == GOPM_OK) {
			assert_int_equal(gopm_objects_list(objects, &object, sizeof object, 0, 1, &count), GOPM_OK);
			clean = n == 0 ? count : clean;
			assert_true(count == clean && count != 0);
			assert_int_equal(
			    gopm_objects_waiters(objects, object.address, &waiter, sizeof waiter, 0, 1, &count),
			    GOPM_OK);
			assert_int_equal(count, object.goroutines);
			gopm_objects_free(objects);
		}
		if (n != 0 && seen < n) {
			break;
		}
	}
	gopm_heap_close(options.heap);
	gopm_core_close(core);
	sample_free(&bytes);
}

/* Lets each allocation of a stream of columns fail. It then has all rows, or fails with ENOMEM, and goes on to do so.
 */
static void test_each_allocation_of_columns_fails(void **state)
{
	struct sample_bytes bytes;
	gopm_status status;

	(void)state;
	sample_read(&bytes);
	gopm_core *core = sample_open_bytes(&bytes, 64, &status);
	assert_non_null(core);
	int64_t rows = 0;
	for (uint64_t n = 0;; n++) {
		struct ArrowArrayStream stream;
		struct ArrowSchema schema;
		struct ArrowArray array;
		seen = 0;
		fail_at = n;
		status = gopm_goroutines_arrow(core, NULL, &stream, NULL);
		assert_true(status == GOPM_OK || (n != 0 && status == GOPM_ERR_NO_MEMORY));
		assert_true((status == GOPM_OK) == (stream.release != NULL));
		if (status == GOPM_OK) {
			int result = stream.get_schema(&stream, &schema);
			assert_true(result == 0 || (n != 0 && result == ENOMEM));
			if (result == 0) {
				schema.release(&schema);
			}
			result = stream.get_next(&stream, &array);
			fail_at = 0;
			assert_true(result == 0 || (n != 0 && result == ENOMEM));
			if (result == 0) {
				rows = n == 0 ? array.length : rows;
				assert_true(array.length == rows && rows > 10);
				array.release(&array);
			} else {
				assert_null(array.release);
				assert_int_equal(stream.get_next(&stream, &array), ENOMEM);
			}
			stream.release(&stream);
		}
		fail_at = 0;
		if (n != 0 && seen < n) {
			break;
		}
	}
	gopm_core_close(core);
	sample_free(&bytes);
}

static void open_with_failures(const struct sample_bytes *bytes)
{
	gopm_status status;
	uint64_t step = 1;

	for (uint64_t n = 1;; n += step) {
		seen = 0;
		fail_at = n;
		gopm_core *core = sample_open_bytes(bytes, 64, &status);
		if (core != NULL) {
			ask(core);
			gopm_core_close(core);
		}
		fail_at = 0;
		assert_true(core != NULL || status == GOPM_ERR_NO_MEMORY);
		if (seen < n) {
			break; /* all allocations were reached */
		}
		/* Each of the first ones, then a sample: later there are thousands of equal ones. */
		step = n < 300 ? 1 : n / 100;
	}
}

static void test_each_allocation_fails(void **state)
{
	struct sample_bytes bytes;

	(void)state;
	sample_read(&bytes);
	open_with_failures(&bytes);
	sample_free(&bytes);
}

/* If a descriptor has no name, the layouts come from DWARF. */
static void test_each_allocation_fails_without_descriptors(void **state)
{
	static const char name[] = "*runtime.g";
	struct sample_bytes bytes;

	(void)state;
	sample_read(&bytes);
	for (size_t i = 1; i + sizeof name < bytes.exe_size; i++) {
		if (bytes.exe[i - 1] == sizeof name - 1 && memcmp(bytes.exe + i, name, sizeof name - 1) == 0) {
			bytes.exe[i + sizeof name - 2] = '~';
		}
	}
	open_with_failures(&bytes);
	sample_free(&bytes);
}

/* Hashes what is written (FNV-1a). */
static int32_t hash_written(void *user_data, const char *data, size_t size)
{
	uint64_t *hash = user_data;

	for (size_t i = 0; i < size; i++) {
		*hash = (*hash ^ (uint8_t)data[i]) * UINT64_C(1099511628211);
	}
	return 0;
}

/* gopm_slim() to a callback. The allocations of zstd fail too. */
static gopm_status slim(const struct sample_bytes *bytes, uint32_t profile, uint64_t *hash)
{
	gopm_slim_result result = {.struct_size = sizeof result};
	gopm_core_options core;
	gopm_slim_options options;
	gopm_error *err = NULL;

	gopm_core_options_init(&core, sizeof core);
	core.core_data = bytes->core;
	core.core_size = bytes->core_size;
	core.exe_data = bytes->exe;
	core.exe_size = bytes->exe_size;
	core.max_goroutines = 24;
	core.flags = GOPM_OPEN_NO_SEARCH;
	gopm_slim_options_init(&options, sizeof options);
	options.profile = profile;
	options.write = hash_written;
	options.user_data = hash;
	*hash = 0;
	options.compression = GOPM_COMPRESSION_ZSTD;
	options.level = 1;
	options.threads = 1;
	gopm_status status = gopm_slim(&core, &options, &result, &err);
	assert_true(status == GOPM_OK ? err == NULL && result.file_size != 0 : result.file_size == 0);
	gopm_error_free(err);
	return status;
}

static void test_each_allocation_of_slim_fails(void **state)
{
	static const uint32_t profiles[] = {GOPM_SLIM_STACKS, GOPM_SLIM_DEFAULT};
	struct sample_bytes bytes;

	(void)state;
	sample_read(&bytes);
	for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
		uint64_t step = 1, clean, hash;
		assert_int_equal(slim(&bytes, profiles[i], &clean), GOPM_OK);
		for (uint64_t n = 1;; n += step) {
			seen = 0;
			fail_at = n;
			gopm_status status = slim(&bytes, profiles[i], &hash);
			fail_at = 0;
			assert_true(status == GOPM_OK ? hash == clean : status == GOPM_ERR_NO_MEMORY);
			if (seen < n) {
				assert_int_equal(status, GOPM_OK);
				break;
			}
			step = n < 60 ? 1 : n / 8;
		}
	}
	sample_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_allocation_fails),
	                                   cmocka_unit_test(test_each_allocation_of_an_expression_fails),
	                                   cmocka_unit_test(test_each_allocation_of_json_fails),
	                                   cmocka_unit_test(test_each_allocation_of_objects_fails),
	                                   cmocka_unit_test(test_each_allocation_of_columns_fails),
	                                   cmocka_unit_test(test_each_allocation_fails_without_descriptors),
	                                   cmocka_unit_test(test_each_allocation_of_slim_fails)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
