// SPDX-License-Identifier: Apache-2.0

package gopm

// #include "shim.h"
import "C"

import (
	"context"
	"fmt"
	"iter"
	"unsafe"
)

// Heap is the marked heap of a core.
type Heap struct{ handle *handle }

// HeapFilter says which objects to count.
type HeapFilter struct {
	Type  string // glob for the whole name of the type
	Flags uint32 // HeapFilterLive or HeapFilterGarbage
}

// HeapPath is a shortest way of pointers to an object.
type HeapPath struct {
	Text  string     // "main.sessions[2999].history[19]"
	Steps []HeapStep // from the holder on
}

// Heap reads and marks the heap. NotFound: the core does not have it; a finding says why.
func (c *Core) Heap(ctx context.Context, progress Progress) (*Heap, error) {
	w := newWatch(ctx, progress)
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
	var out *C.gopm_heap
	var object *C.gopm_error
	status := C.gopm_heap_open(core, heapOptions(w, &m), &out, &object)
	var heap *Heap
	if out != nil {
		heap = &Heap{newHandle(unsafe.Pointer(out), func(p unsafe.Pointer) { C.gopm_heap_close((*C.gopm_heap)(p)) }, "heap", nil, c.handle.anchor)}
	}
	if err := w.check(status, object, "the core does not have the heap"); err != nil {
		heap.Close()
		return nil, err
	}
	return heap, nil
}

func heapOptions(w *watch, m *memory) *C.gopm_heap_options {
	o := (*C.gopm_heap_options)(m.zeroed(C.sizeof_gopm_heap_options))
	C.gopm_heap_options_init(o, C.sizeof_gopm_heap_options)
	w.put(&o.progress, &o.progress_user_data)
	return o
}

func (f *HeapFilter) options(m *memory) (*C.gopm_heap_filter, error) {
	if hasNUL(f.Type) {
		return nil, argumentError("type %q has a NUL byte", f.Type)
	}
	o := (*C.gopm_heap_filter)(m.zeroed(C.sizeof_gopm_heap_filter))
	C.gopm_heap_filter_init(o, C.sizeof_gopm_heap_filter)
	o._type = m.text(f.Type)
	o.flags = C.uint32_t(f.Flags)
	return o, nil
}

func (h *Heap) use() (*C.gopm_heap, error) {
	if h == nil {
		return nil, closedError("heap")
	}
	ptr, err := h.handle.use()
	return (*C.gopm_heap)(ptr), err
}

// Close releases the heap.
func (h *Heap) Close() error {
	if h != nil {
		h.handle.close()
	}
	return nil
}

// Info gives totals in bytes and objects.
func (h *Heap) Info() (HeapInfo, error) {
	heap, err := h.use()
	if err != nil {
		return HeapInfo{}, err
	}
	defer h.handle.done()
	var info C.gopm_heap_info
	info.struct_size = C.sizeof_gopm_heap_info
	if status := C.gopm_heap_get_info(heap, &info); status != C.GOPM_OK {
		return HeapInfo{}, statusError(status, "")
	}
	return goHeapInfo(&info), nil
}

// Histogram gives objects by type, those with most bytes first.
func (h *Heap) Histogram(filter HeapFilter) ([]HeapType, error) {
	heap, err := h.use()
	if err != nil {
		return nil, err
	}
	defer h.handle.done()
	var m memory
	defer m.free()
	o, err := filter.options(&m)
	if err != nil {
		return nil, err
	}
	var it *C.gopm_heap_type_iter
	var object *C.gopm_error
	if status := C.gopm_heap_type_iter_open(heap, o, &it, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, "")
	}
	defer C.gopm_heap_type_iter_free(it)
	return drained(func(r *C.gopm_heap_type, stride, capacity C.size_t, got *C.size_t) C.gopm_status {
		return C.gopm_heap_type_iter_next(it, r, stride, capacity, got)
	}, goHeapType)
}

