// SPDX-License-Identifier: Apache-2.0

package gopm

// #include "shim.h"
import "C"

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// Filter has conditions on goroutines; all must hold. A text is a glob for the whole name: "*chan*", not "chan". Empty texts and
// zeroes are no conditions.
type Filter struct {
	User     string // function of the innermost frame outside the runtime
	Start    string // function of the go statement
	Go       string // function that has the go statement
	Current  string // function of the innermost frame
	Status   string // "waiting"
	Reason   string // wait reason, "chan send"
	LabelKey string // name of a pprof label
	Label    string // its value
	ID       uint64
	Address  uint64        // of the runtime.g
	Thread   uint64        // kernel thread id
	Object   uint64        // address of an object that it waits on
	StackID  uint64        //
	Waiting  time.Duration // that it waits at least
	Flags    uint32        // FilterDead, FilterNoSystem, FilterOnlySystem ...
	Fields   uint32        // parts to read, FieldUser ...; 0: FieldAll
	Progress Progress
}

func (f *Filter) options(w *watch, m *memory) (*C.gopm_goroutine_filter, error) {
	for _, text := range []string{f.User, f.Start, f.Go, f.Current, f.Status, f.Reason, f.LabelKey, f.Label} {
		if hasNUL(text) {
			return nil, argumentError("condition %q has a NUL byte", text)
		}
	}
	o := (*C.gopm_goroutine_filter)(m.zeroed(C.sizeof_gopm_goroutine_filter))
	C.gopm_goroutine_filter_init(o, C.sizeof_gopm_goroutine_filter)
	w.put(&o.progress, &o.progress_user_data)
	o.flags |= C.uint32_t(f.Flags)
	if f.Fields != 0 {
		o.fields = C.uint32_t(f.Fields)
	}
	o.user, o.start, o._go, o.current = m.text(f.User), m.text(f.Start), m.text(f.Go), m.text(f.Current)
	o.status, o.wait_reason, o.label_key, o.label_value = m.text(f.Status), m.text(f.Reason), m.text(f.LabelKey), m.text(f.Label)
	o.id, o.address, o.thread_id = C.uint64_t(f.ID), C.uint64_t(f.Address), C.uint64_t(f.Thread)
	o.wait_object, o.stack_id, o.min_wait_time = C.uint64_t(f.Object), C.uint64_t(f.StackID), C.int64_t(f.Waiting)
	return o, nil
}

// Waiting is how long a goroutine waits, an estimate; 0: unknown.
func (g *Goroutine) Waiting() time.Duration { return time.Duration(g.WaitTime) }

// IsSystem is true of goroutines of the runtime.
func (g *Goroutine) IsSystem() bool { return g.Flags&GFlagSystem != 0 }

// IsPartial is true if a part of it could not be read.
func (g *Goroutine) IsPartial() bool { return g.Flags&GFlagPartial != 0 }

// Goroutines gives the goroutines that match, in the order of runtime.allgs. They are read in batches. An error ends it:
//
//	for g, err := range core.Goroutines(ctx, gopm.Filter{User: "main.*"}) {
func (c *Core) Goroutines(ctx context.Context, filter Filter) iter.Seq2[*Goroutine, error] {
	return func(yield func(*Goroutine, error) bool) {
		w := newWatch(ctx, filter.Progress)
		defer w.close()
		it, err := c.openGoroutines(&filter, w)
		if err != nil {
			yield(nil, err)
			return
		}
		defer C.gopm_goroutine_iter_free(it)
		records := make([]C.gopm_goroutine, batch)
		for {
			if err := w.cancelled(); err != nil {
				yield(nil, err)
				return
			}
			var got C.size_t
			status := C.gopm_goroutine_iter_next(it, &records[0], C.sizeof_gopm_goroutine, batch, &got)
			if status == C.GOPM_DONE {
				status = C.GOPM_OK
			}
			if err := w.check(status, nil, ""); err != nil {
				yield(nil, err)
				return
			}
			for i := range records[:got] {
				g := goGoroutine(&records[i])
				if !yield(&g, nil) {
					return
				}
			}
			if got == 0 {
				return
			}
		}
	}
}

