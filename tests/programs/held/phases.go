package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

var list, last *List[int]

//go:noinline
func spin() {
	for i := 0; ; i++ {
		sink += i
	}
}

//go:noinline
func churn() {
	for {
		var first *List[int]
		for i := range 1000 {
			first = &List[int]{first, i}
			sink += len(make([]byte, 100+i))
		}
		last = first
	}
}

// collects leaves the collector in a phase. Without preemption (GODEBUG=asyncpreemptoff=1) a goroutine that spins stops
// it.
//
// marking: it marks, and cannot finish. unswept, with GOMAXPROCS=1: it has marked, and most spans are not swept.
// busy: goroutines allocate, and it runs again and again.
func collects(phase string) {
	for i := range 2000000 {
		list = &List[int]{list, i}
	}
	switch phase {
	case "marking": // the second thread marks the list, but cannot stop the world
		go runtime.GC()
		time.Sleep(time.Millisecond)
		write("ready\n")
		spin()
	case "unswept": // one thread: what sweeps does not run
		cycles := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
		metrics.Read(cycles)
		debug.SetGCPercent(50) // an allocation sweeps more if the next cycle is nearer
		for before := cycles[0].Value.Uint64(); cycles[0].Value.Uint64() < before+2; metrics.Read(cycles) {
			sink += len(make([]byte, 10000+sink%2))
		}
		sink += len(make([]byte, 10000+sink%2)) // a new span, which has the number of this cycle
		write("ready\n")
		spin()
	case "busy":
		debug.SetGCPercent(1)
		go churn()
		go churn()
		write("ready\n")
		time.Sleep(time.Hour)
	}
}
