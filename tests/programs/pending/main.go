// What a program has started and not ended: timers, contexts, finalizers and cleanups that wait for one that blocks, and
// goroutines of several go statements. Prints "ready" once all wait. MORE=n starts n goroutines more. What the program
// knows goes to standard error, one JSON object a line after the word "fact".
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

// Node has a slot of 64 bytes.
type Node struct {
	next *Node
	pad  [6]int
}

// File has a finalizer and a chain.
type File struct {
	data *Node
	id   int
}

// Buffer has a cleanup whose argument is a chain.
type Buffer struct{ pad [4]int }

var (
	timers   []*time.Timer
	tickers  []*time.Ticker
	contexts []context.Context
	never    = make(chan struct{})
	entered  sync.WaitGroup
	sink     int
)

func fact(what string, members map[string]any) {
	members["what"] = what
	text, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(os.Stderr, "fact %s\n", text)
}

//go:noinline
func chain(n int) *Node {
	var first *Node
	for range n {
		first = &Node{next: first}
	}
	return first
}

func length(n *Node) int {
	count := 0
	for ; n != nil; n = n.next {
		count++
	}
	return count
}

func fires() { sink++ }

//go:noinline
func schedules() {
	for i := range 7 {
		timers = append(timers, time.AfterFunc(time.Hour, fires))
		if i < 2 {
			timers[i].Stop()
		}
	}
	for i := range 5 {
		tickers = append(tickers, time.NewTicker(time.Hour))
		if i < 2 {
			tickers[i].Stop()
		}
	}
	for i := range 4 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		contexts = append(contexts, ctx)
		if i < 1 {
			cancel()
		}
	}
	fact("check", map[string]any{"check": "running ticker", "objects": 3})
	fact("check", map[string]any{"check": "pending deadline of a context", "objects": 3})
	fact("check", map[string]any{"check": "pending function of time.AfterFunc", "objects": 5 + 3})
}

// closes is the finalizer that blocks.
//
//go:noinline
func closes(f *File) {
	entered.Done()
	<-never
	sink += length(f.data)
}

// forgets is the cleanup that blocks.
//
//go:noinline
func forgets(n *Node) {
	entered.Done()
	<-never
	sink += length(n)
}

//go:noinline
func unreachable() {
	for i := range 300 {
		runtime.SetFinalizer(&File{chain(9), i}, closes)
	}
	for range 200 {
		runtime.AddCleanup(&Buffer{}, forgets, chain(4))
	}
}

// works is started by two go statements. Its goroutines share what they were given.
//
//go:noinline
func works(both *Node) {
	mine := chain(100)
	entered.Done()
	<-never
	sink += length(mine) + length(both)
}

//go:noinline
func first(n int) {
	entered.Add(n)
	for range n {
		go works(nil)
	}
}

//go:noinline
func second(n int) {
	entered.Add(n)
	for range n {
		go works(nil)
	}
}

//go:noinline
func alone(both *Node) {
	entered.Done()
	<-never
	sink += length(both)
}

//go:noinline
func third() {
	both := chain(500)
	entered.Add(2)
	for range 2 {
		go alone(both)
	}
}

// idles has no pointers.
//
//go:noinline
func idles() { select {} }

//go:noinline
func fourth(n int) {
	for range n {
		go idles()
	}
}

func main() {
	more, _ := strconv.Atoi(os.Getenv("MORE"))
	schedules()
	first(3)
	second(5 + more)
	third()
	fourth(6)
	fact("birth", map[string]any{"function": "main.works", "by": "main.first", "goroutines": 3, "objects": 300, "bytes": 300 * 64})
	fact("birth", map[string]any{"function": "main.works", "by": "main.second", "goroutines": 5 + more, "objects": (5 + more) * 100, "bytes": (5 + more) * 100 * 64})
	fact("birth", map[string]any{"function": "main.alone", "by": "main.third", "goroutines": 2, "objects": 500, "bytes": 500 * 64})
	fact("birth", map[string]any{"function": "main.idles", "by": "main.fourth", "goroutines": 6, "objects": 0, "bytes": 0})
	fact("timers", map[string]any{"function": "main.fires", "timers": 5})
	entered.Add(2)
	unreachable()
	runtime.GC()
	runtime.GC()
	entered.Wait()
	// Of a cleanup also the box of its argument, and the closure of callCleanup (runtime/mcleanup.go, AddCleanup).
	fact("blocked", map[string]any{"kind": "finalizer", "function": "main.closes", "queued": 300, "objects": 299 * 10, "bytes": 299 * (9*64 + 16)})
	fact("blocked", map[string]any{"kind": "cleanup", "function": "main.forgets", "queued": 199, "objects": 199 * 6, "bytes": 199 * (4*64 + 8 + 16)})
	runtime.GC()
	fmt.Println("ready")
	select {}
}
