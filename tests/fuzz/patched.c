/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/patched.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "core/source.h"

#define PAGE ((size_t)4096)
#define MAX_GOROUTINES 48
#define STACKS 6
#define MAX_PATCHES 32
#define MAX_PAGES 65536

struct file {
	uint8_t *data;
	size_t size;
	size_t debug_start; /* of an executable: offset of its unpacked debug sections */
};

struct patch {
	uint8_t *at;
	size_t size;
	uint8_t old[8];
};

static struct file core_file, exe_file;
static uint8_t *pages[MAX_PAGES]; /* the touched ones */
static size_t page_count;
static bool ready;

static void check(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "cannot prepare: %s\n", what);
		exit(2);
	}
}

/* Loads the unpacked core into a writable private mapping. */
static void load_core(const char *path)
{
	static const struct gopm__io_options options = {.map = true};
	static struct gopm__source source;
	static struct gopm__io io;
	struct gopm__source_request request = {.fd = -1, .path = path, .what = "core", .io = &io, .unpack = true};
	gopm_error *err = NULL;

	gopm__io_init(&io, &options, NULL);
	check(gopm__source_open(&source, &request, &err) == GOPM_OK, gopm_error_message(err));
	core_file.data = source.mapping;
	core_file.size = (size_t)source.size;
}

static uint8_t *map_zeroes(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(p != MAP_FAILED, "memory");
	return p;
}

/* Loads the executable and unpacks its debug sections, so that a change in one changes the data that is read, not its
 * compressed form. */
static void load_executable(const char *path)
{
	struct stat st;
	Elf64_Ehdr h;

	int fd = open(path, O_RDONLY | O_CLOEXEC);
	check(fd >= 0 && fstat(fd, &st) == 0, path);
	size_t size = ((size_t)st.st_size + PAGE - 1) / PAGE * PAGE, extra = (size_t)32 << 20;
	uint8_t *data = map_zeroes(size + extra);
	check(read(fd, data, (size_t)st.st_size) == st.st_size, path);
	(void)close(fd);
	exe_file = (struct file){data, size + extra, size};
	memcpy(&h, data, sizeof h);
	uint64_t at = size;
	for (size_t i = 0; i < h.e_shnum; i++) {
		Elf64_Shdr s;
		Elf64_Chdr c;
		uint8_t *header = data + h.e_shoff + i * sizeof s;
		memcpy(&s, header, sizeof s);
		if ((s.sh_flags & SHF_COMPRESSED) == 0) {
			continue;
		}
		memcpy(&c, data + s.sh_offset, sizeof c);
		uLongf made = c.ch_size;
		check(at + c.ch_size < size + extra &&
		          uncompress(data + at, &made, data + s.sh_offset + sizeof c, s.sh_size - sizeof c) == Z_OK,
		      "unpacking of a section");
		s.sh_flags &= ~(Elf64_Xword)SHF_COMPRESSED;
		s.sh_offset = at;
		s.sh_size = c.ch_size;
		memcpy(header, &s, sizeof s);
		at = (at + c.ch_size + PAGE - 1) / PAGE * PAGE;
	}
	exe_file.size = at;
}

static bool inside(const struct file *file, const uint8_t *p)
{
	return p >= file->data && p < file->data + file->size;
}

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
	uint8_t *p = info->si_addr;

	(void)context;
	if (inside(&core_file, p) || inside(&exe_file, p)) {
		p -= (uintptr_t)p % PAGE;
		if (mprotect(p, PAGE, PROT_READ | PROT_WRITE) == 0) {
			if (page_count < MAX_PAGES) {
				pages[page_count++] = p;
			}
			return;
		}
	}
	(void)signal(signal_number, SIG_DFL);
}

void patched_options(gopm_core_options *options, uint32_t open_flags)
{
	gopm_core_options_init(options, sizeof *options);
	options->core_data = core_file.data;
	options->core_size = core_file.size;
	options->exe_data = exe_file.data;
	options->exe_size = exe_file.size;
	options->flags = open_flags | GOPM_OPEN_NO_SEARCH;
	options->max_goroutines = MAX_GOROUTINES;
	options->max_frames = 200;
	options->max_findings = 50;
	options->max_section_size = 1 << 24;
}

static gopm_core *open_core(uint32_t open_flags)
{
	gopm_core_options options;
	gopm_core *core = NULL;

	patched_options(&options, open_flags);
	gopm_error *err = NULL;
	gopm_status status = gopm_core_open(&options, &core, &err);
	if ((status == GOPM_OK) != (core != NULL) || (status == GOPM_OK) != (err == NULL)) {
		abort();
	}
	gopm_error_free(err);
	return core;
}

