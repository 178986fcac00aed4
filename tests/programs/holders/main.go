// Goroutines that hold locks in all the ways that code has, and traps: goroutines that look as if they held one. Each
// writes a line of JSON before it parks: its case, its id, the locks that it holds, and whether the rules of ownership
// prove that. Others wait for each lock. Prints "ready" once all of them stand still.
package main

import (
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Lock is a lock that a goroutine holds.
type Lock struct {
	Address uintptr `json:"address"`
	Reads   bool    `json:"reads"`
}

// Does is an operation that a goroutine is to do.
type Does struct {
	Operation string  `json:"operation"`
	Address   uintptr `json:"address"`
	Proves    bool    `json:"proves"`
}

var (
	writer sync.Mutex
	never  = make(chan struct{})
	parked sync.WaitGroup
	off    atomic.Bool
)

// says writes what the goroutine holds. `proves`: the rules of ownership prove it.
func says(name string, proves bool, locks ...Lock) {
	note("holds", map[string]any{"case": name, "holds": locks, "proves": proves})
}

// willDo writes what the goroutine is to do.
func willDo(name string, does ...Does) {
	note("does", map[string]any{"case": name, "does": does})
}

func note(kind string, fields map[string]any) {
	var buffer [64]byte
	text := string(buffer[:runtime.Stack(buffer[:], false)])
	id, err := strconv.Atoi(strings.Fields(text)[1])
	if err != nil {
		panic(err)
	}
	fields["id"] = id
	line, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	writer.Lock()
	fmt.Fprintf(os.Stderr, "%s %s\n", kind, line)
	writer.Unlock()
	parked.Done()
}

func of(mutex *sync.Mutex) Lock        { return Lock{Address: uintptr(unsafe.Pointer(mutex))} }
func writing(mutex *sync.RWMutex) Lock { return Lock{Address: uintptr(unsafe.Pointer(mutex))} }
func reading(mutex *sync.RWMutex) Lock {
	return Lock{Address: uintptr(unsafe.Pointer(mutex)), Reads: true}
}

//go:noinline
func park() {
	<-never
}

//go:noinline
func deep(n int) int {
	var room [64]int
	if n == 0 {
		park()
		return 0
	}
	room[n] = deep(n - 1)
	return room[n] + room[n/2]
}

// Box has locks at other places than its beginning.
type Box struct {
	name  string
	mu    sync.Mutex
	count int
	rw    sync.RWMutex
	more  [3]struct {
		sync.Mutex
		n int
	}
	next *Box
}

// Locks that are held.

//go:noinline
func deferred(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Unlock()
	says("deferred", true, of(mu))
	park()
}

//go:noinline
func plain(mu *sync.Mutex) int {
	mu.Lock()
	says("plain", true, of(mu))
	n := deep(5)
	mu.Unlock()
	return n
}

//go:noinline
func (b *Box) fieldDeferred() {
	b.mu.Lock()
	defer b.mu.Unlock()
	says("field, deferred", true, of(&b.mu))
	b.count += deep(3)
}

//go:noinline
func (b *Box) fieldPlain() {
	b.mu.Lock()
	says("field, plain", true, of(&b.mu))
	b.count += deep(3)
	b.mu.Unlock()
}

//go:noinline
func (b *Box) writeDeferred() {
	b.rw.Lock()
	defer b.rw.Unlock()
	says("writer, deferred", true, writing(&b.rw))
	b.count += deep(2)
}

//go:noinline
func (b *Box) writePlain() {
	b.rw.Lock()
	says("writer, plain", true, writing(&b.rw))
	b.count += deep(2)
	b.rw.Unlock()
}

//go:noinline
func (b *Box) readDeferred() int {
	b.rw.RLock()
	defer b.rw.RUnlock()
	says("reader, deferred", true, reading(&b.rw))
	return b.count + deep(2)
}

//go:noinline
func (b *Box) readPlain() int {
	b.rw.RLock()
	says("reader, plain", true, reading(&b.rw))
	n := b.count + deep(2)
	b.rw.RUnlock()
	return n
}

//go:noinline
func (b *Box) lock() { b.mu.Lock() }

//go:noinline
func (b *Box) unlock() { b.mu.Unlock() }

//go:noinline
func (b *Box) helpers() {
	b.lock()
	says("helpers", true, of(&b.mu))
	park()
	b.unlock()
}

//go:noinline
func (b *Box) helpersDeferred() {
	b.lock()
	defer b.unlock()
	says("helpers, deferred", true, of(&b.mu))
	park()
}

//go:noinline
func (b *Box) acquire() func() {
	b.mu.Lock()
	return func() { b.mu.Unlock() }
}

//go:noinline
func (b *Box) acquired() {
	defer b.acquire()()
	says("unlock function, deferred", true, of(&b.mu))
	park()
}

//go:noinline
func (b *Box) closure() {
	b.mu.Lock()
	defer func() {
		b.count++
		b.mu.Unlock()
	}()
	says("closure", true, of(&b.mu))
	park()
}

//go:noinline
func (b *Box) methodValue() {
	unlock := b.mu.Unlock
	b.mu.Lock()
	defer unlock()
	says("method value", true, of(&b.mu))
	park()
}

// Deferred in a loop: the calls have records.
//
//go:noinline
func (b *Box) loop() {
	for i := range b.more {
		b.more[i].Lock()
		defer b.more[i].Unlock()
	}
	says("loop", false, of(&b.more[0].Mutex), of(&b.more[1].Mutex), of(&b.more[2].Mutex))
	park()
}

//go:noinline
func (b *Box) element(i int) {
	b.more[i].Lock()
	says("element", true, of(&b.more[i].Mutex))
	park()
	b.more[i].Unlock()
}

func (b *Box) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range b.more {
			if !yield(i) {
				return
			}
		}
	}
}

