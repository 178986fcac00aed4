// SPDX-License-Identifier: Apache-2.0

package gopm

// #include "shim.h"
import "C"

import (
	"context"
	"errors"
	"io"
	"runtime"
	"runtime/cgo"
	"unsafe"
)

// Progress is called every few milliseconds by a long call, on another goroutine that the call waits for. total is 0 if it is
// unknown. An error stops the call, which returns it.
type Progress func(phase Phase, done, total uint64) error

// guard runs functions of the caller that the library calls. Neither a panic nor runtime.Goexit may pass through C, so each runs
// on a goroutine of its own, and what happened is kept until the library has returned.
type guard struct {
	err      error
	panicked any
	ended    bool // by panic or runtime.Goexit
}

// run is false if the library must stop.
func (g *guard) run(call func() error) bool {
	if g.err != nil || g.ended {
		return false
	}
	finished := make(chan struct{})
	go func() {
		returned := false
		defer close(finished)
		defer func() {
			if !returned {
				g.panicked, g.ended = recover(), true
			}
		}()
		g.err = call()
		returned = true
	}()
	<-finished
	return g.err == nil && !g.ended
}

// finish continues what was kept.
func (g *guard) finish() error {
	if g.ended {
		g.ended = false
		if g.panicked != nil {
			panic(g.panicked)
		}
		runtime.Goexit()
	}
	return g.err
}

// watch stops a call that takes long: by its context, or by what the progress callback returns.
type watch struct {
	guard
	ctx      context.Context
	progress Progress
	handle   cgo.Handle
}

func newWatch(ctx context.Context, progress Progress) *watch {
	if ctx == nil {
		ctx = context.Background()
	}
	w := &watch{ctx: ctx, progress: progress}
	w.handle = cgo.NewHandle(w)
	return w
}

func (w *watch) close() { w.handle.Delete() }

func (w *watch) put(progress *C.gopm_progress_fn, userData *unsafe.Pointer) {
	C.gopm_go_watch(progress, userData, C.uintptr_t(w.handle))
}

// cancelled is not nil if the context has ended.
func (w *watch) cancelled() error {
	if w.ctx.Err() == nil {
		return nil
	}
	e := statusError(C.gopm_status(ErrCancelled), "stopped: "+context.Cause(w.ctx).Error())
	e.cause = context.Cause(w.ctx)
	if !errors.Is(e.cause, w.ctx.Err()) {
		e.cause = errors.Join(w.ctx.Err(), e.cause)
	}
	return e
}

// check gives the error of a call that ended; the caller frees what the call made if there is one.
func (w *watch) check(status C.gopm_status, object *C.gopm_error, missing string) error {
	var failed *Error
	if status != C.GOPM_OK {
		failed = takeError(status, object, missing)
	}
	if err := w.finish(); err != nil {
		return err
	}
	if failed == nil {
		return nil
	}
	if err := w.cancelled(); err != nil && failed.Status == ErrCancelled {
		return err
	}
	return failed
}

//export gopmReport
func gopmReport(handle C.uintptr_t, phase C.uint32_t, done, total C.uint64_t) C.int32_t {
	w := cgo.Handle(handle).Value().(*watch)
	if w.ctx.Err() != nil {
		return 1
	}
	if w.progress == nil || w.run(func() error { return w.progress(Phase(phase), uint64(done), uint64(total)) }) {
		return 0
	}
	return 1
}

// sink receives a text.
type sink struct {
	guard
	to io.Writer
}

//export gopmWrite
func gopmWrite(handle C.uintptr_t, data unsafe.Pointer, size C.size_t) C.int32_t {
	s := cgo.Handle(handle).Value().(*sink)
	piece := C.GoBytes(data, C.int(size))
	if s.run(func() error {
		n, err := s.to.Write(piece)
		if err == nil && n < len(piece) {
			err = io.ErrShortWrite
		}
		return err
	}) {
		return 0
	}
	return 1
}

// source is a file that Go reads.
type source struct {
	guard
	from io.ReaderAt
}

//export gopmRead
func gopmRead(handle C.uintptr_t, offset C.uint64_t, buffer unsafe.Pointer, size C.size_t) C.int64_t {
	s := cgo.Handle(handle).Value().(*source)
	got := 0
	// The reader gets memory of Go, which it may keep.
	bytes := make([]byte, int(size))
	if !s.run(func() (err error) {
		got, err = s.from.ReadAt(bytes, int64(offset))
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return err
	}) || got < 0 || got > len(bytes) {
		return -1
	}
	copy(unsafe.Slice((*byte)(buffer), int(size)), bytes[:got])
	return C.int64_t(got)
}
