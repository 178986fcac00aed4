/* SPDX-License-Identifier: Apache-2.0 */
/* Stops a process with ptrace and reads its registers.
 *
 * A thread of its own, the tracer, makes all ptrace calls: the kernel ties a traced thread to the thread that seized
 * it. It seizes and interrupts every thread, and lists the threads again until there are no new ones. Then it sleeps
 * until gopm__live_resume(), detaches the threads and ends. A thread that cannot be detached is detached by the kernel
 * when the tracer ends. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/live/live_private.h"
#include "util/map64.h"
#include "util/vector.h"

#define NS_PER_MS ((uint64_t)1000 * 1000)

enum {
	LIMIT_MS = 5000, /* the longest that a thread may take to stop, for busy machines */
	ASLEEP_MS = 200, /* after this, one in uninterruptible sleep is given up; a parent in vfork() sleeps so for a
	                    short time */
	SUSPECT_MS = 5,  /* time between two checks why threads do not stop */
	REAP_MS = 1000,  /* the longest to wait for killed threads to end */
	STACK_BYTES = 512 * 1024
};

static uint64_t clock_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 * NS_PER_MS + (uint64_t)t.tv_nsec;
}

static void nap(uint64_t *ns)
{
	struct timespec t = {0, (long)*ns};

	(void)nanosleep(&t, NULL);
	*ns = *ns < NS_PER_MS ? *ns * 2 : *ns;
}

static bool add_thread(struct gopm__live *live, uint32_t id)
{
	if (!GOPM__VECTOR_RESERVE(live->threads, live->thread_count, live->thread_capacity, 1)) {
		return false;
	}
	live->threads[live->thread_count++] = (struct gopm__live_thread){.id = id, .state = GOPM__LIVE_SEIZED};
	return true;
}

static gopm_status seize_thread(struct gopm__live *live, uint32_t id, gopm_error **err)
{
	/* Add it first: a thread that is seized must be in the list. */
	if (!add_thread(live, id)) {
		return gopm__fail_memory(err);
	}
	if (ptrace(PTRACE_SEIZE, id, NULL, NULL) != 0) {
		int error = errno;
		live->thread_count--;
		char state = gopm__live_thread_state(live, id);
		if (error == ESRCH || state == 'Z' || state == 'X' || state == '\0') {
			return GOPM_OK; /* it has ended, or is a zombie: the first thread stays one until the others end
			                 */
		}
		return gopm__live_denied(live, id, error, "cannot stop it", err);
	}
	(void)ptrace(PTRACE_INTERRUPT, id, NULL,
	             NULL); /* fails only if the thread is ending, which the wait will see */
	return GOPM_OK;
}

/* Waits for a thread without blocking, and updates its state. Returns false if nothing happened. */
static bool poll_thread(struct gopm__live *live, struct gopm__live_thread *t, int kinds)
{
	int options = kinds | __WALL | WNOHANG;
	siginfo_t info = {.si_pid = 0};

	/* If the process is a child of this one, its end must stay waitable for the caller. */
	if (live->own_child && t->id == live->pid) {
		if (waitid(P_PID, t->id, &info, options | WNOWAIT) != 0) {
			t->state = errno != EINTR ? GOPM__LIVE_ENDED : t->state;
			return errno != EINTR;
		}
		if (info.si_pid != 0 && info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED) {
			t->state = GOPM__LIVE_ENDED;
			return true;
		}
		if (info.si_pid == 0) {
			return false;
		}
	}
	if (waitid(P_PID, t->id, &info, options) != 0) {
		t->state = errno != EINTR ? GOPM__LIVE_ENDED : t->state;
		return errno != EINTR;
	}
	if (info.si_pid == 0) {
		return false;
	}
	if (info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED) {
		t->state = GOPM__LIVE_ENDED;
		return true;
	}
	/* If there is an event in the upper bits, this is the stop that was asked for. If not, a signal is about to be
	 * delivered, which would be lost unless it is passed on at the detach. */
	t->state = GOPM__LIVE_STOPPED;
	t->signal = info.si_status >> 8 == 0 ? info.si_status & 0xff : 0;
	return true;
}

/* Checks why threads have not stopped: they may have ended, or be in uninterruptible sleep. */
static gopm_status check_stragglers(struct gopm__live *live, size_t from, uint64_t waited, gopm_error **err)
{
	for (size_t i = from; i < live->thread_count; i++) {
		struct gopm__live_thread *t = &live->threads[i];
		if (t->state != GOPM__LIVE_SEIZED) {
			continue;
		}
		char state = gopm__live_thread_state(live, t->id);
		if (state == 'Z' || state == 'X' || state == '\0') {
			/* If the first thread ends before the others, the kernel reports it only after they have
			 * ended. */
			if (!poll_thread(live, t, WEXITED)) {
				t->state = GOPM__LIVE_ENDED;
			}
		} else if (state == 'D' && waited > ASLEEP_MS * NS_PER_MS) {
			t->state = GOPM__LIVE_ASLEEP;
		} else if (waited > LIMIT_MS * NS_PER_MS) {
			return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(live->name),
			                  "thread %" PRIu32 " (state %c) did not stop within %d seconds", t->id, state,
			                  LIMIT_MS / 1000);
		}
	}
	return GOPM_OK;
}

