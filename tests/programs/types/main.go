// A program that tells by reflection what types it has and where values of them lie, on standard error, a line of JSON
// each, and parks: "type {...}" and "value {...}".
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	renamed "example.com/types/inner"
)

type Color int

func (c Color) String() string { return fmt.Sprintf("color %d", int(c)) }

type Base struct {
	ID   int64
	name string
}

func (b Base) Who() string       { return b.name }
func (b *Base) Rename(to string) { b.name = to }

type Kinds struct {
	Base
	*renamed.Server
	B    bool
	I8   int8
	I16  int16
	I32  int32
	I64  int64
	U    uint
	U8   uint8
	U16  uint16
	U32  uint32
	U64  uint64
	Up   uintptr
	F32  float32
	F64  float64
	C64  complex64
	C128 complex128
	Arr  [3]Color
	None [0]Base
	Ch   chan Base
	In   <-chan int
	Out  chan<- *Base
	ChCh chan (<-chan string)
	Fn   func(a int, rest ...string) (error, bool)
	Any  any
	Err  error
	Rd   io.Reader
	M    map[string]Base
	MI   map[Color][]byte
	P    *Base
	PP   **Base
	S    []Base
	Str  string
	UP   unsafe.Pointer
	An   struct {
		X int `json:"x"`
		Y []string
	}
	Time time.Time
	Mu   sync.Mutex
	At   atomic.Int64
	Box  Pair[string, renamed.Server]
	Tree *Tree
	Big  map[Large]Large
	Addr netip.Addr
}

type Pair[K comparable, V any] struct {
	Key   K
	Value V
}

func (p *Pair[K, V]) Get() V { return p.Value }

type Tree struct {
	Left, Right *Tree
	Value       any
}

type Large [200]byte

type Names map[string]int

func (n Names) Len() int { return len(n) }

type Handler func(*renamed.Server) error

func (h Handler) Serve(s *renamed.Server) error { return h(s) }

type Queue chan Base

type Both interface {
	Who() string
	io.Reader
	private() int
}

type described struct {
	Name    string   `json:"name"`
	Kind    uint     `json:"kind"`
	Size    uint64   `json:"size"`
	Align   int      `json:"align"`
	Named   bool     `json:"named"`
	Len     int      `json:"length"`
	Dir     int      `json:"direction"`
	Elem    string   `json:"elem"`
	Key     string   `json:"key"`
	Fields  [][]any  `json:"fields"`
	In      []string `json:"in"`
	Out     []string `json:"out"`
	Vary    bool     `json:"variadic"`
	Methods []string `json:"methods"` // exported ones; of an interface all
	Entries []uint64 `json:"entries"` // of the functions that are called directly
}

// The name with whole package paths.
func full(t reflect.Type) string {
	if t.Name() != "" {
		if t.PkgPath() == "" {
			return t.Name()
		}
		return t.PkgPath() + "." + t.Name()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + full(t.Elem())
	case reflect.Slice:
		return "[]" + full(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), full(t.Elem()))
	case reflect.Map:
		return "map[" + full(t.Key()) + "]" + full(t.Elem())
	case reflect.Chan:
		elem := full(t.Elem())
		if t.ChanDir() == reflect.BothDir && strings.HasPrefix(elem, "<-") {
			elem = "(" + elem + ")"
		}
		return t.ChanDir().String() + " " + elem
	}
	if t.String() == "interface {}" || t.String() == "struct {}" {
		return t.String()
	}
	return "" // of other literals: not compared
}

func describe(t reflect.Type, seen map[reflect.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	d := described{Name: full(t), Kind: uint(t.Kind()), Size: uint64(t.Size()), Align: t.Align(), Named: t.Name() != ""}
	visit := func(t reflect.Type) string {
		describe(t, seen)
		return full(t)
	}
	switch t.Kind() {
	case reflect.Array:
		d.Len = t.Len()
		d.Elem = visit(t.Elem())
	case reflect.Chan:
		d.Dir = int(t.ChanDir())
		d.Elem = visit(t.Elem())
	case reflect.Pointer, reflect.Slice:
		d.Elem = visit(t.Elem())
	case reflect.Map:
		d.Elem, d.Key = visit(t.Elem()), visit(t.Key())
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			d.Fields = append(d.Fields, []any{f.Name, f.Offset, f.Type.Size(), f.Anonymous, visit(f.Type)})
		}
	case reflect.Func:
		for i := range t.NumIn() {
			d.In = append(d.In, visit(t.In(i)))
		}
		for i := range t.NumOut() {
			d.Out = append(d.Out, visit(t.Out(i)))
		}
		d.Vary = t.IsVariadic()
	}
	for i := range t.NumMethod() {
		d.Methods = append(d.Methods, t.Method(i).Name)
		if t.Kind() != reflect.Interface {
			d.Entries = append(d.Entries, uint64(t.Method(i).Func.Pointer()))
		}
	}
	line, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	address := uint64(reflect.ValueOf(&t).Elem().Elem().Pointer())
	fmt.Fprintf(os.Stderr, "type %d %s\n", address, line)
}

