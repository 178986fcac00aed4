// SPDX-License-Identifier: Apache-2.0

//go:build cgo

package main

/*
#include <pthread.h>

extern long back(long);

static long there(long n)
{
	return n + 1;
}

static long there_and_back(long n)
{
	return back(n) + 1;
}

static void *start(void *n)
{
	return (void *)back((long)n);
}

static void from_a_thread_of_c(long n)
{
	pthread_t thread;
	if (pthread_create(&thread, 0, start, (void *)n) == 0) {
		pthread_join(thread, 0);
	}
}
*/
import "C"

//export back
func back(n C.long) C.long {
	return n + C.long(clock()&1)
}

func calls() {
	sink += int64(C.there(1)) + int64(C.there_and_back(2))
	C.from_a_thread_of_c(3)
}