/* Waits until every thread from index `from` on has stopped or ended. */
static gopm_status wait_for_stops(struct gopm__live *live, size_t from, gopm_error **err)
{
	uint64_t began = clock_ns(), looked = began, pause = NS_PER_MS / 50;

	for (;;) {
		bool all = true;
		for (size_t i = from; i < live->thread_count; i++) {
			struct gopm__live_thread *t = &live->threads[i];
			all = (t->state != GOPM__LIVE_SEIZED || poll_thread(live, t, WEXITED | WSTOPPED)) && all;
		}
		if (all) {
			return GOPM_OK;
		}
		uint64_t at = clock_ns();
		if (at - looked > SUSPECT_MS * NS_PER_MS) {
			gopm_status status = check_stragglers(live, from, at - began, err);
			if (status != GOPM_OK) {
				return status;
			}
			looked = at;
		}
		nap(&pause);
	}
}

/* Seizes the threads that are not in `known`, and adds them to it. Sets *any if there was one. */
static gopm_status seize_new_threads(struct gopm__live *live, DIR *tasks, struct gopm__map64 *known, bool *any,
                                     gopm_error **err)
{
	gopm_status status = GOPM_OK;

	*any = false;
	rewinddir(tasks);
	for (struct dirent *entry; status == GOPM_OK && (entry = readdir(tasks)) != NULL;) {
		uint32_t id = (uint32_t)strtoul(entry->d_name, NULL, 10);
		bool fresh;
		if (id == 0) {
			continue;
		}
		if (gopm__map64_put(known, id, &fresh) == NULL) {
			return gopm__fail_memory(err);
		}
		if (fresh) {
			*any = true;
			status = seize_thread(live, id, err);
		}
	}
	return status;
}

/* Fails if the process has executed another program: the auxiliary vector differs then, since it has random
 * addresses. */
static gopm_status check_same_program(const struct gopm__live *live, gopm_error **err)
{
	struct gopm__text auxv = {.size = 0};
	gopm_status status = GOPM_OK;

	int error = gopm__live_slurp(live->space, "auxv", &auxv);
	if (error != 0 || auxv.size == 0) {
		status =
		    gopm__fail(err, GOPM_ERR_NO_PROCESS, GOPM__AT_FILE(live->name), "ended while it was being stopped");
	} else if (auxv.size != live->auxv.size || memcmp(auxv.data, live->auxv.data, auxv.size) != 0) {
		status = gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(live->name),
		                    "executed another program while it was being stopped; try again");
	}
	gopm__text_free(&auxv);
	return status;
}

static gopm_status read_thread_notes(struct gopm__live *live, gopm_error **err)
{
	size_t there = 0;

	for (size_t i = 0; i < live->thread_count; i++) {
		struct gopm__live_thread *t = &live->threads[i];
		there += t->state == GOPM__LIVE_ASLEEP;
		if (t->state != GOPM__LIVE_STOPPED) {
			continue;
		}
		gopm_status status = gopm__live_thread_notes(live, t->id, err);
		if (status == GOPM_OK) {
			there++;
		} else if (status != GOPM_NOT_FOUND) {
			return status;
		}
	}
	if (there == 0) {
		return gopm__fail(err, GOPM_ERR_NO_PROCESS, GOPM__AT_FILE(live->name),
		                  "ended while it was being stopped");
	}
	return GOPM_OK;
}

static gopm_status stop_threads(struct gopm__live *live, gopm_error **err)
{
	struct gopm__map64 known = {.slots = NULL};
	gopm_status status = GOPM_OK;
	bool any = true;

	live->stop_began = clock_ns();
	DIR *tasks = gopm__live_tasks(live);
	if (tasks == NULL) {
		return gopm__live_denied(live, live->pid, errno, "cannot list its threads", err);
	}
	/* A thread that is not stopped yet may start new ones. */
	while (status == GOPM_OK && any) {
		size_t from = live->thread_count;
		status = seize_new_threads(live, tasks, &known, &any, err);
		if (status == GOPM_OK) {
			status = wait_for_stops(live, from, err);
		}
	}
	(void)closedir(tasks);
	gopm__map64_free(&known);
	if (status == GOPM_OK) {
		status = read_thread_notes(live, err);
	}
	if (status == GOPM_OK) {
		status = check_same_program(live, err);
	}
	return status;
}

/* Waits for threads that were killed while stopped. They end now, and stay zombies until the tracer waits for them. */
static void reap_threads(struct gopm__live *live, size_t dying)
{
	uint64_t began = clock_ns(), pause = NS_PER_MS / 50;

	while (dying != 0 && clock_ns() - began < REAP_MS * NS_PER_MS) {
		dying = 0;
		for (size_t i = live->thread_count; i-- != 0;) {
			struct gopm__live_thread *t = &live->threads[i];
			if (t->state == GOPM__LIVE_STOPPED && !poll_thread(live, t, WEXITED)) {
				dying++;
			}
		}
		if (dying != 0) {
			nap(&pause);
		}
	}
}

