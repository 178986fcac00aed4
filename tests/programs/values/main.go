// Variables of every kind in frames that stand still, for comparisons with
// Delve. Prints "ready" once all goroutines are parked.
package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net/url"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Metric has fields of many kinds.
type Metric struct {
	Name string
	V    float64
	Tags map[string]int
}

// Color has one constant a value.
type Color int

const (
	Red Color = iota
	Green
	Blue
)

// Flag has one constant a bit.
type Flag uint8

const (
	FlagA Flag = 1 << iota
	FlagB
	FlagC
)

// Node is a list, and a tree of interfaces.
type Node struct {
	Next *Node
	Val  int
	Any  any
}

// Big does not fit into a map's slot.
type Big struct {
	A [200]int64
}

// Point fits everywhere.
type Point struct{ X, Y int }

func (p Point) String() string { return fmt.Sprint(p.X, ",", p.Y) }

// Self points at itself.
type Self *Self

// Empty has no size.
type Empty struct{}

// Embedding embeds by value and by pointer.
type Embedding struct {
	Point
	*Metric
	sync.Mutex
	Counter atomic.Int64
	Last    Empty
}

// Inner is where the depth of a text ends.
type Inner struct {
	Deep struct {
		Deeper struct{ Deepest int }
	}
	Arr [2]Point
}

// Named types of each kind.
type (
	Name   string
	List   []Point
	Table  map[Name]Color
	Pipe   chan Color
	Action func(int) (int, error)
	Ref    *Point
	Any    interface{ String() string }
	Bytes  [4]byte
)

var wait = make(chan struct{})

//go:noinline
func use(values ...any) {
	for range values {
		runtime.KeepAlive(values)
	}
}

//go:noinline
func numbers(i8 int8, u16 uint16, i32 int32, u64 uint64, f32 float32, f64 float64, b bool, r rune) (sum int64, err error) {
	minimum := int64(math.MinInt64)
	maximum := uint64(math.MaxUint64)
	tiny, huge, third := 5e-324, math.MaxFloat64, 1.0/3
	nan, inf, minus := math.NaN(), math.Inf(1), math.Inf(-1)
	third32, large32 := float32(1)/3, float32(3e38)
	c64, c128 := complex(f32, -third32), complex(f64, third)
	color, flags, none, odd := Green, FlagA|FlagC, Flag(0), Color(77)
	pointer := uintptr(unsafe.Pointer(&wait))
	bytes := Bytes{1, 2, 3, 255}
	month, day, long := time.November, time.Tuesday, 90*time.Second
	<-wait
	use(minimum, maximum, tiny, huge, third, nan, inf, minus, third32, large32, c64, c128, color, flags, none, odd,
		pointer, bytes, month, day, long)
	return int64(i8) + int64(u16) + int64(i32) + int64(u64) + int64(f32) + int64(f64) + int64(r), err
}

//go:noinline
func texts(s string, name Name, bs []byte) string {
	empty := ""
	escapes := "tab\t nul\x00 bell\a quote\" back\\ del\x7f"
	unicode := "grüße, 世界 \u00a0\u200b\U0001f600\U000e0001" + s
	long := fmt.Sprintf("%0100d", 7)
	runes := []rune("héllo")
	many := []string{"a", "", "long enough to matter", s}
	<-wait
	use(empty, escapes, unicode, long, runes, many, name, bs)
	return s
}

//go:noinline
func pointers(p *Point, pp **Point, self Self, ref Ref) {
	var none *Node
	var noneUnsafe unsafe.Pointer
	node := &Node{Val: 1, Any: 7}
	node.Next = &Node{Val: 2, Any: "text", Next: &Node{Val: 3, Any: Point{4, 5}, Next: node}}
	ppp := &pp
	address := unsafe.Pointer(p)
	toInterface := new(any)
	*toInterface = p
	toSlice := &[]int{1, 2, 3}
	toMap := &map[int]string{1: "one"}
	toString := new(string)
	<-wait
	use(none, noneUnsafe, node, ppp, address, toInterface, toSlice, toMap, toString, p, pp, self, ref)
}

//go:noinline
func lists(points List, variadic ...int) {
	var none []int
	empty := []string{}
	long := make([]int, 100, 200)
	arrays := [2][3]int8{{1, 2, 3}, {4, 5, 6}}
	var zero [0]int
	empties := [3]Empty{}
	nested := [][]Point{{{1, 2}}, nil, {{3, 4}, {5, 6}}}
	structs := []Metric{{"a", 1, nil}, {"b", 2.5, map[string]int{"k": 1}}}
	refs := []*Point{{1, 2}, nil}
	anys := []any{1, "two", 3.5, nil, Point{6, 7}, &Point{8, 9}, []int{1}, map[string]int{"x": 1}, errors.New("e")}
	inner := Inner{}
	inners := []Inner{inner}
	embedding := Embedding{Point: Point{1, 2}, Metric: &structs[0]}
	<-wait
	use(none, empty, long, arrays, zero, empties, nested, structs, refs, anys, inner, inners, &embedding, points, variadic)
}

