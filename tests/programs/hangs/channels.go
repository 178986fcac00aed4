package main

import (
	"io"
	"os"
	"sync"
	"time"
)

// selfchan: the only consumer of a channel sends to it.
type event struct{ number int }

type hub struct{ events chan event }

var notices = &hub{events: make(chan event, 4)}

func (h *hub) loop() {
	for e := range h.events {
		h.emit(e.number + 1)
		h.emit(e.number + 2)
	}
}

func (h *hub) emit(number int) {
	h.events <- event{number}
}

func emitter() {
	for i := 0; ; i++ {
		notices.emit(i)
	}
}

func selfchan() {
	for range 5 {
		go emitter()
	}
	time.Sleep(pause)
	go notices.loop()
}

// semaphore: all places are taken by goroutines that need one more.
type limiter struct{ slots chan struct{} }

func (l *limiter) crawl(depth int) {
	l.slots <- struct{}{}
	defer func() { <-l.slots }()
	time.Sleep(pause)
	if depth > 0 {
		l.crawl(depth - 1)
	}
}

func (l *limiter) late() {
	l.slots <- struct{}{}
	<-l.slots
}

func semaphore() {
	l := &limiter{slots: make(chan struct{}, 3)}
	for range 3 {
		go l.crawl(1)
	}
	time.Sleep(pause / 2)
	go l.late()
	go l.late()
	time.Sleep(pause)
}

// group: tasks of a group with a limit start tasks of the same group.
type token struct{}

type group struct {
	wg    sync.WaitGroup
	limit chan token
	err   error
	once  sync.Once
}

func (g *group) done() {
	<-g.limit
	g.wg.Done()
}

func (g *group) Go(task func() error) {
	g.limit <- token{}
	g.wg.Add(1)
	go func() {
		defer g.done()
		if err := task(); err != nil {
			g.once.Do(func() { g.err = err })
		}
	}()
}

func (g *group) Wait() error {
	g.wg.Wait()
	return g.err
}

func build() error {
	g := &group{limit: make(chan token, 2)}
	for range 2 {
		g.Go(func() error {
			time.Sleep(pause)
			g.Go(func() error { return nil })
			return nil
		})
	}
	return g.Wait()
}

func errgroup() {
	go build()
	time.Sleep(pause)
}

// ring: three stages pass on more than they receive.
type frame struct{ number int }

func stage(in <-chan frame, out chan<- frame) {
	for f := range in {
		out <- frame{f.number + 1}
		out <- frame{f.number + 2}
	}
}

func ring() {
	a, b, c := make(chan frame, 1), make(chan frame, 1), make(chan frame, 1)
	a <- frame{}
	go stage(a, b)
	go stage(b, c)
	go stage(c, a)
}

// empty: goroutines that can never run again.
func parkForever() { select {} }

func empty() {
	for range 3 {
		go parkForever()
	}
}

// wgnever: one of the tasks returns without Done.
func collect() (sum int) {
	var wg sync.WaitGroup
	results := make(chan int, 3)
	wg.Add(3)
	for i := range 3 {
		go func() {
			if i == 1 {
				return
			}
			results <- i
			wg.Done()
		}()
	}
	wg.Wait()
	close(results)
	for n := range results {
		sum += n
	}
	return sum
}

func wgnever() { go collect() }

// condlock: the goroutine that is to signal a Cond waits for what the goroutine that waits for the Cond is to send.
type buffer struct {
	mu    sync.Mutex
	full  *sync.Cond
	room  chan int
	items []int
}

func (b *buffer) drain() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == 0 {
		b.full.Wait()
	}
	b.items = b.items[1:]
	b.room <- 1
}

func (b *buffer) fill() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.items = append(b.items, <-b.room)
	b.full.Signal()
}

func condlock() {
	b := &buffer{room: make(chan int)}
	b.full = sync.NewCond(&b.mu)
	go b.drain()
	time.Sleep(pause)
	go b.fill()
}

// pipe: the reader of a pipe has gone, and did not close it.
func compress(w *io.PipeWriter) {
	for range 1000 {
		if _, err := w.Write(make([]byte, 512)); err != nil {
			return
		}
	}
	w.Close()
}

func head(r *io.PipeReader) { r.Read(make([]byte, 512)) }

func pipe() {
	r, w := io.Pipe()
	go compress(w)
	head(r)
}

// initstuck: an init function waits for a goroutine that waits for main.
var started = make(chan bool)

func prepare(prepared chan<- bool) {
	<-started
	prepared <- true
}

func init() {
	if len(os.Args) < 2 || os.Args[1] != "initstuck" {
		return
	}
	prepared := make(chan bool)
	go prepare(prepared)
	go func() {
		time.Sleep(pause)
		os.Stdout.WriteString("ready\n")
		time.Sleep(time.Hour)
	}()
	<-prepared
}