static int by_address(const void *a, const void *b)
{
	const uint8_t *const *x = a, *const *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* Finds the pages that a reader touches if nothing is changed: protects all of them, and opens each on the fault of its
 * first access. */
static void record_pages(uint32_t open_flags, patched_fn read_core)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER}, old_segv, old_bus;

	check(mprotect(core_file.data, core_file.size, PROT_NONE) == 0, "locking");
	check(mprotect(exe_file.data, exe_file.size, PROT_NONE) == 0, "locking");
	(void)sigaction(SIGSEGV, &action, &old_segv);
	(void)sigaction(SIGBUS, &action, &old_bus);
	gopm_core *core = open_core(open_flags);
	check(core != NULL, "opening the sample");
	read_core(core);
	gopm_core_close(core);
	(void)sigaction(SIGSEGV, &old_segv, NULL);
	(void)sigaction(SIGBUS, &old_bus, NULL);
	check(mprotect(core_file.data, core_file.size, PROT_READ | PROT_WRITE) == 0, "unlocking");
	check(mprotect(exe_file.data, exe_file.size, PROT_READ | PROT_WRITE) == 0, "unlocking");
	/* The same order in each run, or an input would mean something else in the next. */
	qsort(pages, page_count, sizeof pages[0], by_address);
}

static bool wanted(const uint8_t *page, uint32_t what)
{
	if (inside(&core_file, page)) {
		return (what & PATCH_CORE) != 0;
	}
	return (what & (page < exe_file.data + exe_file.debug_start ? PATCH_CODE : PATCH_DWARF)) != 0;
}

static void strip_executable(void)
{
	Elf64_Ehdr h;

	memcpy(&h, exe_file.data, sizeof h);
	h.e_shoff = 0;
	h.e_shnum = 0;
	h.e_shstrndx = 0;
	memcpy(exe_file.data, &h, sizeof h);
}

static void destroy_name(const struct file *file)
{
	static const char name[] = "\x0a*runtime.g";
	uint8_t *at = file->data, *end = file->data + file->size;

	while ((at = memmem(at, (size_t)(end - at), name, sizeof name - 1)) != NULL) {
		at += sizeof name - 2;
		*at = '~';
	}
}

void patched_load(void)
{
	if (core_file.data == NULL) {
		load_core(GOPM_SAMPLE "/core.zst");
		load_executable(GOPM_SAMPLE "/server");
		check(mprotect(core_file.data, core_file.size, PROT_READ | PROT_WRITE) == 0, "unlocking");
	}
}

static void prepare(uint32_t what, uint32_t open_flags, patched_fn read_core)
{
	patched_load();
	if ((what & PATCH_STRIPPED) != 0) {
		strip_executable();
	}
	if ((what & PATCH_NAMELESS) != 0) {
		destroy_name(&exe_file);
	}
	record_pages(open_flags, read_core);
	/* Sorted within the core and within the executable; their order depends on where they are mapped. */
	size_t count = 0;
	static uint8_t *sorted[MAX_PAGES];
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < page_count; i++) {
			if (inside(&core_file, pages[i]) == (pass == 0) && wanted(pages[i], what)) {
				sorted[count++] = pages[i];
			}
		}
	}
	memcpy(pages, sorted, count * sizeof pages[0]);
	page_count = count;
	check(count != 0, "no page was touched");
	ready = true;
}

/* A change is a page (2 bytes), an offset in it (2), a length of 1 to 8 (1), and its bytes. */
void patched_run(uint32_t what, uint32_t open_flags, patched_fn read_core, const uint8_t *data, size_t size)
{
	struct patch patches[MAX_PATCHES];
	size_t count = 0, at = 0;

	if (!ready) {
		prepare(what, open_flags, read_core);
	}
	while (count < MAX_PATCHES && at + 6 <= size) {
		struct patch *p = &patches[count];
		size_t page = (size_t)(data[at] | data[at + 1] << 8) % page_count;
		size_t offset = (size_t)(data[at + 2] | data[at + 3] << 8) % (PAGE - 8);
		p->size = (size_t)(data[at + 4] & 7) + 1;
		p->at = pages[page] + offset;
		at += 5;
		p->size = p->size < size - at ? p->size : size - at;
		memcpy(p->old, p->at, p->size);
		memcpy(p->at, data + at, p->size);
		at += p->size;
		count++;
	}
	gopm_core *core = open_core(open_flags);
	if (core != NULL) {
		read_core(core);
		gopm_core_close(core);
	}
	while (count-- != 0) {
		memcpy(patches[count].at, patches[count].old, patches[count].size);
	}
}

void patched_touch(gopm_str s)
{
	volatile char byte = 0;

	for (size_t i = 0; i < s.size; i++) {
		byte = s.data[i];
	}
	(void)byte;
}

static void read_groups(gopm_core *core)
{
	for (uint32_t by = GOPM_GROUP_USER; by <= GOPM_GROUP_OBJECT; by++) {
		gopm_group_iter *it;
		gopm_group group;
		size_t got;
		if (gopm_group_iter_open(core, by, by == GOPM_GROUP_LABEL ? "k" : NULL, NULL, &it, NULL) != GOPM_OK) {
			continue;
		}
		while (gopm_group_iter_next(it, &group, sizeof group, 1, &got) == GOPM_OK) {
			patched_touch(group.key);
			patched_touch(group.location.function);
		}
		gopm_group_iter_free(it);
	}
}

