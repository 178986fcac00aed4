/* SPDX-License-Identifier: Apache-2.0 */
/* Filters and groups on the sample. The expected counts are those of the story and of the runtime's traceback: 1000
 * connections, each with a handler that waits to send and a background reader, and one consumer. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <string.h>

/* Metrics.inChannel, as Delve shows it. */
#define METRICS_CHANNEL UINT64_C(0x39a125340070)

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

static uint64_t count(const gopm_goroutine_filter *filter)
{
	gopm_goroutine_iter *it;
	gopm_goroutine records[100];
	uint64_t total = 0;
	size_t got;

	assert_int_equal(gopm_goroutine_iter_open(core, filter, &it, NULL), GOPM_OK);
	while (gopm_goroutine_iter_next(it, records, sizeof records[0], 100, &got) == GOPM_OK) {
		total += got;
	}
	gopm_goroutine_iter_free(it);
	return total;
}

static bool same(gopm_str s, const char *text)
{
	return s.size == strlen(text) && memcmp(s.data, text, s.size) == 0;
}

static bool ends_with(gopm_str s, const char *text)
{
	size_t size = strlen(text);
	return s.size >= size && memcmp(s.data + s.size - size, text, size) == 0;
}

static gopm_goroutine_filter everything(void)
{
	gopm_goroutine_filter filter;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	return filter;
}

static void test_filters(void **state)
{
	gopm_goroutine_filter f;

	(void)state;
	f = everything();
	f.user = "main.(\\*Metrics).CountS";
	assert_int_equal(count(&f), 1000);
	f = everything();
	f.user = "main.(\\*Metrics).SetM";
	assert_int_equal(count(&f), 1);
	f = everything();
	f.start = "*startInChannelConsumer";
	assert_int_equal(count(&f), 1);
	f = everything();
	f.wait_reason = "chan send";
	assert_int_equal(count(&f), 1001);
	f.user = "*SetM";
	assert_int_equal(count(&f), 1);
	f.start = "nothing";
	assert_int_equal(count(&f), 0);
	f = everything();
	f.flags = GOPM_FILTER_ONLY_SYSTEM;
	uint64_t system = count(&f);
	f.flags = GOPM_FILTER_NO_SYSTEM;
	uint64_t user = count(&f);
	f.flags = 0;
	assert_int_equal(system + user, count(&f));
	assert_true(system > 0);
	f.status = "waiting";
	assert_int_equal(count(&f), system + user); /* the whole server hangs */
	f.status = "r*";
	assert_int_equal(count(&f), 0);
	f = everything();
	f.go = "net/http.(\\*Server).Serve";
	assert_int_equal(count(&f), 1000);
	f = everything();
	f.current = "runtime.gopark";
	assert_int_equal(count(&f), system + user);
	f = everything();
	f.thread_id = 1;
	assert_int_equal(count(&f), 0);
	f = everything();
	f.label_key = "*";
	assert_int_equal(count(&f), 0);
}

static void test_delve_user(void **state)
{
	gopm_goroutine_filter f = everything();

	(void)state;
	/* Delve gives the function that CountS was inlined into. */
	f.flags = GOPM_FILTER_DELVE;
	f.user = "main.(\\*MainHandler).ServeHTTP";
	assert_int_equal(count(&f), 1000);
}

static void test_the_consumer(void **state)
{
	gopm_goroutine_filter f = everything();
	gopm_goroutine_iter *it;
	gopm_goroutine g, again;
	size_t got;

	(void)state;
	f.start = "*startInChannelConsumer";
	assert_int_equal(gopm_goroutine_iter_open(core, &f, &it, NULL), GOPM_OK);
	assert_int_equal(gopm_goroutine_iter_next(it, &g, sizeof g, 1, &got), GOPM_OK);
	gopm_goroutine_iter_free(it);
	assert_true(same(g.status_name, "waiting"));
	assert_true(same(g.wait_reason, "chan send"));
	assert_true(same(g.go_statement.function, "main.NewMetrics"));
	assert_int_equal(g.parent_id, 1);
	assert_int_equal(g.wait.kind, GOPM_WAIT_CHAN_SEND);
	assert_true(same(g.wait.type, "main.Metric"));
	assert_int_equal(g.wait.length, 100);
	assert_int_equal(g.wait.capacity, 100);
	assert_int_equal(g.wait.senders, 1001);
	assert_int_equal(g.wait.receivers, 0);
	assert_int_equal(g.wait.flags, GOPM_WAIT_FLAG_SEND | GOPM_WAIT_FLAG_DIRECTION | GOPM_WAIT_FLAG_COUNTS);
	assert_int_equal(g.wait_count, 1);
	assert_int_equal(gopm_goroutine_by_id(core, g.id, &again, sizeof again, NULL), GOPM_OK);
	assert_int_equal(again.address, g.address);
	assert_int_equal(gopm_goroutine_by_id(core, UINT64_MAX, &again, sizeof again, NULL), GOPM_NOT_FOUND);
	/* All of them wait for one channel. */
	f = everything();
	f.wait_object = g.wait.object;
	assert_int_equal(count(&f), 1001);
}