//go:noinline
func (b *Box) overFunction() {
	for i := range b.all() {
		b.more[i].Lock()
		defer b.more[i].Unlock()
	}
	says("range over function", false, of(&b.more[0].Mutex), of(&b.more[1].Mutex), of(&b.more[2].Mutex))
	park()
}

var table struct {
	sync.RWMutex
	once  sync.Once
	mu    sync.Mutex
	other sync.Mutex
}

//go:noinline
func variable() {
	table.mu.Lock()
	says("package variable", true, of(&table.mu))
	park()
	table.mu.Unlock()
}

//go:noinline
func variableDeferred() {
	table.other.Lock()
	defer table.other.Unlock()
	says("package variable, deferred", true, of(&table.other))
	park()
}

//go:noinline
func embedded() {
	table.Lock()
	defer table.Unlock()
	says("embedded", true, writing(&table.RWMutex))
	park()
}

//go:noinline
func once() {
	table.once.Do(func() {
		says("once", true, Lock{Address: uintptr(unsafe.Pointer(&table.once))})
		park()
	})
}

//go:noinline
func (b *Box) try() {
	for {
		if b.mu.TryLock() {
			says("TryLock", false, of(&b.mu))
			park()
			b.mu.Unlock()
			return
		}
		time.Sleep(time.Millisecond) // a trap writes before it lets the lock go
	}
}

//go:noinline
func (b *Box) conditional(yes bool) {
	if yes {
		b.mu.Lock()
		defer b.mu.Unlock()
	}
	says("conditional", false, of(&b.mu))
	park()
}

//go:noinline
func (b *Box) early(n int) int {
	b.mu.Lock()
	if n > 3 {
		b.mu.Unlock()
		return n
	}
	says("early return", true, of(&b.mu))
	park()
	b.mu.Unlock()
	return b.count
}

