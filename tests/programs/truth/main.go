// Truth writes down the values of its own variables and then parks for good, so that a core of it can be held against
// what it wrote. A line is one word, the goroutine's id and what it says:
//
//	enter ID FUNCTION        a function begins
//	leave ID                 the innermost one that began has ended
//	note ID NAME VALUE       one of its variables has this value, as JSON
//
// Values are written down before the calls that park, and as a rule not needed any more by then: what keeps them alive
// in a debugger's eyes is over. The last note of a variable counts.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"
)

var (
	writer sync.Mutex
	ready  sync.WaitGroup
	full   = make(chan int)
	lists  = make(chan []string)
	table  = map[string]int{"one": 1, "two": 2}
)

func id() string {
	var buffer [64]byte
	text := string(buffer[:runtime.Stack(buffer[:], false)])
	return strings.Fields(text)[1]
}

func say(word, text string) {
	writer.Lock()
	defer writer.Unlock()
	fmt.Fprintln(os.Stderr, word, id(), text)
}

//go:noinline
func enter(function string) { say("enter", function) }

//go:noinline
func leave() { say("leave", "") }

// note takes copies only: no variable escapes for it.
//
//go:noinline
func note(name string, value any) {
	text, err := json.Marshal(plain(reflect.ValueOf(value)))
	if err != nil {
		panic(err)
	}
	say("note", name+" "+string(text))
}

// plain is a value in the form that the test makes of gopm's JSON too.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Invalid:
		return "nil"
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(v.Uint(), 10)
	case reflect.Float32:
		return "bits " + strconv.FormatUint(uint64(math.Float32bits(float32(v.Float()))), 16)
	case reflect.Float64:
		return "bits " + strconv.FormatUint(math.Float64bits(v.Float()), 16)
	case reflect.String:
		return "text " + v.String()
	case reflect.Chan:
		return fmt.Sprintf("holds %d of %d", v.Len(), v.Cap())
	case reflect.Map:
		return fmt.Sprintf("holds %d", v.Len())
	case reflect.Pointer, reflect.UnsafePointer:
		return fmt.Sprintf("at %#x", v.Pointer())
	case reflect.Func:
		if v.IsNil() {
			return "func "
		}
		return "func " + runtime.FuncForPC(v.Pointer()).Name()
	case reflect.Slice, reflect.Array:
		list := []any{}
		for i := 0; i < v.Len() && i < 64; i++ {
			list = append(list, plain(v.Index(i)))
		}
		return list
	case reflect.Struct:
		fields := []any{}
		for i := 0; i < v.NumField(); i++ {
			fields = append(fields, plain(v.Field(i)))
		}
		return fields
	default:
		return v.Kind().String()
	}
}

type point struct {
	X, Y int
	Name string
}

type shape interface {
	grow(by int, names ...string) int
}

func (p *point) grow(by int, names ...string) int {
	enter("main.(*point).grow")
	note("p", p)
	note("by", by)
	note("names", names)
	park(by + len(names))
	return by
}

type small struct{ n int }

func (s small) grow(by int, names ...string) int {
	enter("main.small.grow")
	note("s", s)
	note("by", by)
	note("names", names)
	sleep(time.Duration(by)*time.Hour, s.n)
	return by
}

//go:noinline
func park(n int) {
	enter("main.park")
	note("n", n)
	ready.Done()
	full <- n
}

//go:noinline
func receive(from chan []string, why string, grade byte) {
	enter("main.receive")
	note("from", from)
	note("why", why)
	note("grade", grade)
	ready.Done()
	<-from
}

//go:noinline
func sleep(long time.Duration, times int) {
	enter("main.sleep")
	note("long", long)
	note("times", times)
	ready.Done()
	for i := 0; i < 2; i++ {
		time.Sleep(long)
	}
}

//go:noinline
func choose(a, b chan int, flag bool, ratio float64) int {
	enter("main.choose")
	note("a", a)
	note("b", b)
	note("flag", flag)
	note("ratio", ratio)
	ready.Done()
	select {
	case n := <-a:
		return n
	case b <- 4:
		return 0
	}
}

// What follows parks at once: its callers write down for it what it is called with, because a call before would have the
// compiler keep its arguments.
//
//go:noinline
func choosing(a chan int, b <-chan string, none chan bool, c chan<- point, d chan *point) {
	select {
	case <-a:
	case <-b:
	case <-none:
	case c <- point{1, 2, "three"}:
	case d <- nil:
	}
}

// Swapping has two channels change places before each select.
//
//go:noinline
func swapping(a, b chan int, signal chan bool) {
	for {
		a, b = b, a
		select {
		case <-a:
			return
		case <-b:
			return
		case <-signal:
		}
	}
}

//go:noinline
func locking(mutex *sync.Mutex) { mutex.Lock() }

//go:noinline
func sharing(mutex *sync.RWMutex) { mutex.RLock() }

//go:noinline
func sleeping(long time.Duration) { time.Sleep(long) }