static void test_groups_add_up(void **state)
{
	gopm_goroutine_filter f = everything();
	uint64_t all = count(&f);

	(void)state;
	for (uint32_t by = GOPM_GROUP_USER; by <= GOPM_GROUP_OBJECT; by++) {
		gopm_group_iter *it;
		gopm_group group, before = {.count = UINT64_MAX};
		uint64_t total = 0;
		size_t got;
		const char *key = by == GOPM_GROUP_LABEL ? "request" : NULL;
		assert_int_equal(gopm_group_iter_open(core, by, key, NULL, &it, NULL), GOPM_OK);
		while (gopm_group_iter_next(it, &group, sizeof group, 1, &got) == GOPM_OK) {
			assert_true(group.count <= before.count);
			assert_true(group.example_id != 0);
			total += group.count;
			before = group;
		}
		gopm_group_iter_free(it);
		assert_int_equal(total, all);
	}
}

static void test_the_object(void **state)
{
	gopm_group_iter *it;
	gopm_group group;
	size_t got;

	(void)state;
	assert_int_equal(gopm_group_iter_open(core, GOPM_GROUP_OBJECT, NULL, NULL, &it, NULL), GOPM_OK);
	assert_int_equal(gopm_group_iter_next(it, &group, sizeof group, 1, &got), GOPM_OK);
	assert_int_equal(group.count, 1001);
	assert_true(ends_with(group.key, ", 100 of 100: 1001 senders, 0 receivers"));
	assert_memory_equal(group.key.data, "chan main.Metric 0x", 19);
	gopm_group_iter_free(it);
}

static void test_every_stack_is_whole(void **state)
{
	gopm_goroutine_filter f = everything();
	gopm_goroutine_iter *it;
	gopm_goroutine g;
	gopm_stack_options options;
	gopm_stack *stack = NULL;
	size_t got;

	(void)state;
	f.fields = 0;
	gopm_stack_options_init(&options, sizeof options);
	assert_int_equal(gopm_goroutine_iter_open(core, &f, &it, NULL), GOPM_OK);
	while (gopm_goroutine_iter_next(it, &g, sizeof g, 1, &got) == GOPM_OK) {
		gopm_frame last;
		options.goroutine_address = g.address;
		if (stack == NULL) {
			assert_int_equal(gopm_stack_open(core, &options, &stack, NULL), GOPM_OK);
		} else {
			assert_int_equal(gopm_stack_reopen(stack, &options, NULL), GOPM_OK);
		}
		assert_int_equal(gopm_stack_end(stack, NULL), GOPM_STACK_END_COMPLETE);
		assert_int_equal(gopm_stack_frames(stack, gopm_stack_size(stack) - 1, &last, sizeof last, 1, &got),
		                 GOPM_OK);
		assert_true(same(last.location.function, "runtime.goexit"));
	}
	gopm_stack_free(stack);
	gopm_goroutine_iter_free(it);
	assert_int_equal(gopm_finding_total(core), 0);
}

/* The group of the goroutines that wait on `chan`, and its text; count 0: there is none. */
static gopm_group group_of_channel(gopm_core *opened, uint64_t chan, char *text, size_t size)
{
	gopm_group group = {0};
	gopm_group_iter *it;
	size_t got;

	assert_int_equal(gopm_group_iter_open(opened, GOPM_GROUP_OBJECT, NULL, NULL, &it, NULL), GOPM_OK);
	while (gopm_group_iter_next(it, &group, sizeof group, 1, &got) == GOPM_OK && group.object.object != chan) {
		group = (gopm_group){0};
	}
	assert_true(group.key.size < size);
	memcpy(text, group.key.data, group.key.size);
	text[group.key.size] = '\0';
	gopm_group_iter_free(it);
	return group;
}

/* A channel with a damaged header is not "unbuffered", and its waiters are not counted as senders or receivers. */
static void test_a_damaged_channel(void **state)
{
	const struct gopm__segment *segment = gopm__memory_find(&core->program->file.memory, METRICS_CHANNEL);
	struct sample_bytes bytes;
	gopm_status status;
	char text[256];

	(void)state;
	sample_read(&bytes);
	assert_non_null(segment);
	/* qcount 101, dataqsiz 100 */
	bytes.core[segment->offset + (METRICS_CHANNEL - segment->address)] = 101;
	gopm_core *changed = sample_open_bytes(&bytes, 0, &status);
	assert_non_null(changed);
	gopm_group group = group_of_channel(changed, METRICS_CHANNEL, text, sizeof text);
	assert_int_equal(group.count, 1001);
	assert_int_equal(group.object.flags & (GOPM_WAIT_FLAG_UNREADABLE | GOPM_WAIT_FLAG_COUNTS),
	                 GOPM_WAIT_FLAG_UNREADABLE);
	assert_int_equal(group.object.capacity, 0);
	assert_string_equal(text, "chan 0x39a125340070, which cannot be read: 1001 waiting");
	gopm_core_close(changed);
	sample_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_filters),           cmocka_unit_test(test_delve_user),
	    cmocka_unit_test(test_the_consumer),      cmocka_unit_test(test_groups_add_up),
	    cmocka_unit_test(test_the_object),        cmocka_unit_test(test_every_stack_is_whole),
	    cmocka_unit_test(test_a_damaged_channel),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