var (
	kinds    Kinds
	readable Both
	anything []any
	errs     []error
	maps     map[int]string
	names    Names
	handler  Handler
	queue    Queue
	empty    struct{}
	table    map[Pair[string, int]]*Base
	tiny     map[bool]struct{}
	wide     map[Large]int
)

type reader struct{ n int }

func (r *reader) Read(p []byte) (int, error) { return 0, io.EOF }
func (r *reader) Who() string                { return "reader" }
func (r *reader) private() int               { return r.n }

func fill() {
	kinds = Kinds{
		Base: Base{7, "seven"}, Server: renamed.New("inner"), B: true, I8: -8, I16: -16, I32: -32, I64: -64, U: 1, U8: 8,
		U16: 16, U32: 32, U64: 64, Up: 99, F32: 1.5, F64: -2.25, C64: 1 + 2i, C128: -3i, Arr: [3]Color{1, 2, 3},
		Ch: make(chan Base, 4), In: make(chan int, 2), ChCh: make(chan (<-chan string)),
		Fn: func(a int, rest ...string) (error, bool) { return nil, len(rest) > a }, Any: 42, Err: io.EOF, Rd: &reader{3},
		M: map[string]Base{"a": {1, "one"}}, MI: map[Color][]byte{5: []byte("five")}, P: &Base{8, "eight"},
		S: []Base{{1, "x"}, {2, "y"}}, Str: "text", Time: time.Unix(1700000000, 5), Tree: &Tree{Value: "root"},
		Box: Pair[string, renamed.Server]{Key: "k"}, Big: map[Large]Large{{1}: {2}}, Addr: netip.MustParseAddr("::1"),
	}
	kinds.PP = &kinds.P
	kinds.UP = unsafe.Pointer(&kinds)
	kinds.An.Y = []string{"y"}
	kinds.Ch <- Base{3, "three"}
	kinds.Ch <- Base{4, "four"}
	kinds.Tree.Left = &Tree{Right: kinds.Tree, Value: Color(3)}
	readable = &reader{9}
	anything = []any{nil, 1, "two", 3.5, Base{4, "four"}, &Base{5, "five"}, []int{6}, Color(7), kinds.Box, &kinds.Box, empty,
		map[string]int{"e": 8}, kinds.Ch, handler, [1]*int{nil}, struct{ P *Base }{kinds.P}, int8(3), true, names}
	errs = []error{io.EOF, fmt.Errorf("wrapped %w", io.ErrClosedPipe), os.ErrNotExist, nil}
	maps = map[int]string{}
	for i := range 1000 {
		maps[i] = fmt.Sprint("value ", i)
	}
	names = Names{"one": 1, "two": 2}
	handler = func(s *renamed.Server) error { return nil }
	queue = make(Queue, 3)
	queue <- Base{1, "queued"}
	table = map[Pair[string, int]]*Base{{"k", 1}: kinds.P}
	tiny = map[bool]struct{}{true: {}}
	wide = map[Large]int{{9}: 9}
}

// Arguments of every shape, in registers and on the stack.
//
//go:noinline
func (k *Kinds) Park(a int, s string, list []Base, e error, p Pair[string, int], c chan Base, flags ...bool) {
	wait.Done()
	c <- Base{int64(a), s}
	sink = append(sink, k, a, s, list, e, p, flags)
}

//go:noinline
func (b Base) Stand(c <-chan int) {
	wait.Done()
	sink = append(sink, <-c, b)
}

type Stander interface{ Stand(<-chan int) }

var (
	wait sync.WaitGroup
	sink []any
)

func main() {
	fill()
	seen := map[reflect.Type]bool{}
	for _, value := range []any{&kinds, &readable, &anything, &errs, &maps, &names, &handler, &queue, &empty, &table, &tiny,
		&wide} {
		v := reflect.ValueOf(value)
		describe(v.Type(), seen)
		line, _ := json.Marshal(map[string]any{"address": uint64(v.Pointer()), "type": full(v.Type().Elem())})
		fmt.Fprintf(os.Stderr, "value %s\n", line)
	}
	wait.Add(2)
	full := make(chan Base)
	var stander Stander = kinds.Base
	go kinds.Park(17, "argument", kinds.S, io.EOF, Pair[string, int]{"pair", 5}, full, true, false)
	go stander.Stand(make(chan int))
	wait.Wait()
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
	runtime.KeepAlive(sink)
}
