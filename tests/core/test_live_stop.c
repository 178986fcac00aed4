/* SPDX-License-Identifier: Apache-2.0 */
/* Stops and resumes processes. Afterwards they run as if nothing had happened. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "core/live_child.h"

static void nap(long us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000};

	while (nanosleep(&t, &t) != 0 && errno == EINTR) {
	}
}

static void stops_a_thousand_times(void **state)
{
	struct gopm__live *live;

	(void)state;
	pid_t pid = start(ticking);
	await_ready(SPINNERS);
	open_live(&live, pid);
	for (int i = 0; i < 1000; i++) {
		stop_live(live);
		assert_int_equal(gopm__live_thread_count(live), SPINNERS);
		if (i % 100 == 0) {
			image_live(live);
		}
		assert_true(gopm__live_resume(live) > 0);
		if (i % 100 == 0) {
			assert_runs();
		}
	}
	assert_runs();
	gopm__live_close(live);
	assert_int_equal(status_number(pid, "TracerPid"), 0);
	end(pid);
}

static void close_lets_go(void **state)
{
	struct gopm__live *live;
	gopm_error *err = NULL;

	(void)state;
	pid_t pid = start(ticking);
	await_ready(SPINNERS);
	open_live(&live, pid);
	stop_live(live);
	assert_int_equal(status_number((pid_t)status_number(pid, "TracerPid"), "Tgid"), getpid());
	assert_int_equal(gopm__live_stop(live, &err), GOPM_ERR_ARGUMENT);
	gopm_error_free(err);
	gopm__live_close(live);
	assert_int_equal(status_number(pid, "TracerPid"), 0);
	assert_runs();
	end(pid);
}

/* Signals that the handlers of two threads counted, and signals that were sent to them. */
enum { COUNTED_MAIN, COUNTED_OTHER, SENT_MAIN, SENT_OTHER };
static _Thread_local int own_counter;

static void count_signal(int number)
{
	(void)number;
	(void)atomic_fetch_add(&shared->counter[own_counter], 1);
}

static void *receive(void *argument)
{
	own_counter = COUNTED_OTHER;
	*(volatile pid_t *)argument = (pid_t)syscall(SYS_gettid);
	(void)atomic_fetch_add(&shared->ready, 1);
	for (;;) {
		(void)pause();
	}
	return NULL;
}

/* Real-time signals queue: none may be lost. SIGURG does not queue; Go's runtime sends it. It is sent again after it
 * has arrived. */
static void storm(void)
{
	struct sigaction action = {.sa_handler = count_signal};
	static volatile pid_t other;
	pthread_t thread;
	sigset_t all, before;

	(void)sigaction(SIGRTMIN, &action, NULL);
	(void)sigaction(SIGURG, &action, NULL);
	own_counter = COUNTED_MAIN;
	if (pthread_create(&thread, NULL, receive, (void *)(uintptr_t)&other) != 0) {
		_exit(1);
	}
	await_ready(1);
	(void)sigfillset(&all);
	(void)sigemptyset(&before);
	(void)atomic_fetch_add(&shared->ready, 1);
	for (unsigned i = 0; atomic_load(&shared->quit) == 0; i++) {
		/* To the thread itself while it runs, and to one that sleeps. */
		if (i % 2 == 0) {
			(void)atomic_fetch_add(&shared->counter[SENT_MAIN], 1);
			(void)syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGRTMIN);
		} else {
			uint64_t counted = atomic_load(&shared->counter[COUNTED_OTHER]);
			(void)atomic_fetch_add(&shared->counter[SENT_OTHER], 1);
			(void)syscall(SYS_tgkill, getpid(), other, i % 4 == 1 ? SIGURG : SIGRTMIN);
			while (atomic_load(&shared->counter[COUNTED_OTHER]) == counted) {
				(void)sched_yield();
			}
		}
	}
	(void)atomic_fetch_add(&shared->ready, 1);
	for (;;) {
		(void)pause();
	}
}

static void loses_no_signal(void **state)
{
	struct gopm__live *live;

	(void)state;
	pid_t pid = start(storm);
	await_ready(2);
	open_live(&live, pid);
	for (int i = 0; i < 500; i++) {
		stop_live(live);
		(void)gopm__live_resume(live);
		nap(100);
	}
	gopm__live_close(live);
	atomic_store(&shared->quit, 1);
	await_ready(3);
	assert_true(atomic_load(&shared->counter[SENT_MAIN]) > 500);
	assert_int_equal(atomic_load(&shared->counter[COUNTED_MAIN]), atomic_load(&shared->counter[SENT_MAIN]));
	assert_int_equal(atomic_load(&shared->counter[COUNTED_OTHER]), atomic_load(&shared->counter[SENT_OTHER]));
	end(pid);
}

static void *brief(void *argument)
{
	(void)argument;
	(void)atomic_fetch_add(&shared->counter[0], 1);
	return NULL;
}

