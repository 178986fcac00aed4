// Hangs in the way that its argument names, or is healthy in a way that looks like a hang. It prints "ready" when every
// goroutine is where it stays. truth.json says which goroutines hang, on what, and whom to blame.
//
// With PROFILE=1 it then writes the runtime's goroutine leak profile, and ends.
package main

import (
	"fmt"
	"os"
	"runtime/pprof"
	"sort"
	"strings"
	"time"
)

// Cases return when their goroutines wait.
var cases = map[string]func(){
	// locks.go
	"handover":  handover,
	"dropped":   dropped,
	"condheld":  condheld,
	"helper":    helper,
	"unlocker":  unlocker,
	"three":     three,
	"recursive": recursive,
	"selfmutex": selfmutex,
	"once":      once,
	"forgotten": forgotten,
	// kept.go
	"twice":   twice,
	"late":    late,
	"ender":   ender,
	"lent":    lent,
	"closing": closing,
	// called.go
	"callback": callback,
	"nested":   nested,
	"locker":   locker,
	"returned": returned,
	// elements.go
	"listed":  listed,
	"indexed": indexed,
	"mapped":  mapped,
	// iterators.go
	"iterate": iterate,
	"pull":    pull,
	// channels.go
	"selfchan":  selfchan,
	"semaphore": semaphore,
	"group":     errgroup,
	"ring":      ring,
	"empty":     empty,
	"wgnever":   wgnever,
	"condlock":  condlock,
	"pipe":      pipe,
	// roots.go, unrooted.go
	"roots":    roots,
	"weakly":   weakly,
	"unrooted": unrooted,
	// timers.go
	"timers":    timers,
	"contexts":  contexts,
	"ctxforgot": ctxforgot,
	// slow.go, cgo.go
	"syscall": syscallUnderLock,
	"peer":    peer,
	"sleeper": sleeper,
	"cgocall": cgocall,
	// busy.go
	"busy":  busy,
	"crash": crash,
}

// described: of these types a stripped program has descriptors. It is what names their fields.
var described = []any{&settings, &limit}

// pause is long enough for a goroutine that was started to wait.
const pause = 120 * time.Millisecond

func main() {
	close(started)
	run := cases[os.Args[1]]
	if run == nil || len(described) == 0 {
		var names []string
		for name := range cases {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Println("cases:", strings.Join(names, " "))
		os.Exit(2)
	}
	run()
	time.Sleep(2 * pause)
	fmt.Println("ready")
	if os.Getenv("PROFILE") != "" {
		profile := pprof.Lookup("goroutineleak")
		if profile == nil {
			fmt.Println("no profile")
			os.Exit(3)
		}
		profile.WriteTo(os.Stdout, 2)
		os.Exit(0)
	}
	time.Sleep(time.Hour)
}
