// SPDX-License-Identifier: Apache-2.0

package gopm

// #include "shim.h"
import "C"

import (
	"runtime"
	"runtime/cgo"
	"sync"
	"sync/atomic"
	"unsafe"
)

// resource is an object of the library. Its last user releases it after it was closed.
type resource struct {
	mu     sync.Mutex
	ptr    unsafe.Pointer
	users  int
	closed bool
	free   func(unsafe.Pointer)
	serial *sync.Mutex // of objects that one thread at a time may use, shared by all that are made from one
	anchor *anchor
}

// anchor counts what can make the library call a reader of Go.
type anchor struct {
	count   atomic.Int64
	handles []cgo.Handle
}

func (a *anchor) release() {
	if a != nil && a.count.Add(-1) == 0 {
		for _, handle := range a.handles {
			handle.Delete()
		}
	}
}

// close releases the object, now or when its last use ends. A second call does nothing.
func (r *resource) close() {
	r.mu.Lock()
	unused := !r.closed && r.users == 0
	r.closed = true
	r.mu.Unlock()
	if !unused {
		return
	}
	if r.serial != nil {
		r.serial.Lock()
		defer r.serial.Unlock()
	}
	r.release()
}

func (r *resource) release() {
	ptr := r.ptr
	r.ptr = nil
	r.free(ptr)
	r.anchor.release()
}

// handle is what Go has of a resource. The garbage collector closes the resource of one that is not used any more.
type handle struct {
	*resource
	what string
}

func newHandle(ptr unsafe.Pointer, free func(unsafe.Pointer), what string, serial *sync.Mutex, a *anchor) *handle {
	if a != nil {
		a.count.Add(1)
	}
	h := &handle{&resource{ptr: ptr, free: free, serial: serial, anchor: a}, what}
	runtime.AddCleanup(h, (*resource).close, h.resource)
	return h
}

// close closes the resource; that of a zero handle is closed.
func (h *handle) close() {
	if h != nil {
		h.resource.close()
		runtime.KeepAlive(h)
	}
}

// use gives the object. Unless there is an error, call done.
func (h *handle) use() (unsafe.Pointer, error) {
	if h == nil {
		return nil, closedError("object")
	}
	if h.serial != nil {
		h.serial.Lock()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		if h.serial != nil {
			h.serial.Unlock()
		}
		return nil, closedError(h.what)
	}
	h.users++
	return h.ptr, nil
}

func (h *handle) done() {
	h.mu.Lock()
	h.users--
	last := h.closed && h.users == 0
	h.mu.Unlock()
	if last {
		h.release()
	}
	if h.serial != nil {
		h.serial.Unlock()
	}
	runtime.KeepAlive(h)
}

// memory is C memory for the arguments of one call.
type memory struct{ blocks []unsafe.Pointer }

func (m *memory) free() {
	for _, block := range m.blocks {
		C.free(block)
	}
}

// text copies a text; the empty one is NULL.
func (m *memory) text(text string) *C.char {
	if text == "" {
		return nil
	}
	copied := C.CString(text)
	m.blocks = append(m.blocks, unsafe.Pointer(copied))
	return copied
}

// zeroed gives memory for options: they have callbacks, whose user data Go must not take for a pointer.
func (m *memory) zeroed(size C.size_t) unsafe.Pointer {
	block := C.calloc(1, size)
	if block == nil {
		panic("gopm: out of memory")
	}
	m.blocks = append(m.blocks, block)
	return block
}

// goText copies a text of the library.
func goText(text C.gopm_str) string {
	return string(unsafe.Slice((*byte)(unsafe.Pointer(text.data)), int(text.size)))
}

// listed calls a function that ends in (records, stride, capacity, &count) until all records fit.
func listed[T any](call func(records *T, stride, capacity C.size_t, count *C.size_t) C.gopm_status) ([]T, C.gopm_status) {
	records := make([]T, 16)
	for {
		var count C.size_t
		status := call(&records[0], C.size_t(unsafe.Sizeof(records[0])), C.size_t(len(records)), &count)
		if status != C.GOPM_OK {
			return nil, status
		}
		if int(count) <= len(records) {
			return records[:count], status
		}
		records = make([]T, count)
	}
}

// converted makes records of Go. A positive status is an empty list.
func converted[T, R any](records []T, status C.gopm_status, convert func(*T) R) ([]R, error) {
	if status < 0 {
		return nil, statusError(status, "")
	}
	found := make([]R, len(records))
	for i := range records {
		found[i] = convert(&records[i])
	}
	return found, nil
}

const batch = 256

// drained reads all records of an iterator.
func drained[T, R any](next func(records *T, stride, capacity C.size_t, got *C.size_t) C.gopm_status, convert func(*T) R) ([]R, error) {
	var found []R
	records := make([]T, batch)
	for {
		var got C.size_t
		status := next(&records[0], C.size_t(unsafe.Sizeof(records[0])), batch, &got)
		if status == C.GOPM_DONE {
			return found, nil
		}
		if status != C.GOPM_OK {
			return nil, statusError(status, "")
		}
		for i := range records[:got] {
			found = append(found, convert(&records[i]))
		}
	}
}

// formatted calls a function that writes a text until it fits.
func formatted(call func(buffer *C.char, size C.size_t, length *C.size_t) C.gopm_status) (string, error) {
	buffer := make([]byte, 256)
	for {
		var length C.size_t
		status := call((*C.char)(unsafe.Pointer(&buffer[0])), C.size_t(len(buffer)), &length)
		if status != C.GOPM_OK {
			return "", statusError(status, "")
		}
		if int(length) < len(buffer) {
			return string(buffer[:length]), nil
		}
		buffer = make([]byte, length+1)
	}
}
