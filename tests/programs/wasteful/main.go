// Memory of known size that the program could do without. Prints "ready" once it waits. GROW=n makes n more records.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Record has a slot of 48 bytes.
type Record struct {
	next *Record
	pad  [5]int
}

var (
	equal   []string        // 1000 of 100 bytes: a slot has 112
	part    []byte          // 10 of 1 MiB
	spare   []int           // 10 of 10000
	deleted = map[int]int{} // had 10000 entries, has 1
	exact   []int           // nothing is wasted
	records *Record
)

func main() {
	for range 1000 {
		equal = append(equal, strings.Repeat("e", 100))
	}
	large := make([]byte, 1<<20)
	part = large[500:510:510]
	spare = make([]int, 10, 10000)
	for i := range 10000 {
		deleted[i] = i
	}
	for i := range 9999 {
		delete(deleted, i)
	}
	exact = make([]int, 4096)
	more, _ := strconv.Atoi(os.Getenv("GROW"))
	for range 1000 + more {
		records = &Record{next: records}
	}
	runtime.GC()
	fmt.Println("ready")
	for {
		time.Sleep(time.Hour)
		runtime.KeepAlive(exact)
	}
}
