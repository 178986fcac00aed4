/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool running, stop;
	const char *what;
	atomic_uint_fast64_t done;
} progress = {.lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};

static void *report(void *unused)
{
	struct timespec next;
	unsigned seconds = 0;
	bool shown = false;

	(void)unused;
	clock_gettime(CLOCK_REALTIME, &next);
	pthread_mutex_lock(&progress.lock);
	while (!progress.stop) {
		next.tv_sec++;
		while (!progress.stop && pthread_cond_timedwait(&progress.ended, &progress.lock, &next) != ETIMEDOUT) {
		}
		if (progress.stop) {
			break;
		}
		uint64_t done = atomic_load_explicit(&progress.done, memory_order_relaxed);
		fprintf(stderr, "\rgopm: %s, %u s", progress.what, ++seconds);
		if (done != 0) {
			fprintf(stderr, ", %" PRIu64 " goroutines", done);
		}
		fflush(stderr);
		shown = true;
	}
	pthread_mutex_unlock(&progress.lock);
	if (shown) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
	return NULL;
}

void progress_start(const char *what, bool quiet)
{
	if (quiet || !isatty(STDERR_FILENO)) {
		return;
	}
	progress.stop = false;
	progress.what = what;
	atomic_store(&progress.done, 0);
	progress.running = pthread_create(&progress.thread, NULL, report, NULL) == 0;
}

void progress_count(uint64_t done)
{
	atomic_store_explicit(&progress.done, done, memory_order_relaxed);
}

void progress_stop(void)
{
	if (!progress.running) {
		return;
	}
	pthread_mutex_lock(&progress.lock);
	progress.stop = true;
	pthread_cond_signal(&progress.ended);
	pthread_mutex_unlock(&progress.lock);
	pthread_join(progress.thread, NULL);
	progress.running = false;
}
