// Goroutines in several synctest bubbles, parked durably and not, in every way that has a name of its own. The test
// prints "ready" once all of them stand still, and never ends: the first goroutine of each bubble waits for something
// outside, so that the bubble's clock stands too.
package bubbles

import (
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var (
	bubbles = []struct {
		name string
		wait func()
	}{
		{"mutex", held.Lock},
		{"channel", func() { <-outside }},
		{"pipe", func() { _, _ = quiet.Read(make([]byte, 1)) }},
		{"another", func() { <-outside }},
	}
	held     sync.Mutex
	outside  = make(chan int)
	quiet, _ = pipe()
	inside   atomic.Int64
)

func pipe() (*os.File, *os.File) {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	return r, w
}

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	held.Lock()
	go func() {
		for inside.Load() < int64(len(bubbles)) {
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(500 * time.Millisecond)
		fmt.Println("ready")
	}()
	os.Exit(m.Run())
}

func TestBubbles(t *testing.T) {
	for _, bubble := range bubbles {
		t.Run(bubble.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				park(t)
				inside.Add(1)
				bubble.wait()
			})
		})
	}
}

// park starts what waits for things of the bubble (durably), and what does not.
func park(t *testing.T) {
	var (
		channel = make(chan int)
		group   sync.WaitGroup
		mutex   sync.Mutex
		cond    = sync.NewCond(&mutex)
		never   chan int
		timer   = time.NewTimer(time.Hour)
	)
	group.Add(1)
	go func() { channel <- 1 }()
	go func() { group.Wait() }()
	go func() { time.Sleep(time.Minute) }()
	go func() { <-timer.C }()
	go func() { <-never }()
	go func() { never <- 1 }()
	go func() { select {} }()
	go func() {
		cond.L.Lock()
		cond.Wait()
	}()
	go func() {
		select {
		case <-t.Context().Done():
		case <-timer.C:
		}
	}()
	// Durably in one case and not in the other: that of outside counts.
	go func() {
		select {
		case <-outside:
		case <-timer.C:
		}
	}()
	go func() {
		other := make(chan int)
		go func() { <-other }()
		other <- <-outside
	}()
	go func() { held.Lock() }()
	go func() { synctest.Wait() }()
}
