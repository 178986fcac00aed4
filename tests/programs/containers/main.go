// Values in containers of the library, in channels, and durations. It writes to standard error what a test must read:
//
//	want EXPRESSION<tab>TEXT     what the text of the expression must contain
//	pair EXPRESSION<tab>K<tab>V  an entry of a sync.Map
//	count EXPRESSION<tab>N       its number of entries
//	place NAME ADDRESS TYPE      where a value is, for programs without DWARF
//
// and prints "ready" once all goroutines are parked.
package main

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unique"
	"unsafe"
	"weak"
)

type Tiger struct{ Name string }

// Box is generic, and holds a container of its type argument.
type Box[T any] struct {
	Inner atomic.Pointer[T]
	Weak  weak.Pointer[T]
}

// Embeds has containers as embedded fields.
type Embeds struct {
	atomic.Pointer[Tiger]
	sync.Map
	Wait time.Duration
}

// Key is a type of handles.
type Key struct {
	A int
	B string
}

// Job is an element of channels that has durations and times.
type Job struct {
	Limit time.Duration
	At    time.Time
}

var (
	pointer     atomic.Pointer[Tiger]
	nilPointer  atomic.Pointer[Tiger]
	toInt       atomic.Pointer[int]
	toSlice     atomic.Pointer[[]string]
	value       atomic.Value
	nilValue    atomic.Value
	yes         atomic.Bool
	no          atomic.Bool
	i32         atomic.Int32
	i64         atomic.Int64
	u32         atomic.Uint32
	u64         atomic.Uint64
	word        atomic.Uintptr
	handle      = unique.Make("a handle")
	keyHandle   = unique.Make(Key{7, "seven"})
	zeroHandle  unique.Handle[Key]
	strong      = &Tiger{"strong"}
	weakly      weak.Pointer[Tiger]
	nilWeak     weak.Pointer[Tiger]
	gone        weak.Pointer[[1 << 16]byte]
	box         Box[Tiger]
	boxOfBox    Box[Box[Tiger]]
	embeds      Embeds
	inInterface any = &pointer
	inMap           = map[string]*atomic.Pointer[int]{"one": &toInt}
	list        [3]atomic.Int64
	small       sync.Map
	large       sync.Map
	empty       sync.Map
	emptied     sync.Map
	mixed       sync.Map
	churned     sync.Map
	removed     sync.Map
	mapPointer  = &small

	ring      = make(chan int, 5)
	partial   = make(chan int, 5)
	few       = make(chan string, 9)
	closed    = make(chan string, 3)
	drained   = make(chan string, 3)
	unread    = make(chan int)
	unsent    = make(chan Job)
	nilChan   chan int
	wide          = make(chan int, 100)
	jobs          = make(chan Job, 2)
	ofAny         = make(chan any, 3)
	ofChan        = make(chan chan int, 1)
	crowd         = make(chan int)
	holder        = struct{ C chan int }{ring}
	chanInAny any = partial

	second    = time.Second + time.Second/2
	short     = 1500 * time.Nanosecond
	negative  = -3 * time.Hour
	zero      time.Duration
	least         = time.Duration(-1 << 63)
	durations     = []time.Duration{time.Millisecond, 90 * time.Minute, 999}
	timeouts      = map[string]time.Duration{"dial": 30 * time.Second}
	anyWait   any = 2 * time.Minute
	moment        = time.Date(2024, 2, 29, 13, 14, 15, 600, time.UTC)
	nested        = struct {
		J struct{ T struct{ At time.Time } }
	}{}
)

func want(expression string, text any) {
	fmt.Fprintf(os.Stderr, "want %s\t%v\n", expression, text)
}

func pairs(expression string, m *sync.Map) {
	count := 0
	m.Range(func(k, v any) bool {
		fmt.Fprintf(os.Stderr, "pair %s\t%v\t%v\n", expression, k, v)
		count++
		return true
	})
	fmt.Fprintf(os.Stderr, "count %s\t%d\n", expression, count)
}

func place(name string, at any) {
	v := reflect.ValueOf(at)
	t := v.Type().Elem()
	full := t.String()
	if i := strings.IndexByte(full, '.'); t.PkgPath() != "" {
		full = t.PkgPath() + full[i:]
	}
	fmt.Fprintf(os.Stderr, "place %s %#x *%s\n", name, v.Pointer(), full)
}

