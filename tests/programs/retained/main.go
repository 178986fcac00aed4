// Holders of known size: variables, goroutines, timers. Prints "ready" once all goroutines wait. With DROP=name it
// drops that holder instead, and prints how many objects and bytes the collector freed.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
	"weak"
)

// Node has a slot of 64 bytes.
type Node struct {
	next *Node
	pad  [6]int
}

// Both points both ways: 48 bytes.
type Both struct {
	next, prev *Both
	value      *Node
	pad        [3]int
}

// Owner has a special.
type Owner struct {
	data *Node
	id   int
}

// Locked is blocked on: the semaphore table of the runtime has a pointer to it.
type Locked struct {
	mu   sync.Mutex
	data *Node
}

var (
	list      *Node
	table     = map[int]*Node{}
	ring      *Both
	byValue   = map[int]*Node{} // the values of ring
	shared    *Node
	alias     **Node
	finalized *Owner
	cleaned   *Owner
	weakly    *Owner
	handle    weak.Pointer[Owner]
	pipe      = make(chan *Node, 100)
	stops     = map[string]chan bool{"main.selects": make(chan bool), "main.twin": make(chan bool)}
	unlock    func()      // nil in the core: only a goroutine has the mutex then
	timer     *time.Timer // likewise: only the runtime has it
	grid      [3][4]*Node
	synced    sync.Map
	started   sync.WaitGroup
	sink      int
)

//go:noinline
func chain(n int) *Node {
	var first *Node
	for range n {
		first = &Node{next: first}
	}
	return first
}

//go:noinline
func length(n *Node) int {
	count := 0
	for ; n != nil; n = n.next {
		count++
	}
	return count
}

// selects waits for two channels, one of which only it has.
//
//go:noinline
func selects(stop chan bool) {
	mine, other := chain(1000), make(chan bool)
	started.Done()
	select {
	case <-other:
	case <-stop:
	}
	sink += length(mine)
}

// twin has a chain of its own and one with another goroutine.
//
//go:noinline
func twin(both *Node, stop chan bool) {
	mine := chain(300)
	started.Done()
	<-stop
	sink += length(mine) + length(both)
}

//go:noinline
func blocks(l *Locked) {
	started.Done()
	l.mu.Lock()
	sink += length(l.data)
	l.mu.Unlock()
}

// sends waits for a channel that a variable has too.
//
//go:noinline
func sends(c chan *Node) {
	mine := chain(500)
	started.Done()
	c <- mine
}

//go:noinline
func tick(n *Node) {
	sink += length(n)
}

//go:noinline
func after() *time.Timer {
	late := chain(700)
	return time.AfterFunc(time.Hour, func() { tick(late) })
}

//go:noinline
func build() {
	list = chain(2000)
	for i := range 1000 {
		table[i] = chain(2)
	}
	ring = &Both{value: chain(1)}
	ring.next, ring.prev = ring, ring
	for i := range 2000 {
		b := &Both{next: ring.next, prev: ring, value: chain(1)}
		ring.next.prev, ring.next = b, b
		if i%2 == 0 {
			byValue[i] = b.value
		}
	}
	shared = chain(400)
	alias = new(*Node)
	*alias = shared
	finalized = &Owner{chain(600), 1}
	runtime.SetFinalizer(finalized, func(o *Owner) { sink += o.id })
	cleaned = &Owner{chain(50), 2}
	runtime.AddCleanup(cleaned, tick, chain(800))
	weakly = &Owner{chain(900), 3}
	handle = weak.Make(weakly)
	for range cap(pipe) {
		pipe <- chain(1)
	}
	timer = after()
	grid[1][2] = chain(2)
	for i := range 200 {
		synced.Store(i, chain(1))
	}
	synced.Store("name", chain(2))
}

//go:noinline
func start() {
	started.Add(5)
	go selects(stops["main.selects"])
	both := chain(1500)
	go twin(both, stops["main.twin"])
	go twin(both, stops["main.twin"])
	l := &Locked{data: chain(1100)}
	l.mu.Lock()
	unlock = func() { l.mu.Unlock() }
	go blocks(l)
	go sends(pipe)
	started.Wait()
}

var drops = map[string]func(){
	"variable main.list":      func() { list = nil },
	"variable main.table":     func() { table = nil },
	"variable main.ring":      func() { ring = nil },
	"variable main.byValue":   func() { byValue = nil },
	"variable main.shared":    func() { shared = nil },
	"variable main.finalized": func() { finalized = nil },
	"variable main.cleaned":   func() { cleaned = nil },
	"variable main.weakly":    func() { weakly = nil },
	"goroutine main.selects":  func() { close(stops["main.selects"]) },
	"goroutine main.twin":     func() { close(stops["main.twin"]) },
	"timer main.after.func1":  func() { timer.Stop(); timer = nil },
	"goroutine main.blocks":   func() { unlock(); unlock = nil },
}

//go:noinline
func collect() (objects, bytes uint64) {
	var m runtime.MemStats
	for range 4 {
		runtime.GC()
		time.Sleep(20 * time.Millisecond)
	}
	runtime.ReadMemStats(&m)
	return m.HeapObjects, m.HeapAlloc
}

// path says how a person would write the way to an object.
func path(n *Node, text string) {
	fmt.Fprintf(os.Stderr, "path %p %s\n", n, text)
}

func main() {
	build()
	start()
	collect()
	if name := os.Getenv("DROP"); name != "" {
		drop := drops[name]
		objects, bytes := collect()
		drop()
		less, fewer := collect()
		fmt.Println("dropped", int64(objects-less), int64(bytes-fewer))
		os.Exit(0)
	}
	for name := range drops {
		fmt.Fprintln(os.Stderr, "holder", name)
	}
	path(list.next.next, "main.list.next.next")
	path(table[7].next, "main.table[7].next")
	path(finalized.data.next, "main.finalized.data.next")
	path(cleaned.data, "main.cleaned.data")
	path(shared.next, "main.shared.next")
	path(grid[1][2].next, "main.grid[1][2].next")
	value, _ := synced.Load(177)
	path(value.(*Node), "main.synced.Load(177)")
	value, _ = synced.Load("name")
	path(value.(*Node).next, `main.synced.Load("name").next`)
	value = nil
	timer, unlock = nil, nil
	runtime.GC()
	fmt.Println("ready")
	select {}
}
