/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the ABI: sizes, flags, NULLs, lifetimes, threads. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static gopm_core *core;

static int set_up(void **state)
{
	(void)state;
	core = sample_open();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gopm_core_close(core);
	return 0;
}

static void test_null_is_accepted_by_release(void **state)
{
	(void)state;
	gopm_core_close(NULL);
	gopm_error_free(NULL);
	gopm_goroutine_iter_free(NULL);
	gopm_group_iter_free(NULL);
	gopm_thread_iter_free(NULL);
	gopm_mapping_iter_free(NULL);
	gopm_module_iter_free(NULL);
	gopm_finding_iter_free(NULL);
	gopm_stack_free(NULL);
	gopm_vars_free(NULL);
	gopm_value_free(NULL);
	gopm_profile_free(NULL);
	assert_int_equal(gopm_stack_size(NULL), 0);
	assert_int_equal(gopm_stack_first(NULL), 0);
	assert_int_equal(gopm_stack_depth(NULL), 0);
	assert_int_equal(gopm_vars_size(NULL), 0);
	assert_int_equal(gopm_error_status(NULL), GOPM_OK);
	assert_string_equal(gopm_error_message(NULL), "");
	assert_null(gopm_error_path(NULL));
	assert_true(gopm_error_offset(NULL) == GOPM_NO_OFFSET);
}

