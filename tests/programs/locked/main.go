// SPDX-License-Identifier: Apache-2.0

// Functions that lock, in many shapes. Each call mark(n) has a comment with what the source says of that moment, for
// tests/code/sync.py:
//   - held: the locks that are held on every path to the call, by this function's own doing; all of them;
//   - perhaps: those held on some path;
//   - released: those that it released without having taken them; all of them;
//   - pending: operations from here to a return, without deferred ones; * is on every path, without * on some. only:
//     there are no others.
//
// A ? is an object that the source has no fixed name for, any is one that is not known.
package main

import (
	"os"
	"sync"
	"sync/atomic"
)

type T struct {
	n    int            // 0
	mu   sync.Mutex     // 8
	rw   sync.RWMutex   // 16
	wg   sync.WaitGroup // 40
	c    *sync.Cond     // 56
	ch   chan int       // 64
	next *T             // 72
	once sync.Once      // 80
	E                   // 96
	many [4]E           // 104
}

// E is embedded, and an element of arrays.
type E struct {
	sync.Mutex
}

var (
	global  sync.Mutex
	globals = &T{}
	sink    atomic.Int32
	pool    [4]T
)

//go:noinline
func mark(n int) {
	if sink.Load() == int32(n) {
		sink.Store(0)
	}
}

func main() {
	if len(os.Args) > 1 {
		panic("dies")
	}
	t := &T{}
	t.c = sync.NewCond(&t.mu)
	sink.Store(int32(len(shapes)))
	callsMethod(t, t, 1, &sync.Mutex{})
	callsMethods(t, t, 1, &sync.Mutex{}, &sync.Mutex{})
	callsClosure(t, t, 1, func() {})
	elements(t, t, 0, []chan int{make(chan int, 1)}, map[int]chan int{0: make(chan int, 1)})
	for _, shape := range shapes {
		shape(t, t, 1)
	}
}

var shapes = []func(t, u *T, n int){
	plain, deferred, deferredLate, readers, early, bothBranches, oneBranch, try, tryElse, helpers, helperOfHelper,
	unlockedByHelper, relockedByHelper, chained, twoLocks, twoChained, loop, loopHeld, embedded, element, variable,
	throughVariable, cond, channels, group, once, closures, spin, panics, forever, order, deferredTwo, interfaces,
	deferredClosure, deferredInLoop, takesAndDefers, swaps, conditional, wlocked, returnsUnlock, doneGroup, selfLock,
	aliased, halves, dropsSome, drain, finishes, deferredSometimes,
	deferredStatic, finishesGlobal, mayFinish, mayFinishAll,
}