//go:noinline
func passing(c chan []string, depth int) {
	if depth > 0 {
		passing(c, depth-1)
		return
	}
	<-c
}

//go:noinline
func sending(c chan point, p point) { c <- p }

//go:noinline
func counting(c chan<- int, n int) int {
	c <- n
	return 5
}

// Escaped sends what a pointer leads to as well, and has changed.
//
//go:noinline
func escaped(c chan point, x, y int) {
	p := point{x, x, "escaped"}
	q := &p
	if x > 2 {
		q = nil
	}
	if q != nil {
		q.X, q.Y = y, y
	}
	c <- p
}

func about(function string, names string, values ...any) {
	enter(function)
	for i, name := range strings.Fields(names) {
		note(name, values[i])
	}
	ready.Done()
}

func parking(i int) {
	start(func() {
		a, b, d := make(chan int, i), make(chan string, i+1), make(chan *point)
		full := make(chan point, 1)
		full <- point{}
		about("main.choosing", "a b none c d", a, b, (chan bool)(nil), full, d)
		choosing(a, b, nil, full, d)
	})
	start(func() {
		a, b, signal := make(chan int, i), make(chan int, i+10), make(chan bool, 1)
		about("main.swapping", "a a b b signal", b, a, a, b, signal)
		signal <- true
		swapping(a, b, signal)
	})
	start(func() {
		mutex := new(sync.Mutex)
		mutex.Lock()
		about("main.locking", "mutex", mutex)
		locking(mutex)
	})
	start(func() {
		mutex := new(sync.RWMutex)
		mutex.Lock()
		about("main.sharing", "mutex", mutex)
		sharing(mutex)
	})
	start(func() {
		about("main.sleeping", "long", time.Duration(i)*time.Hour)
		sleeping(time.Duration(i) * time.Hour)
	})
	start(func() {
		c := make(chan []string, i+1)
		ready.Add(i)
		for depth := i; depth >= 0; depth-- {
			about("main.passing", "c depth", c, depth)
		}
		passing(c, i)
	})
	start(func() {
		c, p := make(chan point), point{i, i * 2, strconv.Itoa(i)}
		about("main.sending", "c p", c, p)
		sending(c, p)
	})
	start(func() {
		c := make(chan int)
		about("main.counting", "c n", c, i*7)
		counting(c, i*7)
	})
	start(func() {
		c := make(chan point)
		y := i * 100
		if i > 2 {
			y = i
		}
		about("main.escaped", "c x y p", c, i, i*100, point{y, y, "escaped"})
		escaped(c, i, i*100)
	})
}

//go:noinline
func lock(mutex *sync.Mutex, first, second, third uint16, who string) {
	enter("main.lock")
	note("mutex", mutex)
	note("first", first)
	note("second", second)
	note("third", third)
	note("who", who)
	ready.Done()
	mutex.Lock()
}

//go:noinline
func wait(group *sync.WaitGroup, err error, depth int) {
	enter("main.wait")
	note("group", group)
	note("depth", depth)
	if depth > 0 {
		wait(group, err, depth-1)
		return
	}
	ready.Done()
	group.Wait()
}

//go:noinline
func words(m map[string]int, keys []string, callback func(int) int, count int8, wide [3]int64) {
	enter("main.words")
	note("m", m)
	note("keys", keys)
	note("callback", callback)
	note("count", count)
	note("wide", wide)
	sum := 0
	for _, key := range keys {
		sum += m[key]
	}
	note("sum", sum)
	receive(lists, keys[0], byte(callback(sum)))
}

//go:noinline
func many(a, b, c, d, e, f, g, h, i, j int, k, l string, m float32, n float64) {
	enter("main.many")
	note("a", a)
	note("b", b)
	note("c", c)
	note("d", d)
	note("e", e)
	note("f", f)
	note("g", g)
	note("h", h)
	note("i", i)
	note("j", j)
	note("k", k)
	note("l", l)
	note("m", m)
	note("n", n)
	choose(make(chan int), nil, a > b, n*float64(m))
}

// Merged gives one variable two values on two ways, and needs it afterwards.
//
//go:noinline
func merged(n, limit int, name string) {
	enter("main.merged")
	if n > limit {
		n = limit * 2
		name = name + "!"
	}
	note("n", n)
	note("limit", limit)
	note("name", name)
	park(n + len(name))
}

// Looped has its argument written over in a loop, and slots used again.
//
//go:noinline
func looped(n int, text string) {
	enter("main.looped")
	total := 0
	for n > 0 {
		total += n
		n--
		note("n", n)
		note("total", total)
	}
	for i, c := range text {
		note("i", i)
		note("c", c)
		if i == 2 {
			park(total + int(c))
		}
	}
}

//go:noinline
func reuse(a, b int) {
	enter("main.reuse")
	note("a", a)
	note("b", b)
	{
		x := twice(a)
		y := twice(b)
		note("x", x)
		note("y", y)
	}
	{
		z := twice(a + b)
		w := twice(a - b)
		note("z", z)
		note("w", w)
		park(z - w)
	}
}

