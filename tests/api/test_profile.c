/* SPDX-License-Identifier: Apache-2.0 */
/* gopm/profile.h on the sample: arguments, sizes, statuses, and the goroutines that the runtime's traceback of the
 * sample lists. tests/gopm/profiles.py compares with runtime/pprof. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

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

static gopm_profile *open_profile(uint32_t kind)
{
	gopm_profile_options o;
	gopm_profile *profile;

	gopm_profile_options_init(&o, sizeof o);
	assert_int_equal(o.struct_size, sizeof o);
	o.kind = kind;
	assert_int_equal(gopm_profile_open(core, &o, &profile, NULL), GOPM_OK);
	return profile;
}

static void test_open_refuses_profiles(void **state)
{
	gopm_profile *profile;
	gopm_profile_options o;
	gopm_error *err;

	(void)state;
	gopm_profile_options_init(&o, sizeof o);
	o.kind = GOPM_PROFILE_GOROUTINE + 1;
	assert_int_equal(gopm_profile_open(core, &o, &profile, &err), GOPM_ERR_ARGUMENT);
	assert_null(profile);
	assert_non_null(strstr(gopm_error_message(err), "unknown kind"));
	gopm_error_free(err);
	o.kind = GOPM_PROFILE_HEAP;
	o.flags = 2;
	assert_int_equal(gopm_profile_open(core, &o, &profile, NULL), GOPM_ERR_UNSUPPORTED);
	o.flags = 0;
	o.struct_size = 4;
	assert_int_equal(gopm_profile_open(core, &o, &profile, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_profile_open(NULL, NULL, &profile, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_profile_open(core, NULL, NULL, NULL), GOPM_ERR_ARGUMENT);
}

static void test_sizes_of_records(void **state)
{
	gopm_profile *profile = open_profile(GOPM_PROFILE_GOROUTINE);
	gopm_profile_sample sample[2];
	gopm_profile_info info = {.struct_size = sizeof info - 1};
	gopm_location location;
	gopm_label label;
	size_t got = 99;

	(void)state;
	assert_int_equal(gopm_profile_get_info(profile, &info), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_profile_get_info(NULL, &info), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_profile_samples(profile, 0, sample, sizeof *sample - 1, 2, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(got, 0);
	assert_int_equal(gopm_profile_samples(profile, 0, sample, sizeof *sample, 0, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_profile_samples(profile, 0, sample, sizeof *sample, 2, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_profile_samples(profile, UINT64_MAX, sample, sizeof *sample, 2, &got), GOPM_DONE);
	assert_int_equal(gopm_profile_frames(profile, UINT64_MAX, &location, sizeof location, 1, &got), GOPM_NOT_FOUND);
	assert_int_equal(gopm_profile_frames(profile, 0, &location, 8, 1, &got), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_profile_labels(profile, 0, &label, sizeof label, 1, &got), GOPM_NOT_FOUND);
	assert_int_equal(gopm_profile_labels(profile, 0, &label, 8, 1, &got), GOPM_ERR_ARGUMENT);
	/* A profile keeps its core open. */
	gopm_core_close(core);
	core = sample_open();
	assert_int_equal(gopm_profile_samples(profile, 0, sample, sizeof *sample, 2, &got), GOPM_OK);
	assert_int_equal(got, 2);
	gopm_profile_free(profile);
}

/* The story's traceback: 1000 connections wait in CountS, 1000 read, one accepts, one sends. */
static void test_goroutines_of_the_sample(void **state)
{
	static const struct {
		const char *function;
		int64_t count;
	} expected[] = {{"main.(*Metrics).CountS", 1000},
	                {"net.(*netFD).Read", 1000},
	                {"net.(*netFD).accept", 1},
	                {"main.(*Metrics).SetM", 1}};
	gopm_profile *profile = open_profile(GOPM_PROFILE_GOROUTINE);
	gopm_profile_info info = {.struct_size = sizeof info};
	int64_t found[4] = {0};
	gopm_profile_sample sample;
	gopm_location frames[64];
	size_t got, count;

	(void)state;
	assert_int_equal(gopm_profile_get_info(profile, &info), GOPM_OK);
	assert_int_equal(info.kind, GOPM_PROFILE_GOROUTINE);
	assert_int_equal(info.value_count, 1);
	assert_int_equal(info.values[0], 2002);
	for (uint64_t i = 0; i < info.sample_count; i++) {
		assert_int_equal(gopm_profile_samples(profile, i, &sample, sizeof sample, 1, &got), GOPM_OK);
		assert_int_equal(gopm_profile_frames(profile, i, frames, sizeof *frames, 64, &count), GOPM_OK);
		for (size_t k = 0; k < count && k < 64; k++) {
			for (size_t e = 0; e < 4; e++) {
				const size_t size = strlen(expected[e].function);
				if (frames[k].function.size == size &&
				    memcmp(frames[k].function.data, expected[e].function, size) == 0) {
					found[e] += sample.values[0];
				}
			}
		}
	}
	for (size_t e = 0; e < 4; e++) {
		assert_int_equal(found[e], expected[e].count);
	}
	gopm_profile_free(profile);
}

