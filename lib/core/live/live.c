/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a process through /proc and reads its memory. Descriptors of /proc/PID are kept open: they refer to this
 * process even if its number is reused. */
#include "core/live/live.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/live/live_private.h"
#include "util/allocate.h"
#include "util/search.h"

#if defined(__x86_64__) || defined(__aarch64__)
enum { CPU_KNOWN = 1 };
#else
enum { CPU_KNOWN = 0 };
#endif

static gopm_status open_directory(struct gopm__live *live, gopm_error **err)
{
	char path[32];

	(void)snprintf(path, sizeof path, "/proc/%" PRIu32, live->pid);
	live->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (live->directory >= 0) {
		return GOPM_OK;
	}
	if (errno == ENOENT || errno == ESRCH) {
		return gopm__fail(err, GOPM_ERR_NO_PROCESS, GOPM__AT_FILE(live->name), "no such process%s",
		                  access("/proc/self", F_OK) == 0 ? "" : "; /proc is not mounted");
	}
	return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(live->name), "cannot open %s: %s", path, strerror(errno));
}

/* Finds a thread that still has the memory of the process: the first thread may end before the others. */
static void find_address_space(struct gopm__live *live)
{
	char name[48];
	DIR *tasks = NULL;

	live->space_id = live->pid;
	live->space = fcntl(live->directory, F_DUPFD_CLOEXEC, 0);
	if (gopm__live_thread_state(live, live->pid) == 'Z') {
		tasks = gopm__live_tasks(live);
	}
	for (struct dirent *entry; tasks != NULL && (entry = readdir(tasks)) != NULL;) {
		uint32_t id = (uint32_t)strtoul(entry->d_name, NULL, 10);
		char state = id != 0 && id != live->pid ? gopm__live_thread_state(live, id) : '\0';
		if (state == '\0' || state == 'Z' || state == 'X') {
			continue;
		}
		(void)snprintf(name, sizeof name, "task/%" PRIu32, id);
		int fd = openat(live->directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0) {
			(void)close(live->space);
			live->space = fd;
			live->space_id = id;
			break;
		}
	}
	if (tasks != NULL) {
		(void)closedir(tasks);
	}
}

/* Refuses threads, kernel threads and processes that have ended. */
static gopm_status check_process(struct gopm__live *live, const struct gopm__text *status, gopm_error **err)
{
	struct gopm__place place = GOPM__AT_FILE(live->name);
	uint64_t leader = gopm__live_status_number(status, "Tgid", live->pid);
	char state = gopm__live_thread_state(live, live->pid);

	if (leader != live->pid) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, place, "is a thread of process %" PRIu64 "; use that number",
		                  leader);
	}
	if (gopm__live_status_number(status, "Kthread", 0) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, place, "is a kernel thread; it has no memory of its own");
	}
	if (gopm__live_status_number(status, "VmSize", UINT64_MAX) == UINT64_MAX) {
		if (state == 'Z' || state == 'X' || state == '\0') {
			return gopm__fail(err, GOPM_ERR_NO_PROCESS, place, "has ended%s",
			                  state == 'Z' ? " (a zombie, which its parent has not waited for)" : "");
		}
		/* A process that has freed its memory and is not a zombie yet looks like a kernel thread. But kernel
		 * threads are children of process 2, kthreadd. */
		if (live->pid != 2 && gopm__live_status_number(status, "PPid", 2) != 2) {
			return gopm__fail(err, GOPM_ERR_NO_PROCESS, place, "has ended");
		}
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, place, "is a kernel thread; it has no memory of its own");
	}
	return GOPM_OK;
}

static gopm_status open_executable(struct gopm__live *live, gopm_error **err)
{
	unsigned char identity[EI_NIDENT] = "";
	struct stat file;

	live->executable = openat(live->space, "exe", O_RDONLY | O_CLOEXEC);
	if (live->executable < 0) {
		return GOPM_OK;
	}
	if (fstat(live->executable, &file) == 0) {
		live->executable_inode = file.st_ino;
	}
	if (pread(live->executable, identity, sizeof identity, 0) == (ssize_t)sizeof identity &&
	    memcmp(identity, ELFMAG, SELFMAG) == 0 && identity[EI_CLASS] != ELFCLASS64) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__AT_FILE(live->name),
		                  "is a 32-bit process; only 64-bit is supported");
	}
	return GOPM_OK;
}

