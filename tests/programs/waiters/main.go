// Goroutines that wait for many semaphores, so that every root of the runtime's table has several, with several waiters
// each. Prints "ready" once all of them stand still.
package main

import (
	"fmt"
	"sync"
	"time"
)

const mutexes, waiters = 2000, 3

var (
	locks  [mutexes]sync.Mutex
	shared [mutexes / 10]sync.RWMutex
	groups [mutexes / 10]sync.WaitGroup
	one    sync.Mutex
)

func main() {
	one.Lock()
	for range mutexes {
		go one.Lock()
	}
	for i := range locks {
		locks[i].Lock()
		for range waiters {
			go locks[i].Lock()
		}
	}
	for i := range shared {
		shared[i].Lock()
		for range waiters {
			go shared[i].RLock()
		}
	}
	for i := range groups {
		groups[i].Add(1)
		for range waiters {
			go groups[i].Wait()
		}
	}
	time.Sleep(500 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
