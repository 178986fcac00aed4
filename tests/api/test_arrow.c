/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines as Arrow columns: they have what the records have, and their parts may be moved and released in any order.
 */
#include "cmocka_all.h"
#include "support/sample.h"

#include <errno.h>
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

static int64_t column_of(const struct ArrowSchema *schema, const char *name)
{
	for (int64_t i = 0; i < schema->n_children; i++) {
		if (strcmp(schema->children[i]->name, name) == 0) {
			return i;
		}
	}
	return -1;
}

static bool is_valid(const struct ArrowArray *array, int64_t row)
{
	const unsigned char *bits = array->buffers[0];

	return bits == NULL || (bits[row / 8] >> row % 8 & 1) != 0;
}

/* A value that must be 0 in the record if it is null here. */
static uint64_t number(const struct ArrowArray *array, const struct ArrowSchema *schema, const char *name, int64_t row)
{
	int64_t i = column_of(schema, name);

	assert_true(i >= 0);
	if (!is_valid(array->children[i], row)) {
		return 0;
	}
	return strcmp(schema->children[i]->format, "I") == 0 ? ((const uint32_t *)array->children[i]->buffers[1])[row]
	                                                     : ((const uint64_t *)array->children[i]->buffers[1])[row];
}

static void expect_text(const struct ArrowArray *array, const struct ArrowSchema *schema, const char *name, int64_t row,
                        gopm_str expected)
{
	int64_t i = column_of(schema, name);

	assert_true(i >= 0);
	const struct ArrowArray *column = array->children[i], *strings = column->dictionary;
	assert_string_equal(schema->children[i]->format, "i");
	assert_string_equal(schema->children[i]->dictionary->format, "u");
	assert_int_equal(is_valid(column, row), expected.size != 0);
	if (expected.size != 0) {
		int32_t at = ((const int32_t *)column->buffers[1])[row];
		assert_in_range(at, 0, strings->length - 1);
		const int32_t *ends = strings->buffers[1];
		assert_int_equal(ends[at + 1] - ends[at], expected.size);
		assert_memory_equal((const char *)strings->buffers[2] + ends[at], expected.data, expected.size);
	}
}

static void expect_row(const struct ArrowArray *array, const struct ArrowSchema *schema, int64_t row,
                       const gopm_goroutine *g)
{
	const bool counts = (g->wait.flags & GOPM_WAIT_FLAG_COUNTS) != 0;

	assert_int_equal(number(array, schema, "id", row), g->id);
	assert_int_equal(number(array, schema, "address", row), g->address);
	assert_int_equal(number(array, schema, "wait_time", row), g->wait_time);
	assert_int_equal(number(array, schema, "parent_id", row), g->parent_id);
	assert_int_equal(number(array, schema, "pc", row), g->pc);
	assert_int_equal(number(array, schema, "user_line", row), g->user.line);
	assert_int_equal(number(array, schema, "wait_object", row), g->wait.object);
	assert_int_equal(number(array, schema, "wait_capacity", row), g->wait.capacity);
	assert_int_equal(number(array, schema, "wait_senders", row), counts ? g->wait.senders : 0);
	assert_int_equal(number(array, schema, "wait_count", row), g->wait_count);
	expect_text(array, schema, "status", row, g->status_name);
	expect_text(array, schema, "wait_reason", row, g->wait_reason);
	expect_text(array, schema, "current_function", row, g->current.function);
	expect_text(array, schema, "user_function", row, g->user.function);
	expect_text(array, schema, "go_file", row, g->go_statement.file);
	expect_text(array, schema, "start_function", row, g->start.function);
	expect_text(array, schema, "wait_type", row, g->wait.type);
	const unsigned char *bits = array->children[column_of(schema, "system")]->buffers[1];
	assert_int_equal(bits[row / 8] >> row % 8 & 1, (g->flags & GOPM_G_FLAG_SYSTEM) != 0);
	int64_t fd = column_of(schema, "wait_fd");
	assert_int_equal(is_valid(array->children[fd], row), g->wait.fd >= 0);
	if (g->wait.fd >= 0) {
		assert_int_equal(((const int32_t *)array->children[fd]->buffers[1])[row], g->wait.fd);
	}
}

static void test_rows_are_the_records(void **state)
{
	struct ArrowArrayStream stream;
	struct ArrowSchema schema;
	struct ArrowArray array;
	gopm_goroutine_iter *it;
	gopm_goroutine g;
	int64_t row = 0;
	size_t got;

	(void)state;
	assert_int_equal(gopm_goroutines_arrow(core, NULL, &stream, NULL), GOPM_OK);
	assert_int_equal(stream.get_schema(&stream, &schema), 0);
	assert_string_equal(schema.format, "+s");
	assert_int_equal(column_of(&schema, "stack_id"), -1);
	assert_int_equal(stream.get_next(&stream, &array), 0);
	assert_non_null(array.release);
	assert_int_equal(array.n_children, schema.n_children);
	assert_int_equal(gopm_goroutine_iter_open(core, NULL, &it, NULL), GOPM_OK);
	while (gopm_goroutine_iter_next(it, &g, sizeof g, 1, &got) == GOPM_OK) {
		assert_true(row < array.length);
		expect_row(&array, &schema, row++, &g);
	}
	assert_int_equal(row, array.length);
	assert_int_equal(row, 2010); /* of the runtime's own traceback */
	gopm_goroutine_iter_free(it);
	array.release(&array);
	assert_int_equal(stream.get_next(&stream, &array), 0);
	assert_null(array.release); /* the end */
	assert_int_equal(stream.get_next(&stream, &array), 0);
	assert_null(array.release);
	assert_null(stream.get_last_error(&stream));
	schema.release(&schema);
	stream.release(&stream);
	assert_null(stream.release);
}