static void test_open_refuses(void **state)
{
	gopm_core_options o;
	gopm_core *out = core;
	gopm_error *err = NULL;

	(void)state;
	gopm_core_options_init(&o, sizeof o);
	assert_int_equal(gopm_core_open(&o, &out, &err), GOPM_ERR_ARGUMENT); /* no source */
	assert_null(out);
	assert_non_null(strstr(gopm_error_message(err), "set exactly one of the core"));
	gopm_error_free(err);
	o.core_path = "/nonexistent/core";
	o.core_fd = 0;
	assert_int_equal(gopm_core_open(&o, &out, NULL), GOPM_ERR_ARGUMENT); /* two */
	o.core_fd = -1;
	o.flags = UINT32_C(1) << 31;
	assert_int_equal(gopm_core_open(&o, &out, NULL), GOPM_ERR_UNSUPPORTED);
	o.flags = 0;
	assert_int_equal(gopm_core_open(&o, &out, &err), GOPM_ERR_IO);
	assert_int_equal(gopm_error_status(err), GOPM_ERR_IO);
	assert_string_equal(gopm_error_path(err), "/nonexistent/core");
	gopm_error_free(err);
	o.struct_size = 4;
	assert_int_equal(gopm_core_open(&o, &out, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_core_open(NULL, &out, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_core_open(&o, NULL, NULL), GOPM_ERR_ARGUMENT);
}

/* A caller that was compiled with a later, larger struct. */
struct later_options {
	gopm_core_options now;
	uint64_t later;
};

static void test_larger_options(void **state)
{
	struct later_options o;
	gopm_core *out;

	(void)state;
	memset(&o, 0xff, sizeof o);
	gopm_core_options_init(&o.now, sizeof o);
	assert_int_equal(o.now.struct_size, sizeof o);
	assert_int_equal(o.later, 0); /* the fields that the library does not know are zero */
	o.now.core_path = GOPM_SAMPLE "/core.zst";
	o.now.exe_path = GOPM_SAMPLE "/server";
	assert_int_equal(gopm_core_open(&o.now, &out, NULL), GOPM_OK);
	gopm_core_close(out);
	o.later = 1;
	assert_int_equal(gopm_core_open(&o.now, &out, NULL), GOPM_ERR_UNSUPPORTED);
	assert_null(out);
}

static void test_init_writes_no_further(void **state)
{
	unsigned char room[sizeof(gopm_goroutine_filter) + 8];

	(void)state;
	memset(room, 0xee, sizeof room);
	gopm_goroutine_filter_init((gopm_goroutine_filter *)(void *)room, 16);
	for (size_t i = 16; i < sizeof room; i++) {
		assert_int_equal(room[i], 0xee);
	}
	gopm_goroutine_filter_init(NULL, sizeof room);
	gopm_stack_options_init(NULL, 8);
	gopm_core_options_init(NULL, 8);
}

/* A newer caller has longer records, whose tails are zeroed. */
static void test_strides(void **state)
{
	gopm_goroutine_iter *it;
	gopm_goroutine full;
	struct {
		gopm_goroutine now;
		uint64_t later;
	} wide[2];
	size_t got;

	(void)state;
	memset(wide, 0xff, sizeof wide);
	assert_int_equal(gopm_goroutine_iter_open(core, NULL, &it, NULL), GOPM_OK);
	assert_int_equal(gopm_goroutine_iter_next(it, &wide[0].now, sizeof wide[0], 2, &got), GOPM_OK);
	assert_int_equal(got, 2);
	assert_int_equal(wide[0].later, 0);
	assert_int_equal(wide[1].later, 0);
	gopm_goroutine_iter_free(it);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(gopm_goroutine_by_id(core, wide[i].now.id, &full, sizeof full, NULL), GOPM_OK);
		assert_int_equal(full.address, wide[i].now.address);
	}
	memset(wide, 0xff, sizeof wide);
	assert_int_equal(gopm_goroutine_by_id(core, full.id, &wide[0].now, sizeof wide[0], NULL), GOPM_OK);
	assert_int_equal(wide[0].later, 0);
}

/* No release has a smaller record: such a size is a mistake, and nothing is written. */
static void expect_small(size_t size)
{
	unsigned char room[1024];
	gopm_goroutine *goroutine = (gopm_goroutine *)(void *)room;
	gopm_goroutine_iter *goroutines;
	gopm_mapping_iter *mappings;
	gopm_finding_iter *findings;
	gopm_thread_iter *threads;
	gopm_group_iter *groups;
	gopm_stack_options o;
	gopm_stack *stack;
	gopm_error *err;
	size_t got = 99;

	memset(room, 0xee, sizeof room);
	assert_int_equal(gopm_goroutine_iter_open(core, NULL, &goroutines, NULL), GOPM_OK);
	assert_int_equal(gopm_goroutine_iter_next(goroutines, goroutine, size, 4, &got), GOPM_ERR_ARGUMENT);
	gopm_goroutine_iter_free(goroutines);
	assert_int_equal(got, 0);
	assert_int_equal(gopm_goroutine_by_id(core, 1, goroutine, size, &err), GOPM_ERR_ARGUMENT);
	assert_non_null(strstr(gopm_error_message(err), "sizeof(gopm_goroutine)"));
	gopm_error_free(err);
	assert_int_equal(gopm_goroutine_waits(core, 1, (gopm_wait *)(void *)room, size, 4, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_goroutine_labels(core, 1, (gopm_label *)(void *)room, size, 4, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_group_iter_open(core, GOPM_GROUP_USER, NULL, NULL, &groups, NULL), GOPM_OK);
	assert_int_equal(gopm_group_iter_next(groups, (gopm_group *)(void *)room, size, 4, &got), GOPM_ERR_ARGUMENT);
	gopm_group_iter_free(groups);
	assert_int_equal(gopm_mapping_iter_open(core, &mappings, NULL), GOPM_OK);
	assert_int_equal(gopm_mapping_iter_next(mappings, (gopm_mapping *)(void *)room, size, 4, &got),
	                 GOPM_ERR_ARGUMENT);
	gopm_mapping_iter_free(mappings);
	assert_int_equal(gopm_finding_iter_open(core, &findings, NULL), GOPM_OK);
	assert_int_equal(gopm_finding_iter_next(findings, (gopm_finding *)(void *)room, size, 4, &got),
	                 GOPM_ERR_ARGUMENT);
	gopm_finding_iter_free(findings);
	assert_int_equal(gopm_thread_iter_open(core, &threads, NULL), GOPM_OK);
	assert_int_equal(gopm_thread_iter_next(threads, (gopm_thread *)(void *)room, size, 4, &got), GOPM_ERR_ARGUMENT);
	gopm_thread_iter_free(threads);
	assert_int_equal(gopm_thread_registers(core, 1, (gopm_register *)(void *)room, size, 4, &got),
	                 GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_symbolize(core, 1, (gopm_location *)(void *)room, size, 4, &got), GOPM_ERR_ARGUMENT);
	gopm_stack_options_init(&o, sizeof o);
	o.goroutine_id = 1;
	assert_int_equal(gopm_stack_open(core, &o, &stack, NULL), GOPM_OK);
	assert_int_equal(gopm_stack_frames(stack, 0, (gopm_frame *)(void *)room, size, 4, &got), GOPM_ERR_ARGUMENT);
	gopm_stack_free(stack);
	for (size_t i = 0; i < sizeof room; i++) {
		assert_int_equal(room[i], 0xee);
	}
}

static void test_small_strides(void **state)
{
	static const size_t sizes[] = {0, 1, 7, 8, sizeof(gopm_label) - 1};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		expect_small(sizes[i]);
	}
}

static void test_unknown_flags(void **state)
{
	gopm_goroutine_filter f;
	gopm_goroutine_iter *it;
	gopm_group_iter *groups;
	gopm_stack_options o;
	gopm_stack *stack;

	(void)state;
	gopm_goroutine_filter_init(&f, sizeof f);
	f.flags = UINT32_C(1) << 20;
	assert_int_equal(gopm_goroutine_iter_open(core, &f, &it, NULL), GOPM_ERR_UNSUPPORTED);
	assert_null(it);
	assert_int_equal(gopm_group_iter_open(core, GOPM_GROUP_USER, NULL, &f, &groups, NULL), GOPM_ERR_UNSUPPORTED);
	assert_int_equal(gopm_group_iter_open(core, 99, NULL, NULL, &groups, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_group_iter_open(core, GOPM_GROUP_LABEL, NULL, NULL, &groups, NULL), GOPM_ERR_ARGUMENT);
	gopm_stack_options_init(&o, sizeof o);
	assert_int_equal(gopm_stack_open(core, &o, &stack, NULL), GOPM_ERR_ARGUMENT); /* which one? */
	o.goroutine_id = 1;
	o.thread_id = 1;
	assert_int_equal(gopm_stack_open(core, &o, &stack, NULL), GOPM_ERR_ARGUMENT);
	o.thread_id = 0;
	o.flags = UINT32_C(1) << 20;
	assert_int_equal(gopm_stack_open(core, &o, &stack, NULL), GOPM_ERR_UNSUPPORTED);
	o.flags = 0;
	o.goroutine_id = UINT64_MAX;
	assert_int_equal(gopm_stack_open(core, &o, &stack, NULL), GOPM_NOT_FOUND);
	assert_null(stack);
}

/* Handles keep the core open: a garbage collector frees them in any order. */
static void test_release_in_any_order(void **state)
{
	gopm_core *mine = sample_open();
	gopm_goroutine_iter *it;
	gopm_stack *stack;
	gopm_stack_options o;
	gopm_goroutine g;
	gopm_frame frame;
	size_t got;

	(void)state;
	assert_int_equal(gopm_goroutine_iter_open(mine, NULL, &it, NULL), GOPM_OK);
	gopm_stack_options_init(&o, sizeof o);
	o.goroutine_id = 1;
	assert_int_equal(gopm_stack_open(mine, &o, &stack, NULL), GOPM_OK);
	gopm_core_close(mine);
	assert_int_equal(gopm_goroutine_iter_next(it, &g, sizeof g, 1, &got), GOPM_OK);
	gopm_goroutine_iter_free(it);
	assert_int_equal(gopm_stack_frames(stack, 0, &frame, sizeof frame, 1, &got), GOPM_OK);
	assert_true(frame.location.function.size != 0);
	gopm_stack_free(stack);
}

/* Each window of a stack has the frames of the whole one, with the same variables. */
static void test_stack_windows(void **state)
{
	gopm_stack *whole, *part;
	gopm_stack_options o;
	gopm_frame frame, same;
	size_t got = 0;

	(void)state;
	gopm_stack_options_init(&o, sizeof o);
	o.goroutine_id = 20;
	assert_int_equal(gopm_stack_open(core, &o, &whole, NULL), GOPM_OK);
	size_t size = gopm_stack_size(whole);
	assert_true(size > 4);
	assert_int_equal(gopm_stack_first(whole), 0);
	assert_int_equal(gopm_stack_depth(whole), size);
	for (uint32_t count = 1; count <= size + 1; count++) {
		for (unsigned outer = 0; outer < 2; outer++) {
			o.first_frame = outer != 0 || count > size ? 0 : size - count;
			o.max_frames = outer != 0 ? 0 : count;
			o.outer_frames = outer != 0 ? count : 0;
			size_t expected = count > size ? size : count;
			assert_int_equal(gopm_stack_open(core, &o, &part, NULL), GOPM_OK);
			assert_int_equal(gopm_stack_size(part), expected);
			assert_int_equal(gopm_stack_first(part), size - expected);
			assert_int_equal(gopm_stack_depth(part), size);
			assert_int_equal(gopm_stack_end(part, NULL), GOPM_STACK_END_COMPLETE);
			for (size_t i = 0; i < expected; i++) {
				assert_int_equal(gopm_stack_frames(part, i, &frame, sizeof frame, 1, &got), GOPM_OK);
				assert_int_equal(
				    gopm_stack_frames(whole, size - expected + i, &same, sizeof same, 1, &got),
				    GOPM_OK);
				assert_memory_equal(&frame, &same, sizeof frame);
			}
			assert_int_equal(gopm_stack_frames(part, expected, &frame, sizeof frame, 1, &got), GOPM_DONE);
			gopm_stack_free(part);
		}
	}
	o = (gopm_stack_options){.struct_size = sizeof o, .goroutine_id = 20, .first_frame = UINT64_MAX};
	assert_int_equal(gopm_stack_open(core, &o, &part, NULL), GOPM_OK);
	assert_int_equal(gopm_stack_size(part), 0);
	assert_int_equal(gopm_stack_depth(part), size);
	assert_int_equal(gopm_stack_frames(part, 0, &frame, sizeof frame, 1, &got), GOPM_DONE);
	o = (gopm_stack_options){.struct_size = sizeof o, .goroutine_id = 20, .first_frame = 1, .max_frames = 2};
	assert_int_equal(gopm_stack_reopen(part, &o, NULL), GOPM_OK);
	assert_int_equal(gopm_stack_size(part), 2);
	assert_int_equal(gopm_stack_first(part), 1);
	assert_int_equal(gopm_stack_depth(part), 0);
	assert_int_equal(gopm_stack_end(part, NULL), GOPM_STACK_END_LIMIT);
	o.outer_frames = 1;
	assert_int_equal(gopm_stack_reopen(part, &o, NULL), GOPM_ERR_ARGUMENT);
	gopm_stack_free(part);
	gopm_stack_free(whole);
}

static void test_goroutine_by_address(void **state)
{
	gopm_goroutine g, same;

	(void)state;
	assert_int_equal(gopm_goroutine_by_id(core, 20, &g, sizeof g, NULL), GOPM_OK);
	memset(&same, 0xff, sizeof same);
	assert_int_equal(gopm_goroutine_by_address(core, g.address, &same, sizeof same, NULL), GOPM_OK);
	assert_memory_equal(&g, &same, sizeof g);
	assert_int_equal(gopm_goroutine_by_address(core, g.address + 8, &same, sizeof same, NULL), GOPM_NOT_FOUND);
	assert_int_equal(gopm_goroutine_by_address(core, 0, &same, sizeof same, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_goroutine_by_address(core, g.address, &same, 8, NULL), GOPM_ERR_ARGUMENT);
}

/* The innermost frame of a thread has the registers of its NT_PRSTATUS; those of other frames are unknown. */
static void test_frame_registers(void **state)
{
	gopm_register of_frame[64], of_thread[64];
	gopm_thread_iter *threads;
	gopm_stack_options o;
	gopm_thread thread;
	gopm_stack *stack;
	gopm_frame frame;
	size_t got, count, same;

	(void)state;
	assert_int_equal(gopm_thread_iter_open(core, &threads, NULL), GOPM_OK);
	assert_int_equal(gopm_thread_iter_next(threads, &thread, sizeof thread, 1, &got), GOPM_OK);
	gopm_thread_iter_free(threads);
	gopm_stack_options_init(&o, sizeof o);
	o.thread_id = thread.id;
	assert_int_equal(gopm_stack_open(core, &o, &stack, NULL), GOPM_OK);
	assert_int_equal(gopm_stack_frames(stack, 0, &frame, sizeof frame, 1, &got), GOPM_OK);
	assert_true((frame.flags & GOPM_FRAME_REGISTERS) != 0);
	assert_int_equal(gopm_frame_registers(stack, 0, of_frame, sizeof of_frame[0], 64, &count), GOPM_OK);
	assert_int_equal(gopm_thread_registers(core, thread.id, of_thread, sizeof of_thread[0], 64, &same), GOPM_OK);
	assert_int_equal(count, same);
	bool has_pc = false;
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(of_frame[i].name.data, of_thread[i].name.data);
		assert_true(of_frame[i].value == of_thread[i].value);
		has_pc = has_pc || (strcmp(of_frame[i].name.data, "rip") == 0 && of_frame[i].value == frame.pc);
	}
	assert_true(has_pc);
	assert_int_equal(gopm_frame_registers(stack, 99999, of_frame, sizeof of_frame[0], 64, &count), GOPM_NOT_FOUND);
	assert_int_equal(gopm_frame_registers(NULL, 0, of_frame, sizeof of_frame[0], 64, &count), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_frame_registers(stack, 0, of_frame, 8, 64, &count), GOPM_ERR_ARGUMENT);
	o.thread_id = 0;
	o.goroutine_id = 20; /* parked */
	assert_int_equal(gopm_stack_reopen(stack, &o, NULL), GOPM_OK);
	assert_int_equal(gopm_frame_registers(stack, 3, of_frame, sizeof of_frame[0], 64, &count), GOPM_NOT_FOUND);
	assert_int_equal(count, 0);
	gopm_stack_free(stack);
}

static void *count_users(void *argument)
{
	gopm_group_iter *it;
	gopm_group group;
	size_t got;

	(void)argument;
	if (gopm_group_iter_open(core, GOPM_GROUP_USER, NULL, NULL, &it, NULL) != GOPM_OK ||
	    gopm_group_iter_next(it, &group, sizeof group, 1, &got) != GOPM_OK) {
		return NULL;
	}
	gopm_group_iter_free(it);
	return (void *)(uintptr_t)group.count;
}

static void test_many_threads(void **state)
{
	pthread_t threads[8];

	(void)state;
	/* A newly opened core has an empty cache of pcs, so the threads fill it at the same time. */
	gopm_core *before = core;
	core = sample_open();
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, count_users, NULL), 0);
	}
	for (size_t i = 0; i < 8; i++) {
		void *result;
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_int_equal((uintptr_t)result, 1000);
	}
	gopm_core_close(core);
	core = before;
}

