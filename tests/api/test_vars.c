/* SPDX-License-Identifier: Apache-2.0 */
/* gopm_frame_vars() and values on the sample: the variables of the consumer of the story. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONSUMER 20

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

static gopm_stack *stack_of(uint64_t goroutine)
{
	gopm_stack_options options;
	gopm_stack *stack;

	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_id = goroutine;
	assert_int_equal(gopm_stack_open(core, &options, &stack, NULL), GOPM_OK);
	return stack;
}

static bool is(gopm_str s, const char *expected)
{
	return s.size == strlen(expected) && memcmp(s.data, expected, s.size) == 0;
}

static size_t frame_of(const gopm_stack *stack, const char *function)
{
	gopm_frame frame;
	size_t got;

	for (size_t i = 0; gopm_stack_frames(stack, i, &frame, sizeof frame, 1, &got) == GOPM_OK; i++) {
		if (is(frame.location.function, function)) {
			return i;
		}
	}
	fail_msg("no frame of %s", function);
	return 0;
}

static gopm_vars *vars_of(const char *function, const gopm_value_options *options)
{
	gopm_stack *stack = stack_of(CONSUMER);
	gopm_vars *vars;

	assert_int_equal(gopm_frame_vars(stack, frame_of(stack, function), options, &vars, NULL), GOPM_OK);
	gopm_stack_free(stack);
	return vars;
}

static gopm_value_info info_of(const gopm_value *value)
{
	gopm_value_info info = {.struct_size = sizeof info};

	assert_int_equal(gopm_value_get_info(value, &info), GOPM_OK);
	return info;
}

/* The variable with this name; fails the test if there is none. */
static gopm_value *variable(gopm_vars *vars, const char *name)
{
	gopm_value *value;

	for (size_t i = 0; gopm_vars_value(vars, i, &value) == GOPM_OK; i++) {
		if (is(info_of(value).name, name)) {
			return value;
		}
		gopm_value_free(value);
	}
	fail_msg("no variable %s", name);
	return NULL;
}

static gopm_value *field(const gopm_value *of, const char *name)
{
	gopm_value *child;

	for (uint64_t i = 0; gopm_value_child(of, i, &child, NULL) == GOPM_OK; i++) {
		if (is(info_of(child).name, name)) {
			return child;
		}
		gopm_value_free(child);
	}
	fail_msg("no field %s", name);
	return NULL;
}

/* The text of a value, which is freed. */
static void says(gopm_value *value, const char *expected)
{
	char text[1024];
	size_t length;

	assert_int_equal(gopm_value_text(value, text, sizeof text, &length), GOPM_OK);
	assert_string_equal(text, expected);
	assert_int_equal(length, strlen(expected));
	gopm_value_free(value);
}

