//go:build cgo

package main

/*
#include <unistd.h>

static void query(void)
{
	for (;;)
		pause();
}
*/
import "C"

import (
	"runtime/cgo"
	"sync"
	"time"
)

// cgocall: one goroutine is in a library of C, under a lock that others wait for.
type database struct {
	mu   sync.Mutex
	rows int
}

var sqlite database

func (d *database) exec() {
	d.mu.Lock()
	defer d.mu.Unlock()
	C.query()
	d.rows++
}

func (d *database) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rows
}

func migrate() { sqlite.exec() }

func cgocall() {
	go migrate()
	time.Sleep(pause)
	for range 7 {
		go sqlite.count()
	}
}

func rootHandle() {
	ch := make(chan int)
	cgo.NewHandle(ch)
	go func() { <-ch }()
}

func rootInC() {
	ch := make(chan int)
	go func() { <-ch }()
	go func() {
		C.query()
		ch <- 1
	}()
}

func leakHandle() {
	ch := make(chan int)
	cgo.NewHandle(ch).Delete()
	go func() { <-ch }()
}
