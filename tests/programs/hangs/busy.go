package main

import (
	"context"
	"sync"
	"time"
)

// busy: healthy. Goroutines at work with locks, channels, a WaitGroup, a Cond and contexts, all the time.
type counter struct {
	mu     sync.Mutex
	rw     sync.RWMutex
	change *sync.Cond
	counts map[int]int
	total  int
}

func (c *counter) add(key int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[key%64]++
	c.total++
	c.change.Broadcast()
}

func (c *counter) each() (sum int) {
	c.rw.RLock()
	defer c.rw.RUnlock()
	c.mu.Lock()
	for _, n := range c.counts {
		sum += n
	}
	c.mu.Unlock()
	return sum
}

func (c *counter) reset() {
	c.rw.Lock()
	c.mu.Lock()
	clear(c.counts)
	c.mu.Unlock()
	c.rw.Unlock()
}

func (c *counter) until(total int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.total < total {
		c.change.Wait()
	}
}

func (c *counter) spread(n int) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { c.add(i) })
	}
	wg.Wait()
}

func request(ctx context.Context, c *counter, work chan<- int) int {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	answer := make(chan int, 1)
	go func() {
		c.spread(3)
		answer <- c.each()
	}()
	select {
	case n := <-answer:
		work <- n
		return n
	case <-ctx.Done():
		return 0
	}
}

func busy() {
	c := &counter{counts: map[int]int{}}
	c.change = sync.NewCond(&c.mu)
	work := make(chan int)
	ctx := context.Background()
	for i := range 20 {
		go func() {
			for j := 0; ; j++ {
				request(ctx, c, work)
				time.Sleep(time.Duration(i*j%20) * 100 * time.Microsecond)
			}
		}()
		go func() {
			for n := range work {
				c.until(n % 100)
				time.Sleep(time.Duration(n%7) * 100 * time.Microsecond)
			}
		}()
	}
	go func() {
		for {
			time.Sleep(5 * time.Millisecond)
			c.reset()
		}
	}()
}

// crash: a goroutine panics while others wait.
type ledger struct {
	mu      sync.Mutex
	entries []int
}

var book ledger

func (l *ledger) post(at int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries[at]++
}

func accountant() { book.post(7) }

func crash() {
	idle := make(chan int)
	for range 3 {
		go func() { <-idle }()
	}
	time.Sleep(pause)
	go accountant()
	idle <- <-idle
}
