// SPDX-License-Identifier: Apache-2.0

package main

/*
#include <pthread.h>
#include <unistd.h>

void goCallback(int depth);

static volatile int sink;

static void call_c(int depth)
{
	volatile char room[64];
	room[depth] = (char)depth;
	if (depth == 0) {
		for (;;) {
			pause();
		}
	}
	call_c(depth - 1);
	sink = room[depth];
}

static void *only_c(void *p)
{
	call_c(5);
	return p;
}

static void *into_go(void *p)
{
	goCallback(5);
	sink = 1;
	return p;
}

static void start_threads(int count)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, (size_t)128 << 10);
	for (int i = 0; i < count; i++) {
		(void)pthread_create(&thread, &attr, i % 2 == 0 ? only_c : into_go, 0);
	}
}
*/
import "C"

func startThreads(count int) { C.start_threads(C.int(count)) }

func callC(depth int) { C.call_c(C.int(depth)) }
