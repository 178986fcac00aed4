// Dies in C code, in the way its argument names, for cores that the kernel writes.
package main

/*
#include <stdlib.h>
#include <string.h>
#include <pthread.h>

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

// The thread is not Go's: the runtime has no m for it.
static void elsewhere(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, fault_in_thread, NULL);
	pthread_join(thread, NULL);
}
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
	default:
		os.Exit(9)
	}
}
