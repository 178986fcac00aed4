// The benchmark takes cores of this program: goroutines that wait for channels, timers and locks, on stacks of about seven
// frames. With -locks each lock has one holder and a queue. A tenth of the holders are in pairs that wait for each other's
// lock. It prints "ready".
package main

import (
	"flag"
	"fmt"
	"sync"
	"time"
)

const queue = 50 // goroutines that wait for a lock

type request struct {
	number int
	answer chan int
	stop   chan bool
	next   *request
}

type shard struct {
	mu    sync.Mutex
	items map[int]int
}

var (
	answers = make(chan int)
	stop    = make(chan bool)
	shards  []*shard
)

func receive(r *request) int { return <-r.answer } // inlined

//go:noinline
func choose(r *request) int {
	select {
	case v := <-r.answer:
		return v
	case <-r.stop:
		return r.number
	}
}

//go:noinline
func deadline(r *request) int {
	select {
	case v := <-r.answer:
		return v
	case <-time.After(time.Hour):
		return 0
	}
}

//go:noinline
func sleep(r *request) int {
	time.Sleep(time.Hour)
	return r.number
}

//go:noinline
func serve(r *request, kind int) int {
	switch kind {
	case 0:
		return choose(r)
	case 1:
		return deadline(r)
	case 2:
		return sleep(r)
	default:
		return receive(r) + r.number
	}
}

//go:noinline
func handle(r *request, kind int) int { return serve(r, kind) + 1 }

func (s *shard) hold(r *request, other *shard) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other != nil {
		time.Sleep(500 * time.Millisecond)
		return other.get(r.number)
	}
	return handle(r, 3)
}

func (s *shard) get(key int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.items[key]
}

func main() {
	count := flag.Int("n", 1000000, "goroutines")
	locks := flag.Int("locks", 0, "locks that others wait for")
	flag.Parse()
	for i := range *locks {
		shards = append(shards, &shard{items: map[int]int{i: i}})
	}
	for i, s := range shards {
		var other *shard
		if i < *locks/10&^1 {
			other = shards[i^1]
		}
		go s.hold(&request{number: i, answer: answers}, other)
	}
	time.Sleep(200 * time.Millisecond)
	for i, s := range shards {
		for range queue {
			go s.get(i)
		}
	}
	for i := range *count - *locks*(queue+1) {
		kind := 3
		if i%16 < 3 {
			kind = i % 16
		}
		go handle(&request{number: i, answer: answers, stop: stop}, kind)
		if i%10000 == 9999 {
			time.Sleep(time.Millisecond)
		}
	}
	time.Sleep(time.Second)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
