//go:build goexperiment.arenas

// Arenas of package arena, and what only their values hold. Prints "ready" once all is made. What the
// program knows goes to standard error, one JSON object a line after the word "fact".
package main

import (
	"arena"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"
	"unsafe"
)

// Node has a slot of 64 bytes. Arenas have pointers to nodes of the heap.
type Node struct {
	next *Node
	pad  [6]int
}

// Pair is allocated in arenas.
type Pair struct {
	name string
	a, b *Node
	id   int
}

// Lost is in an arena that was freed.
type Lost struct {
	next *Lost
	pad  [4]int
}

// Gone is garbage.
type Gone struct {
	next *Gone
	pad  [8]int
}

var (
	first   *arena.Arena
	pairs   *Pair   // the last of `first`: keeps it, and all that it points to
	list    []*Node // in an arena that only this slice keeps
	many    []*Pair // the values of an arena of several chunks
	third   *arena.Arena
	cloned  *Pair // a copy in the heap
	numbers []int // without pointers, in an arena
	faults  *[4000]*Lost
	sink    int
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

//go:noinline
func build() {
	first = arena.NewArena()
	for i := range 100 {
		pairs = arena.New[Pair](first)
		*pairs = Pair{"pair", chain(3), nil, i}
	}
	own := arena.NewArena()
	list = arena.MakeSlice[*Node](own, 50, 60)
	for i := range list {
		list[i] = chain(2)
	}
	third = arena.NewArena()
	for i := range 500 {
		p := arena.New[Pair](third)
		large := arena.MakeSlice[[4000]*Node](third, 1, 1)
		large[0][7] = chain(1)
		*p = Pair{a: large[0][7], id: i}
		many = append(many, p)
	}
	numbers = arena.MakeSlice[int](arena.NewArena(), 1000, 1000)
	cloned = arena.Clone(many[7])
}

// frees arenas: their full chunks fault, and are no objects any more. A pointer to one stays.
//
//go:noinline
func frees() {
	a := arena.NewArena()
	for i := range 600 {
		large := arena.MakeSlice[[4000]*Lost](a, 1, 1)
		large[0][i] = &Lost{}
		if i == 0 {
			faults = &large[0]
		}
	}
	a.Free()
}

//go:noinline
func leaves() {
	var last *Gone
	for range 700 {
		last = &Gone{next: last}
	}
	sink += len(last.pad)
}

//go:noinline
func collect(m *runtime.MemStats) {
	for range 6 {
		runtime.GC()
		time.Sleep(20 * time.Millisecond)
	}
	runtime.ReadMemStats(m)
}

var stats runtime.MemStats

func main() {
	debug.SetGCPercent(-1)
	build()
	frees()
	collect(&stats)
	fact("type", map[string]any{"type": "main.Node", "live": 300 + 100 + 500, "garbage": 0, "size": unsafe.Sizeof(Node{})})
	fact("type", map[string]any{"type": "main.Gone", "live": 0, "garbage": 700, "size": unsafe.Sizeof(Gone{})})
	fact("path", map[string]any{"address": uintptr(unsafe.Pointer(pairs.a.next)), "text": "main.pairs.a.next"})
	fact("path", map[string]any{"address": uintptr(unsafe.Pointer(list[17].next)), "text": "main.list[17].next"})
	leaves()
	runtime.ReadMemStats(&stats)
	println("memstats", stats.HeapObjects, stats.HeapAlloc, stats.HeapInuse, stats.StackInuse, stats.HeapSys, stats.HeapReleased)
	fmt.Println("ready")
	for {
		time.Sleep(time.Hour)
	}
}
