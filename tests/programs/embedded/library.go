// SPDX-License-Identifier: Apache-2.0

// A library for a program of C (host/host.c). It calls back into that program, and writes the runtime's stack before.
package main

/*
typedef int (*function)(int kind, int depth);
int c_call(function f, int kind, int depth);
*/
import "C"

import (
	"os"
	"runtime/debug"
)

//export GoMiddle
func GoMiddle(f C.function, kind, depth C.int) C.int { return middle(f, kind, depth) }

//go:noinline
func middle(f C.function, kind, depth C.int) C.int {
	if depth == 1 {
		_, _ = os.Stderr.Write(debug.Stack())
	}
	result := C.c_call(f, kind, depth-1)
	println("returned", result)
	return result
}

func main() {}
