package main

import (
	"net"
	"sync"
	"syscall"
	"time"
)

// syscall: one goroutine reads a file that blocks, under a lock that others wait for.
type journal struct {
	mu    sync.Mutex
	lines int
}

var system journal

func (j *journal) read(fd int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	n, _ := syscall.Read(fd, make([]byte, 100))
	j.lines += n
}

func (j *journal) append() {
	j.mu.Lock()
	j.lines++
	j.mu.Unlock()
}

func tail(fd int) { system.read(fd) }

func syscallUnderLock() {
	var ends [2]int
	if err := syscall.Pipe(ends[:]); err != nil {
		panic(err)
	}
	go tail(ends[0])
	time.Sleep(pause)
	for range 8 {
		go system.append()
	}
}

// peer: a reader waits for a peer that sends nothing; a writer waits for it, and all other readers for the writer.
type session struct {
	mu    sync.RWMutex
	conn  net.Conn
	state int
}

var client session

func (s *session) poll() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.conn.Read(make([]byte, 1))
}

func (s *session) close() {
	s.mu.Lock()
	s.state = 1
	s.mu.Unlock()
}

func (s *session) status() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state
}

func peer() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	client.conn, err = net.Dial("tcp", listener.Addr().String())
	if err != nil {
		panic(err)
	}
	go client.poll()
	time.Sleep(pause)
	go client.close()
	time.Sleep(pause)
	for range 6 {
		go client.status()
	}
}

// sleeper: one goroutine sleeps under a lock that others wait for.
type throttle struct {
	mu   sync.Mutex
	next time.Time
}

var limit throttle

func (t *throttle) wait() {
	t.mu.Lock()
	defer t.mu.Unlock()
	time.Sleep(time.Hour)
	t.next = time.Now()
}

func (t *throttle) ready() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Now().After(t.next)
}

func first() { limit.wait() }

func sleeper() {
	go first()
	time.Sleep(pause)
	for range 5 {
		go limit.ready()
	}
}