static gopm_status open_process(struct gopm__live *live, gopm_error **err)
{
	struct gopm__text text = {.size = 0};

	gopm_status status = open_directory(live, err);
	if (status != GOPM_OK) {
		return status;
	}
	find_address_space(live);
	int error = gopm__live_slurp(live->space, "status", &text);
	if (error != 0) {
		status = gopm__live_denied(live, live->pid, error, "cannot read its status", err);
		goto out;
	}
	status = check_process(live, &text, err);
	if (status != GOPM_OK) {
		goto out;
	}
	/* This needs the same permission as a stop. */
	live->memory = openat(live->space, "mem", O_RDONLY | O_CLOEXEC);
	if (live->memory < 0) {
		status = gopm__live_denied(live, live->pid, errno, "cannot read its memory", err);
		goto out;
	}
	live->pagemap = openat(live->space, "pagemap", O_RDONLY | O_CLOEXEC);
	error = gopm__live_slurp(live->space, "auxv", &live->auxv);
	if (error != 0) {
		status = gopm__live_denied(live, live->pid, error, "cannot read its auxiliary vector", err);
		goto out;
	}
	status = open_executable(live, err);
	if (status != GOPM_OK) {
		goto out;
	}
	gopm__live_prpsinfo(live, &text);
	live->own_child = live->parent == (uint32_t)getpid();
	status = gopm__live_maps_read(live, &live->maps, err);
out:
	gopm__text_free(&text);
	return status;
}

gopm_status gopm__live_open(uint32_t pid, struct gopm__live **out, gopm_error **err)
{
	*out = NULL;
	if (!CPU_KNOWN) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
		                  "reading processes is supported on amd64 and arm64 only");
	}
	if (pid == 0 || pid > INT32_MAX) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "%" PRIu32 " is not a process number", pid);
	}
	if (pid == (uint32_t)getpid()) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "a process cannot stop and read itself");
	}
	struct gopm__live *live = gopm__calloc(1, sizeof *live);
	if (live == NULL) {
		return gopm__fail_memory(err);
	}
	live->pid = pid;
	live->directory = live->space = live->memory = live->pagemap = live->executable = -1;
	(void)snprintf(live->name, sizeof live->name, "process %" PRIu32, pid);
	(void)snprintf(live->root, sizeof live->root, "/proc/%" PRIu32 "/root", pid);
	live->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	(void)pthread_mutex_init(&live->lock, NULL);
	(void)pthread_cond_init(&live->changed, NULL);
	gopm_status status = open_process(live, err);
	if (status != GOPM_OK) {
		gopm__live_close(live);
		return status;
	}
	*out = live;
	return GOPM_OK;
}

void gopm__live_close(struct gopm__live *live)
{
	if (live == NULL) {
		return;
	}
	(void)gopm__live_resume(live);
	int descriptors[] = {live->directory, live->space, live->memory, live->pagemap, live->executable};
	for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i++) {
		if (descriptors[i] >= 0) {
			(void)close(descriptors[i]);
		}
	}
	(void)pthread_cond_destroy(&live->changed);
	(void)pthread_mutex_destroy(&live->lock);
	gopm__live_maps_free(&live->maps);
	gopm__text_free(&live->auxv);
	gopm__text_free(&live->head);
	gopm__text_free(&live->thread_notes);
	free(live->threads);
	free(live->ranges);
	free(live);
}

void gopm__live_include_files(struct gopm__live *live, bool include)
{
	live->include_files = include;
}

uint64_t gopm__live_size(const struct gopm__live *live)
{
	return live->size;
}

int gopm__live_exe(const struct gopm__live *live)
{
	return live->executable;
}

const char *gopm__live_root(const struct gopm__live *live)
{
	return live->root;
}

/* The last range that starts at or below `offset`, or NULL. */
static const struct gopm__live_range *find_range(const struct gopm__live *live, uint64_t offset)
{
	size_t after;

	GOPM__LOWER_BOUND(after, live->range_count, live->ranges[after].offset <= offset);
	return after != 0 ? &live->ranges[after - 1] : NULL;
}