/* A consumer may keep one column only, after everything else is gone. */
static void test_parts_live_alone(void **state)
{
	gopm_core *own = sample_open();
	struct ArrowArrayStream stream;
	struct ArrowSchema schema, name;
	struct ArrowArray array, column;

	(void)state;
	assert_int_equal(gopm_goroutines_arrow(own, NULL, &stream, NULL), GOPM_OK);
	gopm_core_close(own);
	assert_int_equal(stream.get_schema(&stream, &schema), 0);
	assert_int_equal(stream.get_next(&stream, &array), 0);
	stream.release(&stream);
	int64_t i = column_of(&schema, "user_function");
	column = *array.children[i];
	array.children[i]->release = NULL;
	array.release(&array);
	name = *schema.children[i];
	schema.children[i]->release = NULL;
	schema.release(&schema);
	struct ArrowArray strings = *column.dictionary;
	column.dictionary->release = NULL;
	assert_int_equal(column.length, 2010);
	column.release(&column);
	assert_true(strings.length > 2);
	assert_int_equal(((const int32_t *)strings.buffers[1])[0], 0);
	strings.release(&strings);
	assert_string_equal(name.name, "user_function");
	name.release(&name);
}

static void test_fields(void **state)
{
	gopm_goroutine_filter filter;
	struct ArrowArrayStream stream;
	struct ArrowSchema schema;
	struct ArrowArray array;

	(void)state;
	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.fields = GOPM_FIELD_USER | GOPM_FIELD_STACK;
	filter.user = "main.(*Metrics).CountS";
	assert_int_equal(gopm_goroutines_arrow(core, &filter, &stream, NULL), GOPM_OK);
	assert_int_equal(stream.get_schema(&stream, &schema), 0);
	assert_int_equal(stream.get_next(&stream, &array), 0);
	assert_int_equal(array.length, 1000);
	assert_true(column_of(&schema, "stack_id") > 0);
	assert_true(column_of(&schema, "user_line") > 0);
	assert_int_equal(column_of(&schema, "wait_object"), -1);
	assert_int_equal(column_of(&schema, "go_file"), -1);
	assert_int_equal(array.children[column_of(&schema, "user_function")]->dictionary->length, 1);
	array.release(&array);
	schema.release(&schema);
	stream.release(&stream);
	filter.user = "nothing";
	assert_int_equal(gopm_goroutines_arrow(core, &filter, &stream, NULL), GOPM_OK);
	assert_int_equal(stream.get_next(&stream, &array), 0);
	assert_null(array.release);
	stream.release(&stream);
}

static int32_t stop(void *user_data, uint32_t phase, uint64_t done, uint64_t total)
{
	(void)phase;
	(void)done;
	(void)total;
	return ++*(int *)user_data == 3;
}

static void test_cancel(void **state)
{
	gopm_goroutine_filter filter;
	struct ArrowArrayStream stream;
	struct ArrowArray array;
	int calls = 0;

	(void)state;
	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.progress = stop;
	filter.progress_user_data = &calls;
	assert_int_equal(gopm_goroutines_arrow(core, &filter, &stream, NULL), GOPM_OK);
	for (int i = 0; i < 2; i++) {
		memset(&array, 0xff, sizeof array);
		assert_int_equal(stream.get_next(&stream, &array), ECANCELED);
		assert_null(array.release);
		assert_string_equal(stream.get_last_error(&stream), "cancelled");
	}
	assert_int_equal(calls, 3);
	stream.release(&stream);
}

static void test_refusals(void **state)
{
	gopm_goroutine_filter filter;
	struct ArrowArrayStream stream;
	gopm_error *err;

	(void)state;
	memset(&stream, 0xff, sizeof stream);
	assert_int_equal(gopm_goroutines_arrow(NULL, NULL, &stream, &err), GOPM_ERR_ARGUMENT);
	assert_null(stream.release);
	gopm_error_free(err);
	assert_int_equal(gopm_goroutines_arrow(core, NULL, NULL, NULL), GOPM_ERR_ARGUMENT);
	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.fields = UINT32_C(1) << 30;
	assert_int_equal(gopm_goroutines_arrow(core, &filter, &stream, NULL), GOPM_ERR_UNSUPPORTED);
	assert_null(stream.release);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows_are_the_records),
	    cmocka_unit_test(test_parts_live_alone),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_cancel),
	    cmocka_unit_test(test_refusals),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