// Hand over hand: the lock of the next box is taken before that of this one is released.
//
//go:noinline
func (b *Box) handOverHand() {
	b.mu.Lock()
	c := b.next
	c.mu.Lock()
	b.mu.Unlock()
	says("hand over hand", true, of(&c.mu))
	park()
	c.mu.Unlock()
}

// The callee releases what the caller has taken.
//
//go:noinline
func (b *Box) given() {
	b.mu.Lock()
	b.finish()
}

//go:noinline
func (b *Box) finish() {
	defer b.mu.Unlock()
	says("given to a callee", false, of(&b.mu))
	park()
}

// Another goroutine releases the lock.
//
//go:noinline
func (b *Box) handed() {
	b.mu.Lock()
	go func() {
		defer b.mu.Unlock()
		says("handed to a goroutine", true, of(&b.mu))
		park()
	}()
}

// Two locks at a time.
//
//go:noinline
func (b *Box) both() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rw.RLock()
	defer b.rw.RUnlock()
	says("both", true, of(&b.mu), reading(&b.rw))
	park()
}

// It holds a lock and waits for it.
//
//go:noinline
func (b *Box) self() {
	b.mu.Lock()
	defer b.mu.Unlock()
	says("self", true, of(&b.mu))
	b.again()
}

//go:noinline
func (b *Box) again() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count++
}

//go:noinline
func (b *Box) readTwice() int {
	b.rw.RLock()
	defer b.rw.RUnlock()
	return b.readDeferredAgain()
}

//go:noinline
func (b *Box) readDeferredAgain() int {
	b.rw.RLock()
	defer b.rw.RUnlock()
	says("read twice", true, reading(&b.rw))
	park()
	return b.count
}

// Operations that are to come.

func channel(c any) uintptr { return reflect.ValueOf(c).Pointer() }

//go:noinline
func done(group *sync.WaitGroup) {
	defer group.Done()
	willDo("deferred Done", Does{"done", uintptr(unsafe.Pointer(group)), true})
	park()
}

//go:noinline
func doneLater(group *sync.WaitGroup) {
	willDo("Done", Does{"done", uintptr(unsafe.Pointer(group)), true})
	park()
	group.Done()
}

//go:noinline
func closes(c chan int) {
	defer close(c)
	willDo("deferred close", Does{"closes", channel(c), true})
	park()
}

//go:noinline
func closesLater(c chan int, yes bool) {
	willDo("close", Does{"closes", channel(c), false})
	park()
	if yes {
		close(c)
	}
}

//go:noinline
func reply(c chan<- int) {
	willDo("send", Does{"sends", channel(c), true})
	park()
	c <- 1
}

//go:noinline
func consume(in <-chan int, out chan<- int) {
	willDo("consumer", Does{"receives", channel(in), false})
	for v := range in {
		out <- v
	}
}

// Pool has channels as fields.
type Pool struct {
	name string
	jobs chan int
	quit chan bool
	done chan int
}

//go:noinline
func (p *Pool) work(v int) {
	willDo("select in a loop", Does{"receives", channel(p.jobs), false}, Does{"receives", channel(p.quit), false})
	for {
		p.done <- v
		select {
		case v = <-p.jobs:
		case <-p.quit:
			return
		}
	}
}

//go:noinline
func signals(b *Box, cond *sync.Cond) {
	willDo("signal", Does{"signals", uintptr(unsafe.Pointer(cond)), true})
	park()
	b.mu.Lock()
	b.count++
	b.mu.Unlock()
	cond.Signal()
}

//go:noinline
func hasSent(c chan<- int) {
	c <- 1
	willDo("trap: has sent")
	park()
}

//go:noinline
func other(c, d chan int) {
	willDo("trap: other channel", Does{"sends", channel(c), true})
	<-d
	c <- 1
}

// Traps.

//go:noinline
func (b *Box) released() {
	b.mu.Lock()
	b.count++
	b.mu.Unlock()
	says("trap: released", false)
	park()
	b.count++
}

