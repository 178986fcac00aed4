// SPDX-License-Identifier: Apache-2.0
#include "_cgo_export.h"
#include <assert.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

enum { FAULT, ABORT, ASSERT, WAIT, HANDLER, JUMP, THROW, CALL_NULL };

extern void cppThrow(int n) __attribute__((weak));
static jmp_buf place;
static char alternate[65536];
volatile int sink;

void cWait(void)
{
	for (;;) {
		pause();
	}
}

static void handle(int number)
{
	sink = number;
	cWait();
}

NOINLINE static void raiseHere(void)
{
	stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
	sigaltstack(&stack, 0);
	sigaction(SIGUSR2, &action, 0);
	raise(SIGUSR2);
	sink++;
}

NOINLINE static void jump(int n)
{
	volatile char room[100];
	room[n] = (char)n;
	longjmp(place, n + room[n]);
}

static inline __attribute__((always_inline)) int inlined(int *p, int n)
{
	return *(volatile int *)(p + 4) + n;
}

/* `volatile` after the call keeps it from being a tail call. */
NOINLINE static int end(int kind, int *p)
{
	int (*none)(void) = 0;

	switch (kind) {
	case FAULT:
		return inlined(p, kind);
	case ABORT:
		abort();
	case ASSERT:
		assert(p != 0);
		break;
	case WAIT:
		cWait();
		break;
	case HANDLER:
		raiseHere();
		break;
	case JUMP:
		if (setjmp(place) == 0) {
			jump(3);
		}
		cWait();
		break;
	case THROW:
		if (cppThrow) {
			cppThrow(2);
		}
		break;
	case CALL_NULL:
		sink = none();
		break;
	}
	sink++;
	return 0;
}

NOINLINE static int deep(int kind, int *p, int n)
{
	volatile int k = n == 0 ? end(kind, p) : deep(kind, p, n - 1);
	return k + n;
}

int cInner(int kind, int depth)
{
	volatile int k = deep(kind, 0, depth);
	return k + 1;
}

int cBegin(int kind, int depth)
{
	volatile char room[200];
	room[depth] = (char)depth;
	volatile int k = goMiddle(kind, depth);
	return k + room[depth];
}

static int the_kind;

static int compare(const void *a, const void *b)
{
	volatile int k = goLess(the_kind);
	return *(const int *)a - *(const int *)b + k;
}

int cSort(int kind)
{
	int list[] = {5, 3, 4, 1, 2};
	the_kind = kind;
	qsort(list, sizeof list / sizeof list[0], sizeof list[0], compare);
	return list[0];
}

static void *intoGo(void *p)
{
	goParked();
	sink++;
	return p;
}

static void *backAndForth(void *p)
{
	volatile int k = cBegin(WAIT, 2);
	sink = k;
	return p;
}

static void *alone(void *p)
{
	cWait();
	return p;
}

void cThreads(void)
{
	pthread_t thread;
	pthread_create(&thread, 0, intoGo, 0);
	pthread_create(&thread, 0, backAndForth, 0);
	pthread_create(&thread, 0, alone, 0);
}
