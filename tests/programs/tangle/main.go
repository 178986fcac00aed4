// Tangle makes goroutines that hold and want locks and channels at random: by the seed that is its first argument. It
// prints a line of JSON for each, "ready" when all of them wait, and after a byte on standard input the runtime's
// goroutine leak profile.
//
// No goroutine waits again after it has been woken: it releases what it holds, and ends. So who can be woken follows
// from the lines alone.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"
)

type thing struct {
	mu sync.Mutex
	rw sync.RWMutex
	wg sync.WaitGroup
	ch chan int
}

type actor struct {
	things []*thing // what it holds, in the order of its frames
	styles []style
	wants  [2]*thing
	wait   func(*actor)
	knows  []*thing // may be used after the wait
	done   int
	writer bool // it waits before the readers do
}

type style struct {
	name string
	hold func(*actor, int)
}

// Frames that hold a lock while the next one waits. "handed": a timer releases it. "dropped": it is released during the
// wait, whatever the deferred call says.
var styles = []style{
	{"mutex", holdMutex}, {"mutex", holdMutexPlain}, {"mutex", holdMutexHelper}, {"write", holdWrite}, {"write", holdWritePlain},
	{"read", holdRead}, {"read", holdReadPlain}, {"mutex", holdUnlocker}, {"handed", holdHanded}, {"handed", holdMaybe},
	{"dropped", holdDropped},
}

func next(a *actor, i int) {
	if i < len(a.styles) {
		a.styles[i].hold(a, i)
	} else {
		a.wait(a)
	}
	a.done++
}

func holdMutex(a *actor, i int) {
	t := a.things[i]
	t.mu.Lock()
	defer t.mu.Unlock()
	next(a, i+1)
}

func holdMutexPlain(a *actor, i int) {
	t := a.things[i]
	t.mu.Lock()
	next(a, i+1)
	t.mu.Unlock()
}

//go:noinline
func (t *thing) lock() { t.mu.Lock() }

//go:noinline
func (t *thing) unlock() { t.mu.Unlock() }

func holdMutexHelper(a *actor, i int) {
	t := a.things[i]
	t.lock()
	defer t.unlock()
	next(a, i+1)
}

func holdWrite(a *actor, i int) {
	t := a.things[i]
	t.rw.Lock()
	defer t.rw.Unlock()
	next(a, i+1)
}

func holdWritePlain(a *actor, i int) {
	t := a.things[i]
	t.rw.Lock()
	next(a, i+1)
	t.rw.Unlock()
}

func holdRead(a *actor, i int) {
	t := a.things[i]
	t.rw.RLock()
	defer t.rw.RUnlock()
	next(a, i+1)
}

func holdReadPlain(a *actor, i int) {
	t := a.things[i]
	t.rw.RLock()
	next(a, i+1)
	t.rw.RUnlock()
}

func holdHanded(a *actor, i int) {
	t := a.things[i]
	t.mu.Lock()
	time.AfterFunc(time.Hour, t.mu.Unlock)
	next(a, i+1)
}

func (t *thing) taken() func() {
	t.mu.Lock()
	return func() { t.mu.Unlock() }
}

func holdUnlocker(a *actor, i int) {
	defer a.things[i].taken()()
	next(a, i+1)
}

// The deferred call releases only what it still owns.
func holdMaybe(a *actor, i int) {
	t := a.things[i]
	t.mu.Lock()
	own := true
	defer func() {
		if own {
			t.mu.Unlock()
		}
	}()
	own = false
	time.AfterFunc(time.Hour, t.mu.Unlock)
	next(a, i+1)
}

func holdDropped(a *actor, i int) {
	t := a.things[i]
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.Unlock()
	next(a, i+1)
	t.mu.Lock()
}

type waiting struct {
	name string
	wait func(*actor)
}

var (
	receive = waiting{"chan", func(a *actor) { <-a.wants[0].ch; a.done++ }}
	send    = waiting{"chan", func(a *actor) { a.wants[0].ch <- 1; a.done++ }}
	either  = waiting{"select", func(a *actor) {
		select {
		case <-a.wants[0].ch:
		case a.wants[1].ch <- 1:
		}
		a.done++
	}}
	sleep   = waiting{"sleep", func(a *actor) { time.Sleep(time.Hour); a.done++ }}
	mutex   = waiting{"mutex", func(a *actor) { a.wants[0].mu.Lock(); a.done++; a.wants[0].mu.Unlock() }}
	write   = waiting{"write", func(a *actor) { a.wants[0].rw.Lock(); a.done++; a.wants[0].rw.Unlock() }}
	read    = waiting{"read", func(a *actor) { a.wants[0].rw.RLock(); a.done++; a.wants[0].rw.RUnlock() }}
	counted = waiting{"group", func(a *actor) { a.wants[0].wg.Wait(); a.done++ }}
)