static void detach_threads(struct gopm__live *live)
{
	size_t dying = 0;

	for (size_t i = live->thread_count; i-- != 0;) {
		struct gopm__live_thread *t = &live->threads[i];
		if (t->state != GOPM__LIVE_STOPPED && t->state != GOPM__LIVE_ASLEEP) {
			continue;
		}
		/* A thread that never stopped cannot be detached. The kernel does it when the tracer ends. */
		if (ptrace(PTRACE_DETACH, t->id, NULL, (void *)(intptr_t)t->signal) == 0 ||
		    t->state == GOPM__LIVE_ASLEEP) {
			t->state = GOPM__LIVE_ENDED;
		} else {
			dying++;
		}
	}
	live->stopped_for = clock_ns() - live->stop_began;
	reap_threads(live, dying);
	live->thread_count = 0;
}

static void set_phase(struct gopm__live *live, enum gopm__live_phase phase)
{
	live->phase = phase;
	(void)pthread_cond_broadcast(&live->changed);
}

static void *run_tracer(void *argument)
{
	struct gopm__live *live = argument;

	/* Without this the kernel adds 50 us to short sleeps. */
	(void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	live->status = stop_threads(live, &live->error);
	(void)pthread_mutex_lock(&live->lock);
	if (live->status == GOPM_OK) {
		atomic_store_explicit(&live->stopped, true, memory_order_release);
		set_phase(live, GOPM__LIVE_PHASE_STOPPED);
		while (live->phase == GOPM__LIVE_PHASE_STOPPED) {
			(void)pthread_cond_wait(&live->changed, &live->lock);
		}
		atomic_store_explicit(&live->stopped, false, memory_order_release);
	}
	(void)pthread_mutex_unlock(&live->lock);
	detach_threads(live);
	(void)pthread_mutex_lock(&live->lock);
	set_phase(live, GOPM__LIVE_PHASE_RUNNING);
	(void)pthread_mutex_unlock(&live->lock);
	return NULL;
}

/* Starts the tracer with all signals blocked: the caller's handlers run on its own threads. Returns 0 or an errno. */
static int start_tracer(struct gopm__live *live)
{
	pthread_attr_t attributes;
	sigset_t all, before;

	int error = pthread_attr_init(&attributes);
	if (error != 0) {
		return error;
	}
	(void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&live->tracer, &attributes, run_tracer, live);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attributes);
	return error;
}

gopm_status gopm__live_stop(struct gopm__live *live, gopm_error **err)
{
	gopm_status status = GOPM_OK;

	(void)pthread_mutex_lock(&live->lock);
	if (live->phase != GOPM__LIVE_PHASE_RUNNING) {
		(void)pthread_mutex_unlock(&live->lock);
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__AT_FILE(live->name), "is already stopped");
	}
	live->phase = GOPM__LIVE_PHASE_STOPPING;
	live->error = NULL;
	gopm__text_clear(&live->thread_notes);
	live->thread_notes.failed = false;
	int error = start_tracer(live);
	if (error != 0) {
		live->phase = GOPM__LIVE_PHASE_RUNNING;
		status = gopm__fail(err, GOPM_ERR_NO_MEMORY, GOPM__AT_FILE(live->name),
		                    "cannot start a thread to stop it: %s", strerror(error));
	}
	while (live->phase == GOPM__LIVE_PHASE_STOPPING) {
		(void)pthread_cond_wait(&live->changed, &live->lock);
	}
	bool stopped = live->phase == GOPM__LIVE_PHASE_STOPPED;
	(void)pthread_mutex_unlock(&live->lock);
	if (error != 0 || stopped) {
		return status;
	}
	(void)pthread_join(live->tracer, NULL);
	status = live->status;
	gopm__text_clear(&live->thread_notes);
	if (err != NULL) {
		*err = live->error;
	} else {
		gopm_error_free(live->error);
	}
	live->error = NULL;
	return status;
}

uint64_t gopm__live_resume(struct gopm__live *live)
{
	(void)pthread_mutex_lock(&live->lock);
	bool stopped = live->phase == GOPM__LIVE_PHASE_STOPPED;
	if (stopped) {
		set_phase(live, GOPM__LIVE_PHASE_RESUMING);
	}
	(void)pthread_mutex_unlock(&live->lock);
	if (!stopped) {
		return 0;
	}
	(void)pthread_join(live->tracer, NULL);
	gopm__text_clear(&live->thread_notes);
	return live->stopped_for;
}

static size_t count_threads(const struct gopm__live *live, unsigned state)
{
	size_t result = 0;

	for (size_t i = 0; i < live->thread_count; i++) {
		result += live->threads[i].state == state;
	}
	return result;
}

size_t gopm__live_thread_count(const struct gopm__live *live)
{
	return count_threads(live, GOPM__LIVE_STOPPED);
}

size_t gopm__live_asleep_count(const struct gopm__live *live)
{
	return count_threads(live, GOPM__LIVE_ASLEEP);
}
