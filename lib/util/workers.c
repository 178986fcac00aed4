/* SPDX-License-Identifier: Apache-2.0 */
#include "util/workers.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "util/allocate.h"

struct worker {
	void (*run)(void *part);
	void *part;
	pthread_t thread;
	bool started;
	bool complete; /* no allocation failed */
};

static void *run_worker(void *argument)
{
	struct worker *worker = argument;
	const uint64_t begun = gopm__call_begin();

	worker->run(worker->part);
	worker->complete = gopm__call_end(begun);
	return NULL;
}

size_t gopm__workers_worth(uint64_t items, uint64_t least)
{
	cpu_set_t mine;
	const int cpus = sched_getaffinity(0, sizeof mine, &mine) == 0 ? CPU_COUNT(&mine) : 1;
	const size_t most = cpus < 1 ? 1 : cpus < GOPM__MOST_WORKERS ? (size_t)cpus : GOPM__MOST_WORKERS;
	const uint64_t worth = items / least + 1;

	return worth < most ? (size_t)worth : most;
}

uint64_t gopm__workers_begin(uint64_t items, size_t index, size_t count)
{
	return index < count ? items / count * index : items;
}

bool gopm__workers_run(void (*run)(void *part), void *parts, size_t size, size_t count)
{
	struct worker workers[GOPM__MOST_WORKERS] = {0};
	sigset_t all, before;
	bool complete = true;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	for (size_t i = 0; i < count; i++) {
		workers[i] = (struct worker){.run = run, .part = (char *)parts + i * size};
		if (i != 0) {
			workers[i].started = pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]) == 0;
		}
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	for (size_t i = 0; i < count; i++) {
		if (!workers[i].started) {
			(void)run_worker(&workers[i]);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (workers[i].started) {
			(void)pthread_join(workers[i].thread, NULL);
		}
		complete &= workers[i].complete;
	}
	return complete;
}
