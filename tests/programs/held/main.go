// Held makes objects that it can count: of each form, live and garbage, each of a type of its own. It prints a line
// "objects JSON" for each type, and "memstats JSON" when all is built; then "ready". It does not allocate after that.
// With HELD=PHASE it does what phases.go says.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

type row struct {
	Type    string `json:"type"`
	Form    string `json:"form"`
	Objects int    `json:"objects"`
	Elems   int    `json:"elems"` // of all objects; -1: as many as fit
	Size    int    `json:"size"`  // bytes that were asked for, of one object
	Garbage bool   `json:"garbage"`
}

func (r row) print() {
	text, _ := json.Marshal(r)
	os.Stderr.WriteString("objects " + string(text) + "\n")
}

// S has a slot of 8 bytes and more, without pointers; P has a pointer first, Q last. G is garbage.
type S[A any] struct{ a A }
type P[A any] struct {
	p *byte
	a A
}
type Q[A any] struct {
	a A
	p *byte
}
type G[A any] struct {
	p *byte
	a A
}
type N[A any] struct{ a A } // garbage without pointers
type Small struct{ a uint16 }
type Leaf struct{ a, b, c int }
type Leaf3 struct{ a, b, c, d int }
type Value struct{ a, b, c, d, e int }
type Text struct{ s string }
type Inner struct{ a, b int }
type Held struct{ a, b, c, d, e, f int }
type Boxed struct{ a, b, c, d, e, f, g int }
type Pairs struct {
	n    int
	name *Name
}
type Name struct{ first, last string }
type Long struct {
	a [70]int
	p *Name
	b [5]int
}
type Wide struct { // its mask is made when it is needed
	n int
	a [20000]*Leaf
}
type Triple struct {
	x [30]int
	a [17000]*Leaf3
}
type Big struct {
	p *byte
	a [9000]int
}
type Key struct { // more than 128 bytes: the map has a pointer to it
	n   int
	pad [20]int
}
type Elem struct {
	p   *byte
	pad [30]int
}
type Outer struct {
	x     [9]int
	inner Inner
	p     *byte
}
type Shape interface{ Area() int }
type Square struct {
	side int
	name *Name
}
type List[T any] struct {
	next *List[T]
	item T
}
type Counter struct{ n, m, o int }

func (s *Square) Area() int { return s.side }

var (
	anchor  byte
	anys    []any
	spare   []any
	tiny    []*Small
	pairs   []Pairs
	longs   []Long
	wide    *Wide
	triples []Triple
	bigs    []*Big
	names   []*Name
	window  []Held
	inner   []*Inner
	lists   *List[Pairs]
	shape   Shape
	pointer atomic.Pointer[Boxed]
	texts   []*Text
	chunks  [][]byte
	byKey   = map[Key]Elem{}
	byInt   = map[int]*Value{}
	few     = map[string]*Counter{}
	synced  sync.Map
	ints    = make(chan int64, 100)
	queue   = make(chan *Leaf, 50)
	structs = make(chan Name, 10)
	funcs   []func() int
	sink    int
)

//go:noinline
func keep[T any](n int) {
	for range n {
		anys = append(anys, new(T))
	}
	t := reflect.TypeFor[T]()
	row{t.String(), "one", n, n, int(t.Size()), false}.print()
}

func sizes[A any](n int) {
	if unsafe.Sizeof(S[A]{}) >= 16 { // else it is tiny
		keep[S[A]](n)
	}
	keep[P[A]](n)
	keep[Q[A]](n)
}

//go:noinline
func waste[T any](n int) {
	for i := range n {
		spare[i%len(spare)] = new(T)
	}
	clear(spare)
}

func announce[T any](n int) {
	t := reflect.TypeFor[T]()
	row{t.String(), "one", n, n, int(t.Size()), true}.print()
}

// value is captured by value, count by reference.
//
//go:noinline
func closures(n int) (func() int, func() int) {
	value, count := n, n
	other := new(Counter)
	return func() int { return value + other.n }, func() int { count++; return count }
}

//go:noinline
func arrays() {
	pairs = make([]Pairs, 40)
	for i := range pairs {
		pairs[i].name = &Name{"first", "last"}
		names = append(names, pairs[i].name)
	}
	longs = make([]Long, 12)
	wide, triples = new(Wide), make([]Triple, 3)
	for i := range wide.a {
		wide.a[i] = new(Leaf)
	}
	for i := range triples {
		for j := range triples[i].a {
			triples[i].a[j] = new(Leaf3)
		}
	}
	for range 3 {
		bigs = append(bigs, &Big{p: &anchor})
	}
	window = make([]Held, 1000)[300:310]
	for range 20 {
		o := &Outer{p: &anchor}
		inner = append(inner, &o.inner)
	}
	for i := range 30 {
		chunks = append(chunks, make([]byte, 1000+i))
		texts = append(texts, &Text{strings.Repeat("word ", 50)[7:100]})
	}
}