// children writes where the nodes of a sync.Map are, for a test that damages them.
func children(name string, m *sync.Map) {
	defer func() { _ = recover() }() // another form of sync.Map
	root := reflect.ValueOf(m).Elem().FieldByName("m").FieldByName("root")
	node := root.Type().Field(0).Type.Elem().Elem() // of its member _ [0]*T
	list, _ := node.FieldByName("children")
	at := root.FieldByName("v").UnsafePointer()
	fmt.Fprintf(os.Stderr, "place %s.node %#x node\n", name, at)
	for i := range uintptr(16) {
		slot := unsafe.Add(at, list.Offset+8*i)
		child := *(*unsafe.Pointer)(slot)
		if child == nil {
			continue
		}
		kind := "node"
		if *(*bool)(child) {
			kind = "entry"
		}
		fmt.Fprintf(os.Stderr, "place %s.slot%d %#x slot\nplace %s.child%d %#x %s\n", name, i, slot, name, i, child, kind)
	}
}

//go:noinline
func fill() {
	pointer.Store(&Tiger{"in pointer"})
	n := 42
	toInt.Store(&n)
	toSlice.Store(&[]string{"x", "y"})
	value.Store(Tiger{"in value"})
	yes.Store(true)
	i32.Store(-32)
	i64.Store(-64)
	u32.Store(32)
	u64.Store(1 << 63)
	word.Store(4096)
	weakly = weak.Make(strong)
	gone = weak.Make(new([1 << 16]byte))
	box.Inner.Store(&Tiger{"boxed"})
	box.Weak = weak.Make(strong)
	boxOfBox.Inner.Store(&box)
	embeds.Pointer.Store(&Tiger{"embedded"})
	embeds.Map.Store("in", "embedded map")
	embeds.Wait = 3 * time.Second
	list[1].Store(5)
	for i := range 5 {
		small.Store(fmt.Sprint("k", i), i)
	}
	for i := range 1000 {
		large.Store(i, fmt.Sprint("v", i))
	}
	for i := 0; i < 1000; i += 3 {
		large.Delete(i)
	}
	emptied.Store("x", 1)
	emptied.Delete("x")
	// In the old form, one map with all states: a value, a deleted and an expunged entry, one that only dirty has.
	for _, k := range []string{"a", "b", "c"} {
		churned.Store(k, k+k)
		removed.Store(k, k+k)
	}
	churned.Range(func(any, any) bool { return true })
	removed.Range(func(any, any) bool { return true })
	churned.Delete("a")
	churned.Store("d", "dd")
	churned.Delete("b")
	removed.Delete("a")
	mixed.Store("string", 1)
	mixed.Store(2, "int")
	mixed.Store(Key{3, "three"}, &Tiger{"pointer"})
	mixed.Store("nil", nil)
	mixed.Store("wait", time.Second)
	for i := range 8 {
		if len(ring) == cap(ring) {
			<-ring
		}
		ring <- i
	}
	for i := range 7 {
		if len(partial) == 3 {
			<-partial
		}
		partial <- i
	}
	few <- "a"
	few <- "b"
	closed <- "last"
	close(closed)
	close(drained)
	for i := range 100 {
		wide <- i
	}
	jobs <- Job{time.Minute, moment}
	ofAny <- "text"
	ofAny <- 5
	ofChan <- ring
	nested.J.T.At = moment
}

func main() {
	fill()
	runtime.GC()
	runtime.GC()
	go func() { unread <- 1 }()
	go func() { <-unsent }()
	go func() {
		select {
		case <-unsent:
		case unread <- 2:
		}
	}()
	for range 70 {
		go func() { crowd <- 1 }()
	}
	time.Sleep(200 * time.Millisecond)
	expect()
	fmt.Println("ready")
	time.Sleep(time.Hour)
	// Otherwise the linker leaves out variables that nothing uses.
	fmt.Println(&nilPointer, &zeroHandle, &nilWeak, inInterface, inMap, &empty, mapPointer, nilChan, durations, anyWait,
		timeouts, &holder, chanInAny, &no, &nilValue)
}

