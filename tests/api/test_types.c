/* SPDX-License-Identifier: Apache-2.0 */
/* gopm/type.h on the sample: errors, and handles that outlive the one they came from. tests/value/compare_types.py
 * compares the contents of types with reflection. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <gopm/type.h>
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

static bool is(gopm_str s, const char *expected)
{
	return s.size == strlen(expected) && memcmp(s.data, expected, s.size) == 0;
}

static gopm_type *type_named(const char *name)
{
	gopm_type *type;

	assert_int_equal(gopm_type_by_name(core, name, &type, NULL), GOPM_OK);
	return type;
}

static gopm_type_info info_of(const gopm_type *type)
{
	gopm_type_info info = {.struct_size = sizeof info};

	assert_int_equal(gopm_type_get_info(type, &info), GOPM_OK);
	return info;
}

static void test_struct(void **state)
{
	gopm_type *type = type_named("main.Metrics"), *of;
	gopm_type_info info = info_of(type);
	gopm_type_field field;

	(void)state;
	assert_int_equal(info.kind, GOPM_KIND_STRUCT);
	assert_int_equal(info.source, GOPM_TYPE_FROM_DWARF);
	assert_int_not_equal(info.descriptor, 0);
	assert_true(is(info.name, "main.Metrics"));
	assert_int_equal(gopm_type_get_field(type, 1, &field, sizeof field, &of), GOPM_OK);
	assert_true(is(field.name, "inChannel"));
	assert_int_equal(field.size, 8);
	assert_int_equal(info_of(of).kind, GOPM_KIND_CHAN);
	/* A type outlives the type it was reached from. */
	gopm_type_free(type);
	gopm_type *elem;
	assert_int_equal(gopm_type_elem(of, &elem), GOPM_OK);
	assert_true(is(info_of(elem).name, "main.Metric"));
	assert_int_equal(gopm_type_elem(elem, &type), GOPM_NOT_FOUND);
	assert_null(type);
	assert_int_equal(gopm_type_key(of, &type), GOPM_NOT_FOUND);
	assert_int_equal(gopm_type_parameter(of, 0, &type), GOPM_NOT_FOUND);
	assert_int_equal(gopm_type_get_method(elem, 1000, NULL, 0, NULL), GOPM_NOT_FOUND);
	gopm_type_free(of);
	gopm_type_free(elem);
}

static void test_descriptor(void **state)
{
	gopm_type *type = type_named("*main.Metrics"), *again;
	gopm_type_info info = info_of(type);
	gopm_type_method method;
	bool found = false;

	(void)state;
	assert_int_equal(gopm_type_by_descriptor(core, info.descriptor, &again, NULL), GOPM_OK);
	assert_true(is(info_of(again).name, "*main.Metrics"));
	for (uint64_t i = 0; gopm_type_get_method(type, i, &method, sizeof method, NULL) == GOPM_OK; i++) {
		found = found || is(method.name, "CountS");
		assert_true(i < info.method_count);
	}
	assert_true(found);
	gopm_type_free(type);
	gopm_type_free(again);
	assert_int_equal(gopm_type_by_descriptor(core, info.descriptor + 8, &type, NULL), GOPM_NOT_FOUND);
	assert_null(type);
	assert_int_equal(gopm_type_by_descriptor(core, UINT64_MAX - 3, &type, NULL), GOPM_NOT_FOUND);
	assert_int_equal(gopm_type_by_descriptor(core, 0, &type, NULL), GOPM_NOT_FOUND);
}

static void test_grown_records(void **state)
{
	gopm_type *type = type_named("main.Metrics");
	union {
		gopm_type_info info;
		unsigned char bytes[sizeof(gopm_type_info) + 64];
	} grown;
	gopm_type_field field;
	gopm_type_method method;

	(void)state;
	memset(&grown, 0xff, sizeof grown);
	grown.info.struct_size = sizeof grown;
	assert_int_equal(gopm_type_get_info(type, &grown.info), GOPM_OK);
	assert_int_equal(grown.bytes[sizeof grown - 1], 0);
	assert_int_equal(gopm_type_get_field(type, 2, &field, sizeof field, NULL), GOPM_OK);
	assert_true(is(field.name, "mutex"));
	/* No release has shorter records. */
	assert_int_equal(gopm_type_get_field(type, 2, &field, sizeof field - 1, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_get_method(type, 0, &method, sizeof method - 1, NULL), GOPM_ERR_ARGUMENT);
	grown.info.struct_size = sizeof grown.info - 1;
	assert_int_equal(gopm_type_get_info(type, &grown.info), GOPM_ERR_ARGUMENT);
	gopm_type_free(type);
}

static void test_wrong_arguments(void **state)
{
	gopm_type *type = type_named("int"), *out;
	gopm_type_info info = {.struct_size = 1};
	gopm_error *err = NULL;
	gopm_value *value;

	(void)state;
	assert_int_equal(gopm_type_by_name(NULL, "int", &out, &err), GOPM_ERR_ARGUMENT);
	gopm_error_free(err);
	assert_int_equal(gopm_type_by_name(core, NULL, &out, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_by_name(core, "int", NULL, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_by_name(core, "", &out, NULL), GOPM_NOT_FOUND);
	assert_int_equal(gopm_type_by_name(core, "main.Nothing", &out, &err), GOPM_NOT_FOUND);
	assert_null(err);
	assert_int_equal(gopm_type_get_info(type, &info), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_get_info(NULL, &info), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_get_field(NULL, 0, NULL, 0, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_get_field(type, 0, NULL, 0, &out), GOPM_NOT_FOUND);
	assert_int_equal(gopm_type_elem(NULL, &out), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_elem(type, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_value_type(NULL, &out), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_value_at(NULL, 1, NULL, &value, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_value_at(type, 0, NULL, &value, NULL), GOPM_ERR_ARGUMENT);
	gopm_type_free(type);
	gopm_type_free(NULL);
}

static void test_value_at(void **state)
{
	gopm_type *type = type_named("int"), *of;
	gopm_value_info info = {.struct_size = sizeof info};
	gopm_value *value;

	(void)state;
	/* Nothing is mapped at this address: the value exists, but cannot be read. */
	assert_int_equal(gopm_value_at(type, 8, NULL, &value, NULL), GOPM_OK);
	gopm_type_free(type);
	assert_int_equal(gopm_value_get_info(value, &info), GOPM_OK);
	assert_int_not_equal(info.unreadable.size, 0);
	assert_int_equal(gopm_value_type(value, &of), GOPM_OK);
	gopm_value_free(value);
	assert_true(is(info_of(of).name, "int"));
	gopm_type_free(of);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_struct),        cmocka_unit_test(test_descriptor),
	    cmocka_unit_test(test_grown_records), cmocka_unit_test(test_wrong_arguments),
	    cmocka_unit_test(test_value_at),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
