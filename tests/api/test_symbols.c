/* SPDX-License-Identifier: Apache-2.0 */
/* gopm/symbol.h and names of types on the sample: arguments, globs, windows, and handles that outlive their core.
 * tests/gopm/symbols.py compares the lists with the linker and with Delve. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <gopm/gopm.h>
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

static void test_refusals(void **state)
{
	gopm_function_iter *functions;
	gopm_source_file_iter *files;
	gopm_type_iter *types;
	gopm_function function;
	gopm_source_file file;
	gopm_type_name name;
	size_t got = 7;

	(void)state;
	assert_int_equal(gopm_function_iter_open(NULL, NULL, &functions, NULL), GOPM_ERR_ARGUMENT);
	assert_null(functions);
	assert_int_equal(gopm_function_iter_open(core, NULL, NULL, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_source_file_iter_open(NULL, NULL, &files, NULL), GOPM_ERR_ARGUMENT);
	assert_null(files);
	assert_int_equal(gopm_source_file_iter_open(core, NULL, NULL, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_iter_open(NULL, NULL, &types, NULL), GOPM_ERR_ARGUMENT);
	assert_null(types);
	assert_int_equal(gopm_type_iter_open(core, NULL, NULL, NULL), GOPM_ERR_ARGUMENT);

	assert_int_equal(gopm_function_iter_open(core, NULL, &functions, NULL), GOPM_OK);
	assert_int_equal(gopm_source_file_iter_open(core, NULL, &files, NULL), GOPM_OK);
	assert_int_equal(gopm_type_iter_open(core, NULL, &types, NULL), GOPM_OK);
	assert_int_equal(gopm_function_iter_next(functions, &function, sizeof function - 1, 1, &got),
	                 GOPM_ERR_ARGUMENT);
	assert_int_equal(got, 0);
	assert_int_equal(gopm_function_iter_next(functions, NULL, sizeof function, 1, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_function_iter_next(functions, &function, sizeof function, 0, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_function_iter_next(functions, &function, sizeof function, 1, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_function_iter_next(NULL, &function, sizeof function, 1, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_source_file_iter_next(files, &file, sizeof file - 1, 1, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_source_file_iter_next(files, NULL, sizeof file, 1, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_source_file_iter_next(NULL, &file, sizeof file, 1, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_source_file_iter_next(files, &file, sizeof file, 1, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_iter_next(types, &name, sizeof name - 1, 1, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_iter_next(types, NULL, sizeof name, 1, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_iter_next(NULL, &name, sizeof name, 1, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_type_iter_next(types, &name, sizeof name, 1, NULL), GOPM_ERR_ARGUMENT);
	gopm_function_iter_free(functions);
	gopm_source_file_iter_free(files);
	gopm_type_iter_free(types);
	gopm_function_iter_free(NULL);
	gopm_source_file_iter_free(NULL);
	gopm_type_iter_free(NULL);
}

/* One by one and in batches it gives the same functions, in the order of their addresses. */
static void test_batches(void **state)
{
	static gopm_function batch[97];
	gopm_function one;
	gopm_function_iter *ones, *batches;
	size_t got, got_one, total = 0;
	uint64_t before = 0;

	(void)state;
	assert_int_equal(gopm_function_iter_open(core, NULL, &ones, NULL), GOPM_OK);
	assert_int_equal(gopm_function_iter_open(core, "*", &batches, NULL), GOPM_OK);
	while (gopm_function_iter_next(batches, batch, sizeof batch[0], 97, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			assert_int_equal(gopm_function_iter_next(ones, &one, sizeof one, 1, &got_one), GOPM_OK);
			assert_true(one.entry == batch[i].entry && one.name.data == batch[i].name.data);
			assert_true(batch[i].entry >= before && batch[i].end > batch[i].entry);
			before = batch[i].end;
		}
		total += got;
	}
	assert_int_equal(gopm_function_iter_next(ones, &one, sizeof one, 1, &got_one), GOPM_DONE);
	assert_int_equal(gopm_function_iter_next(ones, &one, sizeof one, 1, &got_one), GOPM_DONE);
	assert_true(total > 1000);
	gopm_function_iter_free(ones);
	gopm_function_iter_free(batches);
}

/* The places are those of examples/story/metrics.go. The handles keep the core. */
static void test_globs(void **state)
{
	gopm_core *own = sample_open();
	gopm_function_iter *functions;
	gopm_source_file_iter *files;
	gopm_type_iter *types;
	gopm_type *type;
	gopm_function function;
	gopm_source_file file;
	gopm_type_name name;
	size_t got;

	(void)state;
	assert_int_equal(gopm_function_iter_open(own, "main.(\\*Metrics).SetM", &functions, NULL), GOPM_OK);
	assert_int_equal(gopm_source_file_iter_open(own, "story/metric[rs].go", &files, NULL), GOPM_OK);
	assert_int_equal(gopm_type_iter_open(own, "main.Metric[a-z]", &types, NULL), GOPM_OK);
	gopm_core_close(own);
	assert_int_equal(gopm_function_iter_next(functions, &function, sizeof function, 1, &got), GOPM_OK);
	assert_true(is(function.name, "main.(*Metrics).SetM"));
	assert_true(function.file.size > 11 &&
	            memcmp(function.file.data + function.file.size - 11, "/metrics.go", 11) == 0);
	assert_true(function.line == 91 && function.flags == 0);
	assert_int_equal(gopm_function_iter_next(functions, &function, sizeof function, 1, &got), GOPM_DONE);
	assert_int_equal(gopm_source_file_iter_next(files, &file, sizeof file, 1, &got), GOPM_OK);
	assert_int_equal(gopm_source_file_iter_next(files, &file, sizeof file, 1, &got), GOPM_DONE);
	assert_int_equal(gopm_type_iter_next(types, &name, sizeof name, 1, &got), GOPM_OK);
	assert_true(is(name.name, "main.Metrics"));
	assert_int_equal(gopm_type_by_descriptor(core, name.descriptor, &type, NULL), GOPM_OK);
	gopm_type_free(type);
	assert_int_equal(gopm_type_iter_next(types, &name, sizeof name, 1, &got), GOPM_DONE);
	gopm_function_iter_free(functions);
	gopm_source_file_iter_free(files);
	gopm_type_iter_free(types);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_batches),
	    cmocka_unit_test(test_globs),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
