/* SPDX-License-Identifier: Apache-2.0 */
/* A process as a virtual core: children of this test write down where they are, and that is what has to be read of
 * them. */
#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "core/live_child.h"
#include "support/testcore.h"

static void with_secret(void)
{
	static volatile char secret[100000];

	for (size_t i = 0; i < sizeof secret; i++) {
		secret[i] = (char)(i * 7 + (i >> 8));
	}
	shared->address[0] = (uintptr_t)secret;
	spinning();
}

static void reads_a_stopped_process(void **state)
{
	struct parsed parsed;
	struct gopm__live *live;

	(void)state;
	pid_t pid = start(with_secret);
	await_ready(SPINNERS);
	open_live(&live, pid);
	assert_runs();
	stop_live(live);
	assert_int_equal(gopm__live_thread_count(live), SPINNERS);
	assert_int_equal(gopm__live_asleep_count(live), 0);
	image_live(live);
	parse(live, &parsed);
	const struct gopm__corefile *core = &parsed.core;
	assert_int_equal(core->pid, pid);
	assert_int_equal(core->thread_count, SPINNERS);
	assert_int_equal(core->threads[0].id, pid);
	for (size_t i = 0; i < SPINNERS; i++) {
		size_t at = 0;
		while (at < SPINNERS && core->threads[at].id != (uint64_t)shared->thread[i].id) {
			at++;
		}
		assert_true(at < SPINNERS);
		const struct gopm__thread *t = &core->threads[at];
		uint64_t pc = t->registers.value[core->arch->pc], sp = t->registers.value[core->arch->sp];
		assert_true(pc >= (uintptr_t)__start_gopm_spin && pc < (uintptr_t)__stop_gopm_spin);
		assert_true(sp >= shared->thread[i].stack);
		assert_true(sp < shared->thread[i].stack + shared->thread[i].stack_size);
		assert_int_equal(t->signal, 0);
	}
	char secret[100000];
	struct gopm__reader reader = gopm__reader(&core->memory);
	assert_int_equal(gopm__read_copy(&reader, shared->address[0], secret, sizeof secret), sizeof secret);
	for (size_t i = 0; i < sizeof secret; i++) {
		assert_int_equal(secret[i], (char)(i * 7 + (i >> 8)));
	}
	/* No thread runs until the resume. */
	uint64_t counts[SPINNERS];
	for (size_t i = 0; i < SPINNERS; i++) {
		counts[i] = atomic_load(&shared->thread[i].count);
	}
	(void)usleep(20000);
	for (size_t i = 0; i < SPINNERS; i++) {
		assert_int_equal(atomic_load(&shared->thread[i].count), counts[i]);
	}
	assert_true(gopm__live_resume(live) > 20000000);
	assert_int_equal(gopm__live_resume(live), 0);
	assert_runs();
	parsed_close(&parsed);
	gopm__live_close(live);
	end(pid);
}

/* Mappings of a child, each of PAGES pages at shared->address[], and the first bytes of each page. */
enum { UNTOUCHED, WRITTEN, DELETED, SHARED, SHORT, HIDDEN, MEMORY, HUGE_ONE, KINDS };
enum { PAGES = 40, PAGE = 4096 };
static char paths[KINDS][64];

static uint64_t mark(unsigned kind, unsigned page)
{
	return 0x6d61726b00000000 | kind << 16 | page;
}

static int make_file(unsigned kind, unsigned pages)
{
	int fd = kind == MEMORY ? memfd_create("kept", MFD_CLOEXEC) : open(paths[kind], O_RDWR | O_CLOEXEC);

	for (unsigned i = 0; i < pages; i++) {
		uint64_t word = mark(kind, i);
		if (pwrite(fd, &word, sizeof word, (off_t)i * PAGE) != sizeof word ||
		    ftruncate(fd, (off_t)(i + 1) * PAGE) != 0) {
			_exit(1);
		}
	}
	return fd;
}

static void *map_file(unsigned kind, unsigned pages, int protection, int flags)
{
	int fd = make_file(kind, pages);
	void *at = mmap(NULL, (size_t)PAGES * PAGE, protection, flags, fd, 0);

	if (at == MAP_FAILED || close(fd) != 0) {
		_exit(1);
	}
	shared->address[kind] = (uintptr_t)at;
	return at;
}