// Objects gives objects by address. An error ends it.
func (h *Heap) Objects(filter HeapFilter) iter.Seq2[*HeapObject, error] {
	return func(yield func(*HeapObject, error) bool) {
		it, err := h.openObjects(&filter)
		if err != nil {
			yield(nil, err)
			return
		}
		defer C.gopm_heap_object_iter_free(it)
		records := make([]C.gopm_heap_object, batch)
		for {
			var got C.size_t
			status := C.gopm_heap_object_iter_next(it, &records[0], C.sizeof_gopm_heap_object, batch, &got)
			if status == C.GOPM_DONE {
				return
			}
			if status != C.GOPM_OK {
				yield(nil, statusError(status, ""))
				return
			}
			for i := range records[:got] {
				object := goHeapObject(&records[i])
				if !yield(&object, nil) {
					return
				}
			}
		}
	}
}

func (h *Heap) openObjects(filter *HeapFilter) (*C.gopm_heap_object_iter, error) {
	heap, err := h.use()
	if err != nil {
		return nil, err
	}
	defer h.handle.done()
	var m memory
	defer m.free()
	o, err := filter.options(&m)
	if err != nil {
		return nil, err
	}
	var it *C.gopm_heap_object_iter
	var object *C.gopm_error
	if status := C.gopm_heap_object_iter_open(heap, o, &it, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, "")
	}
	return it, nil
}

// ObjectAt finds the object that contains an address.
func (h *Heap) ObjectAt(address uint64) (*HeapObject, error) {
	heap, err := h.use()
	if err != nil {
		return nil, err
	}
	defer h.handle.done()
	var record C.gopm_heap_object
	if status := C.gopm_heap_object_at(heap, C.uint64_t(address), &record, C.sizeof_gopm_heap_object); status != C.GOPM_OK {
		return nil, statusError(status, fmt.Sprintf("no object is at %#x", address))
	}
	object := goHeapObject(&record)
	return &object, nil
}

// Retained says what would become garbage without each holder, the largest first. The first call computes the dominator tree.
func (h *Heap) Retained(ctx context.Context, by HeapBy, progress Progress) ([]HeapNode, error) {
	w := newWatch(ctx, progress)
	defer w.close()
	if err := w.cancelled(); err != nil {
		return nil, err
	}
	heap, err := h.use()
	if err != nil {
		return nil, err
	}
	defer h.handle.done()
	var m memory
	defer m.free()
	var it *C.gopm_heap_node_iter
	var object *C.gopm_error
	status := C.gopm_heap_node_iter_open(heap, C.uint32_t(by), heapOptions(w, &m), &it, &object)
	defer func() { C.gopm_heap_node_iter_free(it) }()
	if err := w.check(status, object, ""); err != nil {
		return nil, err
	}
	return drained(func(r *C.gopm_heap_node, stride, capacity C.size_t, got *C.size_t) C.gopm_status {
		return C.gopm_heap_node_iter_next(it, r, stride, capacity, got)
	}, goHeapNode)
}

// Suspects gives what retains at least percent of the live bytes; 0: 10.
func (h *Heap) Suspects(ctx context.Context, percent uint32, progress Progress) ([]HeapSuspect, error) {
	w := newWatch(ctx, progress)
	defer w.close()
	if err := w.cancelled(); err != nil {
		return nil, err
	}
	heap, err := h.use()
	if err != nil {
		return nil, err
	}
	defer h.handle.done()
	var m memory
	defer m.free()
	o := heapOptions(w, &m)
	var object *C.gopm_error
	records, status := listed(func(r *C.gopm_heap_suspect, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_heap_suspects(heap, C.uint32_t(percent), o, r, stride, capacity, count, &object)
	})
	if err := w.check(status, object, ""); err != nil {
		return nil, err
	}
	return converted(records, status, goHeapSuspect)
}

// Path finds a shortest way of pointers to the object at an address: why it is live. NotFound: no object is there, or nothing
// holds it.
func (h *Heap) Path(address uint64) (*HeapPath, error) {
	heap, err := h.use()
	if err != nil {
		return nil, err
	}
	defer h.handle.done()
	var path *C.gopm_heap_path
	var object *C.gopm_error
	if status := C.gopm_heap_path_open(heap, C.uint64_t(address), &path, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, fmt.Sprintf("no object is at %#x, or nothing holds it", address))
	}
	defer C.gopm_heap_path_free(path)
	records, status := listed(func(r *C.gopm_heap_step, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_heap_path_steps(path, r, stride, capacity, count)
	})
	steps, err := converted(records, status, goHeapStep)
	if err != nil {
		return nil, err
	}
	return &HeapPath{goText(C.gopm_heap_path_text(path)), steps}, nil
}