//go:noinline
func containers() {
	for i := range 500 {
		byKey[Key{n: i}] = Elem{p: &anchor}
		byInt[i] = new(Value)
	}
	for _, name := range []string{"one", "two", "three"} {
		few[name] = new(Counter)
	}
	for i := range 200 {
		synced.Store(i+1000, &S[[10]int]{})
	}
	for i := range 10 {
		queue <- wide.a[i]
		structs <- Name{}
		lists = &List[Pairs]{next: lists}
	}
	ints <- 1
	shape = &Square{2, nil}
	pointer.Store(new(Boxed))
	for i := range 20 {
		f, g := closures(i)
		funcs = append(funcs, f, g)
	}
}

// The objects of arrays and containers.
var rows = []row{
	{"main.Pairs", "array", 1, 40, 640, false},
	{"main.Name", "one", 40, 40, 32, false},
	{"main.Long", "array", 1, 12, 12 * 608, false},
	{"main.Wide", "one", 1, 1, 160008, false},
	{"main.Leaf", "one", 20000, 20000, 24, false},
	{"main.Triple", "array", 1, 3, 3 * (240 + 136000), false},
	{"main.Leaf3", "one", 51000, 51000, 32, false},
	{"main.Big", "one", 3, 3, 72008, false},
	{"main.Held", "array", 1, 1000, 48000, false},
	{"main.Text", "one", 30, 30, 16, false},
	{"main.Key", "one", 500, 500, 168, false},
	{"main.Elem", "one", 500, 500, 248, false},
	{"main.Value", "one", 500, 500, 40, false},
	{"main.Counter", "one", 23, 23, 24, false},
	{"main.S[[10]int]", "one", 200, 200, 80, false},
	{"main.List[main.Pairs]", "one", 10, 10, 24, false},
	{"main.Square", "one", 1, 1, 16, false},
	{"main.Boxed", "one", 1, 1, 56, false},
	{"chan int64", "chan", 1, 1, 0, false},
	{"main.closures.func1", "closure", 20, 20, 24, false},
	{"main.closures.func2", "closure", 20, 20, 16, false},
}

// write gives up neither the thread nor its P, as syscall.Write might.
func write(text string) {
	syscall.RawSyscall(syscall.SYS_WRITE, 1, uintptr(unsafe.Pointer(unsafe.StringData(text))), uintptr(len(text)))
}

func main() {
	if phase := os.Getenv("HELD"); phase != "" {
		collects(phase)
	}
	debug.SetGCPercent(-1)
	anys, spare = make([]any, 0, 4096), make([]any, 16)
	sizes[[1]int](50)
	sizes[[3]int](20)
	sizes[[13]int](20)
	sizes[[31]int](20)
	sizes[[62]int](20) // the last without a header
	sizes[[63]int](20)
	sizes[[100]int](10)
	sizes[[4094]int](3) // the first with a span of its own, if it has pointers
	sizes[[20000]int](2)
	blocks, smalls := map[uintptr]bool{}, make([]*Small, 64)
	for i := range smalls {
		smalls[i] = new(Small)
	}
	for _, small := range smalls {
		blocks[uintptr(unsafe.Pointer(small))&^15] = true
	}
	tiny = smalls
	row{"main.Small", "tiny", len(blocks), -1, 16, false}.print()
	arrays()
	containers()
	for _, r := range rows {
		r.print()
	}
	announce[G[[3]int]](30)
	announce[G[[100]int]](20)
	announce[G[[5000]int]](4)
	announce[N[[40]int]](10)
	var stats runtime.MemStats
	for range 4 {
		runtime.GC()
		time.Sleep(5 * time.Millisecond) // for finalizers and cleanups
	}
	waste[G[[3]int]](30)
	waste[G[[100]int]](20)
	waste[G[[5000]int]](4)
	waste[N[[40]int]](10)
	runtime.ReadMemStats(&stats)
	println("memstats", stats.HeapObjects, stats.HeapAlloc, stats.HeapInuse, stats.StackInuse, stats.HeapSys,
		stats.HeapReleased)
	write("ready\n")
	time.Sleep(time.Hour)
}
