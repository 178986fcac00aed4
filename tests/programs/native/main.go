// SPDX-License-Identifier: Apache-2.0

// Goroutines and threads whose stacks alternate between Go and C. The argument selects how C ends: see native.py.
package main

/*
#cgo LDFLAGS: -lpthread
#include <stdlib.h>
int cBegin(int kind, int depth);
int cInner(int kind, int depth);
int cSort(int kind);
void cThreads(void);
void cWait(void);
*/
import "C"

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// Kinds of ends, as in c.c.
var kinds = map[string]C.int{"fault": 0, "abort": 1, "assert": 2, "wait": 3, "handler": 4, "jump": 5, "throw": 6, "null": 7}

//export goMiddle
func goMiddle(kind, depth C.int) C.int { return middle(kind, depth) }

//go:noinline
func middle(kind, depth C.int) C.int {
	local := fmt.Sprint("middle-", depth)
	var result C.int
	if depth > 1 {
		result = C.cBegin(kind, depth-1)
	} else {
		result = C.cInner(kind, 3)
	}
	println(local)
	return result
}

//export goLess
func goLess(kind C.int) C.int { return C.cInner(kind, 1) }

//export goParked
func goParked() { parked(make(chan int)) }

//go:noinline
func parked(c chan int) { <-c }

func main() {
	if os.Args[1] == "threads" {
		C.cThreads()
		ready()
		select {}
	}
	kind, depth := kinds[os.Args[1]], 1
	if len(os.Args) > 2 {
		depth, _ = strconv.Atoi(os.Args[2])
	}
	go ready()
	if depth == 0 {
		C.cSort(kind)
	}
	C.cBegin(kind, C.int(depth))
}

func ready() {
	time.Sleep(200 * time.Millisecond)
	fmt.Println("ready", os.Getpid())
}