static void read_threads(gopm_core *core)
{
	gopm_thread_iter *it;
	gopm_thread thread;
	size_t got;

	if (gopm_thread_iter_open(core, &it, NULL) == GOPM_OK) {
		while (gopm_thread_iter_next(it, &thread, sizeof thread, 1, &got) == GOPM_OK) {
			patched_touch(thread.location.function);
			patched_touch(thread.object);
		}
		gopm_thread_iter_free(it);
	}
}

static size_t goroutines(gopm_core *core, gopm_goroutine *records, size_t capacity)
{
	gopm_goroutine_filter filter;
	gopm_goroutine_iter *it;
	size_t got = 0;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.flags = GOPM_FILTER_DEAD;
	if (gopm_goroutine_iter_open(core, &filter, &it, NULL) != GOPM_OK) {
		return 0;
	}
	if (gopm_goroutine_iter_next(it, records, sizeof *records, capacity, &got) != GOPM_OK) {
		got = 0;
	}
	gopm_goroutine_iter_free(it);
	return got;
}

void patched_read_goroutines(gopm_core *core)
{
	static gopm_goroutine records[MAX_GOROUTINES];
	gopm_core_info info = {.struct_size = sizeof info};

	(void)gopm_core_get_info(core, &info);
	patched_touch(info.go_version);
	patched_touch(info.death_text);
	patched_touch(info.backlog);
	size_t count = goroutines(core, records, MAX_GOROUTINES);
	for (size_t i = 0; i < count; i++) {
		gopm_wait waits[8];
		gopm_label labels[8];
		size_t found = 0;
		patched_touch(records[i].user.function);
		patched_touch(records[i].user.file);
		patched_touch(records[i].start.function);
		patched_touch(records[i].wait_reason);
		(void)gopm_goroutine_waits(core, records[i].address, waits, sizeof waits[0], 8, &found);
		if (gopm_goroutine_labels(core, records[i].address, labels, sizeof labels[0], 8, &found) == GOPM_OK) {
			for (size_t k = 0; k < found && k < 8; k++) {
				patched_touch(labels[k].key);
				patched_touch(labels[k].value);
			}
		}
	}
	read_groups(core);
	read_threads(core);
}

void patched_read_vars(const gopm_stack *stack, size_t frame)
{
	gopm_vars *vars;
	gopm_value *value;
	char text[2000];
	size_t length;

	if (gopm_frame_vars(stack, frame, NULL, &vars, NULL) != GOPM_OK) {
		return;
	}
	for (size_t i = 0; i < 64 && gopm_vars_value(vars, i, &value) == GOPM_OK; i++) {
		gopm_value_info info = {.struct_size = sizeof info};
		gopm_value *child;
		(void)gopm_value_get_info(value, &info);
		patched_touch(info.type);
		patched_touch(info.text);
		patched_touch(info.unreadable);
		(void)gopm_value_text(value, text, sizeof text, &length);
		(void)gopm_value_json(value, 0, text, sizeof text, &length);
		if (info.child_count != 0 && gopm_value_child(value, info.child_count - 1, &child, NULL) == GOPM_OK) {
			(void)gopm_value_text(child, NULL, 0, &length);
			gopm_value_free(child);
		}
		gopm_value_free(value);
	}
	gopm_vars_free(vars);
}

static int32_t take(void *user_data, const char *text, size_t size)
{
	patched_touch((gopm_str){text, size});
	*(size_t *)user_data += size;
	return *(size_t *)user_data > 1 << 20;
}

void patched_read_stacks(gopm_core *core, bool vars)
{
	static gopm_goroutine records[MAX_GOROUTINES];
	size_t count = goroutines(core, records, MAX_GOROUTINES);
	size_t step = count > STACKS ? count / STACKS : 1;

	for (size_t i = 0; i < count; i += step) {
		gopm_stack_options options;
		gopm_stack *stack;
		gopm_frame frame;
		size_t got, written = 0;
		gopm_stack_options_init(&options, sizeof options);
		options.goroutine_address = records[i].address;
		if (gopm_stack_open(core, &options, &stack, NULL) != GOPM_OK) {
			continue;
		}
		size_t size = gopm_stack_size(stack);
		for (size_t k = 0; k < size && k < 200; k++) {
			if (gopm_stack_frames(stack, k, &frame, sizeof frame, 1, &got) == GOPM_OK) {
				patched_touch(frame.location.function);
				patched_touch(frame.location.file);
			}
			if (vars && k < 12) {
				patched_read_vars(stack, k);
			}
		}
		gopm_stack_free(stack);
		if (!vars) {
			gopm_traceback_options traceback;
			gopm_traceback_options_init(&traceback, sizeof traceback);
			traceback.goroutine_id = records[i].id;
			traceback.level = GOPM_TRACEBACK_SYSTEM;
			(void)gopm_traceback(core, &traceback, take, &written, NULL);
		}
	}
}
