/* SPDX-License-Identifier: Apache-2.0 */
/* Progress callbacks: what they are told, and that they can cancel. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <pthread.h>

#include <string.h>
#include <sys/stat.h>

struct watch {
	uint64_t calls, last, total, cancel_at; /* cancel_at 0: never */
	uint32_t phase;
	pthread_t thread;
	bool wrong; /* went back, past the total, or to another thread, phase or total */
};

static int32_t watch(void *user_data, uint32_t phase, uint64_t done, uint64_t total)
{
	struct watch *w = user_data;

	if (w->calls++ == 0) {
		w->total = total;
	}
	w->wrong = w->wrong || phase != w->phase || done < w->last || (total != 0 && done > total) ||
	           total != w->total || !pthread_equal(w->thread, pthread_self());
	w->last = done;
	return w->calls == w->cancel_at ? 7 : 0;
}

static struct watch new_watch(uint32_t phase, uint64_t cancel_at)
{
	return (struct watch){.phase = phase, .cancel_at = cancel_at, .thread = pthread_self()};
}

static gopm_status open_sample(struct watch *w, gopm_core **core, gopm_error **err)
{
	gopm_core_options options;

	gopm_core_options_init(&options, sizeof options);
	options.core_path = GOPM_SAMPLE "/core.zst";
	options.exe_path = GOPM_SAMPLE "/server";
	options.progress = watch;
	options.progress_user_data = w;
	return gopm_core_open(&options, core, err);
}

static void test_unpacking(void **state)
{
	struct watch w = new_watch(GOPM_PROGRESS_UNPACK, 0);
	struct stat about;
	gopm_core *core;
	gopm_error *err;

	(void)state;
	assert_int_equal(stat(GOPM_SAMPLE "/core.zst", &about), 0);
	assert_int_equal(open_sample(&w, &core, NULL), GOPM_OK);
	gopm_core_close(core);
	assert_false(w.wrong);
	assert_true(w.calls > 10); /* 97 MiB in pieces of 1 MiB at most */
	assert_int_equal(w.total, about.st_size);
	for (uint64_t at = 1; at <= w.calls; at += w.calls / 2) {
		struct watch cancelling = new_watch(GOPM_PROGRESS_UNPACK, at);
		assert_int_equal(open_sample(&cancelling, &core, &err), GOPM_ERR_CANCELLED);
		assert_null(core);
		assert_int_equal(gopm_error_status(err), GOPM_ERR_CANCELLED);
		assert_int_equal(cancelling.calls, at);
		gopm_error_free(err);
	}
}

static gopm_status count_all(gopm_core *core, const gopm_goroutine_filter *filter, uint64_t *count)
{
	static gopm_goroutine records[64];
	gopm_goroutine_iter *it;
	gopm_status status;
	size_t got;

	*count = 0;
	assert_int_equal(gopm_goroutine_iter_open(core, filter, &it, NULL), GOPM_OK);
	while ((status = gopm_goroutine_iter_next(it, records, sizeof records[0], 64, &got)) == GOPM_OK) {
		*count += got;
	}
	assert_int_equal(got, 0);
	gopm_goroutine_iter_free(it);
	return status;
}

static void test_goroutines(void **state)
{
	gopm_core *core = sample_open();
	gopm_core_info info = {.struct_size = sizeof info};
	struct watch w = new_watch(GOPM_PROGRESS_GOROUTINES, 0);
	gopm_goroutine_filter filter;
	gopm_group_iter *groups;
	gopm_error *err;
	uint64_t all, count;

	(void)state;
	assert_int_equal(gopm_core_get_info(core, &info), GOPM_OK);
	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.fields = 0;
	assert_int_equal(count_all(core, &filter, &all), GOPM_DONE);
	filter.progress = watch;
	filter.progress_user_data = &w;
	filter.user = "nothing"; /* it is called although no goroutine matches */
	assert_int_equal(count_all(core, &filter, &count), GOPM_DONE);
	assert_int_equal(count, 0);
	assert_false(w.wrong);
	assert_true(w.calls >= 5);
	assert_int_equal(w.total, info.goroutine_slots);
	filter.user = NULL;
	w = new_watch(GOPM_PROGRESS_GOROUTINES, 3);
	assert_int_equal(count_all(core, &filter, &count), GOPM_ERR_CANCELLED);
	assert_true(count < all);

	w = new_watch(GOPM_PROGRESS_GOROUTINES, 0);
	assert_int_equal(gopm_group_iter_open(core, GOPM_GROUP_USER, NULL, &filter, &groups, NULL), GOPM_OK);
	gopm_group_iter_free(groups);
	assert_false(w.wrong);
	assert_int_equal(w.total, info.goroutine_slots);
	w = new_watch(GOPM_PROGRESS_GOROUTINES, 2);
	assert_int_equal(gopm_group_iter_open(core, GOPM_GROUP_USER, NULL, &filter, &groups, &err), GOPM_ERR_CANCELLED);
	assert_null(groups);
	assert_int_equal(gopm_error_status(err), GOPM_ERR_CANCELLED);
	gopm_error_free(err);
	gopm_core_close(core);
}

