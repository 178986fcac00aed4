// Parked goroutines, each of which writes down just before it parks what it is going to wait on: a line of JSON with
// its id and its objects. Prints "ready" once all of them stand still.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "unsafe"
)

// Object is what one wait is of: "chan", "semaphore", "cond", "fd" or "sleep".
type Object struct {
	Kind     string  `json:"kind"`
	Address  uintptr `json:"address,omitempty"`
	FD       uintptr `json:"fd,omitempty"`
	Send     bool    `json:"send,omitempty"`
	Length   int     `json:"length,omitempty"`
	Capacity int     `json:"capacity,omitempty"`
	Type     string  `json:"type,omitempty"`
	// Of a timer: the runtime's clock when it was set, and how long it runs.
	From int64 `json:"from,omitempty"`
	Runs int64 `json:"runs,omitempty"`
}

//go:linkname nanotime runtime.nanotime
func nanotime() int64

var (
	writer sync.Mutex
	ready  sync.WaitGroup
)

func say(objects ...Object) {
	var buffer [64]byte
	text := string(buffer[:runtime.Stack(buffer[:], false)])
	id, err := strconv.Atoi(strings.Fields(text)[1])
	if err != nil {
		panic(err)
	}
	line, err := json.Marshal(map[string]any{"id": id, "waits": objects})
	if err != nil {
		panic(err)
	}
	writer.Lock()
	defer writer.Unlock()
	fmt.Fprintf(os.Stderr, "parks %s\n", line)
	ready.Done()
}

// of describes a channel that is received from; send, one that is sent to.
func of(channel any) Object {
	v := reflect.ValueOf(channel)
	return Object{Kind: "chan", Address: v.Pointer(), Length: v.Len(), Capacity: v.Cap(), Type: v.Type().Elem().String()}
}

func to(channel any) Object {
	object := of(channel)
	object.Send = true
	return object
}

func timed(object Object, runs time.Duration) Object {
	object.From, object.Runs = nanotime(), int64(runs)
	return object
}

// field is the address of a field that is not ours to see.
func field(pointer any, name ...string) uintptr {
	v := reflect.ValueOf(pointer).Elem()
	for _, n := range name {
		v = v.FieldByName(n)
	}
	return v.UnsafeAddr()
}

func sema(pointer any, name ...string) Object {
	return Object{Kind: "semaphore", Address: field(pointer, name...)}
}

type pair struct {
	A, B int64
	Name string
}

//go:noinline
func send(c chan pair, value pair) {
	say(to(c))
	c <- value
}

//go:noinline
func receive(c <-chan []string) (list []string, ok bool) {
	say(of(c))
	list, ok = <-c
	return list, ok
}

//go:noinline
func choose(a, b <-chan int, none chan string, c chan<- pair, value pair) string {
	say(of(a), of(b), to(c))
	select {
	case n := <-a:
		return strconv.Itoa(n)
	case n, ok := <-b:
		return fmt.Sprint(n, ok)
	case s := <-none:
		return s
	case c <- value:
		return value.Name
	}
}

//go:noinline
func forever(stop chan struct{}, work chan *pair) (sum int64) {
	say(of(stop), of(work))
	for {
		select {
		case <-stop:
			return sum
		case p := <-work:
			sum += p.A
		}
	}
}

//go:noinline
func reflected(channels ...chan int) int {
	cases := []reflect.SelectCase{}
	objects := []Object{}
	for _, c := range channels {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c)})
		objects = append(objects, of(c))
	}
	say(objects...)
	chosen, _, _ := reflect.Select(cases)
	return chosen
}

//go:noinline
func within(c chan int, most time.Duration) bool {
	timer := time.NewTimer(most)
	say(of(c), timed(of(timer.C), most))
	select {
	case <-c:
		return true
	case <-timer.C:
		return false
	}
}

//go:noinline
func tick(every time.Duration) {
	ticker := time.NewTicker(every)
	say(timed(of(ticker.C), every))
	<-ticker.C
}

//go:noinline
func sleep(long time.Duration) {
	say(timed(Object{Kind: "sleep"}, long))
	time.Sleep(long)
}

//go:noinline
func lock(mutex *sync.Mutex) {
	say(sema(mutex, "mu", "sema"))
	mutex.Lock()
	mutex.Unlock()
}

//go:noinline
func lockShared(mutex *sync.RWMutex) {
	say(sema(mutex, "readerSem"))
	mutex.RLock()
	mutex.RUnlock()
}

//go:noinline
func lockAlone(mutex *sync.RWMutex) {
	say(sema(mutex, "writerSem"))
	mutex.Lock()
	mutex.Unlock()
}

//go:noinline
func waitGroup(group *sync.WaitGroup, then int) int {
	say(sema(group, "sema"))
	group.Wait()
	return then
}

//go:noinline
func waitCond(cond *sync.Cond) {
	cond.L.Lock()
	say(Object{Kind: "cond", Address: field(cond, "notify")})
	cond.Wait()
}

//go:noinline
func read(file *os.File, fd int) {
	buffer := make([]byte, 16)
	say(Object{Kind: "fd", FD: uintptr(fd)})
	file.Read(buffer)
}

func start(f func()) {
	ready.Add(1)
	go f()
}

func filled(length, capacity int) chan pair {
	c := make(chan pair, capacity)
	for i := range length {
		c <- pair{int64(i), 0, "filled"}
	}
	return c
}

func main() {
	mutex, shared, alone, group := new(sync.Mutex), new(sync.RWMutex), new(sync.RWMutex), new(sync.WaitGroup)
	cond := sync.NewCond(new(sync.Mutex))
	mutex.Lock()
	shared.Lock()
	alone.RLock()
	group.Add(1)
	reader, writing, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	raw, err := reader.SyscallConn()
	if err != nil {
		panic(err)
	}
	var number uintptr
	raw.Control(func(fd uintptr) { number = fd })

	for i := range 4 {
		n := i + 1
		start(func() { send(filled(n, n), pair{int64(n), 2, "sent"}) })
		start(func() { receive(make(chan []string, n)) })
		start(func() {
			choose(make(chan int, n), make(chan int), nil, filled(n+1, n+1), pair{1, int64(n), "chosen"})
		})
		start(func() { forever(make(chan struct{}), make(chan *pair, n)) })
		start(func() { reflected(make(chan int, n), make(chan int), make(chan int, 3*n)) })
		start(func() { within(make(chan int, n), time.Duration(n)*time.Hour) })
		start(func() { tick(time.Duration(n) * 25 * time.Minute) })
		start(func() { sleep(time.Duration(n) * 40 * time.Minute) })
		start(func() { lock(mutex) })
		start(func() { lockShared(shared) })
		start(func() { waitGroup(group, n) })
		start(func() { waitCond(cond) })
	}
	start(func() { lockAlone(alone) })
	start(func() { read(reader, int(number)) })
	ready.Wait()
	time.Sleep(300 * time.Millisecond)
	// The collector writes down since when each waits: where nothing else told the time, a core has none.
	runtime.GC()
	fmt.Println("ready")
	time.Sleep(time.Hour)
	runtime.KeepAlive(reader)
	runtime.KeepAlive(writing)
}