struct written {
	char *data;
	size_t size;
	int32_t result;
};

static int32_t keep_piece(void *user_data, const char *data, size_t size)
{
	struct written *w = user_data;

	w->data = realloc(w->data, w->size + size);
	assert_non_null(w->data);
	memcpy(w->data + w->size, data, size);
	w->size += size;
	return w->result;
}

static void test_targets(void **state)
{
	gopm_profile *profile = open_profile(GOPM_PROFILE_GOROUTINE);
	char path[] = "/tmp/gopm-profile-XXXXXX";
	struct written w = {NULL, 0, 0}, stopped = {NULL, 0, 1};
	gopm_profile_target t = {.struct_size = sizeof t};
	unsigned char plain[16];
	gopm_error *err;

	(void)state;
	assert_int_equal(gopm_profile_write(profile, &t, &err), GOPM_ERR_ARGUMENT);
	assert_non_null(strstr(gopm_error_message(err), "exactly one"));
	gopm_error_free(err);
	assert_int_equal(gopm_profile_write(profile, NULL, NULL), GOPM_ERR_ARGUMENT);
	t.write = keep_piece;
	t.user_data = &w;
	assert_int_equal(gopm_profile_write(profile, &t, NULL), GOPM_OK);
	z_stream zip = {.next_in = (unsigned char *)w.data, .avail_in = (unsigned)w.size};
	zip.next_out = plain;
	zip.avail_out = sizeof plain;
	assert_int_equal(inflateInit2(&zip, 31), Z_OK);
	assert_int_equal(inflate(&zip, Z_NO_FLUSH), Z_OK);
	assert_int_equal(inflateEnd(&zip), Z_OK);
	t.user_data = &stopped;
	assert_int_equal(gopm_profile_write(profile, &t, NULL), GOPM_ERR_IO);
	free(w.data);
	free(stopped.data);
	t = (gopm_profile_target){.struct_size = sizeof t, .path = path};
	const int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(gopm_profile_write(profile, &t, NULL), GOPM_ERR_EXISTS);
	t.flags = 2;
	assert_int_equal(gopm_profile_write(profile, &t, NULL), GOPM_ERR_UNSUPPORTED);
	t.flags = GOPM_PROFILE_TARGET_REPLACE;
	assert_int_equal(gopm_profile_write(profile, &t, NULL), GOPM_OK);
	unlink(path);
	gopm_profile_free(profile);
}

static int32_t cancel(void *user_data, uint32_t phase, uint64_t done, uint64_t total)
{
	(void)done;
	(void)total;
	*(uint32_t *)user_data = phase;
	return 1;
}

static void test_progress_cancels(void **state)
{
	gopm_profile_options o;
	gopm_profile *profile;
	uint32_t phase = 0;
	gopm_error *err;

	(void)state;
	gopm_profile_options_init(&o, sizeof o);
	o.kind = GOPM_PROFILE_GOROUTINE;
	o.progress = cancel;
	o.progress_user_data = &phase;
	assert_int_equal(gopm_profile_open(core, &o, &profile, &err), GOPM_ERR_CANCELLED);
	assert_null(profile);
	assert_int_equal(phase, GOPM_PROGRESS_GOROUTINES);
	gopm_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_open_refuses_profiles),    cmocka_unit_test(test_sizes_of_records),
	    cmocka_unit_test(test_goroutines_of_the_sample), cmocka_unit_test(test_targets),
	    cmocka_unit_test(test_progress_cancels),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