static void test_memory_and_symbols(void **state)
{
	gopm_goroutine g;
	gopm_location locations[8];
	uint64_t lo;
	size_t got;

	(void)state;
	assert_int_equal(gopm_goroutine_by_id(core, 1, &g, sizeof g, NULL), GOPM_OK);
	/* g.stack.lo is the first word of a g (runtime/runtime2.go: "offset known to runtime/cgo"). */
	assert_int_equal(gopm_memory_read(core, g.address, &lo, sizeof lo, &got), GOPM_OK);
	assert_int_equal(lo, g.stack_lo);
	assert_int_equal(gopm_memory_read(core, 16, &lo, sizeof lo, &got), GOPM_ERR_MISSING_MEMORY);
	assert_int_equal(got, 0);
	assert_int_equal(gopm_symbolize(core, g.start.entry, locations, sizeof locations[0], 8, &got), GOPM_OK);
	assert_int_equal(got, 1);
	assert_memory_equal(locations[0].function.data, "runtime.main", locations[0].function.size);
	assert_int_equal(gopm_symbolize(core, 1, locations, sizeof locations[0], 8, &got), GOPM_NOT_FOUND);
}

static void test_info(void **state)
{
	gopm_core_info info = {.struct_size = sizeof info};

	(void)state;
	assert_int_equal(gopm_core_get_info(core, &info), GOPM_OK);
	assert_memory_equal(info.compression.data, "zstd", 4);
	assert_memory_equal(info.machine.data, "amd64", 5);
	assert_true(info.go_version.size > 4 && memcmp(info.go_version.data, "go1.", 4) == 0);
	assert_int_equal(info.flags, GOPM_CORE_HAS_DWARF);
	assert_int_equal(info.death, GOPM_DEATH_NONE);
	info.struct_size = sizeof info - 1;
	assert_int_equal(gopm_core_get_info(core, &info), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_version_number(), GOPM_VERSION_NUMBER);
	assert_string_equal(gopm_status_text(GOPM_OK), "ok");
	assert_string_equal(gopm_status_text(-9999), "unknown status");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_goroutine_by_address),   cmocka_unit_test(test_frame_registers),
	    cmocka_unit_test(test_stack_windows),          cmocka_unit_test(test_null_is_accepted_by_release),
	    cmocka_unit_test(test_open_refuses),           cmocka_unit_test(test_larger_options),
	    cmocka_unit_test(test_init_writes_no_further), cmocka_unit_test(test_strides),
	    cmocka_unit_test(test_small_strides),          cmocka_unit_test(test_unknown_flags),
	    cmocka_unit_test(test_release_in_any_order),   cmocka_unit_test(test_many_threads),
	    cmocka_unit_test(test_memory_and_symbols),     cmocka_unit_test(test_info),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
