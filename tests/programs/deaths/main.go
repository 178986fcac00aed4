// Dies in the way its argument names, for cores that the kernel writes.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

type node struct{ next *node }

type failure struct{ code int }

func (f failure) Error() string { return fmt.Sprint("failure ", f.code) }

type pair struct{ a, b int }

//go:noinline
func dereference(n *node) *node { return n.next.next }

func recurse(n int) int {
	var pad [100]int
	pad[n%100] = n
	return recurse(n+1) + pad[(n+1)%100]
}

//go:noinline
func nowhere() unsafe.Pointer {
	bits := uintptr(0xdead0000)
	return *(*unsafe.Pointer)(unsafe.Pointer(&bits))
}

//go:noinline
func index(list []int, i int) int { return list[i] }

var kept []byte
var last time.Time
var dangling []unsafe.Pointer

// A pointer to memory that the heap has given back: the collector throws when it finds it.
func dangle() {
	for range 64 {
		large := make([]byte, 1<<20)
		bits := uintptr(unsafe.Pointer(&large[100]))
		dangling = append(dangling, nil)
		*(*uintptr)(unsafe.Pointer(&dangling[len(dangling)-1])) = bits ^ 1<<62
	}
	for i := range dangling {
		*(*uintptr)(unsafe.Pointer(&dangling[i])) ^= 1 << 62
		if i%8 == 0 {
			runtime.GC()
		}
	}
	bits := make([]uintptr, len(dangling))
	for i := range dangling {
		bits[i] = uintptr(dangling[i])
		dangling[i] = nil
	}
	for range 4 {
		runtime.GC()
	}
	for i := range dangling {
		*(*uintptr)(unsafe.Pointer(&dangling[i])) = bits[i]
	}
	runtime.GC()
}

// Reads a page of a mapped file past the end of the file: SIGBUS.
func beyondEnd() {
	file, err := os.CreateTemp(".", "mapped")
	if err != nil {
		panic(err)
	}
	os.Remove(file.Name())
	file.Truncate(4096)
	data, err := syscall.Mmap(int(file.Fd()), 0, 8192, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		panic(err)
	}
	file.Truncate(0)
	fmt.Fprint(os.Stderr, data[4096])
}

func main() {
	how := os.Args[1]
	if how != "deadlock" {
		for range 3 {
			go func() { time.Sleep(time.Hour) }()
		}
	}
	time.Sleep(10 * time.Millisecond)
	switch how {
	case "nil":
		dereference(&node{})
	case "address":
		*(*int)(nowhere()) = 1
	case "string":
		panic("a string\nof two lines")
	case "error":
		panic(failure{4})
	case "errors":
		panic(errors.New("made by errors.New"))
	case "wrapped":
		panic(fmt.Errorf("outer: %w", os.ErrNotExist))
	case "int":
		panic(42)
	case "struct":
		panic(pair{1, 2})
	case "index":
		index([]int{1, 2, 3}, len(os.Args)+5)
	case "again":
		defer func() {
			r := recover()
			panic(fmt.Sprint("again: ", r))
		}()
		panic("first")
	case "nested":
		defer func() { panic("second") }()
		panic("first")
	case "unlock":
		var mutex sync.Mutex
		mutex.Unlock()
	case "map":
		m := map[int]int{}
		for range 4 {
			go func() {
				for {
					m[1]++
				}
			}()
		}
		time.Sleep(10 * time.Second)
	case "overflow":
		debug.SetMaxStack(1 << 20)
		recurse(0)
	case "deadlock":
		select {}
	case "deferred":
		defer func() {
			var mutex sync.Mutex
			mutex.Unlock()
		}()
		panic("first")
	case "memory":
		limit := syscall.Rlimit{Cur: 4 << 30, Max: 4 << 30}
		if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
			panic(err)
		}
		kept = make([]byte, 64<<30)
	case "threads":
		debug.SetMaxThreads(12)
		for range 20 {
			go func() {
				runtime.LockOSThread()
				time.Sleep(time.Hour)
			}()
		}
		time.Sleep(10 * time.Second)
	case "pointer":
		dangle()
	case "mapped":
		beyondEnd()
	case "segv":
		syscall.Kill(os.Getpid(), syscall.SIGSEGV)
		time.Sleep(10 * time.Second)
	case "trap":
		syscall.Kill(os.Getpid(), syscall.SIGTRAP)
		time.Sleep(10 * time.Second)
	case "ill":
		syscall.Kill(os.Getpid(), syscall.SIGILL)
		time.Sleep(10 * time.Second)
	case "fpe":
		syscall.Kill(os.Getpid(), syscall.SIGFPE)
		time.Sleep(10 * time.Second)
	case "chatter":
		for i := range 100 {
			println("chatter", i)
		}
		debug.SetMaxStack(1 << 20)
		recurse(0)
	case "clock":
		runtime.LockOSThread()
		thread := syscall.Gettid()
		go func() {
			time.Sleep(50 * time.Millisecond)
			syscall.Tgkill(os.Getpid(), thread, syscall.SIGQUIT)
		}()
		for {
			last = time.Now()
		}
	case "quit":
		syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		time.Sleep(10 * time.Second)
	case "abort":
		syscall.Kill(os.Getpid(), syscall.SIGABRT)
		time.Sleep(10 * time.Second)
	default:
		os.Exit(9)
	}
}
