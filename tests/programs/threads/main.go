// SPDX-License-Identifier: Apache-2.0

// Goroutines that are on threads: one runs, two are in read(2). With "fork", a child of fork(2) prints its id too: it
// has the memory of all threads, and one thread. It says which goroutine that one runs.
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
)

var spin bool

//go:noinline
func busy(n int) int {
	for !spin {
		n++
	}
	return n
}

//go:noinline
func reads(fd int) int {
	var b [8]byte
	n, _ := syscall.Read(fd, b[:])
	return n
}

//go:noinline
func forks() uintptr {
	pid, _, _ := syscall.RawSyscall(syscall.SYS_FORK, 0, 0, 0)
	for pid == 0 {
		syscall.RawSyscall(syscall.SYS_PAUSE, 0, 0, 0)
	}
	return pid
}

func main() {
	var p [2]int
	syscall.Pipe(p[:])
	go reads(p[0])
	go func() {
		runtime.LockOSThread()
		reads(p[0])
	}()
	go busy(len(os.Args))
	for range 3 {
		go func() { <-make(chan int) }()
	}
	time.Sleep(200 * time.Millisecond)
	pid := uintptr(os.Getpid())
	if len(os.Args) > 1 && os.Args[1] == "fork" {
		pid = forks()
	}
	fmt.Println("ready", pid)
	time.Sleep(time.Hour)
}
