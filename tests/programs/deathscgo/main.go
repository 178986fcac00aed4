// Dies in C code, in the way its argument names, for cores that the kernel writes.
package main

/*
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <signal.h>

static volatile int *volatile nowhere = (int *)0x10;
static volatile int zero;

static int fault(void) { return *nowhere; }
static int divide(void) { return 7 / zero; }
static void stop(void) { abort(); }
static void illegal(void) { __builtin_trap(); }

static void *fault_in_thread(void *unused)
{
	(void)unused;
	return (void *)(long)fault();
}

static void *trap_in_thread(void *unused)
{
	raise(SIGTRAP);
	return unused;
}

// The thread is not Go's: the runtime has no m for it.
static void in_thread(void *(*function)(void *))
{
	pthread_t thread;

	pthread_create(&thread, NULL, function, NULL);
	pthread_join(thread, NULL);
}

extern void callback(void);

static void through_go(void) { callback(); }
static void elsewhere(void) { in_thread(fault_in_thread); }
static void trapped(void) { in_thread(trap_in_thread); }
*/
import "C"

import (
	"os"
	"time"
)

func main() {
	for range 3 {
		go func() { time.Sleep(time.Hour) }()
	}
	time.Sleep(10 * time.Millisecond)
	switch os.Args[1] {
	case "fault":
		C.fault()
	case "divide":
		C.divide()
	case "abort":
		C.stop()
	case "illegal":
		C.illegal()
	case "elsewhere":
		C.elsewhere()
	case "callback":
		C.through_go()
	case "trapped":
		C.trapped()
	default:
		os.Exit(9)
	}
}
