/* SPDX-License-Identifier: Apache-2.0 */
/* The goroutines and what they wait for are the same, whether one thread reads all of them or each of several a part.
 */
#include "cmocka_all.h"
#include "support/sample.h"

#include "api/why.h"
#include "util/workers.h"
#include "why/blocked.h"

struct opened {
	struct sample_bytes bytes;
	gopm_core *core;
};

static struct opened open_fixture(const char *fixture)
{
	struct opened opened;
	gopm_status status;

	sample_read_fixture(&opened.bytes, fixture);
	opened.core = sample_open_bytes(&opened.bytes, 0, &status);
	assert_int_equal(status, GOPM_OK);
	return opened;
}

static void close_fixture(struct opened *opened)
{
	gopm_core_close(opened->core);
	sample_free(&opened->bytes);
}

static struct gopm__blocked read_with(const struct opened *opened, size_t threads)
{
	const struct gopm__progress progress = {0};
	struct gopm__blocked blocked;

	assert_int_equal(gopm__blocked_open(&blocked, opened->core->program, &progress, threads), GOPM_OK);
	return blocked;
}

static void compare_waits(const struct gopm__blocked *a, const struct gopm__blocked *b, size_t index)
{
	const struct gopm__wait_for *x = &a->waits[index], *y = &b->waits[index];

	assert_int_equal(x->member, y->member);
	assert_int_equal(x->object, y->object);
	assert_int_equal(x->word, y->word);
	assert_int_equal(x->side, y->side);
	assert_int_equal(x->torn, y->torn);
	assert_int_equal(a->by_object[index], b->by_object[index]);
}

static void compare(const struct gopm__blocked *a, const struct gopm__blocked *b)
{
	assert_int_equal(a->partial, b->partial);
	assert_int_equal(a->member_count, b->member_count);
	assert_int_equal(a->wait_count, b->wait_count);
	assert_int_equal(a->object_count, b->object_count);
	for (size_t i = 0; i < a->member_count; i++) {
		const struct gopm__member *x = &a->members[i], *y = &b->members[i];
		assert_int_equal(x->g, y->g);
		assert_int_equal(x->id, y->id);
		assert_int_equal(x->wait, y->wait);
		assert_int_equal(x->wait_count, y->wait_count);
		assert_int_equal(gopm__blocked_member(b, x->g), i);
	}
	for (size_t i = 0; i < a->wait_count; i++) {
		compare_waits(a, b, i);
	}
	for (size_t i = 0; i < a->object_count; i++) {
		const struct gopm__waited *x = &a->objects[i], *y = &b->objects[i];
		assert_int_equal(x->address, y->address);
		assert_int_equal(x->kind, y->kind);
		assert_int_equal(x->waiters, y->waiters);
		assert_int_equal(x->deadline, y->deadline);
		assert_int_equal(x->fd, y->fd);
	}
}

static void test_threads(void **state)
{
	static const char *const fixtures[] = {"states-126-amd64-default", "states-127-arm64-default"};

	(void)state;
	for (size_t i = 0; i < sizeof fixtures / sizeof fixtures[0]; i++) {
		struct opened opened = open_fixture(fixtures[i]);
		struct gopm__blocked one = read_with(&opened, 1);
		assert_true(one.object_count != 0 && one.member_count != 0);
		for (size_t threads = 2; threads <= GOPM__MOST_WORKERS; threads++) {
			struct gopm__blocked many = read_with(&opened, threads);
			compare(&one, &many);
			gopm__blocked_close(&many);
		}
		gopm__blocked_close(&one);
		close_fixture(&opened);
	}
}

/* An entry of allgs that repeats one of another part is one goroutine, and makes the answer partial. */
static void test_repeated(void **state)
{
	(void)state;
	struct opened opened = open_fixture("states-126-amd64-default");
	const struct gopm__runtime *rt = &opened.core->program->runtime;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	const uint64_t first = gopm__runtime_g_at(rt, &reader, 0);
	/* The sample is in memory of the test. */
	uint8_t *last = (uint8_t *)(uintptr_t)gopm__read_span(&reader, rt->allgs + (rt->g_count - 1) * 8, 8);

	assert_non_null(last);
	memcpy(last, &first, sizeof first);
	struct gopm__blocked one = read_with(&opened, 1), many = read_with(&opened, 3);
	assert_true(one.partial);
	compare(&one, &many);
	gopm__blocked_close(&many);
	gopm__blocked_close(&one);
	close_fixture(&opened);
}

static int cancel(void *user_data, uint32_t phase, uint64_t done, uint64_t total)
{
	(void)user_data;
	(void)phase;
	(void)done;
	(void)total;
	return 1;
}

static void test_cancelled(void **state)
{
	(void)state;
	struct opened opened = open_fixture("states-126-amd64-default");
	const struct gopm__progress progress = {.call = cancel};
	struct gopm__blocked blocked;

	for (size_t threads = 1; threads <= 3; threads++) {
		assert_int_equal(gopm__blocked_open(&blocked, opened.core->program, &progress, threads),
		                 GOPM_ERR_CANCELLED);
		assert_int_equal(blocked.member_count, 0);
	}
	close_fixture(&opened);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads), cmocka_unit_test(test_repeated),
	                                   cmocka_unit_test(test_cancelled)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