static int64_t read_process(const struct gopm__live *live, uint64_t address, void *buffer, size_t size)
{
	/* process_vm_readv() copies once, pread() twice. But it takes the number of the process, which may be reused
	 * unless the process is stopped. Some sandboxes forbid one of the two. */
	if (atomic_load_explicit(&live->stopped, memory_order_acquire)) {
		struct iovec local = {buffer, size}, remote = {(void *)(uintptr_t)address, size};
		ssize_t got = process_vm_readv((pid_t)live->space_id, &local, 1, &remote, 1, 0);
		if (got > 0) {
			return got;
		}
		if (errno != ENOSYS && errno != EPERM) {
			return -1;
		}
	}
	for (;;) {
		ssize_t got = pread(live->memory, buffer, size, (off_t)address);
		if (got > 0 || (got < 0 && errno != EINTR)) {
			return got;
		}
		if (got == 0) {
			return -1; /* the process has ended */
		}
	}
}

int64_t gopm__live_read(void *user_data, uint64_t offset, void *buffer, size_t size)
{
	const struct gopm__live *live = user_data;

	if (offset >= live->size || size == 0) {
		return 0;
	}
	if (size > live->size - offset) {
		size = (size_t)(live->size - offset);
	}
	if (offset < live->head.size) {
		uint64_t left = live->head.size - offset;
		size = size < left ? size : (size_t)left;
		memcpy(buffer, live->head.data + offset, size);
		return (int64_t)size;
	}
	const struct gopm__live_range *range = find_range(live, offset);
	if (range != NULL && offset - range->offset < range->size) {
		uint64_t at = offset - range->offset, left = range->size - at;
		return read_process(live, range->address + at, buffer, size < left ? size : (size_t)left);
	}
	/* Between two ranges, in no segment. There is a next one, since the virtual core ends with a range. */
	const struct gopm__live_range *next = range != NULL ? range + 1 : live->ranges;
	uint64_t gap = next < live->ranges + live->range_count ? next->offset - offset : live->size - offset;
	size = size < gap ? size : (size_t)gap;
	memset(buffer, 0, size);
	return (int64_t)size;
}

/* Bits of a pagemap entry. 63: the page is in memory; 62: it is swapped out (Linux,
 * Documentation/admin-guide/mm/pagemap.rst). */
#define PAGE_EXISTS (UINT64_C(3) << 62)
#define PAGES_AT_ONCE 512

int64_t gopm__live_fill(void *user_data, uint64_t offset, void *buffer, size_t size, bool *zero)
{
	const struct gopm__live *live = user_data;
	const struct gopm__live_range *range = offset >= live->head.size ? find_range(live, offset) : NULL;
	uint64_t marks[PAGES_AT_ONCE], page = live->page_size;

	*zero = false;
	if (range == NULL || !range->anonymous || live->pagemap < 0 || offset % page != 0 || size < 2 * page ||
	    offset - range->offset >= range->size) {
		return gopm__live_read(user_data, offset, buffer, size);
	}
	uint64_t address = range->address + (offset - range->offset);
	uint64_t left = (range->size - (offset - range->offset)) / page, count = size / page;
	count = count < left ? count : left;
	count = count < PAGES_AT_ONCE ? count : PAGES_AT_ONCE;
	ssize_t got =
	    pread(live->pagemap, marks, (size_t)count * sizeof *marks, (off_t)(address / page * sizeof *marks));
	count = got > 0 ? (uint64_t)got / sizeof *marks : 0;
	if (count == 0) {
		return gopm__live_read(user_data, offset, buffer, size);
	}
	/* Read one run of pages that exist, or report one run of pages that do not. */
	bool exists = (marks[0] & PAGE_EXISTS) != 0;
	uint64_t run = 1;
	while (run < count && ((marks[run] & PAGE_EXISTS) != 0) == exists) {
		run++;
	}
	*zero = !exists;
	return exists ? gopm__live_read(user_data, offset, buffer, (size_t)(run * page)) : (int64_t)(run * page);
}