func expect() {
	want("main.pointer", `*main.Tiger {Name: "in pointer"}`)
	want("main.nilPointer", "*main.Tiger nil")
	want("main.toInt", "*42")
	want("main.toSlice", `["x","y"]`)
	want("main.value", `interface {}(main.Tiger) {Name: "in value"}`)
	want("main.nilValue", "nil")
	want("main.yes", "sync/atomic.Bool "+fmt.Sprint(yes.Load()))
	want("main.no", "sync/atomic.Bool "+fmt.Sprint(no.Load()))
	want("main.i32", fmt.Sprint("sync/atomic.Int32 ", i32.Load()))
	want("main.i64", fmt.Sprint("sync/atomic.Int64 ", i64.Load()))
	want("main.u32", fmt.Sprint("sync/atomic.Uint32 ", u32.Load()))
	want("main.u64", fmt.Sprint("sync/atomic.Uint64 ", u64.Load()))
	want("main.word", fmt.Sprint("sync/atomic.Uintptr ", word.Load()))
	want("main.handle", fmt.Sprintf("unique.Handle[string] %q", handle.Value()))
	want("main.keyHandle", fmt.Sprintf("{A: %d, B: %q}", keyHandle.Value().A, keyHandle.Value().B))
	want("main.zeroHandle", "nil")
	want("main.weakly", fmt.Sprintf("{Name: %q}", weakly.Value().Name))
	want("main.nilWeak", "*main.Tiger nil")
	want("main.gone", fmt.Sprintf("%s", map[bool]string{true: "nil", false: "a target"}[gone.Value() == nil]))
	want("main.box", `Inner: sync/atomic.Pointer[main.Tiger] *main.Tiger {Name: "boxed"}, Weak: weak.Pointer[main.Tiger] *main.Tiger {Name: "strong"}`)
	want("main.boxOfBox", `{Name: "boxed"}`)
	want("main.embeds", `Pointer: sync/atomic.Pointer[main.Tiger] *main.Tiger {Name: "embedded"}, Map: sync.Map ["in": "embedded map", ], Wait: 3s (3000000000)`)
	want("main.inInterface", `interface {}(*sync/atomic.Pointer[main.Tiger]) **main.Tiger {Name: "in pointer"}`)
	want("main.inMap", `"one": **42`)
	want("main.list", "[3]sync/atomic.Int64 [0,5,0]")
	want("main.empty", "sync.Map []")
	want("main.emptied", "sync.Map []")
	want("main.large", "...+")
	want("main.mapPointer", `*sync.Map [`)
	want("len(main.large)", 666)
	want("len(main.empty)", 0)
	want("len(main.emptied)", 0)
	want(`main.small["k3"]`, 3)
	want(`main.mapPointer["k4"]`, 4)
	want("main.large[998]", `"v998"`)
	want(`main.mixed["wait"]`, "1s (1000000000)")
	want("main.pointer.(data).Name", `"in pointer"`)
	want("main.value.(data).(main.Tiger).Name", `"in value"`)
	want("main.handle.(data)", `"a handle"`)
	want("main.keyHandle.(data).B", `"seven"`)
	want("main.weakly.(data).Name", `"strong"`)
	want("main.i64.(data) + 1", "-63")
	pairs("main.small", &small)
	pairs("main.large", &large)
	pairs("main.emptied", &emptied)
	// Range would change the state of these.
	fmt.Fprint(os.Stderr, "pair main.churned\tc\tcc\npair main.churned\td\tdd\ncount main.churned\t2\n")
	fmt.Fprint(os.Stderr, "pair main.removed\tb\tbb\npair main.removed\tc\tcc\ncount main.removed\t2\n")

	want("main.ring", "chan int 5/5 {buf: [5,6,7,3,4], recvx: 3}")
	want("main.ring.buf", "*[5]int [5,6,7,3,4]")
	want("main.ring.buf[0]", 5)
	want("main.ring.buf[main.ring.recvx]", 3)
	want("main.partial", "chan int 3/5 {buf: [5,6,4: 4], recvx: 4}")
	want("main.few", `chan string 2/9 {buf: ["a","b"]}`)
	want("main.closed", `chan string 1/3 {buf: ["last"], closed}`)
	want("main.drained", "chan string 0/3 {closed}")
	want("main.nilChan", "chan int nil")
	want("main.wide", "60,61,62,63,...+36 more]")
	want("main.wide.buf[99]", 99)
	want("main.jobs", "{Limit: 1m0s (60000000000), At: time.Time(2024-02-29T13:14:15.0000006Z)")
	want("main.ofAny", `buf: ["text",5]`)
	want("main.ofChan", "buf: [chan int 5/5")
	want("main.holder", "{C: chan int 5/5 {buf: [5,6,7,3,4], recvx: 3}}")
	want("main.chanInAny", "chan int 3/5")

	want("main.second", fmt.Sprintf("%v (%d)", second, second))
	want("main.short", fmt.Sprintf("%v (%d)", short, short))
	want("main.negative", fmt.Sprintf("%v (%d)", negative, negative))
	want("main.zero", fmt.Sprintf("%v (%d)", zero, zero))
	want("main.least", fmt.Sprintf("%v (%d)", least, least))
	want("main.durations", "[1ms (1000000),1h30m0s (5400000000000),999ns (999)]")
	want("main.timeouts", `"dial": 30s (30000000000)`)
	want("main.anyWait", "2m0s (120000000000)")
	want("main.moment", "time.Time("+moment.Format(time.RFC3339Nano)+")")
	want("main.nested.J", "time.Time("+moment.Format(time.RFC3339Nano)+")")

	place("pointer", &pointer)
	place("small", &small)
	place("large", &large)
	place("value", &value)
	place("weakly", &weakly)
	place("handle", &handle)
	place("ring", &ring)
	place("crowd", &crowd)
	place("second", &second)
	children("small", &small)
	children("large", &large)
	runtime.KeepAlive(strong)
}
