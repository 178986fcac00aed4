// Goroutines in every state a core can hold, for comparisons with the runtime's
// own traceback and with Delve. Prints "ready" once all of them stand still.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"
)

// Message is what the channels carry.
type Message struct {
	Name  string
	Words []string
	Count int
}

var (
	spin     bool
	sink     uint64
	unwanted = make(chan struct{})
)

func sendFull(c chan Message, name string, count int) {
	message := Message{Name: name, Words: []string{"a", "b"}, Count: count}
	c <- message
}

func receiveEmpty(c chan *Message, index int) *Message {
	message := <-c
	if message != nil {
		message.Count = index
	}
	return message
}

func receiveRange(c <-chan int) (sum int) {
	for value := range c {
		sum += value
	}
	return sum
}

func sendNil(c chan<- error) {
	c <- fmt.Errorf("nobody will ever read this")
}

func receiveNil(c chan string) string {
	return <-c
}

func selectMany(a chan int, b chan string, c chan Message, out chan float64) (result string) {
	select {
	case v := <-a:
		result = fmt.Sprint(v)
	case v, ok := <-b:
		result = fmt.Sprint(v, ok)
	case v := <-c:
		result = v.Name
	case out <- 1.5:
		result = "sent"
	}
	return result
}

func selectEmpty() {
	select {}
}

func selectOne(done chan struct{}, after <-chan time.Time) {
	for {
		select {
		case <-done:
			return
		case <-after:
		}
	}
}

func lockMutex(mutex *sync.Mutex, number int) int {
	mutex.Lock()
	defer mutex.Unlock()
	return number + 1
}

func readLock(mutex *sync.RWMutex) {
	mutex.RLock()
	defer mutex.RUnlock()
}

func writeLock(mutex *sync.RWMutex) {
	mutex.Lock()
	defer mutex.Unlock()
}

func waitGroup(group *sync.WaitGroup) {
	group.Wait()
}

func waitCond(cond *sync.Cond) {
	cond.L.Lock()
	defer cond.L.Unlock()
	cond.Wait()
}

func once(o *sync.Once, hold chan struct{}) {
	o.Do(func() { <-hold })
}

func sleep(d time.Duration) {
	time.Sleep(d)
}

func readSocket(connection net.Conn) (int, error) {
	buffer := make([]byte, 128)
	return connection.Read(buffer)
}

func accept(listener net.Listener) (net.Conn, error) {
	return listener.Accept()
}

// readPipe stays in a system call: the poller does not know this descriptor.
func readPipe(fd int) (int, error) {
	var buffer [16]byte
	return syscall.Read(fd, buffer[:])
}

// busy runs until somebody sets spin, without a call in the loop.
func busy(start uint64) uint64 {
	value := start
	for !spin {
		value = value*6364136223846793005 + 1442695040888963407
	}
	sink = value
	return value
}

func locked(c chan int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	<-c
}

func labelled(c chan int) {
	labels := pprof.Labels("tenant", "blue", "path", "/api/v1", "bytes", "\xff\xc0\x80 \x00\"\\\n\u2028\xed\xa0\x80é€😀\xe2\x82")
	pprof.Do(context.Background(), labels, func(ctx context.Context) {
		<-c
	})
}

//go:noinline
func recurse(depth int, c chan int, pad [4]uint64) int {
	if depth == 0 {
		return <-c
	}
	pad[depth%4]++
	return recurse(depth-1, c, pad) + int(pad[0])
}

// Number bounds the generic functions.
type Number interface{ ~int | ~int64 | ~float64 }

// Stack is a generic type with a method that blocks.
type Stack[T Number] struct {
	items []T
	c     chan T
}

//go:noinline
func (s *Stack[T]) pop(fallback T) T {
	if len(s.items) == 0 {
		return <-s.c + fallback
	}
	return s.items[len(s.items)-1]
}

//go:noinline
func generic[K comparable, V Number](m map[K]V, key K, s *Stack[V]) V {
	return m[key] + s.pop(m[key])
}

// Waiter is called through an interface.
type Waiter interface{ Wait(c chan int) int }

type waiter struct {
	name  string
	count int
}

func (w *waiter) Wait(c chan int) int { return w.count + <-c }

type embedder struct{ *waiter }

type valueWaiter struct{ count int }

func (w valueWaiter) Wait(c chan int) int { return w.count - <-c }

//go:noinline
func callWaiter(w Waiter, c chan int) int { return w.Wait(c) }

//go:noinline
func variadic(c chan int, format string, args ...any) string {
	return fmt.Sprintf(format, args...) + fmt.Sprint(<-c)
}