static void test_story(void **state)
{
	gopm_vars *vars = vars_of("main.(*Metrics).startInChannelConsumer", NULL);

	(void)state;
	assert_int_equal(gopm_vars_size(vars), 3);
	gopm_value *m = variable(vars, "m");
	gopm_value_info info = info_of(m);
	assert_int_equal(info.kind, GOPM_KIND_POINTER);
	assert_int_equal(info.provenance, GOPM_FROM_EXACT);
	assert_int_equal(info.variable_flags, GOPM_VAR_ARGUMENT);
	assert_true(is(info.type, "*main.Metrics"));
	assert_int_equal(info.child_count, 1);
	assert_int_equal(info.size, 8);
	says(variable(vars, "consumed"), "34");
	gopm_value *target;
	assert_int_equal(gopm_value_child(m, 0, &target, NULL), GOPM_OK);
	assert_int_equal(info_of(target).address, info.uinteger);
	says(field(target, "Name"), "\"server\"");

	gopm_value *channel = field(target, "inChannel");
	info = info_of(channel);
	assert_int_equal(info.kind, GOPM_KIND_CHAN);
	assert_int_equal(info.length, 100);
	assert_int_equal(info.capacity, 100);
	assert_int_equal(info.senders, 1001);
	assert_int_equal(info.receivers, 0);
	assert_int_equal(info.flags & (GOPM_VALUE_CLOSED | GOPM_VALUE_NIL), 0);
	assert_true((info.flags & GOPM_VALUE_TRUNCATED) != 0); /* 64 of 100 */
	assert_int_equal(info.child_count, 64);
	gopm_value *element;
	assert_int_equal(gopm_value_child(channel, 63, &element, NULL), GOPM_OK);
	assert_true(is(info_of(element).name, "[63]"));
	says(field(element, "Kind"), "KindCount (1)");
	says(field(element, "Key"), "\"requests\"");
	gopm_value_free(element);
	/* The limits bound the text, not what can be read. */
	assert_int_equal(gopm_value_child(channel, 99, &element, NULL), GOPM_OK);
	assert_true(is(info_of(element).name, "[99]"));
	says(field(element, "Kind"), "KindCount (1)");
	gopm_value_free(element);
	assert_int_equal(gopm_value_child(channel, 100, &element, NULL), GOPM_NOT_FOUND);
	assert_null(element);
	assert_int_equal(gopm_value_content(channel, &element, NULL), GOPM_NOT_FOUND);
	assert_null(element);
	gopm_value_free(channel);

	gopm_value *counters = field(target, "counters");
	assert_int_equal(info_of(counters).length, 2);
	assert_int_equal(info_of(counters).child_count, 4);
	gopm_value *key, *number;
	assert_int_equal(gopm_value_child(counters, 0, &key, NULL), GOPM_OK);
	assert_int_equal(gopm_value_child(counters, 1, &number, NULL), GOPM_OK);
	assert_true(is(info_of(key).text, "requests"));
	assert_int_equal(info_of(number).integer, 25);
	gopm_value_free(key);
	gopm_value_free(number);
	gopm_value_free(counters);
	gopm_value_free(target);
	gopm_value_free(m);
	gopm_vars_free(vars);
}

static void test_unreadable_says_why(void **state)
{
	gopm_value_options options;

	(void)state;
	gopm_value_options_init(&options, sizeof options);
	options.flags = GOPM_VALUE_OPTION_EXACT_ONLY;
	gopm_vars *vars = vars_of("main.(*Metrics).watchQueue", &options);
	gopm_value *length = variable(vars, "length");
	gopm_value_info info = info_of(length);
	assert_int_equal(info.provenance, GOPM_FROM_NONE);
	assert_int_equal(info.origin.size, 0);
	assert_non_null(strstr(info.unreadable.data, "does not cover"));
	assert_int_equal(info.child_count, 0);
	assert_int_equal(info.address, 0);
	gopm_value_free(length);
	gopm_vars_free(vars);
}

/* Recovered values, which the location lists do not have. The length of the full channel equals SetM's argument. The
 * channel is the one in the goroutine's sudog. Arguments equal those in the caller's code. */
static void test_found_elsewhere(void **state)
{
	gopm_vars *vars = vars_of("main.(*Metrics).watchQueue", NULL);
	gopm_value *value = variable(vars, "length");
	gopm_value_info info = info_of(value);

	(void)state;
	assert_int_equal(info.provenance, GOPM_FROM_STALE);
	assert_int_equal(info.integer, 100);
	assert_non_null(strstr(info.origin.data, "slot at 0x"));
	gopm_value_free(value);
	gopm_vars_free(vars);

	vars = vars_of("runtime.chansend1", NULL);
	value = variable(vars, "c");
	info = info_of(value);
	assert_int_equal(info.provenance, GOPM_FROM_RUNTIME);
	assert_non_null(strstr(info.origin.data, "sudog at 0x"));
	gopm_value *channel = NULL;
	assert_int_equal(gopm_value_child(value, 0, &channel, NULL), GOPM_OK);
	gopm_value_free(value);
	assert_int_equal(info_of(channel).provenance, GOPM_FROM_RUNTIME);
	gopm_value_free(channel);
	gopm_vars_free(vars);

	vars = vars_of("runtime.gopark", NULL);
	value = variable(vars, "unlockf");
	info = info_of(value);
	assert_int_equal(info.provenance, GOPM_FROM_RECOVERED);
	assert_memory_equal(info.text.data, "runtime.chanparkcommit", info.text.size);
	gopm_value_free(value);
	gopm_vars_free(vars);
}

