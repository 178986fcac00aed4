// Objects that are alive by one root only, or by none. The program asks the collector which it keeps, by weak pointers
// after collections, and writes a line of JSON for each object. Prints "ready" once all of its goroutines stand still,
// or spin (ROOTS=spin).
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
	"weak"
)

// Thing has a slot of a size that nothing else has, so that no freed one is used again.
type Thing struct {
	next *Thing
	id   int
	pad  [1200]byte
}

// Note is what is known of one object.
type Note struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`    // of the root, as dump_roots prints it
	In      string `json:"in"`      // name of the variable, or function of the frame; "": any
	Address uint64 `json:"address"` // of the object
	Kept    *bool  `json:"kept"`    // null: the collector was not asked
	inverse uintptr
	alive   weak.Pointer[Thing]
	asked   bool
}

var (
	notes   [128]Note
	count   int
	stop    = make(chan int)
	parked  atomic.Int32
	spins   atomic.Bool
	sink    int
	running atomic.Int32
)

// make_ notes a new object. Its address is kept as a number that is no pointer.
//
//go:noinline
func make_(name, kind, in string) *Thing {
	t := &Thing{id: count}
	notes[count] = Note{Name: name, Kind: kind, In: in, inverse: ^uintptr(unsafe.Pointer(t)), alive: weak.Make(t), asked: true}
	count++
	return t
}

// unasked is make_ for an object that the collector cannot be asked about.
//
//go:noinline
func unasked(name, kind, in string) *Thing {
	t := &Thing{id: count}
	notes[count] = Note{Name: name, Kind: kind, In: in, inverse: ^uintptr(unsafe.Pointer(t))}
	count++
	return t
}

//go:noinline
func use(t *Thing) {
	if t != nil {
		sink += t.id
	}
}

//go:noinline
func useAll(list ...*Thing) {
	for _, t := range list {
		use(t)
	}
}

// park never returns, but the compiler does not know that.
//
//go:noinline
func park() {
	parked.Add(1)
	sink += <-stop
}

//go:noinline
func local() {
	t := make_("live local", "frame", "main.local")
	dead := make_("dead local", "frame", "")
	use(dead)
	park()
	use(t)
}

//go:noinline
func arguments(live, dead *Thing) {
	use(dead)
	park()
	use(live)
}

func passArguments() {
	arguments(make_("live argument", "frame", "main.arguments"), make_("dead argument", "frame", ""))
}

// The first nine integers are in registers on amd64, the first sixteen on arm64.
//
//go:noinline
func stackArguments(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q int, t *Thing) {
	park()
	sink += a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q
	use(t)
}

func passStackArguments() {
	stackArguments(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
		make_("stack argument", "frame", "main.stackArguments"))
}

type holder struct {
	number int
	thing  *Thing
	other  *holder
}

//go:noinline
func fill(h *holder, t *Thing, other *holder) { *h = holder{1, t, other} }

//go:noinline
func read(h *holder) {
	if h != nil {
		use(h.thing)
	}
}

//go:noinline
func readOther(h *holder) { read(h.other) }

//go:noinline
func stackObject() {
	var h holder
	fill(&h, make_("stack object", "frame", "main.stackObject"), nil)
	park()
	read(&h)
}

//go:noinline
func deadStackObject() {
	var h holder
	fill(&h, make_("dead stack object", "frame", ""), nil)
	read(&h)
	park()
}

//go:noinline
func chainedStackObjects() {
	var inner, outer holder
	fill(&inner, make_("inner stack object", "frame", "main.chainedStackObjects"), nil)
	fill(&outer, nil, nil)
	outer.other = &inner
	park()
	readOther(&outer)
}

//go:noinline
func closure() {
	t := make_("captured", "frame", "main.closure")
	f := func() { use(t) }
	park()
	call(f)
}

//go:noinline
func call(f func()) { f() }

//go:noinline
func openDefer() {
	t := make_("open-coded defer", "frame", "main.openDefer")
	defer use(t)
	park()
}

// A defer in a loop has its record in the heap; it has the only pointer to the closure, which has t.
//
//go:noinline
func loopDefer(n int) {
	for i := range n {
		f := newClosure(fmt.Sprintf("deferred closure %d", i), "goroutine")
		defer f()
	}
	park()
}

// newClosure notes the closure itself.
//
//go:noinline
func newClosure(name, kind string) func() {
	t := &Thing{id: count}
	f := func() { use(t) }
	n := &notes[count]
	*n = Note{Name: name, Kind: kind, alive: weak.Make(t), asked: true}
	n.inverse = ^*(*uintptr)(unsafe.Pointer(&f))
	count++
	return f
}

//go:noinline
func panics() {
	defer func() {
		park()
		sink += len(fmt.Sprint(recover()))
	}()
	panic(make_("panic value", "frame", "runtime.gopanic"))
}

// A goroutine that faulted: nothing in the frame is alive, as no deferred call continues in it.
//
//go:noinline
func faults() {
	defer func() { park(); _ = recover() }()
	faulting(make_("local of a frame that faulted", "frame", ""), nil)
}

//go:noinline
func faulting(t *Thing, p *holder) {
	sink += p.number
	use(t)
}

//go:noinline
func sends(c chan *Thing) {
	t := make_("sent", "frame", "main.sends")
	parked.Add(1)
	c <- t
}

// The object is only in the frame of the reflect stub: nothing else has a use for it.
func reflected() {
	f := reflect.MakeFunc(reflect.TypeFor[func(*Thing) *Thing](), func(args []reflect.Value) []reflect.Value {
		park()
		return []reflect.Value{reflect.Zero(reflect.TypeFor[*Thing]())}
	}).Interface().(func(*Thing) *Thing)
	use(f(make_("argument of MakeFunc", "frame", "reflect.makeFuncStub")))
}

type method struct{ thing *Thing }

//go:noinline
func (m method) Wait(a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q, r int, t *Thing) {
	park()
	sink += a + b + c + d + e + f + g + h + i + j + k + l + n + o + p + q + r
	use(t)
	use(m.thing)
}

func methodValue() {
	m := method{make_("receiver of a method value", "frame", "")}
	f := reflect.ValueOf(m).Method(0).Interface().(func(a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q, r int, t *Thing))
	m = method{}
	f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, make_("stack argument of a method value", "frame", "reflect.methodValueCall"))
}

var (
	variable *Thing
	inStruct struct {
		number, other int
		thing         *Thing
	}
	initial   = [3]*Thing{1: {id: 1}}
	unscanned uintptr // a number, not a pointer
	guarded   [8]*Thing
)

func variables() {
	variable = make_("variable", "variable", "main.variable+0")
	inStruct.thing = make_("field of a variable", "variable", "main.inStruct+16")
	initial[2] = make_("element of initialized data", "variable", "main.initial+16")
	unscanned = uintptr(unsafe.Pointer(make_("address as a number", "variable", "")))
}

//go:noinline
func specials() {
	guarded[0] = &Thing{}
	guarded[1] = &Thing{}
	guarded[2] = &Thing{}
	runtime.SetFinalizer(guarded[0], finalizerOf())
	runtime.AddCleanup(guarded[1], use, make_("argument of a cleanup", "cleanup", ""))
	w := weak.Make(guarded[2])
	notes[count] = Note{Name: "weak handle", Kind: "weak", inverse: ^*(*uintptr)(unsafe.Pointer(&w))}
	count++
}

// The finalizer's closure is noted: only the special has it.
//
//go:noinline
func finalizerOf() func(*Thing) {
	t := &Thing{id: count}
	f := func(*Thing) { use(t) }
	n := &notes[count]
	*n = Note{Name: "closure of a finalizer", Kind: "finalizer", alive: weak.Make(t), asked: true}
	n.inverse = ^*(*uintptr)(unsafe.Pointer(&f))
	count++
	return f
}

// The first finalizer and the first cleanup never return, so the others stay in their queues.
//
//go:noinline
func queues() {
	runtime.SetFinalizer(&Thing{}, func(*Thing) { park() })
	runtime.AddCleanup(&Thing{}, func(int) { park() }, 1)
	for parked.Load() != 2 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	for i := range 3 {
		queueFinalizer(i)
		runtime.AddCleanup(&Thing{}, use, make_(fmt.Sprintf("argument of queued cleanup %d", i), "cleanup", ""))
	}
}

// The object of a queued finalizer has no weak pointer any more; the collector is asked about what it refers to.
//
//go:noinline
func queueFinalizer(i int) {
	inner := &Thing{id: count}
	outer := &Thing{next: inner}
	n := &notes[count]
	*n = Note{Name: fmt.Sprintf("object of queued finalizer %d", i), Kind: "finalizer", alive: weak.Make(inner), asked: true}
	n.inverse = ^uintptr(unsafe.Pointer(outer))
	count++
	runtime.SetFinalizer(outer, use)
}

// The object is in a register of the loop.
//
//go:noinline
func spin(i int) {
	t := make_(fmt.Sprintf("spinning %d", i), "frame", "")
	running.Add(1)
	spinOn(t)
}

//go:noinline
func spinOn(t *Thing) {
	for n := 0; !spins.Load(); n++ {
		t.id += n
	}
}

// clobber overwrites what calls have left on the stack.
//
//go:noinline
func clobber(depth int) int {
	var space [64]int
	for i := range space {
		space[i] = depth
	}
	if depth != 0 {
		return clobber(depth-1) + space[depth%64]
	}
	return space[0]
}

func ask() {
	clobber(50)
	for range 3 {
		runtime.GC()
		time.Sleep(2 * time.Millisecond)
	}
	for i := range notes[:count] {
		n := &notes[i]
		n.Address = uint64(^n.inverse)
		if n.asked {
			kept := n.alive.Value() != nil
			n.Kept = &kept
		}
	}
	clobber(50)
}

func write() {
	for i := range notes[:count] {
		line, err := json.Marshal(&notes[i])
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(os.Stderr, "root %s\n", line)
	}
}

func start(functions ...func()) {
	for _, f := range functions {
		want := parked.Load() + 1
		go f()
		for parked.Load() != want {
			time.Sleep(time.Millisecond)
		}
	}
}

var readyLine = []byte("ready\n")

func main() {
	// No slot that was freed is used again: collections are only those of queues and ask.
	debug.SetGCPercent(-1)
	if os.Getenv("ROOTS") == "spin" {
		for i := range 2 * runtime.GOMAXPROCS(0) {
			go spin(i)
			for int(running.Load()) != i+1 {
				time.Sleep(time.Millisecond)
			}
		}
		ask()
		write()
		syscall.Write(1, readyLine)
		select {}
	}
	queues()
	variables()
	start(local, passArguments, passStackArguments, stackObject, deadStackObject, chainedStackObjects, closure, openDefer,
		func() { loopDefer(3) }, panics, faults, reflected, methodValue)
	start(func() { sends(make(chan *Thing)) })
	specials()
	last()
}

// last never gives up its thread: goroutines that it starts do not run, and it is running itself.
//
//go:noinline
func last() {
	t := unasked("of a running goroutine", "frame", "main.last")
	started := newClosure("closure of a goroutine that has not run", "goroutine")
	garbage := unasked("object with a finalizer", "finalizer", "")
	runtime.GOMAXPROCS(1)
	ask()
	write()
	runtime.SetFinalizer(garbage, use)
	garbage = nil
	go started()
	syscall.RawSyscall(syscall.SYS_WRITE, 1, uintptr(unsafe.Pointer(&readyLine[0])), uintptr(len(readyLine)))
	for {
		syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0)
		t.id++
	}
}