static void *spawner(void *argument)
{
	for (;;) {
		pthread_t thread[3];
		int made = 0;
		while (made < 3 && pthread_create(&thread[made], NULL, brief, argument) == 0) {
			made++;
		}
		for (int i = 0; i < made; i++) {
			(void)pthread_join(thread[i], NULL);
		}
		(void)atomic_fetch_add(&shared->counter[1], 1);
	}
	return NULL;
}

static void spawning(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, spawner, NULL) != 0) {
		_exit(1);
	}
	(void)atomic_fetch_add(&shared->ready, 1);
	(void)spawner(NULL);
}

/* Number of threads that have not ended and are not stopped by a tracer. */
static unsigned loose(pid_t pid, unsigned *all)
{
	char path[32];
	unsigned result = 0;

	(void)snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	assert_non_null(tasks);
	*all = 0;
	for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
		pid_t id = (pid_t)strtol(entry->d_name, NULL, 10);
		char state = id != 0 ? thread_state(pid, id) : '\0';
		if (state != '\0' && state != 'Z' && state != 'X') {
			(*all)++;
			result += state != 't';
		}
	}
	(void)closedir(tasks);
	return result;
}

static void stops_what_starts_meanwhile(void **state)
{
	struct gopm__live *live;

	(void)state;
	pid_t pid = start(spawning);
	await_ready(1);
	open_live(&live, pid);
	for (int i = 0; i < 300; i++) {
		struct parsed parsed;
		unsigned all;
		stop_live(live);
		uint64_t made = atomic_load(&shared->counter[0]), turns = atomic_load(&shared->counter[1]);
		assert_int_equal(loose(pid, &all), 0);
		assert_int_equal(gopm__live_thread_count(live), all);
		if (i % 20 == 0) {
			image_live(live);
			parse(live, &parsed);
			assert_int_equal(parsed.core.thread_count, all);
			parsed_close(&parsed);
		}
		assert_int_equal(atomic_load(&shared->counter[0]), made);
		assert_int_equal(atomic_load(&shared->counter[1]), turns);
		(void)gopm__live_resume(live);
		while (atomic_load(&shared->counter[1]) == turns) {
			(void)sched_yield();
		}
	}
	gopm__live_close(live);
	assert_int_equal(status_number(pid, "TracerPid"), 0);
	end(pid);
}

/* The lifetime of the next child after it is ready. */
static long lives_us;

static void ending(void)
{
	pthread_t thread;

	for (int i = 0; i < 3; i++) {
		(void)pthread_create(&thread, NULL, spawner, NULL);
	}
	(void)atomic_fetch_add(&shared->ready, 1);
	nap(lives_us);
	_exit(7);
}

static void survives_its_end(void **state)
{
	int status, stopped = 0, failed = 0;

	(void)state;
	/* Lifetimes are about the time that a stop takes: 0.2 ms to 2 ms. They get longer if no stop came in time, as
	 * with sanitizers or on a busy machine. */
	for (int i = 0; i < 200 || (stopped == 0 && i < 1600); i++) {
		struct gopm__live *live;
		gopm_error *err = NULL;
		lives_us = (200L + i % 20 * 100) << i / 200;
		pid_t pid = start(ending);
		await_ready(1);
		gopm_status result = gopm__live_open((uint32_t)pid, &live, &err);
		if (result == GOPM_OK) {
			for (int j = 0; j < 20 && result == GOPM_OK; j++) {
				result = gopm__live_stop(live, &err);
				if (result == GOPM_OK) {
					result = gopm__live_image(live, &err);
					stopped++;
				}
				(void)gopm__live_resume(live);
			}
			gopm__live_close(live);
		}
		if (result != GOPM_OK) {
			failed++;
			if (strstr(gopm_error_message(err), "ended") == NULL) {
				print_error("%s\n", gopm_error_message(err));
			}
			assert_non_null(strstr(gopm_error_message(err), "ended"));
			gopm_error_free(err);
		}
		/* Only the parent is notified of its end. */
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	}
	assert_true(stopped > 0);
	assert_true(failed > 0);
}

static void is_killed_while_stopped(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		struct gopm__live *live;
		char byte;
		pid_t pid = start(ticking);
		await_ready(SPINNERS);
		open_live(&live, pid);
		stop_live(live);
		image_live(live);
		uint64_t last = gopm__live_size(live) - 1;
		assert_int_equal(gopm__live_read(live, last, &byte, 1), 1);
		assert_int_equal(kill(pid, SIGKILL), 0);
		if (i % 2 == 0) {
			while (status_number(pid, "VmSize") > 0) {
				(void)sched_yield();
			}
			assert_true(gopm__live_read(live, last, &byte, 1) < 0);
		}
		(void)gopm__live_resume(live);
		gopm__live_close(live);
		end(pid);
	}
}