static void test_limits(void **state)
{
	gopm_value_options options;

	(void)state;
	gopm_value_options_init(&options, sizeof options);
	options.max_string = 3;
	options.max_elements = 1;
	options.max_fields = 2;
	gopm_vars *vars = vars_of("main.(*Metrics).startInChannelConsumer", &options);
	says(variable(vars, "m"),
	     "*main.Metrics {Name: \"ser...+3 more\", inChannel: chan main.Metric 100/100 "
	     "{buf: [(*main.Metric)(0x39a12536c008),...+99 more], recvx: 33, sendq: [goroutine 20,...+1000 more]},"
	     "...+4 more}");
	gopm_value *m = variable(vars, "m"), *target;
	assert_int_equal(gopm_value_child(m, 0, &target, NULL), GOPM_OK);
	assert_int_equal(info_of(target).child_count, 2);
	/* Fields and entries past the limits can be read, and nothing past the end. */
	gopm_value *counters = field(target, "counters"), *child;
	assert_int_equal(info_of(counters).child_count, 2);
	assert_int_equal(gopm_value_child(counters, 3, &child, NULL), GOPM_OK);
	assert_int_equal(info_of(child).kind, GOPM_KIND_INT64);
	gopm_value_free(child);
	assert_int_equal(gopm_value_child(counters, 4, &child, NULL), GOPM_NOT_FOUND);
	assert_int_equal(gopm_value_child(target, 6, &child, NULL), GOPM_NOT_FOUND);
	assert_int_equal(gopm_value_child(target, UINT64_MAX, &child, NULL), GOPM_NOT_FOUND);
	gopm_value_free(counters);
	gopm_value_free(target);
	gopm_value_free(m);
	gopm_vars_free(vars);
	gopm_value_options_init(&options, sizeof options);
	options.max_depth = UINT32_MAX;
	vars = vars_of("main.(*Metrics).SetM", &options);
	gopm_value *elem = variable(vars, "elem");
	char text[256];
	size_t length;
	/* Level 0 loads the fields, but not their contents. */
	assert_int_equal(gopm_value_text(elem, text, sizeof text, &length), GOPM_OK);
	/* Delve shows elem.wall as 14031417813204782556: its low 30 bits are 321441244. */
	assert_non_null(strstr(text, "At: time.Time(2026-11-24T20:52:51.321441244Z, +11677939)}"));
	gopm_value_free(elem);
	gopm_vars_free(vars);
	options.flags = GOPM_VALUE_OPTION_DELVE;
	vars = vars_of("main.(*Metrics).SetM", &options);
	elem = variable(vars, "elem");
	assert_int_equal(gopm_value_text(elem, text, sizeof text, &length), GOPM_OK);
	assert_non_null(strstr(text, "At: (*time.Time)(0x"));
	gopm_value_free(elem);
	gopm_vars_free(vars);
}

static void test_text_is_cut_to_its_buffer(void **state)
{
	gopm_vars *vars = vars_of("main.(*Metrics).SetM", NULL);
	gopm_value *key = variable(vars, "key");
	char text[8] = "xxxxxxx";
	size_t length;

	(void)state;
	assert_int_equal(gopm_value_text(key, NULL, 0, &length), GOPM_OK);
	assert_int_equal(length, strlen("\"queue.longest\""));
	assert_int_equal(gopm_value_text(key, text, 4, &length), GOPM_OK);
	assert_string_equal(text, "\"qu");
	assert_int_equal(length, strlen("\"queue.longest\""));
	assert_int_equal(gopm_value_text(key, text, 1, NULL), GOPM_OK);
	assert_string_equal(text, "");
	assert_int_equal(gopm_value_text(key, NULL, 1, &length), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_value_text(NULL, text, 1, &length), GOPM_ERR_ARGUMENT);
	gopm_value_free(key);
	gopm_vars_free(vars);
}

