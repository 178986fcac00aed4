package main

import (
	"sync"
	"time"
)

// twice: a path returns without the unlock, or locks again instead of it. No code is to release the lock any more.
type drain struct {
	mu   sync.Mutex
	done bool
}

func (d *drain) stop() {
	d.mu.Lock()
	if d.done {
		d.mu.Lock() // instead of Unlock
		return
	}
	d.done = true
	d.mu.Unlock()
}

func (d *drain) stopAll() {
	for range 3 {
		d.stop()
	}
}

func twice() {
	go (&drain{}).stopAll()
}

// late: the deferred call is registered only after the call that blocks. The other goroutine is to receive, but needs
// the lock first.
type probe struct {
	mu   sync.Mutex
	stop chan bool
}

func (p *probe) change() {
	p.mu.Lock()
	p.send()
	defer p.mu.Unlock()
}

//go:noinline
func (p *probe) send() {
	p.stop <- true
}

func (p *probe) watch() {
	time.Sleep(pause)
	for {
		p.look()
		select {
		case <-p.stop:
			return
		default:
		}
	}
}

//go:noinline
func (p *probe) look() {
	p.mu.Lock()
	p.mu.Unlock()
}

func late() {
	p := &probe{stop: make(chan bool)}
	go p.change()
	go p.watch()
}

// ender: who is to close the channel waits for the lock of who sends to it. It has the channel in a variable.
type framer struct {
	mu    sync.Mutex
	reset chan bool
	quit  chan bool
}

func (f *framer) monitor() {
	reset := f.reset
	for {
		select {
		case <-f.quit:
			f.mu.Lock()
			close(reset)
			f.reset = nil
			f.mu.Unlock()
			return
		}
	}
}

func (f *framer) write() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reset <- true
}

func ender() {
	f := &framer{reset: make(chan bool), quit: make(chan bool)}
	go f.write()
	go f.monitor()
	time.Sleep(pause)
	f.quit <- true
}

// lent: healthy. A lock is a signal. Who has it is to get it a second time, when somebody else has released it.
func lend() {
	var mu sync.Mutex
	mu.Lock()
	go func() {
		time.Sleep(time.Hour)
		mu.Unlock()
	}()
	mu.Lock()
}

// A timer is to release it, and who took it waits for a message of who waits for it.
func lendForTerm(mu *sync.Mutex, ack chan int) int {
	mu.Lock()
	time.AfterFunc(time.Hour, mu.Unlock)
	return <-ack
}

func lent() {
	var mu sync.Mutex
	ack := make(chan int)
	go lend()
	go lendForTerm(&mu, ack)
	time.Sleep(pause)
	go func() {
		mu.Lock()
		ack <- 1
		mu.Unlock()
	}()
}

// closing: healthy. The channel is closed when all who send are done; a timer will take what they send.
func closing() {
	var wg sync.WaitGroup
	c := make(chan int)
	for i := range 3 {
		wg.Go(func() { c <- i })
	}
	go func() {
		wg.Wait()
		close(c)
	}()
	time.AfterFunc(time.Hour, func() {
		for range c {
		}
	})
}