/* If a tracer is killed at any instruction, the kernel resumes the threads. */
static void tracer_is_killed(void **state)
{
	unsigned seed = 1;

	(void)state;
	pid_t pid = start(ticking);
	await_ready(SPINNERS);
	for (int i = 0; i < 100; i++) {
		int status;
		pid_t tracer = fork();
		assert_true(tracer >= 0);
		if (tracer == 0) {
			for (;;) {
				struct gopm__live *live;
				if (gopm__live_open((uint32_t)pid, &live, NULL) == GOPM_OK) {
					if (gopm__live_stop(live, NULL) == GOPM_OK) {
						(void)gopm__live_image(live, NULL);
					}
					gopm__live_close(live);
				}
			}
		}
		seed = seed * 1103515245 + 12345;
		nap(500 + (long)(seed >> 16) % 10000);
		assert_int_equal(kill(tracer, SIGKILL), 0);
		assert_int_equal(waitpid(tracer, &status, 0), tracer);
		assert_runs();
		assert_int_equal(status_number(pid, "TracerPid"), 0);
	}
	end(pid);
}

static void await_state(pid_t pid, char state)
{
	while (thread_state(pid, pid) != state) {
		(void)sched_yield();
	}
}

/* A process that job control stopped stays stopped. */
static void stays_stopped_by_its_user(void **state)
{
	struct gopm__live *live;

	(void)state;
	pid_t pid = start(ticking);
	await_ready(SPINNERS);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(kill(pid, SIGSTOP), 0);
		if (i % 2 == 0) {
			await_state(pid, 'T');
		}
		open_live(&live, pid);
		stop_live(live);
		assert_int_equal(gopm__live_thread_count(live), SPINNERS);
		image_live(live);
		(void)gopm__live_resume(live);
		gopm__live_close(live);
		await_state(pid, 'T');
		uint64_t count = atomic_load(&shared->thread[0].count);
		nap(2000);
		assert_int_equal(atomic_load(&shared->thread[0].count), count);
		assert_int_equal(kill(pid, SIGCONT), 0);
		assert_runs();
	}
	end(pid);
}

static int wait_for_quit(void *argument)
{
	(void)argument;
	(void)atomic_fetch_add(&shared->ready, 1);
	while (atomic_load(&shared->quit) == 0) {
		nap(1000);
	}
	return 0;
}

/* A parent in vfork() is in uninterruptible sleep until its child executes a program or ends. */
static void vforking(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	if (clone(wait_for_quit, stack + sizeof stack, CLONE_VFORK | SIGCHLD, NULL) < 0) {
		_exit(1);
	}
	(void)atomic_fetch_add(&shared->counter[0], 1);
	for (;;) {
		(void)pause();
	}
}

static void goes_without_a_sleeper(void **state)
{
	struct gopm__live *live;
	struct parsed parsed;

	(void)state;
	pid_t pid = start(vforking);
	await_ready(1);
	await_state(pid, 'D');
	open_live(&live, pid);
	stop_live(live);
	assert_int_equal(gopm__live_thread_count(live), 0);
	assert_int_equal(gopm__live_asleep_count(live), 1);
	image_live(live);
	parse(live, &parsed);
	assert_int_equal(parsed.core.thread_count, 0);
	assert_int_equal(parsed.core.pid, pid);
	parsed_close(&parsed);
	(void)gopm__live_resume(live);
	gopm__live_close(live);
	while (status_number(pid, "TracerPid") != 0) {
		(void)sched_yield();
	}
	assert_int_equal(atomic_load(&shared->counter[0]), 0);
	atomic_store(&shared->quit, 1);
	while (atomic_load(&shared->counter[0]) == 0) {
		(void)sched_yield();
	}
	end(pid);
}

/* The first thread may end before the others: it stays a zombie, which cannot be stopped. */
static void *spin_on(void *argument)
{
	(void)argument;
	(void)atomic_fetch_add(&shared->ready, 1);
	for (;;) {
		(void)atomic_fetch_add(&shared->counter[0], 1);
	}
	return NULL;
}

static void leaderless(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, spin_on, NULL) != 0) {
		_exit(1);
	}
	(void)syscall(SYS_exit, 0); /* only of this thread */
}

static void stops_without_a_first_thread(void **state)
{
	struct gopm__live *live;
	struct parsed parsed;
	int status;

	(void)state;
	pid_t pid = start(leaderless);
	await_ready(1);
	await_state(pid, 'Z');
	open_live(&live, pid);
	for (int i = 0; i < 20; i++) {
		stop_live(live);
		assert_int_equal(gopm__live_thread_count(live), 1);
		image_live(live);
		parse(live, &parsed);
		assert_int_equal(parsed.core.thread_count, 1);
		parsed_close(&parsed);
		(void)gopm__live_resume(live);
		uint64_t count = atomic_load(&shared->counter[0]);
		while (atomic_load(&shared->counter[0]) == count) {
			(void)sched_yield();
		}
	}
	gopm__live_close(live);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stops_a_thousand_times), cmocka_unit_test(close_lets_go),
	    cmocka_unit_test(loses_no_signal),        cmocka_unit_test(stops_what_starts_meanwhile),
	    cmocka_unit_test(survives_its_end),       cmocka_unit_test(is_killed_while_stopped),
	    cmocka_unit_test(tracer_is_killed),       cmocka_unit_test(stays_stopped_by_its_user),
	    cmocka_unit_test(goes_without_a_sleeper), cmocka_unit_test(stops_without_a_first_thread),
	};

	return under_valgrind() ? 77 : cmocka_run_group_tests(tests, NULL, NULL);
}
