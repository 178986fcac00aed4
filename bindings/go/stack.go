// SPDX-License-Identifier: Apache-2.0

package gopm

// #include "shim.h"
import "C"

import (
	"fmt"
	"io"
	"runtime/cgo"
	"sync"
	"unsafe"
)

// StackOptions selects a stack: set one of Goroutine, Address and Thread. The rest is a window of a deep stack.
type StackOptions struct {
	Goroutine   uint64 // id
	Address     uint64 // of its runtime.g
	Thread      uint64 // kernel thread id
	Flags       uint32 // StackUserOnly ...
	MaxFrames   uint32
	FirstFrame  uint64 // leave out this many at the inner end
	OuterFrames uint32 // only this many at the outer end
}

// Stack is a stack, the innermost frame first.
type Stack struct {
	Frames     []*StackFrame
	End        StackEnd // why it ends
	EndAddress uint64   // at which the unwinder stopped; 0: none
	First      uint64   // frames that were left out at the inner end
	Depth      uint64   // frames of the whole stack; 0: unknown

	core   *Core
	handle *handle
}

// StackFrame is a frame of a stack.
type StackFrame struct {
	Frame
	Index int
	stack *Stack
}

// Stack unwinds the stack of a goroutine.
func (c *Core) Stack(goroutine uint64) (*Stack, error) {
	return c.StackWith(StackOptions{Goroutine: goroutine})
}

// StackWith unwinds a stack.
func (c *Core) StackWith(options StackOptions) (*Stack, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	var o C.gopm_stack_options
	C.gopm_stack_options_init(&o, C.sizeof_gopm_stack_options)
	o.goroutine_id, o.goroutine_address = C.uint64_t(options.Goroutine), C.uint64_t(options.Address)
	o.thread_id, o.flags, o.max_frames = C.uint64_t(options.Thread), C.uint32_t(options.Flags), C.uint32_t(options.MaxFrames)
	o.first_frame, o.outer_frames = C.uint64_t(options.FirstFrame), C.uint32_t(options.OuterFrames)
	var out *C.gopm_stack
	var object *C.gopm_error
	if status := C.gopm_stack_open(core, &o, &out, &object); status != C.GOPM_OK {
		missing := fmt.Sprintf("no goroutine %d", options.Goroutine)
		if options.Thread != 0 {
			missing = fmt.Sprintf("no thread %d", options.Thread)
		} else if options.Address != 0 {
			missing = fmt.Sprintf("no goroutine at %#x", options.Address)
		}
		return nil, takeError(status, object, missing)
	}
	var end C.uint64_t
	s := &Stack{
		core:   c,
		handle: newHandle(unsafe.Pointer(out), func(p unsafe.Pointer) { C.gopm_stack_free((*C.gopm_stack)(p)) }, "stack", new(sync.Mutex), c.handle.anchor),
		End:    StackEnd(C.gopm_stack_end(out, &end)),
		First:  uint64(C.gopm_stack_first(out)),
		Depth:  uint64(C.gopm_stack_depth(out)),
	}
	s.EndAddress = uint64(end)
	if size := C.gopm_stack_size(out); size != 0 {
		records := make([]C.gopm_frame, size)
		var got C.size_t
		if status := C.gopm_stack_frames(out, 0, &records[0], C.sizeof_gopm_frame, size, &got); status != C.GOPM_OK {
			return nil, statusError(status, "")
		}
		for i := range records[:got] {
			s.Frames = append(s.Frames, &StackFrame{goFrame(&records[i]), i, s})
		}
	}
	return s, nil
}

func (s *Stack) use() (*C.gopm_stack, error) {
	if s == nil {
		return nil, closedError("stack")
	}
	ptr, err := s.handle.use()
	return (*C.gopm_stack)(ptr), err
}

// Close releases the stack. Values of its variables stay readable.
func (s *Stack) Close() error {
	if s != nil {
		s.handle.close()
	}
	return nil
}

// WriteJSON writes the stack as gopm stack --json prints it, without variables. An error of w stops it.
func (s *Stack) WriteJSON(w io.Writer) error {
	stack, err := s.use()
	if err != nil {
		return err
	}
	defer s.handle.done()
	to := &sink{to: w}
	handle := cgo.NewHandle(to)
	defer handle.Delete()
	var object *C.gopm_error
	status := C.gopm_go_stack_json(stack, C.uintptr_t(handle), &object)
	failed := takeError(status, object, "")
	if err := to.finish(); err != nil {
		return err
	}
	if status != C.GOPM_OK {
		return failed
	}
	return nil
}

// Frame gives the frame with an index, 0 is the innermost.
func (s *Stack) Frame(index int) (*StackFrame, error) {
	if index < 0 || index >= len(s.Frames) {
		return nil, statusError(C.GOPM_NOT_FOUND, fmt.Sprintf("no frame %d of %d", index, len(s.Frames)))
	}
	return s.Frames[index], nil
}

// Variables reads arguments, results and locals. NotFound: the DWARF has no function at this pc.
func (f *StackFrame) Variables(options ValueOptions) (Variables, error) {
	stack, err := f.stack.use()
	if err != nil {
		return nil, err
	}
	defer f.stack.handle.done()
	o := options.c()
	var out *C.gopm_vars
	var object *C.gopm_error
	if status := C.gopm_frame_vars(stack, C.size_t(f.Index), &o, &out, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, fmt.Sprintf("the DWARF has no function at %#x", f.PC))
	}
	return readVariables(out, f.stack.core, f.stack.handle.serial)
}

// Eval evaluates a Go expression on the frame.
func (f *StackFrame) Eval(expression string, options ValueOptions) (*Value, error) {
	if f.stack == nil {
		return nil, closedError("stack")
	}
	return f.stack.core.eval(f, expression, options)
}

// Registers gives the general registers; none: they are not known.
func (f *StackFrame) Registers() ([]Register, error) {
	stack, err := f.stack.use()
	if err != nil {
		return nil, err
	}
	defer f.stack.handle.done()
	records, status := listed(func(r *C.gopm_register, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_frame_registers(stack, C.size_t(f.Index), r, stride, capacity, count)
	})
	return converted(records, status, goRegister)
}
