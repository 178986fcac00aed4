/* SPDX-License-Identifier: Apache-2.0 */
/* What variables point to is reached, says the whole heap too. */
#include "cmocka_all.h"
#include "support/sample.h"

#include "api/why.h"
#include "util/progress.h"
#include "why/reach.h"

/* Compares all objects that goroutines wait for. Returns how many a variable names. */
static size_t compare_objects(const char *fixture, size_t *objects)
{
	struct sample_bytes bytes;
	struct gopm__blocked blocked;
	struct gopm__reach variables, all;
	gopm_heap *heap;
	gopm_status status;
	const struct gopm__progress progress = {0};
	size_t named = 0;

	if (fixture != NULL) {
		sample_read_fixture(&bytes, fixture);
	} else {
		sample_read(&bytes);
	}
	gopm_core *core = sample_open_bytes(&bytes, 0, &status);
	assert_int_equal(status, GOPM_OK);
	assert_int_equal(gopm_heap_open(core, NULL, &heap, NULL), GOPM_OK);
	assert_int_equal(gopm__heap_hold(heap, NULL), GOPM_OK);
	assert_int_equal(gopm__blocked_open(&blocked, core->program, &progress, 1), GOPM_OK);
	assert_int_equal(gopm__reach_variables(&variables, core->program, &blocked), GOPM_OK);
	assert_int_equal(gopm__reach_open(&all, heap->ownership, &blocked), GOPM_OK);
	*objects = 0;
	for (size_t i = 0; i < blocked.object_count && blocked.objects[i].address != 0; i++) {
		++*objects;
		if (gopm__reach_has(&variables, blocked.objects[i].address)) {
			named++;
			assert_true(gopm__reach_has(&all, blocked.objects[i].address));
		}
	}
	assert_false(gopm__reach_has(&variables, 8));
	gopm__reach_close(&all);
	gopm__reach_close(&variables);
	gopm__blocked_close(&blocked);
	gopm_heap_close(heap);
	gopm_core_close(core);
	sample_free(&bytes);
	return named;
}

static void test_variables(void **state)
{
	static const char *const fixtures[] = {NULL, "states-126-amd64-default", "states-127-arm64-default"};
	size_t objects, sum = 0;

	(void)state;
	for (size_t i = 0; i < sizeof fixtures / sizeof fixtures[0]; i++) {
		const size_t named = compare_objects(fixtures[i], &objects);
		print_message("%s: %zu of %zu\n", fixtures[i] != NULL ? fixtures[i] : "sample", named, objects);
		assert_true(objects != 0 && named < objects);
		sum += named;
	}
	assert_true(sum != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_variables)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
