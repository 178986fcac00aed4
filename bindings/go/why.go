// SPDX-License-Identifier: Apache-2.0

package gopm

// #include "shim.h"
import "C"

import (
	"context"
	"fmt"
	"strings"
	"unsafe"
)

// WhyOptions are options of Core.Why.
type WhyOptions struct {
	Flags    uint32 // WhyFlagQuick ...
	Heap     *Heap  // of the same core, to be used
	Progress Progress
}

// Why is the analysis of why a program hangs.
type Why struct{ handle *handle }

// Problem is one thing that is wrong: goroutines that are stuck or slow together.
type Problem struct {
	WhyFinding
	why   *Why
	index C.size_t
}

// Why finds out why the program hangs.
func (c *Core) Why(ctx context.Context, options WhyOptions) (*Why, error) {
	w := newWatch(ctx, options.Progress)
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
	o := (*C.gopm_why_options)(m.zeroed(C.sizeof_gopm_why_options))
	C.gopm_why_options_init(o, C.sizeof_gopm_why_options)
	w.put(&o.progress, &o.progress_user_data)
	o.flags = C.uint32_t(options.Flags)
	if options.Heap != nil {
		if o.heap, err = options.Heap.use(); err != nil {
			return nil, err
		}
		defer options.Heap.handle.done()
	}
	var out *C.gopm_why
	var object *C.gopm_error
	status := C.gopm_why_open(core, o, &out, &object)
	var why *Why
	if out != nil {
		why = &Why{newHandle(unsafe.Pointer(out), func(p unsafe.Pointer) { C.gopm_why_close((*C.gopm_why)(p)) }, "analysis", nil, c.handle.anchor)}
	}
	if err := w.check(status, object, ""); err != nil {
		why.Close()
		return nil, err
	}
	return why, nil
}

func (y *Why) use() (*C.gopm_why, error) {
	if y == nil {
		return nil, closedError("analysis")
	}
	ptr, err := y.handle.use()
	return (*C.gopm_why)(ptr), err
}

// Close releases the analysis.
func (y *Why) Close() error {
	if y != nil {
		y.handle.close()
	}
	return nil
}

// Info gives the analysis in numbers; Verdict is that of the first problem that is certain or likely.
func (y *Why) Info() (WhyInfo, error) {
	why, err := y.use()
	if err != nil {
		return WhyInfo{}, err
	}
	defer y.handle.done()
	var info C.gopm_why_info
	info.struct_size = C.sizeof_gopm_why_info
	if status := C.gopm_why_get_info(why, &info); status != C.GOPM_OK {
		return WhyInfo{}, statusError(status, "")
	}
	return goWhyInfo(&info), nil
}

// Problems gives what is wrong, the worst first.
func (y *Why) Problems() ([]*Problem, error) {
	findings, err := whyList(y, func(why *C.gopm_why, r *C.gopm_why_finding, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_why_findings(why, r, stride, capacity, count)
	}, goWhyFinding)
	var found []*Problem
	for i, finding := range findings {
		found = append(found, &Problem{finding, y, C.size_t(i)})
	}
	return found, err
}

// Text gives all problems in words: "1. deadlock, likely: ...".
func (y *Why) Text() (string, error) {
	problems, err := y.Problems()
	if err != nil {
		return "", err
	}
	if len(problems) == 0 {
		return "healthy\n", nil
	}
	var text strings.Builder
	for i, p := range problems {
		fmt.Fprintf(&text, "%d. %v, %v: %s\n", i+1, p.Verdict, p.Certainty, p.Text)
	}
	return text.String(), nil
}

// Holders gives the goroutines that hold locks which others wait for.
func (y *Why) Holders() ([]WhyHolder, error) {
	return whyList(y, func(why *C.gopm_why, r *C.gopm_why_holder, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_why_holders(why, r, stride, capacity, count)
	}, goWhyHolder)
}

// Leaks gives the goroutines that are leaked, then those that are suspects.
func (y *Why) Leaks() ([]Leak, error) {
	return whyList(y, func(why *C.gopm_why, r *C.gopm_leak, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_why_leaks(why, r, stride, capacity, count)
	}, goLeak)
}

// LeakGroups gives the same by birthplace.
func (y *Why) LeakGroups() ([]LeakGroup, error) {
	return whyList(y, func(why *C.gopm_why, r *C.gopm_leak_group, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_why_leak_groups(why, r, stride, capacity, count)
	}, goLeakGroup)
}

// Chain gives the chain of waits from a goroutine on. NotFound: no such goroutine.
func (y *Why) Chain(goroutine uint64) ([]WhyStep, error) {
	missing := false
	steps, err := whyList(y, func(why *C.gopm_why, r *C.gopm_why_step, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		status := C.gopm_why_chain(why, C.uint64_t(goroutine), r, stride, capacity, count)
		missing = status == C.GOPM_NOT_FOUND
		return status
	}, goWhyStep)
	if missing {
		return nil, statusError(C.GOPM_NOT_FOUND, fmt.Sprintf("no goroutine %d", goroutine))
	}
	return steps, err
}

func whyList[T, R any](y *Why, call func(why *C.gopm_why, r *T, stride, capacity C.size_t, count *C.size_t) C.gopm_status,
	convert func(*T) R) ([]R, error) {
	why, err := y.use()
	if err != nil {
		return nil, err
	}
	defer y.handle.done()
	records, status := listed(func(r *T, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return call(why, r, stride, capacity, count)
	})
	return converted(records, status, convert)
}

// Waiting gives the goroutines that wait.
func (p *Problem) Waiting() ([]WhyWaiter, error) {
	return whyList(p.why, func(why *C.gopm_why, r *C.gopm_why_waiter, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_why_waiters(why, p.index, r, stride, capacity, count)
	}, goWhyWaiter)
}

// ToBlame gives the goroutines to blame; none: they are gone.
func (p *Problem) ToBlame() ([]WhyWaiter, error) {
	return whyList(p.why, func(why *C.gopm_why, r *C.gopm_why_waiter, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_why_blamed(why, p.index, r, stride, capacity, count)
	}, goWhyWaiter)
}

// WaitedFor gives the objects that they wait for.
func (p *Problem) WaitedFor() ([]Object, error) {
	return whyList(p.why, func(why *C.gopm_why, r *C.gopm_object, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_why_objects(why, p.index, r, stride, capacity, count)
	}, goObject)
}

// Waits says who waits for which object; those of the cycle come first.
func (p *Problem) Waits() ([]WhyEdge, error) {
	return whyList(p.why, func(why *C.gopm_why, r *C.gopm_why_edge, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_why_edges(why, p.index, r, stride, capacity, count)
	}, goWhyEdge)
}

// EdgeTargets gives the ids of the goroutines that could end the wait of an edge.
func (p *Problem) EdgeTargets(edge int) ([]uint64, error) {
	if edge < 0 {
		return nil, argumentError("edge %d is negative", edge)
	}
	return whyList(p.why, func(why *C.gopm_why, r *C.uint64_t, _, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_why_edge_targets(why, p.index, C.size_t(edge), r, capacity, count)
	}, func(id *C.uint64_t) uint64 { return uint64(*id) })
}
