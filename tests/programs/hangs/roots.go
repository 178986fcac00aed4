package main

import (
	"context"
	"iter"
	"net"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"weak"
)

// roots: healthy. Each goroutine waits for a channel that only one thing refers to, another kind of thing each. That it
// will send is known to nobody, but it can.
func roots() {
	for _, root := range []func(){
		rootVariable, rootMap, rootTail, rootInterface, rootFinalized, rootFinalizer, rootCleanup, rootCleanupClosure,
		rootTimer, rootSleeper, rootClosure, rootDefer, rootDeferInLoop, rootSyscall, rootNetwork, rootSpinner,
		rootCoroutine, rootContext, rootBuffer, rootSending, rootLocked, rootSelect, rootSignal, rootSyncMap, rootHandle,
		rootInC,
	} {
		root()
	}
}

type holder struct {
	ch   chan int
	size [5]int
}

var (
	variable   chan int
	channels   = map[string]chan int{}
	shortened  []chan int
	holders    any
	finalized  *holder
	cleaned    *holder
	cleaned2   *holder
	resume     func() (int, bool)
	kept, stay = context.WithCancel(context.Background())
	carrier    = make(chan chan int, 4)
	unread     = make(chan chan int)
	tableMu    sync.Mutex
	never      = make(chan int)
	signals    = make(chan os.Signal, 1)
	synced     sync.Map
	stop       atomic.Bool
	weakly1    weak.Pointer[holder]
)

func rootVariable() {
	variable = make(chan int)
	go func() { <-variable }()
}

func rootMap() {
	ch := make(chan int)
	channels["x"] = ch
	go func() { <-ch }()
}

// The slice is shorter than its array.
func rootTail() {
	ch := make(chan int)
	shortened = append(shortened, nil, ch)[:1]
	go func() { <-ch }()
}

func rootInterface() {
	ch := make(chan int)
	holders = &holder{ch: ch}
	go func() { ch <- 1 }()
}

// The object is garbage, but its finalizer gets it.
func rootFinalized() {
	h := &holder{ch: make(chan int)}
	ch := h.ch
	runtime.SetFinalizer(h, func(h *holder) { h.ch <- 1 })
	go func() { <-ch }()
}

func rootFinalizer() {
	ch := make(chan int)
	finalized = &holder{}
	runtime.SetFinalizer(finalized, func(*holder) { ch <- 1 })
	go func() { <-ch }()
}

func rootCleanup() {
	ch := make(chan int)
	cleaned = &holder{}
	runtime.AddCleanup(cleaned, func(ch chan int) { ch <- 1 }, ch)
	go func() { <-ch }()
}

func rootCleanupClosure() {
	ch := make(chan int)
	cleaned2 = &holder{}
	runtime.AddCleanup(cleaned2, func(n int) { ch <- n }, 1)
	go func() { <-ch }()
}

func rootTimer() {
	ch := make(chan int)
	time.AfterFunc(time.Hour, func() { ch <- 1 })
	go func() { <-ch }()
}

func rootSleeper() {
	ch := make(chan int)
	go func() { <-ch }()
	go func() {
		time.Sleep(time.Hour)
		ch <- 1
	}()
}

//go:noinline
func sendLater(send func()) {
	time.Sleep(time.Hour)
	send()
}

func rootClosure() {
	ch := make(chan int)
	go func() { <-ch }()
	go sendLater(func() { ch <- 1 })
}

func rootDefer() {
	ch := make(chan int)
	go func() { <-ch }()
	go func() {
		defer close(ch)
		time.Sleep(time.Hour)
	}()
}

func rootDeferInLoop() {
	list := []chan int{make(chan int), make(chan int)}
	for _, ch := range list {
		go func() { <-ch }()
	}
	go func() {
		for _, ch := range list {
			defer close(ch)
		}
		list = nil
		time.Sleep(time.Hour)
	}()
}

func rootSyscall() {
	ch := make(chan int)
	var ends [2]int
	if err := syscall.Pipe(ends[:]); err != nil {
		panic(err)
	}
	go func() { <-ch }()
	go func() {
		syscall.Read(ends[0], make([]byte, 10))
		ch <- 1
	}()
}

func rootNetwork() {
	ch := make(chan int)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() { <-ch }()
	go func() {
		listener.Accept()
		ch <- 1
	}()
}

func rootSpinner() {
	ch := make(chan int)
	go func() { <-ch }()
	go func() {
		for n := 0; !stop.Load(); n++ {
		}
		ch <- 1
	}()
}

func sequence(ch chan int) iter.Seq[int] {
	return func(yield func(int) bool) {
		yield(1)
		ch <- 1
	}
}

func rootCoroutine() {
	ch := make(chan int)
	go func() { <-ch }()
	resume, _ = iter.Pull(sequence(ch))
	resume()
}

func rootContext() {
	ch := make(chan int)
	go func() { <-ch }()
	context.AfterFunc(kept, func() { ch <- 1 })
}

func rootBuffer() {
	ch := make(chan int)
	go func() { <-ch }()
	carrier <- ch
}

func rootSending() {
	ch := make(chan int)
	go func() { <-ch }()
	go func() { unread <- ch }()
}

func rootLocked() {
	ch := make(chan int)
	go func() {
		tableMu.Lock()
		time.Sleep(time.Hour)
		tableMu.Unlock()
	}()
	go func() { <-ch }()
	time.Sleep(pause)
	go func() {
		tableMu.Lock()
		ch <- 1
	}()
}

func rootSelect() {
	ch := make(chan int)
	go func() { <-ch }()
	go func() {
		select {
		case <-make(chan int):
		case <-never:
		}
		ch <- 1
	}()
}

func rootSignal() {
	ch := make(chan int)
	signal.Notify(signals, syscall.SIGUSR2)
	go func() { <-ch }()
	go func() {
		<-signals
		ch <- 1
	}()
}

func rootSyncMap() {
	ch := make(chan int)
	synced.Store("x", ch)
	go func() { <-ch }()
}

// weakly: healthy. A weak pointer is all that is left of the object with the channel, and is turned into a strong one.
// The runtime's own profile calls this a leak.
func weakly() {
	h := &holder{ch: make(chan int)}
	weakly1 = weak.Make(h)
	go receiveFrom(h)
	time.AfterFunc(time.Hour, func() {
		if h := weakly1.Value(); h != nil {
			h.ch <- 1
		}
	})
}

func receiveFrom(h *holder) {
	<-h.ch
	h.size[0]++
}
