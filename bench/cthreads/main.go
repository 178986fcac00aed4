// SPDX-License-Identifier: Apache-2.0

// Threads that wait in C, -n of them: a third was made by C and never ran Go, a third was made by C and called Go, which called C, and
// a third are in a call of C by Go.
package main

import "C"

import (
	"flag"
	"fmt"
	"time"
)

//export goCallback
func goCallback(depth C.int) { callback(int(depth)) }

//go:noinline
func callback(depth int) { callC(depth) }

func main() {
	count := flag.Int("n", 1500, "threads")
	flag.Parse()
	startThreads(*count / 3 * 2)
	for range *count / 3 {
		go callback(5)
	}
	time.Sleep(2 * time.Second)
	fmt.Println("ready")
	select {}
}
