// SPDX-License-Identifier: Apache-2.0

package gopm_test

import (
	"context"
	"errors"
	"io"
	"math/rand"
	"runtime"
	"strings"
	"sync"
	"testing"

	"gopm"
)

func TestUseAfterClose(t *testing.T) {
	core := open(t)
	stack := must(core.Stack(20))(t)
	heap := must(core.Heap(background, nil))(t)
	why := must(core.Why(background, gopm.WhyOptions{}))(t)
	problem := must(why.Problems())(t)[0]
	m := must(must(stack.Frames[3].Variables(gopm.ValueOptions{}))(t).Find("m"))(t)
	g := must(core.Goroutine(20))(t)
	seen := 0
	for range core.Goroutines(background, gopm.Filter{}) {
		if seen == 0 {
			core.Close()
			core.Close()
		}
		seen++
	}
	equal(t, seen, 2010) // the iterator keeps the core
	for i, err := range []error{
		second(core.Info()), second(core.Build()), second(core.BuildSettings()), second(core.Dependencies()), second(core.Threads()),
		second(core.ThreadRegisters(1)), second(core.Mappings()), second(core.Modules()), second(core.Findings()),
		second(core.Memory(0, make([]byte, 1))), second(core.Symbolize(1)), core.Traceback(io.Discard, gopm.TracebackOptions{}),
		second(core.Goroutine(1)), second(core.GoroutineAt(1)), second(core.Waits(g)), second(core.Labels(g)),
		second(core.Groups(background, gopm.GroupUser, gopm.Filter{})), second(core.Stack(20)), second(core.Eval("1", gopm.ValueOptions{})),
		second(core.Variables("*", gopm.ValueOptions{})), second(core.Why(background, gopm.WhyOptions{})), second(core.Heap(background, nil)),
	} {
		if !errors.Is(err, gopm.ErrClosed) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	for _, err := range core.Goroutines(background, gopm.Filter{}) {
		fails(t, err, gopm.ErrClosed)
	}
	equal(t, second(core.Info()).Error(), "this core is closed")
	// What was made before keeps the core.
	equal(t, must(must(m.Field("Name"))(t).Str())(t), "server")
	must(stack.Frames[3].Variables(gopm.ValueOptions{}))(t)
	must(heap.Histogram(gopm.HeapFilter{}))(t)
	stack.Close()
	queue := must(m.Field("inChannel"))(t)
	m.Close()
	heap.Close()
	why.Close()
	for i, err := range []error{
		second(stack.Frames[3].Variables(gopm.ValueOptions{})), second(stack.Frames[3].Registers()),
		second(stack.Frames[3].Eval("1", gopm.ValueOptions{})), second(m.Format()), second(m.Field("Name")), second(m.Elem()),
		second(m.Child(0)), second(m.Content()), second(m.MarshalJSON()), second(heap.Info()), second(heap.Histogram(gopm.HeapFilter{})),
		second(heap.ObjectAt(1)), second(heap.Path(1)), second(heap.Retained(background, gopm.HeapByType, nil)),
		second(heap.Suspects(background, 0, nil)), second(why.Info()), second(why.Problems()), second(why.Text()), second(why.Chain(1)),
		second(why.Leaks()), second(why.Holders()), second(problem.ToBlame()), second(open(t).Why(background, gopm.WhyOptions{Heap: heap})),
	} {
		if !errors.Is(err, gopm.ErrClosed) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	for _, err := range heap.Objects(gopm.HeapFilter{}) {
		fails(t, err, gopm.ErrClosed)
	}
	equal(t, m.String(), "(this value is closed)")
	equal(t, must(queue.Index(99))(t).Type, "main.Metric")

	// Those that were never made are closed too.
	var none *gopm.Core
	fails(t, second(none.Info()), gopm.ErrClosed)
	fails(t, second((&gopm.Core{}).Info()), gopm.ErrClosed)
	fails(t, second((&gopm.StackFrame{}).Eval("1", gopm.ValueOptions{})), gopm.ErrClosed)
	fails(t, second((&gopm.StackFrame{}).Variables(gopm.ValueOptions{})), gopm.ErrClosed)
	fails(t, second((&gopm.Value{}).Format()), gopm.ErrClosed)
	fails(t, second((&gopm.Problem{}).ToBlame()), gopm.ErrClosed)
	none.Close()
	(&gopm.Core{}).Close()
	(&gopm.Value{}).Close()
}

func TestAnyOrder(t *testing.T) {
	for seed := range int64(5) {
		core := must(gopm.Open(background, sampleCore, sampleExe))(t)
		stack := must(core.Stack(20))(t)
		variables := must(stack.Frames[3].Variables(gopm.ValueOptions{}))(t)
		things := []io.Closer{core, stack, must(core.Heap(background, nil))(t)}
		for _, v := range variables {
			things = append(things, v)
		}
		rand.New(rand.NewSource(seed)).Shuffle(len(things), func(i, j int) { things[i], things[j] = things[j], things[i] })
		for _, thing := range things {
			thing.Close()
		}
	}
	// The collector closes what is not used any more, on a thread of its own.
	core := open(t)
	for range 20 {
		stack := must(core.Stack(20))(t)
		m := must(must(stack.Frames[3].Variables(gopm.ValueOptions{}))(t).Find("m"))(t)
		stack = nil
		runtime.GC()
		equal(t, must(must(m.Field("Name"))(t).Str())(t), "server")
	}
}

func TestProgress(t *testing.T) {
	calls := 0
	options := gopm.OpenOptions{CorePath: sampleCore, ExePath: sampleExe, Progress: func(phase gopm.Phase, done, total uint64) error {
		calls++
		if phase != gopm.ProgressUnpack || done > total {
			t.Error(phase, done, total)
		}
		return nil
	}}
	must(gopm.OpenWith(background, options))(t)
	if calls == 0 {
		t.Fatal("no progress")
	}
	core := open(t)
	heap := must(core.Heap(background, nil))(t)
	long := func(ctx context.Context, progress gopm.Progress) []func() error {
		return []func() error{
			func() error {
				return second(gopm.OpenWith(ctx, gopm.OpenOptions{CorePath: sampleCore, ExePath: sampleExe, Progress: progress}))
			},
			func() error { return second(core.Groups(ctx, gopm.GroupUser, gopm.Filter{Progress: progress})) },
			func() error { return second(core.Heap(ctx, progress)) },
			func() error { return second(core.Why(ctx, gopm.WhyOptions{Progress: progress})) },
			func() error { return second(heap.Retained(ctx, gopm.HeapByType, progress)) },
			func() error {
				for _, err := range core.Goroutines(ctx, gopm.Filter{Progress: progress}) {
					if err != nil {
						return err
					}
				}
				return nil
			},
		}
	}
	mine := errors.New("mine")
	for _, call := range long(background, func(gopm.Phase, uint64, uint64) error { return mine }) {
		fails(t, call(), mine)
	}
	for _, call := range long(background, func(gopm.Phase, uint64, uint64) error { panic("mine") }) {
		panics(t, func() { call() })
	}
	for _, call := range long(background, func(gopm.Phase, uint64, uint64) error { runtime.Goexit(); return nil }) {
		ended := make(chan bool)
		go func() {
			returned := false
			defer func() { ended <- !returned }()
			call()
			returned = true
		}()
		equal(t, <-ended, true)
	}
	// A context that ends during the call, and one that has ended.
	for i := range long(background, nil) {
		ctx, cancel := context.WithCancel(background)
		err := long(ctx, func(gopm.Phase, uint64, uint64) error { cancel(); return nil })[i]()
		fails(t, err, context.Canceled)
		fails(t, err, gopm.ErrCancelled)
		fails(t, long(ctx, nil)[i](), context.Canceled)
	}
	ctx, cancel := context.WithCancelCause(background)
	cancel(mine)
	for _, call := range long(ctx, nil) {
		fails(t, call(), mine)
	}
	// None of them did harm.
	equal(t, count(t, core, gopm.Filter{}), 2010)
	must(heap.Retained(background, gopm.HeapByType, nil))(t)
}

type badWriter struct {
	n   int
	err error
}

func (w badWriter) Write(b []byte) (int, error) {
	if w.err == nil && w.n < 0 {
		panic("mine")
	}
	return w.n, w.err
}

func TestWriter(t *testing.T) {
	core := open(t)
	mine := errors.New("mine")
	fails(t, core.Traceback(badWriter{0, mine}, gopm.TracebackOptions{}), mine)
	fails(t, core.Traceback(badWriter{0, nil}, gopm.TracebackOptions{}), io.ErrShortWrite)
	panics(t, func() { core.Traceback(badWriter{-1, nil}, gopm.TracebackOptions{}) })
	var text strings.Builder
	if err := core.Traceback(&text, gopm.TracebackOptions{}); err != nil {
		t.Fatal(err)
	}
	equal(t, strings.Count(text.String(), "\ngoroutine ") > 1000, true)
}

func TestManyGoroutines(t *testing.T) {
	core := open(t)
	stack := must(core.Stack(20))(t)
	m := must(must(stack.Frames[3].Variables(gopm.ValueOptions{}))(t).Find("m"))(t)
	var all sync.WaitGroup
	for range 4 {
		for _, work := range []func() error{
			func() error { equal(t, count(t, core, gopm.Filter{}), 2010); return nil },
			func() error { return second(m.Field("Name")) },
			func() error { return second(stack.Frames[3].Eval("len(m.inChannel)", gopm.ValueOptions{})) },
			func() error { return second(core.Why(background, gopm.WhyOptions{Flags: gopm.WhyFlagQuick})) },
		} {
			all.Add(1)
			go func() {
				defer all.Done()
				if err := work(); err != nil {
					t.Error(err)
				}
			}()
		}
	}
	all.Wait()
	// A close during use waits for it.
	for range 4 {
		own := must(gopm.Open(background, sampleCore, sampleExe))(t)
		s := must(own.Stack(20))(t)
		for _, work := range []func() error{
			func() error { return second(own.Heap(background, nil)) },
			func() error { return second(own.Groups(background, gopm.GroupUser, gopm.Filter{})) },
			func() error { return second(s.Frames[3].Variables(gopm.ValueOptions{})) },
			own.Close, s.Close,
		} {
			all.Add(1)
			go func() {
				defer all.Done()
				if err := work(); err != nil && !errors.Is(err, gopm.ErrClosed) {
					t.Error(err)
				}
			}()
		}
		all.Wait()
	}
}
