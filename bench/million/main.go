// Parks as many goroutines as it is told, on stacks of about seven frames that
// differ in shape, and prints "ready": what the benchmark takes cores of.
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

//go:noinline
func receive(j *job) int { return <-j.done }

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

func small(j *job) int { return receive(j) + 1 } // inlined

//go:noinline
func wait(j *job, kind int) int {
	switch kind {
	case 0:
		return choose(j, nil)
	case 1:
		return lock(j)
	case 2:
		return sleep(j)
	default:
		return small(j)
	}
}

//go:noinline
func step3(j *job, kind int) int { return wait(j, kind) + j.number }

//go:noinline
func step2(j *job, kind int, pad [3]int) int { return step3(j, kind) + pad[kind%3] }

//go:noinline
func step1(j *job, kind int) int { return step2(j, kind, [3]int{kind, j.number, 1}) }

func work(j *job, kind int) { step1(j, kind) }

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
