/* SPDX-License-Identifier: Apache-2.0 */
/* A program of C that calls a library of Go, which calls it again. The arguments say how it ends, how often it calls
 * Go, and "thread" if another thread does so. See embedded.py. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

typedef int (*function)(int kind, int depth);
int GoMiddle(function f, int kind, int depth);

enum { FAULT, ABORT, WAIT };

static volatile int sink;
static int the_kind, the_depth;
struct mark {
	short x;
	struct mark *next;
	unsigned low : 3, high : 4;
};
struct mark mark = {-7, &mark, 5, 9};

NOINLINE static void wait_here(void)
{
	for (;;) {
		pause();
	}
}

static inline __attribute__((always_inline)) int inlined(int *p, int n)
{
	return *(volatile int *)(p + 4) + n;
}

/* `volatile` after a call keeps it from being a tail call. */
NOINLINE static int end(int kind, int *p)
{
	switch (kind) {
	case FAULT:
		return inlined(p, kind);
	case ABORT:
		abort();
	default:
		wait_here();
	}
	sink++;
	return 0;
}

NOINLINE static int deep(int kind, int *p, int n)
{
	volatile int k = n == 0 ? end(kind, p) : deep(kind, p, n - 1);
	return k + n;
}

NOINLINE static int c_begin(int kind, int depth)
{
	volatile int k = depth == 0 ? deep(kind, 0, 3) : GoMiddle(c_begin, kind, depth);
	return k + 1;
}

static void *in_thread(void *p)
{
	sink = c_begin(the_kind, the_depth);
	return p;
}

static void *ready(void *p)
{
	usleep(400000);
	printf("ready %d\n", (int)getpid());
	fflush(stdout);
	wait_here();
	return p;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc < 3) {
		return 2;
	}
	the_kind = argv[1][0] == 'f' ? FAULT : argv[1][0] == 'a' ? ABORT : WAIT;
	the_depth = atoi(argv[2]);
	pthread_create(&thread, 0, ready, 0);
	if (argc > 3 && strcmp(argv[3], "thread") == 0) {
		pthread_create(&thread, 0, in_thread, 0);
		wait_here();
	}
	sink = c_begin(the_kind, the_depth);
	return 0;
}
