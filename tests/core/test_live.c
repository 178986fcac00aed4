/* A process as a virtual core: children of this test write down where they are and what they count, and
 * that is what has to be read of them. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "core/corefile.h"
#include "core/live.h"

enum { SPINNERS = 5 };

/* What a child writes down, in memory that the test shares. */
struct shared {
	atomic_uint ready;
	struct {
		_Atomic uint64_t count; /* goes up as long as the thread runs */
		pid_t id;
		uint64_t stack, stack_size;
	} thread[SPINNERS];
	uint64_t secret_address;
};

static struct shared *shared;

static void *share(void)
{
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(shared != MAP_FAILED);
	return shared;
}

/* Alone in its section, so that its bounds are known; it calls nothing. */
__attribute__((noinline, section("gopm_spin"), no_sanitize("address", "undefined"))) static void
spin(_Atomic uint64_t *count)
{
	for (;;) {
		atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + 1,
		                      memory_order_relaxed);
	}
}

extern const char __start_gopm_spin[], __stop_gopm_spin[];

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
	atomic_fetch_add(&shared->ready, 1);
	spin(&shared->thread[i].count);
	return NULL;
}

static pid_t start(void (*body)(void))
{
	pid_t parent = getpid();
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent) {
			_exit(0);
		}
		body();
		_exit(0);
	}
	return pid;
}

static void end(pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(munmap(shared, sizeof *shared), 0);
}

static void await_ready(unsigned count)
{
	while (atomic_load(&shared->ready) < count) {
		(void)sched_yield();
	}
}

static void spinning(void)
{
	static volatile char secret[100000];

	for (size_t i = 0; i < sizeof secret; i++) {
		secret[i] = (char)(i * 7 + (i >> 8));
	}
	shared->secret_address = (uintptr_t)secret;
	for (size_t i = 1; i < SPINNERS; i++) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, spinner, (void *)(uintptr_t)i) != 0) {
			_exit(1);
		}
	}
	(void)spinner((void *)(uintptr_t)0);
}

static void open_live(struct gopm__live **live, pid_t pid)
{
	gopm_error *err = NULL;

	if (gopm__live_open((uint32_t)pid, live, &err) != GOPM_OK) {
		fail_msg("%s", gopm_error_message(err));
	}
}

static void stop_live(struct gopm__live *live)
{
	gopm_error *err = NULL;

	if (gopm__live_stop(live, &err) != GOPM_OK) {
		fail_msg("%s", gopm_error_message(err));
	}
}

static void parse(struct gopm__live *live, struct gopm__corefile *core)
{
	struct gopm__source_request request = {
	    .fd = -1, .read = gopm__live_read, .user_data = live, .read_size = gopm__live_size(live), .what = "core"};
	gopm_error *err = NULL;

	if (gopm__source_open(&core->source, &request, &err) != GOPM_OK ||
	    gopm__corefile_parse(core, &err) != GOPM_OK) {
		fail_msg("%s", gopm_error_message(err));
	}
}

/* Whether every spinner runs: its count goes up. */
static void assert_runs(void)
{
	for (size_t i = 0; i < SPINNERS; i++) {
		uint64_t before = atomic_load(&shared->thread[i].count);
		while (atomic_load(&shared->thread[i].count) == before) {
			(void)sched_yield();
		}
	}
}

static void reads_a_stopped_process(void **state)
{
	struct gopm__findings findings;
	struct gopm__corefile core = {.findings = &findings};
	struct gopm__live *live;

	(void)state;
	gopm__findings_init(&findings, 100);
	share();
	pid_t pid = start(spinning);
	await_ready(SPINNERS);
	open_live(&live, pid);
	assert_runs();
	stop_live(live);
	assert_int_equal(gopm__live_thread_count(live), SPINNERS);
	assert_int_equal(gopm__live_asleep_count(live), 0);
	assert_int_equal(gopm__live_image(live, NULL), GOPM_OK);
	parse(live, &core);
	assert_int_equal(core.pid, pid);
	assert_int_equal(core.thread_count, SPINNERS);
	assert_int_equal(core.threads[0].id, pid);
	for (size_t i = 0; i < SPINNERS; i++) {
		size_t at = 0;
		while (at < SPINNERS && core.threads[at].id != (uint64_t)shared->thread[i].id) {
			at++;
		}
		assert_true(at < SPINNERS);
		const struct gopm__thread *t = &core.threads[at];
		uint64_t pc = t->registers.value[core.arch->pc], sp = t->registers.value[core.arch->sp];
		assert_true(pc >= (uintptr_t)__start_gopm_spin && pc < (uintptr_t)__stop_gopm_spin);
		assert_true(sp >= shared->thread[i].stack);
		assert_true(sp < shared->thread[i].stack + shared->thread[i].stack_size);
		assert_int_equal(t->signal, 0);
	}
	char secret[100000];
	struct gopm__reader reader = gopm__reader(&core.memory);
	assert_int_equal(gopm__read_copy(&reader, shared->secret_address, secret, sizeof secret), sizeof secret);
	for (size_t i = 0; i < sizeof secret; i++) {
		assert_int_equal(secret[i], (char)(i * 7 + (i >> 8)));
	}
	/* Nothing moves until it is let go. */
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
	gopm__corefile_close(&core);
	gopm__findings_clear(&findings);
	gopm__live_close(live);
	end(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_a_stopped_process),
	};
	const char *preload = getenv("LD_PRELOAD");

	if (preload != NULL && strstr(preload, "vgpreload") != NULL) {
		(void)fprintf(stderr, "skipped: a process under valgrind has valgrind's registers\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