// A caller's lock that a callee drops while it waits.
//
//go:noinline
func (b *Box) dropped() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop()
}

//go:noinline
func (b *Box) drop() {
	b.mu.Unlock()
	says("trap: dropped by a callee", false)
	park()
	b.mu.Lock()
}

// The same through an interface.
//
//go:noinline
func (b *Box) droppedLocker() {
	b.mu.Lock()
	defer b.mu.Unlock()
	dropLocker(&b.mu)
}

//go:noinline
func dropLocker(l sync.Locker) {
	l.Unlock()
	says("trap: dropped through an interface", false)
	park()
	l.Lock()
}

//go:noinline
func (b *Box) waits(cond *sync.Cond) {
	b.mu.Lock()
	defer b.mu.Unlock()
	says("trap: Cond.Wait", false)
	for b.count == 0 {
		cond.Wait()
	}
}

//go:noinline
func (b *Box) tries() {
	ok := b.mu.TryLock()
	says("trap: TryLock", false)
	park()
	if ok {
		b.mu.Unlock()
	}
}

//go:noinline
func (b *Box) notTaken(yes bool) {
	if yes {
		b.mu.Lock()
		defer b.mu.Unlock()
	}
	says("trap: condition", false)
	park()
	if yes {
		b.count++
	}
}

//go:noinline
func (b *Box) unlockedByHelper() {
	b.mu.Lock()
	b.count++
	b.unlock()
	says("trap: unlocked by a helper", false)
	park()
	b.count++
}

// One goroutine locks, another one unlocks. Nobody owns such a lock.
//
//go:noinline
func (b *Box) handsOver(to chan<- *Box) {
	b.mu.Lock()
	to <- b
	says("trap: hands over", false)
	park()
	b.count++
}

//go:noinline
func takesOver(from <-chan *Box) {
	b := <-from
	says("trap: takes over", false)
	park()
	b.mu.Unlock()
}

// Its deferred call is to unlock what it still waits for.
//
//go:noinline
func (b *Box) waitsItself() {
	defer b.mu.Unlock()
	says("trap: waits itself", false)
	b.mu.Lock()
}

// A deferred call has released it, and another one runs.
//
//go:noinline
func (b *Box) returning() {
	defer park()
	b.mu.Lock()
	defer b.mu.Unlock()
	says("trap: returning", false)
}

//go:noinline
func (b *Box) panicking() {
	defer park()
	b.mu.Lock()
	defer func() {
		b.mu.Unlock()
		says("trap: panicking", false)
	}()
	if b.count == 0 {
		panic("panicking")
	}
	b.mu.Unlock()
}

func start(f func()) {
	parked.Add(1)
	go f()
}

// contended starts a holder of a lock, and those who wait for it then.
func contended(b *Box, f func()) {
	start(f)
	later = append(later, func() { b.mu.Lock() })
}

func contendedRW(b *Box, f func()) {
	start(f)
	later = append(later, func() { b.rw.Lock() })
}

// taken has a lock that a trap has let go: another goroutine holds it.
func taken(b *Box, trap func()) {
	start(trap)
	parked.Wait()
	contended(b, b.fieldDeferred)
	parked.Wait()
}

// takenUnproved is the same, but nothing proves who holds it.
func takenUnproved(b *Box, trap func()) {
	start(trap)
	parked.Wait()
	contended(b, b.try)
	parked.Wait()
}

var later []func()

