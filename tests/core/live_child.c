/* SPDX-License-Identifier: Apache-2.0 */
#include "core/live_child.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"

struct shared *shared;

pid_t start(void (*body)(void))
{
	pid_t parent = getpid();

	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(shared != MAP_FAILED);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* On Ubuntu a process may trace only its descendants, unless the target allows others. */
		(void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
		if (getppid() == parent) {
			body();
		}
		_exit(0);
	}
	return pid;
}

void await_ready(unsigned count)
{
	while (atomic_load(&shared->ready) < count) {
		(void)sched_yield();
	}
}

void end(pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_int_equal(munmap(shared, sizeof *shared), 0);
}

/* In a section of its own, so that its bounds are known. It calls nothing. */
__attribute__((noinline, section("gopm_spin"), no_sanitize("address", "undefined"))) static void
spin(_Atomic uint64_t *count)
{
	for (;;) {
		atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + 1,
		                      memory_order_relaxed);
	}
}

static bool pauses;

static void tick(_Atomic uint64_t *count)
{
	for (;;) {
		(void)atomic_fetch_add(count, 1);
		(void)usleep(50);
	}
}

static void *spinner(void *argument)
{
	size_t i = (size_t)(uintptr_t)argument;
	pthread_attr_t attributes;
	void *stack;
	size_t size;

	if (pthread_getattr_np(pthread_self(), &attributes) != 0 ||
	    pthread_attr_getstack(&attributes, &stack, &size) != 0) {
		_exit(1);
	}
	shared->thread[i].id = (pid_t)syscall(SYS_gettid);
	shared->thread[i].stack = (uintptr_t)stack;
	shared->thread[i].stack_size = size;
	(void)atomic_fetch_add(&shared->ready, 1);
	(pauses ? tick : spin)(&shared->thread[i].count);
	return NULL;
}

void spinning(void)
{
	for (size_t i = 1; i < SPINNERS; i++) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, spinner, (void *)(uintptr_t)i) != 0) {
			_exit(1);
		}
	}
	(void)spinner((void *)(uintptr_t)0);
}

void ticking(void)
{
	pauses = true;
	spinning();
}

void assert_runs(void)
{
	for (size_t i = 0; i < SPINNERS; i++) {
		uint64_t before = atomic_load(&shared->thread[i].count);
		while (atomic_load(&shared->thread[i].count) == before) {
			(void)usleep(20);
		}
	}
}

static void expect_ok(gopm_status status, gopm_error *err)
{
	if (status != GOPM_OK) {
		fail_msg("%s", gopm_error_message(err));
	}
}

void open_live(struct gopm__live **live, pid_t pid)
{
	gopm_error *err = NULL;

	expect_ok(gopm__live_open((uint32_t)pid, live, &err), err);
}

void stop_live(struct gopm__live *live)
{
	gopm_error *err = NULL;

	expect_ok(gopm__live_stop(live, &err), err);
}

void image_live(struct gopm__live *live)
{
	gopm_error *err = NULL;

	expect_ok(gopm__live_image(live, &err), err);
}

void parse(struct gopm__live *live, struct parsed *parsed)
{
	struct gopm__source_request request = {
	    .fd = -1, .read = gopm__live_read, .user_data = live, .read_size = gopm__live_size(live), .what = "core"};
	gopm_error *err = NULL;

	gopm__findings_init(&parsed->findings, 100);
	parsed->core = (struct gopm__corefile){.findings = &parsed->findings};
	expect_ok(gopm__source_open(&parsed->core.source, &request, &err), err);
	expect_ok(gopm__corefile_parse(&parsed->core, &err), err);
}

void parsed_close(struct parsed *parsed)
{
	gopm__corefile_close(&parsed->core);
	gopm__findings_clear(&parsed->findings);
}

static bool slurp(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		return false;
	}
	text[fread(text, 1, size - 1, file)] = '\0';
	(void)fclose(file);
	return true;
}

char thread_state(pid_t pid, pid_t thread)
{
	char path[64], text[1024];

	(void)snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, thread);
	const char *end = slurp(path, text, sizeof text) ? strrchr(text, ')') : NULL;
	return end != NULL ? end[2] : '\0';
}

long status_number(pid_t pid, const char *key)
{
	char path[64], text[4096];

	(void)snprintf(path, sizeof path, "/proc/%d/status", pid);
	if (!slurp(path, text, sizeof text)) {
		return -1;
	}
	const char *line = strstr(text, key);
	return line != NULL ? strtol(line + strlen(key) + 1, NULL, 10) : -1;
}

bool under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	if (preload == NULL || strstr(preload, "vgpreload") == NULL) {
		return false;
	}
	(void)fprintf(stderr, "skipped: a process under valgrind has valgrind's registers\n");
	return true;
}