//go:noinline
func maps(table Table) {
	var none map[string]int
	empty := map[string]bool{}
	small := map[string]int{"one": 1, "two": 2, "three": 3}
	large := map[int]string{}
	for i := range 100 {
		large[i] = fmt.Sprint("v", i)
	}
	sparse := map[int]int{}
	for i := range 1000 {
		sparse[i] = i
	}
	for i := range 1000 {
		if i%100 != 0 {
			delete(sparse, i)
		}
	}
	indirect := map[Point]Big{{1, 2}: {}}
	indirectKey := map[Big]Point{{}: {3, 4}}
	set := map[string]struct{}{"a": {}, "b": {}}
	ofPointers := map[*Point]*Metric{{1, 1}: {Name: "m"}}
	ofAny := map[any]any{1: "one"}
	nested := map[string]map[string][]int{"a": {"b": {1, 2}}}
	<-wait
	use(none, empty, small, large, sparse, indirect, indirectKey, set, ofPointers, ofAny, nested, table)
}

//go:noinline
func interfaces(e error, w io.Writer, a Any) {
	var noError error
	var noAny any
	var typedNil error = (*os.PathError)(nil)
	number, text, flag := any(42), any("text"), any(FlagB)
	point, ref := any(Point{3, 4}), any(&Point{5, 6})
	list, table := any([]string{"x", "y"}), any(map[string]int{"a": 1})
	function, pipe := any(use), any(make(Pipe, 2))
	wrapped := fmt.Errorf("wrapped: %w", e)
	nested := any(&noAny)
	address, _ := url.Parse("http://example.org/path?q=1")
	array, small := any([2]int{1, 2}), any(struct{ P *int }{})
	<-wait
	use(noError, noAny, typedNil, number, text, flag, point, ref, list, table, function, pipe, wrapped, nested, address,
		array, small, e, w, a)
}

//go:noinline
func functions(action Action, captured int) {
	var none func()
	closure := func(x int) int { captured += x; return captured }
	method := Point{1, 2}.String
	expression := Point.String
	inner := func() {
		doubled := captured * 2
		<-wait
		use(doubled, captured)
	}
	go inner()
	<-wait
	use(none, closure, method, expression, inner, action)
}

//go:noinline
func channels(in <-chan Metric, out chan<- Metric, pipe Pipe) {
	var none chan int
	unbuffered := make(chan *Point)
	closed := make(chan int, 3)
	closed <- 1
	close(closed)
	structs := make(chan Metric, 4)
	structs <- Metric{Name: "first"}
	structs <- Metric{Name: "second"}
	<-wait
	use(none, unbuffered, closed, structs, in, out, pipe)
}

//go:noinline
func times() {
	var zero time.Time
	now := time.Now()
	utc := time.Unix(1700000000, 5).UTC()
	old := time.Date(-5, 3, 1, 2, 3, 4, 0, time.UTC)
	year := time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC)
	timer := time.NewTimer(time.Hour)
	<-wait
	use(zero, now, utc, old, year, timer)
}

//go:noinline
func scopes(x int) int {
	shadow := x
	if x > 0 {
		shadow := fmt.Sprint("inner", shadow)
		for i := range 3 {
			shadow := float64(i) / 2
			if i == 2 {
				<-wait
			}
			use(shadow)
		}
		use(shadow)
	}
	late := shadow + 1
	use(late)
	return shadow
}

func inlined(a int, s string) int {
	local := a * 2
	return innermost(local, s) + local
}

func innermost(b int, s string) int {
	doubled := s + s
	<-wait
	use(doubled)
	return b + len(doubled)
}

//go:noinline
func outer(a int) int {
	return inlined(a, "inlined") + 1
}

func generic[K comparable, V any](key K, values []V) V {
	var zero V
	table := map[K]V{key: zero}
	pair := struct {
		Key   K
		Value V
	}{key, zero}
	<-wait
	use(table, pair, key, values)
	return zero
}

func count(n int) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i := range n {
			if !yield(i, fmt.Sprint("item", i)) {
				return
			}
		}
	}
}

//go:noinline
func rangeOver(n int) (total int) {
	before := n * 10
	for i, s := range count(n) {
		inside := i + before
		if i == n-1 {
			<-wait
		}
		total += inside + len(s)
	}
	return total
}

//go:noinline
func deferred(name string) (err error) {
	defer func(reason string) {
		recovered := recover()
		<-wait
		use(recovered, reason, name)
	}("because")
	panic(fmt.Sprint("panic of ", name))
}

func main() {
	var self Self
	self = &self
	point := &Point{1, 2}
	pipe := make(Pipe, 5)
	pipe <- Green
	metrics := make(chan Metric, 1)
	go numbers(-8, 16, -32, 1<<63, 0.1, 1e21, true, 'x')
	go texts("argument", "named", []byte("bytes\x00\xff"))
	go pointers(point, &point, self, point)
	go lists(List{{1, 2}, {3, 4}}, 5, 6, 7)
	go maps(Table{"a": Red, "b": Blue})
	go interfaces(io.EOF, os.Stdout, point)
	go functions(func(x int) (int, error) { return x + len(pipe), nil }, 5)
	go channels(metrics, metrics, pipe)
	go times()
	go scopes(3)
	go outer(21)
	go generic("key", []Point{{1, 2}})
	go generic(point, []string{"a", "b"})
	go rangeOver(3)
	go deferred("name")
	time.Sleep(200 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