func holders() {
	one, two := new(sync.Mutex), new(sync.Mutex)
	start(func() { deferred(one) })
	start(func() { plain(two) })
	later = append(later, one.Lock, two.Lock)
	for _, method := range []func(*Box){(*Box).fieldDeferred, (*Box).fieldPlain, (*Box).helpers, (*Box).helpersDeferred,
		(*Box).acquired, (*Box).closure, (*Box).methodValue, (*Box).try, (*Box).given, (*Box).handed, (*Box).self,
		func(b *Box) { b.conditional(!off.Load()) }, func(b *Box) { b.early(2) }} {
		b := new(Box)
		contended(b, func() { method(b) })
	}
	for _, method := range []func(*Box){(*Box).writeDeferred, (*Box).writePlain, func(b *Box) { b.readDeferred() },
		func(b *Box) { b.readPlain() }, func(b *Box) { b.readTwice() }} {
		b := new(Box)
		contendedRW(b, func() { method(b) })
	}
	for _, method := range []func(*Box){(*Box).loop, (*Box).overFunction} {
		b := new(Box)
		start(func() { method(b) })
		for i := range b.more {
			later = append(later, b.more[i].Lock)
		}
	}
	b := new(Box)
	start(func() { b.element(1) })
	later = append(later, b.more[1].Lock)
	start(variable)
	start(variableDeferred)
	start(embedded)
	start(once)
	later = append(later, table.mu.Lock, table.other.Lock, table.RLock, func() { table.once.Do(park) })
	c := &Box{next: new(Box)}
	start(c.handOverHand)
	later = append(later, c.next.mu.Lock)
	d := new(Box)
	start(d.both)
	later = append(later, d.mu.Lock, d.rw.Lock)
}

func traps() {
	for _, method := range []func(*Box){(*Box).released, (*Box).dropped, (*Box).droppedLocker,
		func(b *Box) { b.waits(sync.NewCond(&b.mu)) }, func(b *Box) { b.notTaken(off.Load()) },
		(*Box).unlockedByHelper, (*Box).returning, (*Box).panicking} {
		b := new(Box)
		taken(b, func() { method(b) })
		c := new(Box)
		takenUnproved(c, func() { method(c) })
	}
	b := new(Box)
	contended(b, b.fieldDeferred)
	parked.Wait()
	start(b.tries)
	start(b.waitsItself)
	c, to := new(Box), make(chan *Box)
	start(func() { c.handsOver(to) })
	start(func() { takesOver(to) })
	later = append(later, c.mu.Lock)
	// The copy is locked, and nobody holds it.
	d := new(Box)
	d.mu.Lock()
	e := *d
	d.mu.Unlock()
	contended(d, d.fieldDeferred)
	later = append(later, e.mu.Lock)
}

func partners() {
	group, c, d := new(sync.WaitGroup), make(chan int), make(chan int)
	group.Add(2)
	start(func() { done(group) })
	start(func() { doneLater(group) })
	later = append(later, group.Wait)
	receive := func(c chan int) { later = append(later, func() { <-c }) }
	send := func(c chan int) { later = append(later, func() { c <- 1 }) }
	start(func() { closes(c) })
	receive(c)
	start(func() { closesLater(d, off.Load()) })
	receive(d)
	replies := make(chan int)
	start(func() { reply(replies) })
	receive(replies)
	in, out := make(chan int, 1), make(chan int)
	in <- 1
	start(func() { consume(in, out) })
	later = append(later, func() { in <- 2; in <- 3 })
	pool := &Pool{"pool", make(chan int), make(chan bool), make(chan int)}
	start(func() { pool.work(1) })
	send(pool.jobs)
	later = append(later, func() { pool.quit <- true })
	b := new(Box)
	cond := sync.NewCond(new(sync.Mutex))
	start(func() { signals(b, cond) })
	later = append(later, func() {
		cond.L.Lock()
		cond.Wait()
	})
	sent := make(chan int, 1)
	start(func() { hasSent(sent) })
	later = append(later, func() { <-sent; <-sent })
	e, f := make(chan int), make(chan int)
	start(func() { other(e, f) })
	receive(e)
}

func main() {
	holders()
	partners()
	parked.Wait()
	traps()
	parked.Wait()
	for _, wait := range later {
		go wait()
	}
	time.Sleep(300 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
