/* SPDX-License-Identifier: Apache-2.0 */
/* gopm_package_vars() on the sample. The expected values are from Go's sources and from the program. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <gopm/eval.h>
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

static gopm_value_info info_of(gopm_vars *vars, size_t index, gopm_value **value)
{
	gopm_value_info info = {.struct_size = sizeof info};

	assert_int_equal(gopm_vars_value(vars, index, value), GOPM_OK);
	assert_int_equal(gopm_value_get_info(*value, &info), GOPM_OK);
	return info;
}

static void test_one(void **state)
{
	gopm_vars *vars;
	gopm_value *value;

	(void)state;
	assert_int_equal(gopm_package_vars(core, "runtime.buildVersion", NULL, &vars, NULL), GOPM_OK);
	assert_int_equal(gopm_vars_size(vars), 1);
	gopm_value_info info = info_of(vars, 0, &value);
	/* The same text as in the core's build info. */
	gopm_core_info about = {.struct_size = sizeof about};
	assert_int_equal(gopm_core_get_info(core, &about), GOPM_OK);
	assert_int_equal(info.text.size, about.go_version.size);
	assert_memory_equal(info.text.data, about.go_version.data, info.text.size);
	assert_int_equal(info.kind, GOPM_KIND_STRING);
	assert_int_equal(info.provenance, GOPM_FROM_EXACT);
	assert_int_equal(info.variable_flags, 0);
	/* Values outlive their list. */
	gopm_vars_free(vars);
	char text[64];
	assert_int_equal(gopm_value_text(value, text, sizeof text, NULL), GOPM_OK);
	assert_int_equal(text[0], '"');
	gopm_value_free(value);
}

static void test_glob_and_order(void **state)
{
	gopm_vars *vars, *all;
	gopm_value *value;
	char before[256] = "";

	(void)state;
	assert_int_equal(gopm_package_vars(core, "io.E*", NULL, &vars, NULL), GOPM_OK);
	/* io.go: ErrShortWrite, ErrShortBuffer, EOF, ErrUnexpectedEOF, ErrNoProgress; pipe.go: ErrClosedPipe. */
	assert_in_range(gopm_vars_size(vars), 3, 6);
	for (size_t i = 0; i < gopm_vars_size(vars); i++) {
		gopm_value_info info = info_of(vars, i, &value);
		assert_in_range(info.name.size, 5, sizeof before - 1);
		assert_memory_equal(info.name.data, "io.E", 4);
		assert_int_equal(info.kind, GOPM_KIND_INTERFACE);
		char name[256] = "";
		memcpy(name, info.name.data, info.name.size);
		assert_true(strcmp(before, name) < 0);
		memcpy(before, name, sizeof before);
		gopm_value_free(value);
	}
	gopm_vars_free(vars);
	assert_int_equal(gopm_package_vars(core, NULL, NULL, &all, NULL), GOPM_OK);
	assert_true(gopm_vars_size(all) > 500);
	gopm_vars_free(all);
	assert_int_equal(gopm_package_vars(core, "no.such", NULL, &vars, NULL), GOPM_OK);
	assert_int_equal(gopm_vars_size(vars), 0);
	assert_int_equal(gopm_vars_value(vars, 0, &value), GOPM_NOT_FOUND);
	gopm_vars_free(vars);
}

static void test_arguments(void **state)
{
	gopm_value_options options;
	gopm_error *err;
	gopm_vars *vars = (gopm_vars *)&options;

	(void)state;
	gopm_value_options_init(&options, sizeof options);
	options.flags = 1u << 31;
	assert_int_equal(gopm_package_vars(core, NULL, &options, &vars, &err), GOPM_ERR_UNSUPPORTED);
	assert_null(vars);
	gopm_error_free(err);
	assert_int_equal(gopm_package_vars(NULL, NULL, NULL, &vars, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_package_vars(core, NULL, NULL, NULL, &err), GOPM_ERR_ARGUMENT);
	assert_non_null(err);
	gopm_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one),
	    cmocka_unit_test(test_glob_and_order),
	    cmocka_unit_test(test_arguments),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