static void mapping(void)
{
	(void)map_file(UNTOUCHED, PAGES, PROT_READ, MAP_PRIVATE);
	char *written = map_file(WRITTEN, PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	/* One page of many is written, as by relocations. */
	written[17 * PAGE + 100] = 'w';
	if (mprotect(written, (size_t)PAGES * PAGE, PROT_READ) != 0) {
		_exit(1);
	}
	(void)map_file(DELETED, PAGES, PROT_READ, MAP_PRIVATE);
	(void)unlink(paths[DELETED]);
	(void)map_file(SHARED, PAGES, PROT_READ | PROT_WRITE, MAP_SHARED);
	(void)map_file(SHORT, PAGES / 2, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	(void)map_file(MEMORY, PAGES, PROT_READ | PROT_WRITE, MAP_SHARED);
	void *hidden = map_file(HIDDEN, PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	if (mprotect(hidden, (size_t)PAGES * PAGE, PROT_NONE) != 0) {
		_exit(1);
	}
	void *huge = mmap(NULL, (size_t)2 << 40, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	shared->address[HUGE_ONE] = huge != MAP_FAILED ? (uintptr_t)huge : 0;
	ticking();
}

static pid_t start_mapping(void)
{
	for (unsigned i = 0; i < KINDS; i++) {
		test_file(paths[i], "", 0);
	}
	/* A hostile file name. */
	char plain[64];
	memcpy(plain, paths[SHARED], sizeof plain);
	(void)snprintf(paths[SHARED], sizeof paths[SHARED], "%.50s\nodd", plain);
	assert_int_equal(rename(plain, paths[SHARED]), 0);
	return start(mapping);
}

static void end_mapping(pid_t pid)
{
	end(pid);
	for (unsigned i = 0; i < KINDS; i++) {
		(void)unlink(paths[i]);
	}
}

static const struct gopm__load *load_at(const struct gopm__corefile *core, uint64_t address)
{
	for (size_t i = 0; i < core->load_count; i++) {
		if (core->loads[i].address == address) {
			return &core->loads[i];
		}
	}
	fail_msg("no segment at 0x%llx", (unsigned long long)address);
	return NULL;
}

/* The pages that the core has, with the right mark. The others are missing, not zero. */
static void has_pages(const struct gopm__corefile *core, unsigned kind, unsigned count)
{
	struct gopm__reader reader = gopm__reader(&core->memory);

	assert_int_equal(load_at(core, shared->address[kind])->memory_size, (size_t)PAGES * PAGE);
	for (unsigned i = 0; i < PAGES; i++) {
		uint64_t word = 0, address = shared->address[kind] + (uint64_t)i * PAGE;
		bool there = gopm__read_u64(&reader, address, &word);
		assert_int_equal(there, i < count);
		assert_int_equal(word, i < count ? mark(kind, i) : 0);
	}
}

static bool has_file(const struct gopm__corefile *core, uint64_t address, const char *path)
{
	for (size_t i = 0; i < core->file_count; i++) {
		const struct gopm__file_mapping *f = &core->files[i];
		if (f->start == address) {
			return f->end == address + (uint64_t)PAGES * PAGE && f->offset == 0 &&
			       f->path.size == strlen(path) && memcmp(f->path.data, path, f->path.size) == 0;
		}
	}
	return false;
}

static void holds_what_no_file_has(void **state)
{
	struct gopm__live *live;
	struct parsed parsed;
	char text[96];

	(void)state;
	pid_t pid = start_mapping();
	await_ready(SPINNERS);
	open_live(&live, pid);
	for (int files = 0; files < 2; files++) {
		gopm__live_include_files(live, files != 0);
		stop_live(live);
		image_live(live);
		parse(live, &parsed);
		const struct gopm__corefile *core = &parsed.core;
		has_pages(core, UNTOUCHED, files != 0 ? PAGES : 1);
		has_pages(core, WRITTEN, PAGES);
		has_pages(core, DELETED, PAGES);
		has_pages(core, SHARED, PAGES);
		has_pages(core, MEMORY, PAGES);
		has_pages(core, HIDDEN, 0);
		/* Blocks of 16 pages: only the block with the end of the file is missing. */
		has_pages(core, SHORT, PAGES / 2 / 16 * 16);
		struct gopm__reader reader = gopm__reader(&core->memory);
		assert_int_equal(*gopm__read_span(&reader, shared->address[WRITTEN] + 17 * PAGE + 100, 1), 'w');
		if (shared->address[HUGE_ONE] != 0) {
			const struct gopm__load *huge = load_at(core, shared->address[HUGE_ONE]);
			assert_int_equal(huge->memory_size, (size_t)2 << 40);
			assert_int_equal(huge->file_size, 0);
		}
		assert_true(has_file(core, shared->address[UNTOUCHED], paths[UNTOUCHED]));
		assert_true(has_file(core, shared->address[SHARED], paths[SHARED]));
		assert_true(has_file(core, shared->address[HIDDEN], paths[HIDDEN]));
		assert_true(has_file(core, shared->address[MEMORY], "/memfd:kept (deleted)"));
		(void)snprintf(text, sizeof text, "%s (deleted)", paths[DELETED]);
		assert_true(has_file(core, shared->address[DELETED], text));
		parsed_close(&parsed);
		(void)gopm__live_resume(live);
	}
	gopm__live_close(live);
	end_mapping(pid);
}

/* Every line of /proc/PID/maps is a segment, in order. */
static void has_every_mapping(void **state)
{
	struct gopm__live *live;
	struct parsed parsed;
	char path[32], line[512];
	size_t at = 0;

	(void)state;
	pid_t pid = start_mapping();
	await_ready(SPINNERS);
	open_live(&live, pid);
	stop_live(live);
	image_live(live);
	parse(live, &parsed);
	(void)snprintf(path, sizeof path, "/proc/%d/maps", pid);
	FILE *maps = fopen(path, "re");
	assert_non_null(maps);
	while (fgets(line, sizeof line, maps) != NULL) {
		unsigned long long first, last;
		char flags[5];
		assert_int_equal(sscanf(line, "%llx-%llx %4s", &first, &last, flags), 3);
		assert_true(at < parsed.core.load_count);
		const struct gopm__load *load = &parsed.core.loads[at++];
		assert_int_equal(load->address, first);
		assert_int_equal(load->memory_size, last - first);
		assert_int_equal(load->flags & PF_R, flags[0] == 'r' ? PF_R : 0);
		assert_int_equal(load->flags & PF_W, flags[1] == 'w' ? PF_W : 0);
		assert_int_equal(load->flags & PF_X, flags[2] == 'x' ? PF_X : 0);
		assert_int_equal(load->offset % PAGE, 0);
		/* A mapping of more than a terabyte is a sanitizer's. */
		assert_true(load->file_size == load->memory_size || flags[1] != 'w' ||
		            load->memory_size > (uint64_t)1 << 40);
		if (strstr(line, "[vvar") != NULL || strstr(line, "[vsyscall]") != NULL) {
			assert_int_equal(load->file_size, 0);
		}
		if (strstr(line, "[vdso]") != NULL || strstr(line, "[stack]") != NULL) {
			assert_int_equal(load->file_size, load->memory_size);
		}
	}
	assert_int_equal(at, parsed.core.load_count);
	assert_int_equal(fclose(maps), 0);
	assert_int_equal(parsed.core.truncated, 0);
	parsed_close(&parsed);
	gopm__live_close(live);
	end_mapping(pid);
}

static void reads_a_running_process(void **state)
{
	struct gopm__live *live;
	struct parsed parsed;
	char secret[100000];

	(void)state;
	pid_t pid = start(with_secret);
	await_ready(SPINNERS);
	open_live(&live, pid);
	assert_int_equal(gopm__live_size(live), 0);
	assert_int_equal(gopm__live_read(live, 0, secret, 1), 0);
	image_live(live);
	parse(live, &parsed);
	assert_int_equal(parsed.core.pid, pid);
	assert_int_equal(parsed.core.thread_count, 0);
	struct gopm__reader reader = gopm__reader(&parsed.core.memory);
	assert_int_equal(gopm__read_copy(&reader, shared->address[0], secret, sizeof secret), sizeof secret);
	for (size_t i = 0; i < sizeof secret; i++) {
		assert_int_equal(secret[i], (char)(i * 7 + (i >> 8)));
	}
	parsed_close(&parsed);
	/* The process has ended: it cannot be read any more, even if its number is reused. */
	uint64_t last = gopm__live_size(live) - 1;
	assert_int_equal(gopm__live_read(live, last, secret, 1), 1);
	end(pid);
	assert_true(gopm__live_read(live, last, secret, 1) < 0);
	gopm_error *err = NULL;
	assert_int_equal(gopm__live_image(live, &err), GOPM_ERR_NO_PROCESS);
	assert_non_null(strstr(gopm_error_message(err), "ended"));
	gopm_error_free(err);
	assert_int_equal(gopm__live_stop(live, NULL), GOPM_ERR_NO_PROCESS);
	gopm__live_close(live);
}

static struct gopm__live *read_by_all;

/* Reads the file in odd pieces and returns a sum. Of a sanitizer's terabytes it reads only the start. */
static void *sum(void *argument)
{
	size_t piece = (size_t)(uintptr_t)argument;
	uint8_t *buffer = malloc(piece);
	uint64_t result = 0, size = gopm__live_size(read_by_all), most = (uint64_t)64 << 20;

	for (uint64_t at = 0; at < (size < most ? size : most);) {
		int64_t got = gopm__live_read(read_by_all, at, buffer, at + piece < most ? piece : (size_t)(most - at));
		if (got == 0) {
			result = 0;
			break;
		}
		for (int64_t i = 0; i < got; i++) {
			result = result * 31 + buffer[i];
		}
		/* Unreadable: continue with the next page. */
		at = got > 0 ? at + (uint64_t)got : (at / PAGE + 1) * PAGE;
	}
	free(buffer);
	return (void *)(uintptr_t)result;
}

static void is_read_by_many_at_once(void **state)
{
	pthread_t thread[4];
	void *result[4];

	(void)state;
	pid_t pid = start(with_secret);
	await_ready(SPINNERS);
	open_live(&read_by_all, pid);
	stop_live(read_by_all);
	image_live(read_by_all);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_create(&thread[i], NULL, sum, (void *)(uintptr_t)(1000 + i * 70001)), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(thread[i], &result[i]), 0);
		assert_non_null(result[i]);
		assert_ptr_equal(result[i], result[0]);
	}
	gopm__live_close(read_by_all);
	end(pid);
}

/* Untouched pages are reported as zero, and both functions give the same bytes. */
static void fills_what_it_reads(void **state)
{
	static uint8_t filled[1 << 20], read[1 << 20];
	struct gopm__live *live;
	uint64_t zeroes = 0;

	(void)state;
	pid_t pid = start_mapping();
	await_ready(SPINNERS);
	open_live(&live, pid);
	stop_live(live);
	image_live(live);
	uint64_t size = gopm__live_size(live), most = (uint64_t)256 << 20;
	for (uint64_t at = 0; at < (size < most ? size : most);) {
		bool zero = true;
		int64_t got = gopm__live_fill(live, at, filled, sizeof filled, &zero);
		if (got < 0) {
			assert_true(gopm__live_read(live, at, read, 1) < 0);
			at = (at / PAGE + 1) * PAGE;
			continue;
		}
		assert_true(got > 0);
		if (zero) {
			memset(filled, 0, (size_t)got);
			zeroes += (uint64_t)got;
		}
		for (int64_t done = 0; done < got;) {
			int64_t more = gopm__live_read(live, at + (uint64_t)done, read + done, (size_t)(got - done));
			assert_true(more > 0);
			done += more;
		}
		assert_memory_equal(filled, read, (size_t)got);
		at += (uint64_t)got;
	}
	/* The stacks of threads have megabytes of untouched pages. */
	assert_true(zeroes > (uint64_t)4 << 20);
	gopm__live_close(live);
	end_mapping(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_a_stopped_process), cmocka_unit_test(holds_what_no_file_has),
	    cmocka_unit_test(has_every_mapping),       cmocka_unit_test(reads_a_running_process),
	    cmocka_unit_test(is_read_by_many_at_once), cmocka_unit_test(fills_what_it_reads),
	};

	return under_valgrind() ? 77 : cmocka_run_group_tests(tests, NULL, NULL);
}