//go:noinline
func manyArguments(a int8, b uint16, f float64, s string, list []int, m map[string]int, e error, fn func(int) int, p *Message,
	array [3]int32, c chan int) (int, error) {
	return fn(<-c) + int(a) + int(b) + int(f) + len(s) + len(list) + len(m) + int(array[0]) + p.Count, e
}

func inlineA(c chan int) int { return inlineB(c) + 1 }
func inlineB(c chan int) int { return inlineC(c) + 2 }
func inlineC(c chan int) int { return <-c }

//go:noinline
func inlined(c chan int) int { return inlineA(c) }

func deferring(c chan int) (result int) {
	defer func() {
		if r := recover(); r != nil {
			result = <-c
		}
	}()
	var empty []int
	return empty[len(os.Args)+7]
}

func panicking(c chan int) {
	defer func() {
		_ = <-c
	}()
	panic("waits while it panics")
}

func nested(c chan int) {
	outer := "outer"
	for i := range 2 {
		func() {
			inner := i + 1
			if inner == 1 {
				outer := inner * 10
				if outer == 10 {
					<-c
				}
			}
			_ = outer
		}()
	}
}

func readAll(c chan int, total *int) func() {
	return func() { *total += <-c }
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func main() {
	full := make(chan Message, 3)
	for i := range 3 {
		full <- Message{Name: "buffered", Count: i}
	}
	for i := range 3 {
		go sendFull(full, "sender", i)
	}
	unbuffered := make(chan *Message)
	for i := range 2 {
		go receiveEmpty(unbuffered, i)
	}
	numbers := make(chan int, 5)
	go receiveRange(numbers)
	go sendNil(nil)
	go receiveNil(nil)

	never := make(chan int)
	go selectMany(never, make(chan string, 2), make(chan Message), make(chan float64))
	go selectEmpty()
	go selectOne(unwanted, time.After(time.Hour))

	var mutex sync.Mutex
	mutex.Lock()
	for i := range 3 {
		go lockMutex(&mutex, i)
	}
	var rw sync.RWMutex
	rw.RLock()
	go writeLock(&rw)
	for {
		time.Sleep(time.Millisecond)
		if !rw.TryRLock() { // the writer waits: from now on readers do too
			break
		}
		rw.RUnlock()
	}
	go readLock(&rw)
	var group sync.WaitGroup
	group.Add(1)
	go waitGroup(&group)
	cond := sync.NewCond(new(sync.Mutex))
	go waitCond(cond)
	var o sync.Once
	go once(&o, unwanted)
	go once(&o, unwanted)
	go sleep(time.Hour)

	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	client := must(net.Dial("tcp", listener.Addr().String()))
	server := must(listener.Accept())
	go readSocket(server)
	go accept(listener)
	var pipe [2]int
	if err := syscall.Pipe(pipe[:]); err != nil {
		panic(err)
	}
	go readPipe(pipe[0])

	go locked(never)
	go labelled(never)
	go recurse(120, never, [4]uint64{1, 2, 3, 4})
	go generic(map[string]int{"one": 1}, "one", &Stack[int]{c: make(chan int)})
	go generic(map[int]float64{1: 1.5}, 1, &Stack[float64]{c: make(chan float64)})
	w := &waiter{name: "w", count: 3}
	go w.Wait(never)
	go callWaiter(w, never)
	go callWaiter(embedder{w}, never)
	go callWaiter(&embedder{w}, never)
	go callWaiter(&valueWaiter{4}, never)
	method := w.Wait
	go method(never)
	expression := (*waiter).Wait
	go expression(w, never)
	go variadic(never, "%d %s", 1, "two")
	go manyArguments(-1, 2, 3.25, "text", []int{1, 2, 3}, map[string]int{"k": 1}, os.ErrExist, func(i int) int { return i * 2 },
		&Message{Name: "pointed"}, [3]int32{7, 8, 9}, never)
	go inlined(never)
	go deferring(never)
	go panicking(never)
	go nested(never)
	total := 0
	go readAll(never, &total)()
	go func() {
		total += <-never
	}()
	go func(c chan int, name string) {
		println(name, <-c)
	}(never, "argument")
	go func() {
		go func() {
			go func() { <-never }()
			<-never
		}()
		<-never
	}()
	go fmt.Fprintln(blockingWriter{never}, "written by fmt")
	timer := time.AfterFunc(time.Millisecond, func() { <-never })
	go busy(uint64(len(os.Args)))

	time.Sleep(300 * time.Millisecond)
	runtime.GC()
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	<-unwanted
	runtime.KeepAlive(client)
	runtime.KeepAlive(timer)
	group.Done()
}

type blockingWriter struct{ c chan int }

func (b blockingWriter) Write(p []byte) (int, error) {
	n := <-b.c
	return n + len(p), nil
}