/* Members, kinds and flags are those of Delve's api.Variable. tests/value compares whole cores. */
static void test_json(void **state)
{
	static const char expected[] = "{\"name\":\"key\",\"addr\":",
	                  *const members[] = {
	                      ",\"onlyAddr\":false,\"type\":\"string\",\"realType\":\"string\",\"flags\":",
	                      ",\"kind\":24,\"value\":\"queue.longest\",\"len\":13,\"cap\":0,\"children\":[],\"base\":",
	                      ",\"unreadable\":\"\",\"DeclLine\":",
	                  };
	gopm_vars *vars = vars_of("main.(*Metrics).SetM", NULL);
	gopm_value *key = variable(vars, "key");
	char text[1024], cut[8] = "xxxxxxx";
	size_t length, whole;

	(void)state;
	assert_int_equal(gopm_value_json(key, GOPM_VALUE_JSON_DELVE, text, sizeof text, &whole), GOPM_OK);
	assert_int_equal(strlen(text), whole);
	assert_int_equal(strncmp(text, expected, strlen(expected)), 0);
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		assert_non_null(strstr(text, members[i]));
	}
	assert_null(strstr(text, "provenance"));
	assert_int_equal(gopm_value_json(key, GOPM_VALUE_JSON_DELVE, cut, 4, &length), GOPM_OK);
	assert_string_equal(cut, "{\"n");
	assert_int_equal(length, whole);
	assert_int_equal(gopm_value_json(key, 0, text, sizeof text, &length), GOPM_OK);
	assert_non_null(strstr(text, ",\"text\":\"\\\"queue.longest\\\"\""));
	assert_non_null(strstr(text, "\"provenance\":"));
	assert_int_equal(gopm_value_json(key, 2, text, sizeof text, &length), GOPM_ERR_UNSUPPORTED);
	assert_int_equal(gopm_value_json(key, 0, NULL, 1, &length), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_value_json(NULL, 0, NULL, 0, &length), GOPM_ERR_ARGUMENT);
	gopm_value_free(key);
	gopm_vars_free(vars);
}

