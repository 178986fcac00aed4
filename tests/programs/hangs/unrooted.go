package main

import (
	"runtime"
	"time"
)

// unrooted: leaks. What each goroutine waits for was reachable once, and is no more.
func unrooted() {
	for _, leak := range []func(){
		leakNil, leakTicker, leakDead, leakDeleted, leakEachOther, leakBuffered, leakFinalizer, leakCleanup, leakDeferred,
		leakOverwritten, leakUnreceived, leakHandle,
	} {
		leak()
	}
}

func leakNil() {
	var ch chan int
	go func() { <-ch }()
}

func leakTicker() {
	ticker := time.NewTicker(time.Hour)
	ticker.Stop()
	go func() { <-ticker.C }()
}

// The channel is in a slot of a frame that the function no longer reads.
func leakDead() {
	ch := make(chan int)
	go func() { <-ch }()
	go func() {
		list := [2]chan int{ch, ch}
		use(&list)
		time.Sleep(time.Hour)
	}()
}

//go:noinline
func use(list *[2]chan int) {
	if len(list[0]) > 0 {
		panic("not empty")
	}
}

var deleted = map[string]chan int{}

func leakDeleted() {
	ch := make(chan int)
	deleted["x"] = ch
	delete(deleted, "x")
	go func() { <-ch }()
}

func leakEachOther() {
	a, b := make(chan int), make(chan int)
	go func() { <-a; b <- 1 }()
	go func() { <-b; a <- 1 }()
}

func leakBuffered() {
	ch, inner := make(chan chan int, 1), make(chan int)
	ch <- inner
	go func() { <-inner }()
	go func() { ch <- nil }()
}

func leakFinalizer() {
	h := &holder{ch: make(chan int)}
	ch := h.ch
	runtime.SetFinalizer(h, func(h *holder) { h.ch <- 1 })
	runtime.SetFinalizer(h, nil)
	go func() { <-ch }()
}

func leakCleanup() {
	ch := make(chan int)
	h := &holder{}
	runtime.AddCleanup(h, func(n int) { ch <- n }, 1).Stop()
	go func() { <-ch }()
}

// The deferred call has run.
func leakDeferred() {
	ch := make(chan int)
	go func() { <-ch; <-ch }()
	go func() {
		func() {
			defer send(ch)
		}()
		time.Sleep(time.Hour)
	}()
}

//go:noinline
func send(ch chan int) { ch <- 1 }

var overwritten chan int

func leakOverwritten() {
	overwritten = make(chan int)
	ch := overwritten
	overwritten = make(chan int)
	go func() { ch <- 1 }()
}

// Nobody receives twice.
func leakUnreceived() {
	ch := make(chan int)
	for range 2 {
		go func() { ch <- 1 }()
	}
	<-ch
}
