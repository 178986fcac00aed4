// A program with a secret: it reads one line from standard input, keeps it on the heap in every way that
// goroutines which wait have at hand, and prints "ready". The line is not in its executable and not in its arguments.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

type account struct {
	Name     string
	Password []byte
	Next     *account
	Any      any
}

var (
	global *account
	words  = map[string]string{}
	never  = make(chan int)
)

// secret makes a new copy of the line, marked with where it is kept.
func secret(line, where string) string {
	return strings.Clone(line) + " " + where
}

//go:noinline
func byString(s string) int { return <-never + len(s) }

//go:noinline
func bySlice(s []byte) int { return <-never + len(s) }

//go:noinline
func byPointer(a *account) int { return <-never + len(a.Name) }

//go:noinline
func byInterface(v any) int {
	<-never
	return len(fmt.Sprint(v))
}

//go:noinline
func byMap(m map[string]*account) int { return <-never + len(m) }

//go:noinline
func bySender(c chan string, s string) { c <- s }

//go:noinline
func bySelect(c chan account, s account) {
	select {
	case c <- s:
	case <-never:
	}
}

func byClosure(s string) func() { return func() { _ = byString(s) } }

func main() {
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		panic(err)
	}
	line = strings.TrimSpace(line)
	global = &account{Name: secret(line, "global"), Any: secret(line, "any")}
	global.Next = &account{Name: secret(line, "next"), Password: []byte(secret(line, "password"))}
	words[secret(line, "key")] = secret(line, "value")
	full := make(chan string, 2)
	full <- secret(line, "buffered")
	full <- secret(line, "buffered too")
	go byString(secret(line, "string"))
	go bySlice([]byte(secret(line, "slice")))
	go byPointer(&account{Name: secret(line, "pointer"), Next: global})
	go byInterface(secret(line, "interface"))
	go byMap(map[string]*account{secret(line, "map"): global})
	go bySender(full, secret(line, "sender"))
	go bySelect(make(chan account), account{Name: secret(line, "select")})
	go byClosure(secret(line, "closure"))()
	go pprof.Do(context.Background(), pprof.Labels("label", secret(line, "label")), func(context.Context) { <-never })
	go func() {
		defer func() { <-never }()
		panic(secret(line, "panic"))
	}()
	line = ""
	time.Sleep(200 * time.Millisecond)
	runtime.GC()
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	// While somebody sleeps, it is no deadlock.
	time.Sleep(time.Hour)
}
