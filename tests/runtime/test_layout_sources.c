/* SPDX-License-Identifier: Apache-2.0 */
/* The sample's executable, with the names of some type descriptors destroyed. The layout must come from its DWARF, or
 * from the table if DWARF is disabled, and all answers stay the same. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/layout/source.h"

static struct sample_bytes bytes;
static gopm_core *whole;

static gopm_core *open_with(const struct sample_bytes *from, uint32_t flags)
{
	gopm_core_options options;
	gopm_core *core;

	gopm_core_options_init(&options, sizeof options);
	options.core_data = from->core;
	options.core_size = from->core_size;
	options.exe_data = from->exe;
	options.exe_size = from->exe_size;
	options.flags = flags | GOPM_OPEN_NO_SEARCH;
	assert_int_equal(gopm_core_open(&options, &core, NULL), GOPM_OK);
	return core;
}

static int set_up(void **state)
{
	(void)state;
	sample_read(&bytes);
	whole = open_with(&bytes, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gopm_core_close(whole);
	sample_free(&bytes);
	return 0;
}

/* "*runtime.g" with its length in front becomes "*runtime.~". */
static void destroy(struct sample_bytes *copy, const char *name)
{
	char wanted[64];
	size_t size = strlen(name) + 2, count = 0;
	uint8_t *at = copy->exe;

	wanted[0] = (char)(size - 1);
	wanted[1] = '*';
	memcpy(wanted + 2, name, size - 2);
	while ((at = memmem(at, copy->exe_size - (size_t)(at - (uint8_t *)copy->exe), wanted, size)) != NULL) {
		at[size - 1] = '~';
		at++;
		count++;
	}
	assert_true(count != 0);
}

static bool has_finding(gopm_core *core, const char *text)
{
	gopm_finding_iter *it;
	gopm_finding finding;
	size_t got;
	bool found = false;

	assert_int_equal(gopm_finding_iter_open(core, &it, NULL), GOPM_OK);
	while (gopm_finding_iter_next(it, &finding, sizeof finding, 1, &got) == GOPM_OK) {
		found = found || memmem(finding.message.data, finding.message.size, text, strlen(text)) != NULL;
	}
	gopm_finding_iter_free(it);
	return found;
}

static void same_str(gopm_str a, gopm_str b)
{
	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.data != NULL ? a.data : "", b.data != NULL ? b.data : "", a.size);
}

static void same_goroutines(gopm_core *other)
{
	gopm_goroutine_iter *a, *b;
	gopm_goroutine x, y;
	size_t got, total = 0;

	assert_int_equal(gopm_goroutine_iter_open(whole, NULL, &a, NULL), GOPM_OK);
	assert_int_equal(gopm_goroutine_iter_open(other, NULL, &b, NULL), GOPM_OK);
	while (gopm_goroutine_iter_next(a, &x, sizeof x, 1, &got) == GOPM_OK) {
		assert_int_equal(gopm_goroutine_iter_next(b, &y, sizeof y, 1, &got), GOPM_OK);
		assert_int_equal(x.id, y.id);
		assert_int_equal(x.address, y.address);
		assert_int_equal(x.flags, y.flags);
		assert_int_equal(x.thread_id, y.thread_id);
		assert_int_equal(x.wait_time, y.wait_time);
		assert_int_equal(x.wait.object, y.wait.object);
		assert_int_equal(x.wait.senders, y.wait.senders);
		same_str(x.wait_reason, y.wait_reason);
		same_str(x.start.function, y.start.function);
		same_str(x.go_statement.function, y.go_statement.function);
		total++;
	}
	assert_int_equal(gopm_goroutine_iter_next(b, &y, sizeof y, 1, &got), GOPM_DONE);
	assert_true(total > 2000);
	gopm_goroutine_iter_free(a);
	gopm_goroutine_iter_free(b);
}

static void read_without(const char *const *names, size_t count, uint32_t flags, const char *finding)
{
	struct sample_bytes copy;

	sample_read(&copy);
	free(copy.core);
	copy.core = bytes.core;
	for (size_t i = 0; i < count; i++) {
		destroy(&copy, names[i]);
	}
	gopm_core *core = open_with(&copy, flags);
	assert_true(has_finding(core, finding));
	same_goroutines(core);
	gopm_core_close(core);
	free(copy.exe);
}

static void test_descriptors_suffice(void **state)
{
	(void)state;
	assert_false(has_finding(whole, "read by"));
	assert_false(has_finding(whole, "has no field"));
}

/* A field under another name is missed, as each program of this Go has it. */
static void test_renamed_field(void **state)
{
	static const char name[] = "\x05recvq"; /* its length first */
	struct sample_bytes copy;
	uint8_t *at;

	(void)state;
	sample_read(&copy);
	free(copy.core);
	copy.core = bytes.core;
	at = copy.exe;
	while ((at = memmem(at, copy.exe_size - (size_t)(at - (uint8_t *)copy.exe), name, sizeof name - 1)) != NULL) {
		at[5] = '~';
	}
	gopm_core *core = open_with(&copy, 0);
	assert_true(has_finding(core, "runtime.hchan has no field recvq.first"));
	gopm_core_close(core);
	free(copy.exe);
}

static void test_dwarf(void **state)
{
	static const char *const names[] = {"runtime.g", "runtime.m"};

	(void)state;
	read_without(names, 2, 0, "the runtime's structures are read by the DWARF");
}

static void test_table(void **state)
{
	static const char *const names[] = {"runtime.g", "runtime.p"};

	(void)state;
	read_without(names, 2, GOPM_OPEN_NO_DWARF, "the runtime's structures are read by the table of versions");
}

static void test_completed(void **state)
{
	static const char *const names[] = {"runtime.sudog", "runtime.hchan"};

	(void)state;
	read_without(names, 2, 0, "runtime.hchan is read by the DWARF");
	read_without(names, 2, GOPM_OPEN_NO_DWARF, "runtime.sudog is read by the table of versions");
}

/* The versions of the table that are tried, in order. */
static void test_versions(void **state)
{
	const int newest = gopm__layout_table_version(9900, 0);

	(void)state;
	assert_int_equal(gopm__layout_version((gopm_str){"go1.23.4", 8}, 23), 2304);
	assert_int_equal(gopm__layout_version((gopm_str){"go1.23.12 X:some", 16}, 23), 2312);
	assert_int_equal(gopm__layout_version((gopm_str){"go1.26", 6}, 26), 2600);
	assert_int_equal(gopm__layout_version((gopm_str){"go1.26rc2", 9}, 26), 2600);
	assert_int_equal(gopm__layout_version((gopm_str){NULL, 0}, 0), 0);
	assert_true(newest >= 2703);
	assert_int_equal(gopm__layout_table_version(1500, 0), 0); /* older than all */
	assert_int_equal(gopm__layout_table_version(2305, 0), 2304);
	assert_int_equal(gopm__layout_table_version(2305, 1), 2312);
	assert_int_equal(gopm__layout_table_version(2305, 2), 0);
	assert_int_equal(gopm__layout_table_version(0, 0), newest);
	int before = newest + 1, at;
	for (unsigned i = 0; (at = gopm__layout_table_version(0, i)) != 0; i++) {
		assert_true(at < before);
		before = at;
	}
	assert_int_equal(before / 100, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_renamed_field), cmocka_unit_test(test_descriptors_suffice),
	    cmocka_unit_test(test_dwarf),         cmocka_unit_test(test_table),
	    cmocka_unit_test(test_completed),     cmocka_unit_test(test_versions),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
