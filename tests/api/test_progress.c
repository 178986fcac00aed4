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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_unpacking),
	    cmocka_unit_test(test_goroutines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
