// Profiled writes its five profiles down, and then stands still: one line "profile NAME BASE64" each, on standard error.
// With RATE=1 in the environment every allocation is sampled, else one for each 512 KiB. With an argument it dies instead.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"time"
)

type Node struct {
	next *Node
	data [18]uint64
}

type Shape interface{ Grow(n int) }

type Square struct{ sides [][]byte }

// Grow is called through the interface of a value that embeds it: by a wrapper.
func (s *Square) Grow(n int) {
	for range n {
		s.sides = append(s.sides, make([]byte, 3000))
	}
}

type Box struct{ *Square }

var (
	list    *Node
	sink    any
	kept    [][]byte
	strings map[string]int
	mu      sync.Mutex
	rw      sync.RWMutex
	forever chan int
)

//go:noinline
func keep(n int) {
	for range n {
		list = &Node{next: list}
	}
}

//go:noinline
func drop(n int) {
	for range n {
		sink = new([30]uint64)
	}
	sink = nil
}

// These two are inlined into their callers.
func inner(size int) []byte { return make([]byte, size) }
func outer(size int) []byte { return inner(size + 16) }

//go:noinline
func inlined(n int) {
	for i := range n {
		kept = append(kept, outer(100+i%7*100))
	}
}

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(item T) { s.items = append(s.items, item) }

//go:noinline
func fill[T any](n int, item T) *Stack[T] {
	s := new(Stack[T])
	for range n {
		s.Push(item)
	}
	return s
}

// deep has more frames than a profile keeps.
//
//go:noinline
func deep(n int, f func()) {
	if n == 0 {
		f()
		return
	}
	deep(n-1, f)
}

func locked(f func()) {
	mu.Lock()
	f()
	mu.Unlock()
}

func contend() {
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 10 {
				locked(func() { time.Sleep(200 * time.Microsecond) })
				if i%2 == 0 {
					rw.RLock()
					time.Sleep(50 * time.Microsecond)
					rw.RUnlock()
				} else {
					rw.Lock()
					time.Sleep(50 * time.Microsecond)
					rw.Unlock()
				}
			}
		}()
	}
	wg.Wait()
}

func block() {
	for i := range 20 {
		a, b := make(chan int), make(chan int)
		go func() { time.Sleep(time.Millisecond); a <- i }()
		if i%2 == 0 {
			<-a
			continue
		}
		select {
		case <-a:
		case <-b:
		}
	}
	cond := sync.NewCond(&mu)
	go func() { time.Sleep(time.Millisecond); cond.Broadcast() }()
	mu.Lock()
	cond.Wait()
	mu.Unlock()
	deep(200, func() {
		c := make(chan int)
		go close(c)
		<-c
	})
}

func park()    { <-forever }
func parkToo() { park() }

//go:noinline
func waiters() {
	for i := range 60 {
		switch i % 6 {
		case 0:
			go park()
		case 1:
			go parkToo()
		case 2:
			go func() { select {} }()
		case 3:
			go deep(150, park)
		case 4:
			go pprof.Do(context.Background(), pprof.Labels("job", fmt.Sprint(i%4), "name", "ü\"\\ \n"), func(context.Context) { park() })
		default:
			go time.Sleep(time.Hour)
		}
	}
	go pprof.Do(context.Background(), pprof.Labels(), func(context.Context) { park() })
}

func main() {
	if os.Getenv("RATE") == "1" {
		runtime.MemProfileRate = 1
	}
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	keep(3000)
	drop(7000)
	inlined(500)
	var shape Shape = Box{new(Square)}
	shape.Grow(2000)
	kept = append(kept, make([]byte, 8<<20), make([]byte, 3<<20))
	deep(200, func() { kept = append(kept, make([]byte, 1<<20)) })
	strings = make(map[string]int)
	for i := range 20000 {
		strings[fmt.Sprint("key ", i)] = i
	}
	ints, texts := fill(3000, 1), fill(3000, "text")
	contend()
	block()
	forever = make(chan int)
	waiters()
	time.Sleep(50 * time.Millisecond)
	// Publish all of it. Nothing collects later.
	for range 3 {
		runtime.GC()
	}
	debug.SetGCPercent(-1)
	keep(500) // not published
	runtime.SetMutexProfileFraction(0)
	runtime.SetBlockProfileRate(0)
	for _, name := range []string{"heap", "allocs", "mutex", "block", "goroutine"} {
		var out bytes.Buffer
		if err := pprof.Lookup(name).WriteTo(&out, 0); err != nil {
			panic(err)
		}
		fmt.Fprintln(os.Stderr, "profile", name, base64.StdEncoding.EncodeToString(out.Bytes()))
	}
	if len(os.Args) > 1 {
		panic(os.Args[1])
	}
	fmt.Println("ready")
	<-forever
	runtime.KeepAlive([]any{shape, ints, texts, sink})
}