type hold struct {
	Thing int    `json:"thing"`
	Style string `json:"style"`
}

type line struct {
	ID    int    `json:"id"`
	Holds []hold `json:"holds"`
	Waits string `json:"waits"`
	Wants []int  `json:"wants"`
	Knows []int  `json:"knows"`
}

func goid() int {
	buffer := make([]byte, 64)
	number := bytes.Fields(buffer[:runtime.Stack(buffer, false)])[1]
	id, _ := strconv.Atoi(string(number))
	return id
}

var (
	anchored []*thing
	held     = make(chan bool)
	begin    [2]chan bool // of writers, and of all others
)

func (a *actor) run(l line) {
	l.ID = goid()
	text, _ := json.Marshal(l)
	fmt.Printf("actor %s\n", text)
	wait := a.wait
	a.wait = func(a *actor) {
		held <- true
		if a.writer {
			<-begin[0]
		} else {
			<-begin[1]
		}
		wait(a)
	}
	next(a, 0)
}

// owners says who holds a lock: at most one exclusively, or any number to read.
type owners struct{ mutex, write, read int }

func build(dice *rand.Rand) {
	count := 20 + dice.Intn(60)
	things := make([]*thing, count)
	owned := make([]owners, count)
	for i := range things {
		things[i] = &thing{ch: make(chan int)}
		things[i].wg.Add(1)
	}
	var kept []int
	for i := range things {
		if dice.Intn(16) == 0 {
			anchored = append(anchored, things[i])
			kept = append(kept, i)
		}
	}
	text, _ := json.Marshal(kept)
	fmt.Printf("anchored %s\n", text)
	actors := make([]*actor, 15+dice.Intn(40))
	record := make([]line, len(actors))
	for n := range actors {
		a := &actor{}
		actors[n] = a
		for range dice.Intn(4) {
			i := dice.Intn(count)
			s := styles[dice.Intn(len(styles))]
			o := &owned[i]
			switch s.name {
			case "mutex", "handed":
				if o.mutex > 0 {
					continue
				}
				o.mutex++
			case "dropped": // another one may take it later
				if o.mutex > 0 {
					continue
				}
			case "write":
				if o.write > 0 || o.read > 0 {
					continue
				}
				o.write++
			case "read":
				if o.write > 0 {
					continue
				}
				o.read++
			}
			a.things, a.styles = append(a.things, things[i]), append(a.styles, s)
			record[n].Holds = append(record[n].Holds, hold{i, s.name})
		}
	}
	var writers []int
	for n, a := range actors {
		i := dice.Intn(count)
		w := []waiting{receive, send, either, mutex, mutex, mutex, write, write, read, counted}[dice.Intn(10)]
		if dice.Intn(16) == 0 {
			w = sleep
		}
		if w.name == "read" && len(writers) > 0 {
			i = writers[dice.Intn(len(writers))]
		} else if w.name == "read" {
			w = write
		}
		// Most goroutines that want a lock want one that is taken.
		for range 8 {
			if o := owned[i]; w.name == "mutex" && o.mutex == 0 || w.name == "write" && o.write+o.read == 0 {
				i = dice.Intn(count)
			}
		}
		if o := owned[i]; w.name == "mutex" && o.mutex == 0 || w.name == "write" && o.write+o.read == 0 {
			w = receive
		}
		if w.name == "write" {
			writers = append(writers, i)
			a.writer = true
		}
		// A channel has senders or receivers, not both.
		if w.name == "chan" && i%2 == 0 {
			w = send
		} else if w.name == "chan" {
			w = receive
		}
		a.wait, record[n].Waits = w.wait, w.name
		a.wants[0], record[n].Wants = things[i], []int{i}
		if w.name == "select" {
			odd, even := i|1, dice.Intn(count)&^1
			if odd >= count {
				odd -= 2
			}
			a.wants, record[n].Wants = [2]*thing{things[odd], things[even]}, []int{odd, even}
		}
		if w.name == "sleep" {
			record[n].Wants = []int{i}
		}
		for range dice.Intn(2) {
			k := dice.Intn(count)
			a.knows, record[n].Knows = append(a.knows, things[k]), append(record[n].Knows, k)
		}
	}
	begin = [2]chan bool{make(chan bool), make(chan bool)}
	for n, a := range actors {
		go a.run(record[n])
		<-held
	}
	for _, start := range begin {
		close(start)
		time.Sleep(200 * time.Millisecond)
	}
}

func main() {
	seed, err := strconv.ParseInt(os.Args[1], 10, 64)
	if err != nil {
		os.Exit(2)
	}
	build(rand.New(rand.NewSource(seed)))
	fmt.Println("ready")
	os.Stdin.Read(make([]byte, 1))
	profile := pprof.Lookup("goroutineleak")
	if profile == nil {
		os.Exit(3)
	}
	profile.WriteTo(os.Stdout, 2)
}
