/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include <errno.h>
#include <gopm/core.h>
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
	atomic_uint_fast64_t done, total;
	atomic_uint_fast32_t phase; /* GOPM_PROGRESS_*; 0: none so far */
} progress = {.lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};

static void print_amount(void)
{
	uint64_t done = atomic_load_explicit(&progress.done, memory_order_relaxed);
	uint64_t total = atomic_load_explicit(&progress.total, memory_order_relaxed);
	const double mib = 1 << 20;

	switch (atomic_load_explicit(&progress.phase, memory_order_relaxed)) {
	case GOPM_PROGRESS_UNPACK:
		fprintf(stderr, total != 0 ? ", %.1f of %.1f MiB" : ", %.1f MiB", (double)done / mib,
		        (double)total / mib);
		break;
	case GOPM_PROGRESS_GOROUTINES:
		fprintf(stderr, ", %" PRIu64 " of %" PRIu64 " goroutines", done, total);
		break;
	case GOPM_PROGRESS_HEAP:
		fprintf(stderr, ", %" PRIu64 " of %" PRIu64 " objects", done, total);
		break;
	default:
		break;
	}
}

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
		fprintf(stderr, "\r\033[Kgopm: %s, %u s", progress.what, ++seconds);
		print_amount();
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
	atomic_store(&progress.phase, 0);
	progress.running = pthread_create(&progress.thread, NULL, report, NULL) == 0;
}

int32_t progress_update(void *user_data, uint32_t phase, uint64_t done, uint64_t total)
{
	(void)user_data;
	atomic_store_explicit(&progress.done, done, memory_order_relaxed);
	atomic_store_explicit(&progress.total, total, memory_order_relaxed);
	atomic_store_explicit(&progress.phase, phase, memory_order_relaxed);
	return 0;
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
