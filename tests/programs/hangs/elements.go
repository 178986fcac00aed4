package main

import (
	"sync"
	"time"
)

// listed: who holds the lock waits for a message. Who is to send one to each channel of a list waits for the lock.
type feed struct {
	n    int
	mu   sync.Mutex
	subs []chan int
}

func (h *feed) listen(c chan int) {
	h.mu.Lock()
	h.n += <-c
	h.mu.Unlock()
}

func (h *feed) publish() {
	time.Sleep(pause)
	for _, c := range h.subs {
		h.mu.Lock()
		h.n++
		h.mu.Unlock()
		c <- h.n
	}
}

func listed() {
	h := &feed{}
	for range 4 {
		h.subs = append(h.subs, make(chan int))
	}
	go h.listen(h.subs[2])
	go h.publish()
	time.Sleep(pause)
}

// indexed: the same, by an index that somebody chooses.
func (h *feed) send(i int) {
	time.Sleep(pause)
	h.mu.Lock()
	h.n++
	h.mu.Unlock()
	h.subs[pick(i)] <- i
}

//go:noinline
func pick(i int) int { return i % 4 }

func indexed() {
	h := &feed{}
	for range 4 {
		h.subs = append(h.subs, make(chan int))
	}
	go h.listen(h.subs[1])
	go h.send(5)
	time.Sleep(pause)
}

// mapped: a map has a lock for each key. Who is to release one needs the lock of the map first, which is held by who
// waits for that very lock.
type urls struct {
	mu    sync.RWMutex
	locks map[string]*page
}

type page struct {
	url string
	mu  sync.Mutex
}

func (u *urls) lock(key string) {
	u.mu.Lock()
	if _, has := u.locks[key]; !has {
		u.locks[key] = &page{url: key}
	}
	u.locks[key].mu.Lock()
	u.mu.Unlock()
}

func (u *urls) unlock(key string) {
	u.mu.RLock()
	defer u.mu.RUnlock()
	if p, has := u.locks[key]; has {
		p.mu.Unlock()
	}
}

func (u *urls) first() {
	u.lock("a")
	time.Sleep(2 * pause)
	u.unlock("a")
}

func (u *urls) second() {
	time.Sleep(pause)
	u.lock("a")
	u.unlock("a")
}

func mapped() {
	u := &urls{locks: map[string]*page{}}
	go u.first()
	go u.second()
	time.Sleep(3 * pause)
}
