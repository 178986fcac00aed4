/* SPDX-License-Identifier: Apache-2.0 */
/* What variables point to is reached, says the whole heap too. What the code of goroutines reads is reached, say their
 * stack maps too. */
#include "cmocka_all.h"
#include "support/sample.h"

#include "api/why.h"
#include "util/progress.h"
#include "why/reach_code.h"

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

static size_t count_reached(const struct gopm__reach *reach)
{
	size_t count = 0;

	for (size_t i = 0; i < (size_t)reach->ownership->graph.graph.count / 64 + 1; i++) {
		count += (size_t)__builtin_popcountll(reach->reached[i]);
	}
	return count;
}

/* Marks from all goroutines: first by their code, or first by their stack maps, as the compiler wrote them. Returns how
 * many objects that reaches; sets *later to how many the other way then adds. */
static size_t reach_goroutines(gopm_core *core, gopm_heap *heap, bool by_code, size_t *later)
{
	const struct gopm__progress progress = {0};
	struct gopm__blocked blocked;
	struct gopm__reach reach;
	struct gopm__reach_code code;
	size_t reached[2];

	assert_int_equal(gopm__blocked_open(&blocked, core->program, &progress, 1), GOPM_OK);
	assert_int_equal(gopm__reach_open(&reach, heap->ownership, &blocked), GOPM_OK);
	gopm__reach_code_init(&code, &reach);
	const size_t before = count_reached(&reach);
	for (size_t way = 0; way < 2; way++) {
		for (size_t i = 0; i < blocked.member_count; i++) {
			assert_true((way == 0) == by_code ? gopm__reach_by_code(&code, blocked.members[i].g)
			                                  : gopm__reach_goroutine(&reach, blocked.members[i].g));
		}
		reached[way] = count_reached(&reach);
	}
	gopm__reach_code_free(&code);
	gopm__reach_close(&reach);
	gopm__blocked_close(&blocked);
	*later = reached[1] - reached[0];
	return reached[0] - before;
}

static void test_code(void **state)
{
	static const char *const fixtures[] = {"states-126-amd64-default", "states-127-arm64-default",
	                                       "states-127-amd64-cgo-external-pie-sw"};

	(void)state;
	for (size_t i = 0; i < sizeof fixtures / sizeof fixtures[0]; i++) {
		struct sample_bytes bytes;
		gopm_heap *heap;
		gopm_status status;
		size_t more;
		sample_read_fixture(&bytes, fixtures[i]);
		gopm_core *core = sample_open_bytes(&bytes, 0, &status);
		assert_int_equal(status, GOPM_OK);
		assert_int_equal(gopm_heap_open(core, NULL, &heap, NULL), GOPM_OK);
		assert_int_equal(gopm__heap_hold(heap, NULL), GOPM_OK);
		const size_t by_code = reach_goroutines(core, heap, true, &more);
		print_message("%s: %zu objects by code\n", fixtures[i], by_code);
		assert_true(by_code != 0);
		assert_true(reach_goroutines(core, heap, false, &more) >= by_code);
		assert_int_equal(more, 0);
		gopm_heap_close(heap);
		gopm_core_close(core);
		sample_free(&bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_variables), cmocka_unit_test(test_code)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
