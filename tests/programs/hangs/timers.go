package main

import (
	"context"
	"errors"
	"time"
)

type reply struct{ text string }

// timers: healthy. Nothing but armed timers refers to what these goroutines wait for.
func timers() {
	go func() { <-time.After(time.Hour) }()
	go func() {
		replies := make(chan reply)
		select {
		case <-replies:
		case <-time.After(time.Hour):
		}
	}()
	go func() {
		ticker := time.NewTicker(time.Hour)
		defer ticker.Stop()
		for range ticker.C {
		}
	}()
	go func() {
		timer := time.NewTimer(2 * time.Hour)
		timer.Reset(time.Hour)
		<-timer.C
	}()
	go func() {
		done := make(chan bool)
		time.AfterFunc(time.Hour, func() { close(done) })
		<-done
	}()
	go func() { time.Sleep(time.Hour) }()
}

// contexts: healthy. Deadlines will cancel all of them, whether or not somebody still has the function that cancels.
func contexts() {
	timeout, cancel := context.WithTimeout(context.Background(), time.Hour)
	for range 4 {
		go func() { <-timeout.Done() }()
	}
	child, _ := context.WithCancel(timeout)
	go func() { <-child.Done() }()
	valued := context.WithValue(child, reply{}, "x")
	grandchild, _ := context.WithCancelCause(valued)
	go func() {
		select {
		case <-grandchild.Done():
		case <-make(chan reply):
		}
	}()
	ended := make(chan bool)
	context.AfterFunc(timeout, func() { close(ended) })
	go func() { <-ended }()
	go func() {
		defer cancel()
		<-timeout.Done()
	}()
}

// ctxforgot: contexts without a deadline, whose functions that cancel are lost.
type topic string

func subscribe(ctx context.Context, in <-chan reply) (last reply) {
	for {
		select {
		case <-ctx.Done():
			return last
		case last = <-in:
		}
	}
}

func follow(name string) {
	ctx, _ := context.WithCancelCause(context.WithValue(context.Background(), topic("name"), name))
	go subscribe(ctx, make(chan reply))
}

func ctxforgot() {
	for range 10 {
		follow("news")
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	go subscribe(ctx, make(chan reply))
	cancel(errors.New("this one is cancelled"))
}
