// SPDX-License-Identifier: Apache-2.0

// Goroutines whose stacks alternate between Go, Rust and C. The argument selects how Rust ends: see rust.py.
package main

/*
#cgo LDFLAGS: -L${SRCDIR} -lends -lpthread -ldl -lm
int rust_begin(int kind, int depth);
int rust_inner(int kind, int depth);
*/
import "C"

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// Kinds of ends, as in ends.rs.
var kinds = map[string]C.int{"fault": 0, "abort": 1, "panic": 2, "wait": 3, "bounds": 4}

//export goMiddle
func goMiddle(kind, depth C.int) C.int { return middle(kind, depth) }

//go:noinline
func middle(kind, depth C.int) C.int {
	local := fmt.Sprint("middle-", depth)
	var result C.int
	if depth > 1 {
		result = C.rust_begin(kind, depth-1)
	} else {
		result = C.rust_inner(kind, 3)
	}
	println(local)
	return result
}

func main() {
	depth, _ := strconv.Atoi(os.Args[2])
	go func() {
		time.Sleep(200 * time.Millisecond)
		fmt.Println("ready", os.Getpid())
	}()
	C.rust_begin(kinds[os.Args[1]], C.int(depth))
}