func (c *Core) openGoroutines(filter *Filter, w *watch) (*C.gopm_goroutine_iter, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	var m memory
	defer m.free()
	o, err := filter.options(w, &m)
	if err != nil {
		return nil, err
	}
	var it *C.gopm_goroutine_iter
	var object *C.gopm_error
	status := C.gopm_goroutine_iter_open(core, o, &it, &object)
	if err := w.check(status, object, ""); err != nil {
		C.gopm_goroutine_iter_free(it)
		return nil, err
	}
	return it, nil
}

func goroutineByID(core *C.gopm_core, id uint64, record *C.gopm_goroutine) error {
	var object *C.gopm_error
	if status := C.gopm_goroutine_by_id(core, C.uint64_t(id), record, C.sizeof_gopm_goroutine, &object); status != C.GOPM_OK {
		return takeError(status, object, fmt.Sprintf("no goroutine %d", id))
	}
	return nil
}

// GoroutineJSON gives a goroutine as gopm goroutines --json prints it, with the members of Delve's api.Goroutine.
func (c *Core) GoroutineJSON(id uint64) ([]byte, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	var record C.gopm_goroutine
	if err := goroutineByID(core, id, &record); err != nil {
		return nil, err
	}
	text, err := formatted(func(buffer *C.char, size C.size_t, length *C.size_t) C.gopm_status {
		return C.gopm_goroutine_json(core, &record, C.sizeof_gopm_goroutine, 0, buffer, size, length)
	})
	return []byte(text), err
}

// Goroutine finds a goroutine by its id.
func (c *Core) Goroutine(id uint64) (*Goroutine, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	var record C.gopm_goroutine
	if err := goroutineByID(core, id, &record); err != nil {
		return nil, err
	}
	g := goGoroutine(&record)
	return &g, nil
}

// GoroutineAt finds a goroutine by the address of its runtime.g.
func (c *Core) GoroutineAt(address uint64) (*Goroutine, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	var record C.gopm_goroutine
	var object *C.gopm_error
	status := C.gopm_goroutine_by_address(core, C.uint64_t(address), &record, C.sizeof_gopm_goroutine, &object)
	if status != C.GOPM_OK {
		return nil, takeError(status, object, fmt.Sprintf("no goroutine at %#x", address))
	}
	g := goGoroutine(&record)
	return &g, nil
}

// Waits gives the objects that a goroutine waits on: several in a select.
func (c *Core) Waits(g *Goroutine) ([]Wait, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	records, status := listed(func(r *C.gopm_wait, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_goroutine_waits(core, C.uint64_t(g.Address), r, stride, capacity, count)
	})
	return converted(records, status, goWait)
}

// Labels gives the pprof labels of a goroutine.
func (c *Core) Labels(g *Goroutine) ([]Label, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	records, status := listed(func(r *C.gopm_label, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_goroutine_labels(core, C.uint64_t(g.Address), r, stride, capacity, count)
	})
	return converted(records, status, goLabel)
}

// Groups counts goroutines by a key, the largest group first. By GroupLabel, filter.LabelKey is the label.
func (c *Core) Groups(ctx context.Context, by GroupBy, filter Filter) ([]Group, error) {
	w := newWatch(ctx, filter.Progress)
	defer w.close()
	if err := w.cancelled(); err != nil {
		return nil, err
	}
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	var m memory
	defer m.free()
	o, err := filter.options(w, &m)
	if err != nil {
		return nil, err
	}
	var key *C.char
	if by == GroupLabel {
		key = o.label_key
	}
	var it *C.gopm_group_iter
	var object *C.gopm_error
	status := C.gopm_group_iter_open(core, C.uint32_t(by), key, o, &it, &object)
	defer func() { C.gopm_group_iter_free(it) }()
	if err := w.check(status, object, ""); err != nil {
		return nil, err
	}
	return drained(func(r *C.gopm_group, stride, capacity C.size_t, got *C.size_t) C.gopm_status {
		return C.gopm_group_iter_next(it, r, stride, capacity, got)
	}, goGroup)
}
