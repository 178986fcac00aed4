// SPDX-License-Identifier: Apache-2.0

// Dies in C that Go called, which C had called, and so on. The runtime prints the frames of C, by functions of c.c.
package main

/*
#cgo LDFLAGS: -rdynamic -lpthread -ldl
void cBegin(int depth);
void cThread(void);
void cFault(int n);
void traceC(void *), contextC(void *), symbolizeC(void *);
*/
import "C"

import (
	"runtime"
	"time"
	"unsafe"
)

//export goMiddle
func goMiddle(depth C.int) { middle(depth) }

//go:noinline
func middle(depth C.int) {
	if depth > 1 {
		C.cBegin(depth - 1)
	} else {
		C.cFault(3)
	}
	println(depth)
}

//export goParked
func goParked() { parked(make(chan int)) }

//go:noinline
func parked(c chan int) { <-c }

func init() {
	runtime.SetCgoTraceback(0, unsafe.Pointer(C.traceC), unsafe.Pointer(C.contextC), unsafe.Pointer(C.symbolizeC))
}

func main() {
	C.cThread()
	time.Sleep(200 * time.Millisecond)
	C.cBegin(2)
}