//go:noinline
func twice(n int) int { return 2 * n }

// Copied is inlined, with its argument.
func copied(n int, to string) {
	note("n", n)
	note("to", to)
	park(len(to))
}

//go:noinline
func inlining(n int) {
	enter("main.inlining")
	note("n", n)
	enter("main.copied")
	copied(n*3, strconv.Itoa(n))
}

type number interface{ ~int | ~int32 | ~float64 }

//go:noinline
func generic[T number](list []T, one T, p *T) {
	enter("main.generic")
	note("list", list)
	note("one", one)
	note("p", p)
	var sum T
	for _, v := range list {
		sum += v
	}
	park(int(sum + one))
}

//go:noinline
func results(n int) (sum int, err error) {
	enter("main.results")
	sum = n * 2
	err = errors.New("results")
	note("n", n)
	note("sum", sum)
	park(sum)
	return sum, err
}

//go:noinline
func closures(n int, name string) {
	enter("main.closures")
	changed := n
	note("n", n)
	note("name", name)
	func() {
		enter("main.closures.func1")
		changed++
		note("changed", changed)
		note("n", n)
		note("name", name)
		park(n)
	}()
	changed++
}

//go:noinline
func deferred(n int, text string) {
	defer func() {
		enter("main.deferred.func1")
		note("n", n)
		note("text", text)
		park(3)
	}()
	twice(n)
}

//go:noinline
func panicked(n int, text string) {
	enter("main.panicked")
	note("n", n)
	note("text", text)
	defer func() {
		park(9)
	}()
	var p *point
	note("text", text)
	p.X = n
}

//go:noinline
func structs(p point, q *point, inner struct{ A, B uint8 }) {
	enter("main.structs")
	note("p", p)
	note("q", q)
	note("inner", inner)
	q.Y = 0
	park(p.X + q.X + int(inner.A))
}

// Taken has the address of its argument go elsewhere, and the argument changed through it.
//
//go:noinline
func taken(n int, other int) {
	enter("main.taken")
	change(&n)
	note("n", n)
	note("other", other)
	park(other)
}

//go:noinline
func change(n *int) { *n += 11 }

// Reused has what its argument points to freed, and keeps something else that was made in the same place.
//
//go:noinline
func reused(a *point) {
	enter("main.reused")
	note("a", a)
	note("*a", *a)
	if other := madeAt(uintptr(unsafe.Pointer(a))); other != nil {
		park(other.X)
		runtime.KeepAlive(other)
	}
	leave()
}

// madeAt gives nil where another goroutine was quicker.
//
//go:noinline
func madeAt(place uintptr) *point {
	var kept []*point
	for round := 0; round < 20; round++ {
		runtime.GC()
		for i := 0; i < 2000; i++ {
			p := &point{-i, -round, "reused"}
			if uintptr(unsafe.Pointer(p)) == place {
				return p
			}
			kept = append(kept, p)
		}
	}
	return nil
}

//go:noinline
func call(s shape, by int) {
	enter("main.call")
	note("by", by)
	s.grow(by, "x", "y")
}

type embedding struct {
	filler int
	*point
}

type outer struct{ embedding }

func start(f func()) {
	ready.Add(1)
	go f()
}

func main() {
	mutex, group := &sync.Mutex{}, &sync.WaitGroup{}
	mutex.Lock()
	group.Add(1)
	for i := 1; i <= 3; i++ {
		start(func() { park(i) })
		start(func() { call(&point{i, 2, "p"}, i*100) })
		start(func() { call(small{i}, i*10) })
		start(func() { call(&outer{embedding{5, &point{i, 4, "e"}}}, i*1000) })
		start(func() { lock(mutex, uint16(i), 70, uint16(i*9), "someone") })
		start(func() { wait(group, errors.New("w"), i) })
		start(func() {
			words(table, []string{"two", "one", strconv.Itoa(i)}, twice, int8(-i), [3]int64{1, int64(i), -3})
		})
		start(func() { many(i, 2, 3, 4, 5, 6, 7, 8, 9, i*10, "k", strconv.Itoa(i), 1.5, float64(i)/3) })
		start(func() { merged(i, 2, "name") })
		start(func() { looped(i+2, "abcde") })
		start(func() { reuse(i, i*i+1) })
		start(func() { inlining(i) })
		start(func() { generic([]int{1, 2, i}, i, &i) })
		start(func() { generic([]float64{1, 2, float64(i)}, 2.5, nil) })
		start(func() { results(i) })
		start(func() { closures(i, "closure") })
		start(func() { deferred(i, "later") })
		start(func() { panicked(i, "panic") })
		start(func() { structs(point{i, 1, "s"}, &point{2, i, "t"}, struct{ A, B uint8 }{7, uint8(i)}) })
		start(func() { taken(i, i+1) })
		start(func() {
			for try := 0; try < 100; try++ {
				reused(&point{i, 7, "first"})
			}
			panic("no place was used again")
		})
		parking(i)
	}
	ready.Wait()
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	select {}
}
