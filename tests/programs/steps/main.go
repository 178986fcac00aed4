// SPDX-License-Identifier: Apache-2.0

// Runs through the runtime's assembly again and again: clocks, stack growth, channels, timers, new threads, collection,
// signals, coroutines, random numbers, recovered faults.
package main

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"iter"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

var sink int64

//go:noinline
func clock() int64 {
	return time.Now().UnixNano() + int64(time.Since(time.Time{}))
}

//go:noinline
func deep(n int) int {
	var room [512]byte
	if n == 0 {
		return int(room[0])
	}
	return deep(n-1) + int(room[n%len(room)])
}

//go:noinline
func faults(p *int) (err any) {
	defer func() { err = recover() }()
	return *p
}

func numbers(yield func(int) bool) {
	for i := 0; yield(i); i++ {
	}
}

func thread() {
	runtime.LockOSThread() // and ends with it: the next one gets a new thread
	sink++
}

// The test looks at its watch here.
//
//go:noinline
func tick() {
	sink++
}

func busy() {
	for i := 0; ; i++ {
		sink += int64(i)
	}
}

func main() {
	debug.SetGCPercent(-1)
	got := make(chan os.Signal, 1)
	signal.Notify(got, syscall.SIGUSR1)
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v
		}
	}()
	go busy()
	next, _ := iter.Pull(iter.Seq[int](numbers))
	var random [16]byte
	fmt.Println("ready", os.Getpid())
	for i := 0; ; i++ {
		sink += clock()
		done := make(chan int)
		go func() { done <- deep(200) }()
		<-done
		ping <- i
		<-pong
		time.Sleep(time.Millisecond)
		next()
		rand.Read(random[:])
		sink += int64(sha256.Sum256(random[:])[0])
		faults(nil)
		calls()
		go thread()
		syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)
		<-got
		if i%8 == 0 {
			runtime.GC()
		}
		runtime.Gosched()
		tick()
	}
}
