// A shared library whose goroutines stand still in a C program's process.
package main

/*
#include <unistd.h>

static void wait_in_c(void)
{
	for (;;)
		pause();
}
*/
import "C"

import (
	"os"
	"runtime"
	"sync"
	"time"
)

var never = make(chan int)

func receive(c chan int, index int) int { return <-c + index }

func lock(mutex *sync.Mutex) {
	mutex.Lock()
	defer mutex.Unlock()
}

// Start leaves goroutines in several states.
//
//export Start
func Start(count C.int) C.int {
	for i := range int(count) {
		go receive(never, i)
	}
	var mutex sync.Mutex
	mutex.Lock()
	go lock(&mutex)
	go func() {
		runtime.LockOSThread()
		select {}
	}()
	go time.Sleep(time.Hour)
	go C.wait_in_c()
	go func() {
		read, _, err := os.Pipe()
		if err == nil {
			_, _ = read.Read(make([]byte, 1))
		}
	}()
	return count
}

// Block never returns to its caller in C.
//
//export Block
func Block(value C.long) C.long { return C.long(receive(never, int(value))) }

// Back calls C again, which never returns.
//
//export Back
func Back() { C.wait_in_c() }

func main() {}
