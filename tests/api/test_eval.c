/* SPDX-License-Identifier: Apache-2.0 */
/* gopm_eval() on the sample: the consumer of the story, errors with their offsets, lifetimes. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <gopm/eval.h>
#include <string.h>

#define CONSUMER 20

static gopm_core *core;
static gopm_stack *stack;
static size_t frame;

static int set_up(void **state)
{
	gopm_stack_options options;
	gopm_frame record;
	size_t got;

	(void)state;
	core = sample_open();
	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_id = CONSUMER;
	if (gopm_stack_open(core, &options, &stack, NULL) != GOPM_OK) {
		return 1;
	}
	for (frame = 0; gopm_stack_frames(stack, frame, &record, sizeof record, 1, &got) == GOPM_OK; frame++) {
		static const char name[] = "main.(*Metrics).startInChannelConsumer";
		if (record.location.function.size == sizeof name - 1 &&
		    memcmp(record.location.function.data, name, sizeof name - 1) == 0) {
			return 0;
		}
	}
	return 1;
}

static int tear_down(void **state)
{
	(void)state;
	gopm_stack_free(stack);
	gopm_core_close(core);
	return 0;
}

static void says(const gopm_stack *on, const char *expression, const char *expected)
{
	char text[256];
	gopm_value *value;

	assert_int_equal(gopm_eval(core, on, frame, expression, NULL, &value, NULL), GOPM_OK);
	assert_int_equal(gopm_value_text(value, text, sizeof text, NULL), GOPM_OK);
	assert_string_equal(text, expected);
	gopm_value_free(value);
}

static void test_values(void **state)
{
	gopm_value_info info = {.struct_size = sizeof info};
	gopm_value *value, *child;

	(void)state;
	says(stack, "m.Name", "\"server\"");
	says(stack, "consumed + 1", "35");
	says(stack, "len(m.inChannel) == 100 && m != nil", "true");
	says(NULL, "len(os.Args) > 0", "true");
	assert_int_equal(gopm_eval(core, stack, frame, "*m", NULL, &value, NULL), GOPM_OK);
	assert_int_equal(gopm_value_get_info(value, &info), GOPM_OK);
	assert_int_equal(info.kind, GOPM_KIND_STRUCT);
	assert_int_equal(info.provenance, GOPM_FROM_EXACT);
	assert_int_not_equal(info.address, 0);
	assert_int_equal(gopm_value_child(value, 0, &child, NULL), GOPM_OK);
	gopm_value_free(value);
	gopm_value_free(child);
	/* The result of an operator has no address. */
	assert_int_equal(gopm_eval(core, stack, frame, "m.Name[1:3]", NULL, &value, NULL), GOPM_OK);
	assert_int_equal(gopm_value_get_info(value, &info), GOPM_OK);
	assert_int_equal(info.address, 0);
	assert_int_equal(info.length, 2);
	assert_int_equal(info.flags & GOPM_VALUE_REGISTERS, 0);
	gopm_value_free(value);
}

static void test_refusals(void **state)
{
	gopm_value_options options;
	gopm_value *value = (gopm_value *)&options;
	gopm_error *err;

	(void)state;
	assert_int_equal(gopm_eval(core, stack, frame, "1 + nosuch", NULL, &value, &err), GOPM_ERR_EXPRESSION);
	assert_null(value);
	assert_int_equal(gopm_error_expression_offset(err), 4);
	assert_true(gopm_error_offset(err) == GOPM_NO_OFFSET);
	assert_non_null(strstr(gopm_error_message(err), "nosuch"));
	gopm_error_free(err);
	assert_int_equal(gopm_eval(core, NULL, 0, "m.Name", NULL, &value, NULL), GOPM_ERR_EXPRESSION);
	assert_int_equal(gopm_eval(core, stack, 99999, "1", NULL, &value, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_eval(NULL, NULL, 0, "1", NULL, &value, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_eval(core, NULL, 0, NULL, NULL, &value, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_eval(core, NULL, 0, "1", NULL, NULL, NULL), GOPM_ERR_ARGUMENT);
	gopm_value_options_init(&options, sizeof options);
	options.flags = 1u << 31;
	assert_int_equal(gopm_eval(core, NULL, 0, "1", &options, &value, &err), GOPM_ERR_UNSUPPORTED);
	gopm_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_values), cmocka_unit_test(test_refusals)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
