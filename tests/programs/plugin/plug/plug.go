// The plugin: goroutines that start in one module and wait in the other, both ways.
package main

import "sync"

type waiter[T any] struct {
	value T
	c     chan T
}

//go:noinline
func (w *waiter[T]) wait(fallback T) T {
	w.value = fallback
	return <-w.c
}

func inPlugin(c chan string) string { return <-c }

// Start is found by name.
func Start(count int, call func(func(chan string) string, int)) {
	for i := range count {
		go call(inPlugin, i)
	}
	var group sync.WaitGroup
	group.Add(1)
	go group.Wait()
	w := waiter[float64]{c: make(chan float64)}
	go w.wait(1.5)
	go func() {
		defer func() { recover(); select {} }()
		panic("held in the plugin")
	}()
}

func main() {}