static void test_refuses(void **state)
{
	gopm_stack *stack = stack_of(CONSUMER);
	gopm_vars *vars = (gopm_vars *)(uintptr_t)&core;
	gopm_value *value = (gopm_value *)(uintptr_t)&core;
	gopm_error *err = NULL;
	gopm_value_options options;

	(void)state;
	assert_int_equal(gopm_frame_vars(stack, 1000, NULL, &vars, &err), GOPM_ERR_ARGUMENT);
	assert_null(vars);
	assert_non_null(strstr(gopm_error_message(err), "1000"));
	gopm_error_free(err);
	assert_int_equal(gopm_frame_vars(NULL, 0, NULL, &vars, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_frame_vars(stack, 0, NULL, NULL, NULL), GOPM_ERR_ARGUMENT);
	gopm_value_options_init(&options, sizeof options);
	options.flags = 1u << 31;
	assert_int_equal(gopm_frame_vars(stack, 0, &options, &vars, NULL), GOPM_ERR_UNSUPPORTED);
	options.flags = 0;
	options.struct_size = 1;
	assert_int_equal(gopm_frame_vars(stack, 0, &options, &vars, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_frame_vars(stack, 0, NULL, &vars, NULL), GOPM_OK);
	assert_int_equal(gopm_vars_value(vars, 1000, &value), GOPM_NOT_FOUND);
	assert_null(value);
	value = (gopm_value *)(uintptr_t)&core;
	assert_int_equal(gopm_value_content(NULL, &value, &err), GOPM_ERR_ARGUMENT);
	assert_null(value);
	assert_non_null(strstr(gopm_error_message(err), "value must not be NULL"));
	gopm_error_free(err);
	gopm_str name = {"main.main", 9};
	assert_true(gopm_symbol_name(NULL, name).data == name.data);
	assert_true(gopm_symbol_name(core, name).data == name.data);
	assert_int_equal(gopm_symbol_name(core, (gopm_str){NULL, 0}).size, 0);
	assert_int_equal(gopm_vars_value(NULL, 0, &value), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_value_child(NULL, 0, &value, NULL), GOPM_ERR_ARGUMENT);
	gopm_vars_free(vars);
	gopm_stack_free(stack);
}

static void test_without_dwarf(void **state)
{
	gopm_core_options options;
	gopm_stack_options which;
	gopm_core *plain;
	gopm_stack *stack;
	gopm_vars *vars;
	gopm_error *err = NULL;

	(void)state;
	gopm_core_options_init(&options, sizeof options);
	options.core_path = GOPM_SAMPLE "/core.zst";
	options.exe_path = GOPM_SAMPLE "/server";
	options.flags = GOPM_OPEN_NO_DWARF;
	assert_int_equal(gopm_core_open(&options, &plain, NULL), GOPM_OK);
	gopm_stack_options_init(&which, sizeof which);
	which.goroutine_id = CONSUMER;
	assert_int_equal(gopm_stack_open(plain, &which, &stack, NULL), GOPM_OK);
	gopm_value_options exact;
	gopm_value_options_init(&exact, sizeof exact);
	exact.flags = GOPM_VALUE_OPTION_EXACT_ONLY;
	assert_int_equal(gopm_frame_vars(stack, 0, &exact, &vars, &err), GOPM_ERR_NO_DWARF);
	assert_non_null(strstr(gopm_error_message(err), "server"));
	gopm_error_free(err);
	/* Arguments from the program's tables: runtime.gopark has five. */
	assert_int_equal(gopm_frame_vars(stack, 0, NULL, &vars, &err), GOPM_OK);
	assert_null(err);
	assert_int_equal(gopm_vars_size(vars), 5);
	gopm_vars_free(vars);
	gopm_stack_free(stack);
	gopm_core_close(plain);
}

static void test_handles_go_in_any_order(void **state)
{
	gopm_core *own = sample_open();
	gopm_stack_options options;
	gopm_stack *stack;
	gopm_vars *vars;
	gopm_value *m, *target;

	(void)state;
	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_id = CONSUMER;
	assert_int_equal(gopm_stack_open(own, &options, &stack, NULL), GOPM_OK);
	assert_int_equal(gopm_frame_vars(stack, frame_of(stack, "main.(*Metrics).SetM"), NULL, &vars, NULL), GOPM_OK);
	gopm_core_close(own);
	gopm_stack_free(stack);
	m = variable(vars, "m");
	gopm_vars_free(vars);
	assert_int_equal(gopm_value_child(m, 0, &target, NULL), GOPM_OK);
	gopm_value_free(m);
	says(field(target, "Name"), "\"server\"");
	assert_true(is(info_of(target).type, "main.Metrics"));
	gopm_value_free(target);
}

/* Visits all values below `value` down to `depth`. Returns their number. */
static uint64_t walk(const gopm_value *value, unsigned depth)
{
	gopm_value *child;
	uint64_t count = 1;
	size_t length;

	assert_int_equal(gopm_value_text(value, NULL, 0, &length), GOPM_OK);
	assert_true(length != 0);
	uint64_t children = info_of(value).child_count;
	for (uint64_t i = 0; depth > 0 && i < children && i < 8; i++) {
		assert_int_equal(gopm_value_child(value, i, &child, NULL), GOPM_OK);
		count += walk(child, depth - 1);
		gopm_value_free(child);
	}
	return count;
}

static void *walk_all(void *unused)
{
	gopm_stack *stack = stack_of(CONSUMER);
	uint64_t count = 0;

	(void)unused;
	for (size_t f = 0; f < gopm_stack_size(stack); f++) {
		gopm_vars *vars;
		gopm_value *value;
		assert_int_equal(gopm_frame_vars(stack, f, NULL, &vars, NULL), GOPM_OK);
		for (size_t i = 0; gopm_vars_value(vars, i, &value) == GOPM_OK; i++) {
			count += walk(value, 4);
			gopm_value_free(value);
		}
		gopm_vars_free(vars);
	}
	gopm_stack_free(stack);
	return (void *)(uintptr_t)count;
}

static void test_many_threads(void **state)
{
	pthread_t threads[4];
	void *expected = walk_all(NULL);

	(void)state;
	assert_true((uintptr_t)expected > 100);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, walk_all, NULL), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		void *count;
		assert_int_equal(pthread_join(threads[i], &count), 0);
		assert_ptr_equal(count, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_story),
	    cmocka_unit_test(test_unreadable_says_why),
	    cmocka_unit_test(test_found_elsewhere),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_text_is_cut_to_its_buffer),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_refuses),
	    cmocka_unit_test(test_without_dwarf),
	    cmocka_unit_test(test_handles_go_in_any_order),
	    cmocka_unit_test(test_many_threads),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
