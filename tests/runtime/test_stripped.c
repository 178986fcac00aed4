/* SPDX-License-Identifier: Apache-2.0 */
/* The sample's executable without section headers: no symbols, no section names, no DWARF. The runtime's variables must
 * be found by structure, with the same contents. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static struct sample_bytes bytes;
static gopm_core *whole, *stripped;

/* Strips a copy of the executable, which the caller frees. An open core borrows the bytes of its executable. */
static gopm_core *open_stripped(const struct sample_bytes *of, void **exe)
{
	struct sample_bytes copy;
	gopm_status status;

	sample_read(&copy);
	free(copy.core);
	copy.core = of->core;
	copy.core_size = of->core_size;
	Elf64_Ehdr *header = (Elf64_Ehdr *)(void *)copy.exe;
	header->e_shoff = 0;
	header->e_shnum = header->e_shstrndx = 0;
	gopm_core *core = sample_open_bytes(&copy, 0, &status);
	assert_int_equal(status, GOPM_OK);
	*exe = copy.exe;
	return core;
}

static int set_up(void **state)
{
	gopm_status status;

	sample_read(&bytes);
	whole = sample_open_bytes(&bytes, 0, &status);
	assert_int_equal(status, GOPM_OK);
	stripped = open_stripped(&bytes, state);
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

/* @return how many there are */
static size_t same_goroutines(gopm_core *with, gopm_core *without, gopm_goroutine *last)
{
	gopm_goroutine_iter *a, *b;
	gopm_goroutine x, y;
	size_t got, total = 0;

	*last = (gopm_goroutine){.address = 0};
	assert_int_equal(gopm_goroutine_iter_open(with, NULL, &a, NULL), GOPM_OK);
	assert_int_equal(gopm_goroutine_iter_open(without, NULL, &b, NULL), GOPM_OK);
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
		*last = x.address > last->address ? x : *last;
		total++;
	}
	assert_int_equal(gopm_goroutine_iter_next(b, &y, sizeof y, 1, &got), GOPM_DONE);
	gopm_goroutine_iter_free(a);
	gopm_goroutine_iter_free(b);
	return total;
}

static void test_goroutines(void **state)
{
	gopm_goroutine last;

	(void)state;
	assert_true(same_goroutines(whole, stripped, &last) > 2000);
}

/* The segment of the core that `address` is in. */
static Elf64_Phdr *segment_of(uint8_t *core, uint64_t address)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)(void *)core;
	Elf64_Phdr *segments = (Elf64_Phdr *)(void *)(core + header->e_phoff);

	for (size_t i = 0; i < header->e_phnum; i++) {
		if (segments[i].p_type == PT_LOAD && address >= segments[i].p_vaddr &&
		    address - segments[i].p_vaddr < segments[i].p_filesz) {
			return &segments[i];
		}
	}
	return NULL;
}

/* Opens a changed core with symbols and without. Both find the same goroutines, fewer than in the sound core. */
static void same_without_some(const struct sample_bytes *changed)
{
	gopm_goroutine last;
	gopm_status status;
	void *exe;

	gopm_core *with = sample_open_bytes(changed, 0, &status);
	assert_int_equal(status, GOPM_OK);
	gopm_core *without = open_stripped(changed, &exe);
	size_t all = same_goroutines(whole, stripped, &last), left = same_goroutines(with, without, &last);
	assert_true(left > all / 2 && left < all);
	gopm_core_close(with);
	gopm_core_close(without);
	free(exe);
}

/* gcore omits pages that it could not read. The last g's may be in them. */
static void test_lacking(void **state)
{
	struct sample_bytes cut;
	gopm_goroutine last;

	(void)state;
	(void)same_goroutines(whole, stripped, &last);
	sample_read(&cut);
	Elf64_Phdr *segment = segment_of(cut.core, last.address);
	assert_non_null(segment);
	segment->p_filesz = (last.address - segment->p_vaddr) & ~UINT64_C(0xfff);
	same_without_some(&cut);
	sample_free(&cut);
}

/* runtime.newproc1 adds a new g to allgs, dead, before it gets an id. */
static void test_being_made(void **state)
{
	struct sample_bytes made;
	gopm_goroutine last;
	uint64_t id = 0;
	size_t at;

	(void)state;
	(void)same_goroutines(whole, stripped, &last);
	sample_read(&made);
	const Elf64_Phdr *segment = segment_of(made.core, last.address);
	assert_non_null(segment);
	uint8_t *g = made.core + segment->p_offset + (last.address - segment->p_vaddr);
	for (at = 0; at < 256 && id != last.id; at += 8) {
		memcpy(&id, g + at, sizeof id);
	}
	assert_true(id == last.id);
	/* atomicstatus and stackLock are before goid. */
	const uint32_t words[] = {6, 0, 0, 0};
	memcpy(g + at - 16, words, sizeof words);
	same_without_some(&made);
	sample_free(&made);
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
	    cmocka_unit_test(test_goroutines), cmocka_unit_test(test_lacking), cmocka_unit_test(test_being_made),
	    cmocka_unit_test(test_info),       cmocka_unit_test(test_threads),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
