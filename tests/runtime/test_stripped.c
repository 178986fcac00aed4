/* The sample's executable without section headers has no symbols, no section names and no DWARF: what the runtime's
 * variables hold must be found all the same, and be the same. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static struct sample_bytes bytes;
static gopm_core *whole, *stripped;

static int set_up(void **state)
{
	gopm_status status;

	(void)state;
	sample_read(&bytes);
	whole = sample_open_bytes(&bytes, 0, &status);
	assert_int_equal(status, GOPM_OK);
	/* The open core borrows its executable's bytes: the stripped one is another copy. */
	struct sample_bytes copy;
	sample_read(&copy);
	free(copy.core);
	copy.core = bytes.core;
	Elf64_Ehdr *header = (Elf64_Ehdr *)(void *)copy.exe;
	header->e_shoff = 0;
	header->e_shnum = header->e_shstrndx = 0;
	stripped = sample_open_bytes(&copy, 0, &status);
	assert_int_equal(status, GOPM_OK);
	*state = copy.exe;
	return 0;
}

static int tear_down(void **state)
{
	gopm_core_close(whole);
	gopm_core_close(stripped);
	free(*state);
	sample_free(&bytes);
	return 0;
}

static void same_str(gopm_str a, gopm_str b)
{
	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.data != NULL ? a.data : "", b.data != NULL ? b.data : "", a.size);
}

static void same_location(const gopm_location *a, const gopm_location *b)
{
	assert_int_equal(a->pc, b->pc);
	assert_int_equal(a->entry, b->entry);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->flags, b->flags);
	same_str(a->function, b->function);
	same_str(a->file, b->file);
}

static void test_goroutines(void **state)
{
	gopm_goroutine_iter *a, *b;
	gopm_goroutine x, y;
	size_t got, total = 0;

	(void)state;
	assert_int_equal(gopm_goroutine_iter_open(whole, NULL, &a, NULL), GOPM_OK);
	assert_int_equal(gopm_goroutine_iter_open(stripped, NULL, &b, NULL), GOPM_OK);
	while (gopm_goroutine_iter_next(a, &x, sizeof x, 1, &got) == GOPM_OK) {
		assert_int_equal(gopm_goroutine_iter_next(b, &y, sizeof y, 1, &got), GOPM_OK);
		assert_int_equal(x.id, y.id);
		assert_int_equal(x.address, y.address);
		assert_int_equal(x.flags, y.flags);
		assert_int_equal(x.thread_id, y.thread_id);
		assert_int_equal(x.wait_time, y.wait_time);
		assert_int_equal(x.wait.object, y.wait.object);
		assert_int_equal(x.wait.senders, y.wait.senders);
		same_str(x.wait.type, y.wait.type);
		same_str(x.wait_reason, y.wait_reason);
		same_str(x.status_name, y.status_name);
		same_location(&x.current, &y.current);
		same_location(&x.user, &y.user);
		same_location(&x.start, &y.start);
		same_location(&x.go_statement, &y.go_statement);
		total++;
	}
	assert_int_equal(gopm_goroutine_iter_next(b, &y, sizeof y, 1, &got), GOPM_DONE);
	assert_true(total > 2000);
	gopm_goroutine_iter_free(a);
	gopm_goroutine_iter_free(b);
}

static void test_info(void **state)
{
	gopm_core_info a = {.struct_size = sizeof a}, b = {.struct_size = sizeof b};

	(void)state;
	assert_int_equal(gopm_core_get_info(whole, &a), GOPM_OK);
	assert_int_equal(gopm_core_get_info(stripped, &b), GOPM_OK);
	same_str(a.go_version, b.go_version);
	assert_int_equal(a.now, b.now);
	assert_int_equal(a.goroutine_slots, b.goroutine_slots);
	assert_int_equal(b.flags & GOPM_CORE_HAS_DWARF, 0);
}

static void test_threads(void **state)
{
	gopm_thread_iter *a, *b;
	gopm_thread x, y;
	size_t got;

	(void)state;
	assert_int_equal(gopm_thread_iter_open(whole, &a, NULL), GOPM_OK);
	assert_int_equal(gopm_thread_iter_open(stripped, &b, NULL), GOPM_OK);
	while (gopm_thread_iter_next(a, &x, sizeof x, 1, &got) == GOPM_OK) {
		assert_int_equal(gopm_thread_iter_next(b, &y, sizeof y, 1, &got), GOPM_OK);
		assert_int_equal(x.id, y.id);
		assert_int_equal(x.m, y.m);
		assert_int_equal(x.goroutine, y.goroutine);
	}
	gopm_thread_iter_free(a);
	gopm_thread_iter_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_goroutines),
	    cmocka_unit_test(test_info),
	    cmocka_unit_test(test_threads),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
