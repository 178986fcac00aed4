// Dies in the way its argument names, for cores that the kernel writes.
package main

import (
	"errors"
	"fmt"
	"os"
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
