// A program whose goroutines hang for a reason that is not in a lock or a channel of theirs: the scheduler, the
// collector, a finalizer, a panic that does not end; or it is healthy in a way that looks so. It prints "ready" when it
// is in the state that its argument names. truth.json says which goroutines are to blame.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

const pause = 120 * time.Millisecond

var cases = map[string]func(){
	"stopworld": stopWorld, "spinning": spinning, "spared": spared, "overload": overload, "finalizer": finalizer,
	"cleanup": cleanup, "finalized": finalized, "panicking": panicking, "recovering": recovering, "growth": growth,
	"workers": workers, "throw": throw, "memory": memory,
}

func main() {
	cases[os.Args[1]]()
	time.Sleep(2 * pause)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

// spin runs until the word is 0. It is assembly: the runtime cannot stop it.
func spin(word *uint64)

//go:noinline
func hog() {
	word := uint64(1)
	spin(&word)
}

func idle() {
	for {
		time.Sleep(time.Millisecond)
	}
}


// stopworld: a collection waits for a goroutine that the runtime cannot stop.
func collect() { runtime.GC() }

func stopWorld() {
	for range 4 {
		go idle()
	}
	go hog()
	time.Sleep(pause)
	fmt.Println("ready")
	go collect()
	time.Sleep(time.Hour)
}

// spinning: such goroutines are on all Ps.
func spinning() {
	debug.SetGCPercent(-1)
	for range 20 {
		go idle()
	}
	time.Sleep(pause)
	fmt.Println("ready")
	for range runtime.GOMAXPROCS(0) {
		go hog()
	}
	time.Sleep(time.Hour)
}

// spared: one of them, and a P is left.
func spared() {
	debug.SetGCPercent(-1)
	runtime.GOMAXPROCS(4)
	for range 20 {
		go idle()
	}
	go hog()
}

// overload: more goroutines than Ps can run, and none is to blame.
func busyLoop() {
	for sum := uint64(1); sum != 0; sum = sum*3 + 1 {
	}
}

func overload() {
	for range 300 * runtime.GOMAXPROCS(0) {
		go busyLoop()
	}
}

// finalizer: one of them waits, and the others are behind it.
type resource struct {
	name string
	next *resource
}

var returned = make(chan *resource)

func (r *resource) giveBack() { returned <- r }

func drop(finish func(*resource)) {
	for range 40 {
		runtime.SetFinalizer(&resource{name: "r", next: &resource{}}, finish)
	}
}

func finalizer() {
	drop((*resource).giveBack)
	for range 3 {
		runtime.GC()
		time.Sleep(pause / 4)
	}
}

// cleanup: the same with cleanups.
func release(name string) { returned <- &resource{name: name} }

func cleanup() {
	for range 400 {
		runtime.AddCleanup(&resource{name: "r", next: &resource{}}, release, "r")
	}
	for range 3 {
		runtime.GC()
		time.Sleep(pause / 4)
	}
}

// finalized: finalizers that ran.
func finalized() {
	drop(func(*resource) {})
	runtime.GC()
	time.Sleep(pause)
}

// panicking: a deferred call waits for what does not come.
type service struct{ stopped chan bool }

var server = service{make(chan bool)}

func (s *service) stop() { <-s.stopped }

func (s *service) handle(request []int) int {
	defer s.stop()
	return request[7]
}

func serveOne() { server.handle(nil) }

func panicking() { go serveOne() }

// recovering: a panic was recovered from, and its goroutine waits.
func guarded() {
	defer func() {
		recover()
		<-server.stopped
	}()
	server2(nil)
}

func server2(request []int) int { return request[7] }

func recovering() { go guarded() }

// growth: goroutines wait on channels of their own, more and more of them. Variables keep the channels reachable.
var (
	listeners []chan int
	guard     sync.Mutex
)

func listen(c chan int) { <-c }

func subscribe() {
	c := make(chan int)
	guard.Lock()
	listeners = append(listeners, c)
	guard.Unlock()
	go listen(c)
}

func growth() {
	for range 8 {
		for range 10 {
			subscribe()
		}
		time.Sleep(pause / 8)
		runtime.GC()
	}
}

// workers: as many, from the beginning.
func workers() {
	for range 80 {
		subscribe()
	}
	for range 8 {
		time.Sleep(pause / 8)
		runtime.GC()
	}
}

// throw: an error that the program cannot recover from.
var counts = map[int]int{}

func count() {
	for i := 0; ; i++ {
		counts[i%7]++
	}
}

func throw() {
	go count()
	go count()
	time.Sleep(time.Hour)
}

// memory: there is none left.
var kept [][]byte

func hoard() {
	for {
		kept = append(kept, make([]byte, 8<<20))
	}
}

func memory() {
	most := uint64(2 << 30)
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
		panic(err)
	}
	go hoard()
	time.Sleep(time.Hour)
}
