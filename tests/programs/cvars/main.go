// SPDX-License-Identifier: Apache-2.0

// Variables of C of every kind: globals, static ones that two files have, and those of frames that wait.
package main

/*
#include "types.h"
extern int counter;
extern struct record global_record;
static int in_preamble = 77;
static inline int preamble(void) { return in_preamble++; }
*/
import "C"

import (
	"fmt"
	"time"
	"unsafe"
)

type holder struct {
	rec    *C.struct_record
	copied C.struct_record
	text   *C.char
	buffer unsafe.Pointer
	fn     *[0]byte
	empty  *[0]byte
	texts  **C.char
	names  []*C.char
	back   C.operation
	octet  *C.uint8_t
}

var held holder
var list [0]byte

//go:noinline
func begin(rec *C.struct_record) C.int {
	return C.outer(rec, 5)
}

func main() {
	rec := C.make_record(2, C.make_record(1, nil))
	held = holder{rec, *rec, C.CString("from Go"), unsafe.Pointer(rec), rec.fn, &list, C.text_list(), nil, C.operation(rec.fn), (*C.uint8_t)(unsafe.Pointer(rec))}
	held.names = []*C.char{held.text, nil}
	C.counter += C.preamble() - 76
	go begin(rec)
	time.Sleep(100 * time.Millisecond)
	for C.is_waiting == 0 {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
