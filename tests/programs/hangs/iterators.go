package main

import (
	"iter"
	"sync"
	"time"
)

type set struct {
	mu    sync.Mutex
	items map[int]bool
}

var (
	plain  = &set{items: map[int]bool{1: true, 2: true}}
	pulled = &set{items: map[int]bool{1: true, 2: true}}
)

// all holds the lock while its loop runs.
func (s *set) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for item := range s.items {
			if !yield(item) {
				return
			}
		}
	}
}

func (s *set) remove(item int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.items, item)
}

func (s *set) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.items)
}

// iterate: the body of a loop over a function takes the lock of that function.
func prune(s *set) {
	for item := range s.all() {
		s.remove(item)
	}
}

func iterate() {
	go prune(plain)
	time.Sleep(pause)
	for range 3 {
		go plain.size()
	}
}

// pull: the function with the lock is a coroutine that only the goroutine that waits for the lock can resume.
func prunePulled(s *set) {
	next, stop := iter.Pull(s.all())
	defer stop()
	for {
		item, ok := next()
		if !ok {
			return
		}
		s.remove(item)
	}
}

func pull() {
	go prunePulled(pulled)
	time.Sleep(pause)
	for range 3 {
		go pulled.size()
	}
}
