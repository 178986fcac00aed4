package main

import (
	"sync"
	"time"
)

// callback: who holds the lock waits for a channel. Who is to close it does that in a closure, of which only a field
// knows, and waits for the lock first.
type elector struct {
	accept  func()
	release func()
}

type round struct {
	mu       sync.Mutex
	electors []elector
}

func (r *round) follow(c *elector) {
	r.mu.Lock()
	c.release()
	r.mu.Unlock()
}

func (r *round) lead(c *elector) {
	time.Sleep(pause)
	r.mu.Lock()
	c.release()
	r.mu.Unlock()
}

func callback() {
	next := make(chan bool)
	r := &round{electors: []elector{{release: func() { <-next }}, {release: func() { close(next) }}}}
	go r.follow(&r.electors[0])
	go r.lead(&r.electors[1])
}

// nested: a deferred closure calls the closure that releases the lock, which a callback needs.
type lessor struct {
	n     int
	mu    sync.RWMutex
	check func()
}

func (l *lessor) checkpoint() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
}

func (l *lessor) renew() {
	l.mu.Lock()
	unlock := func() { l.mu.Unlock() }
	defer func() { unlock() }()
	if l.check != nil {
		l.check()
	}
}

func nested() {
	l := &lessor{}
	l.check = l.checkpoint
	go l.renew()
}

// locker: a method of an interface locks to read. The same goroutine reads again, but a writer waits in between.
type executor struct {
	n    int
	mu   sync.RWMutex
	cond *sync.Cond
}

func (e *executor) run() {
	e.cond.L.Lock()
	time.Sleep(2 * pause)
	defer e.cond.L.Unlock()
	e.read()
}

//go:noinline
func (e *executor) read() int {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.n
}

func (e *executor) update() {
	time.Sleep(pause)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.n++
}

func locker() {
	e := &executor{}
	e.cond = sync.NewCond(e.mu.RLocker())
	go e.run()
	go e.update()
	time.Sleep(2 * pause)
}

// returned: healthy. A method of an interface has released the lock again; a timer will release it for who has it now.
type door struct {
	l    sync.Locker
	mu   sync.Mutex
	rows chan int
}

func (d *door) pass() int {
	d.l.Lock()
	d.l.Unlock()
	return <-d.rows
}

func (d *door) bring() {
	d.mu.Lock()
	d.rows <- 1
	d.mu.Unlock()
}

func returned() {
	d := &door{rows: make(chan int)}
	d.l = &d.mu
	go d.pass()
	time.Sleep(pause)
	d.mu.Lock()
	time.AfterFunc(time.Hour, d.l.Unlock)
	go d.bring()
}
