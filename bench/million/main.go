// The benchmark takes cores of this program. It parks a given number of goroutines,
// on different stacks of about seven frames, and prints "ready".
package main

import (
	"flag"
	"fmt"
	"sync"
	"time"
)

type job struct {
	number int
	name   string
	done   chan int
	lock   *sync.Mutex
	words  [4]uint64
}

func receive(j *job) int { return <-j.done } // inlined

//go:noinline
func choose(j *job, other chan string) int {
	select {
	case v := <-j.done:
		return v
	case s := <-other:
		return len(s)
	}
}

//go:noinline
func lock(j *job) int {
	j.lock.Lock()
	defer j.lock.Unlock()
	return j.number
}

//go:noinline
func sleep(j *job) int {
	time.Sleep(time.Hour)
	return j.number
}

//go:noinline
func work(j *job, kind int) int {
	switch kind {
	case 0:
		return choose(j, nil)
	case 1:
		return lock(j)
	case 2:
		return sleep(j)
	default:
		return receive(j) + j.number
	}
}

func main() {
	count := flag.Int("n", 1000000, "goroutines")
	flag.Parse()
	done := make(chan int)
	var held sync.Mutex
	held.Lock()
	for i := range *count {
		j := &job{number: i, name: "job", done: done, lock: &held}
		kind := 3
		if i%16 < 3 {
			kind = i % 16
		}
		go work(j, kind)
		if i%10000 == 9999 {
			time.Sleep(time.Millisecond)
		}
	}
	time.Sleep(500 * time.Millisecond)
	fmt.Println("ready")
	select {}
}