/* Each call reads the names of the DWARF, if the one before it was stopped. */
static gopm_status read_names(gopm_core *core, unsigned way, gopm_error **err)
{
	gopm_vars *vars = NULL;
	gopm_value *value = NULL;
	gopm_type *type = NULL;
	gopm_type_iter *types = NULL;
	gopm_status status;

	switch (way) {
	case 0:
		status = gopm_package_vars(core, "main.*", NULL, &vars, err);
		assert_true((status == GOPM_OK) == (vars != NULL));
		gopm_vars_free(vars);
		return status;
	case 1:
		status = gopm_eval(core, NULL, 0, "runtime.allgs[0]", NULL, &value, err);
		assert_true((status == GOPM_OK) == (value != NULL));
		gopm_value_free(value);
		return status;
	case 2:
		status = gopm_type_by_name(core, "main.Metrics", &type, err);
		assert_true((status == GOPM_OK) == (type != NULL));
		gopm_type_free(type);
		return status;
	default:
		status = gopm_type_iter_open(core, NULL, &types, err);
		assert_true((status == GOPM_OK) == (types != NULL));
		gopm_type_iter_free(types);
		return status;
	}
}

static void test_names(void **state)
{
	(void)state;
	for (unsigned way = 0; way < 4; way++) {
		gopm_core *core = sample_open();
		struct watch w = new_watch(GOPM_PROGRESS_DWARF, 2);
		gopm_error *err = NULL;

		assert_int_equal(gopm_core_set_progress(core, watch, &w), GOPM_OK);
		assert_int_equal(read_names(core, way, &err), GOPM_ERR_CANCELLED);
		assert_int_equal(gopm_error_status(err), GOPM_ERR_CANCELLED);
		assert_non_null(strstr(gopm_error_message(err), "cancelled"));
		assert_int_equal(w.calls, 2); /* it was not asked again */
		assert_false(w.wrong);
		gopm_error_free(err);
		/* It can be repeated, with or without the callback. */
		if (way % 2 == 0) {
			assert_int_equal(gopm_core_set_progress(core, NULL, NULL), GOPM_OK);
		}
		assert_int_equal(read_names(core, way, NULL), GOPM_OK);
		assert_true(way % 2 == 0 || w.calls > 2);
		gopm_core_close(core);
	}
	assert_int_equal(gopm_core_set_progress(NULL, watch, NULL), GOPM_ERR_ARGUMENT);
}

static int32_t stop(void *user_data, uint32_t phase, uint64_t done, uint64_t total)
{
	(void)phase;
	(void)done;
	(void)total;
	++*(unsigned *)user_data;
	return 1;
}

static void test_heap_search(void **state)
{
	gopm_core *core = sample_open();
	gopm_heap_step steps[4];
	gopm_heap *heap;
	gopm_goroutine g;
	unsigned calls = 0;
	size_t count;

	(void)state;
	assert_int_equal(gopm_goroutine_by_id(core, 1, &g, sizeof g, NULL), GOPM_OK);
	assert_int_equal(gopm_heap_open(core, NULL, &heap, NULL), GOPM_OK);
	assert_int_equal(gopm_core_set_progress(core, stop, &calls), GOPM_OK);
	assert_int_equal(gopm_heap_referrers(heap, g.address, steps, sizeof steps[0], 4, &count, NULL),
	                 GOPM_ERR_CANCELLED);
	assert_int_equal(count, 0);
	assert_int_equal(calls, 1);
	assert_int_equal(gopm_core_set_progress(core, NULL, NULL), GOPM_OK);
	assert_int_equal(gopm_heap_referrers(heap, g.address, steps, sizeof steps[0], 4, &count, NULL), GOPM_OK);
	assert_true(count > 0);
	gopm_heap_close(heap);
	gopm_core_close(core);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_unpacking),
	    cmocka_unit_test(test_goroutines),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_heap_search),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
