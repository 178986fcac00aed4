// SPDX-License-Identifier: Apache-2.0

package gopm_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"gopm"
)

var background = context.Background()

func open(t *testing.T) *gopm.Core {
	t.Helper()
	core, err := gopm.Open(background, sampleCore, sampleExe)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { core.Close() })
	return core
}

// must gives a result that has no error.
func must[T any](result T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
}

func equal[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("got %v, want %v", got, want)
	}
}

// fails checks the error of a call.
func fails(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func second[T any](_ T, err error) error { return err }

func TestOpen(t *testing.T) {
	core := open(t)
	info := must(core.Info())(t)
	equal(t, info.Machine, "amd64")
	build := must(core.Build())(t)
	equal(t, build.GoVersion, info.GoVersion)
	equal(t, len(must(core.BuildSettings())(t)), int(build.SettingCount))
	equal(t, len(must(core.Dependencies())(t)), int(build.DependencyCount))

	_, err := gopm.Open(background, "/nonexistent/core", "")
	fails(t, err, gopm.ErrIO)
	var e *gopm.Error
	if !errors.As(err, &e) || e.Path != "/nonexistent/core" || !strings.Contains(e.Error(), e.Path) || e.Offset != gopm.NoOffset {
		t.Fatalf("%#v", e)
	}
	_, err = gopm.Open(background, "gopm_test.go", "")
	fails(t, err, gopm.ErrFormat)
	if !errors.As(err, &e) || e.Offset != 0 {
		t.Fatalf("%#v", e)
	}
	fails(t, second(gopm.Open(background, "a\x00b", "")), gopm.ErrArgument)
	fails(t, second(gopm.OpenWith(background, gopm.OpenOptions{})), gopm.ErrArgument)
	fails(t, second(gopm.OpenWith(background, gopm.OpenOptions{CorePath: sampleCore, Flags: 1 << 31})), gopm.ErrUnsupported)
}

type badReader struct{ problem error }

func (r badReader) ReadAt(b []byte, _ int64) (int, error) { return len(b), r.problem }

type panickingReader struct{}

func (panickingReader) ReadAt([]byte, int64) (int, error) { panic("mine") }

func TestSources(t *testing.T) {
	file := must(os.Open(sampleCore))(t)
	defer file.Close()
	size := uint64(must(file.Stat())(t).Size())
	for _, options := range []gopm.OpenOptions{
		{CoreReader: file, CoreReaderSize: size, ExePath: sampleExe},
		{CoreFile: file, ExePath: sampleExe},
	} {
		core := must(gopm.OpenWith(background, options))(t)
		stack := must(core.Stack(20))(t)
		core.Close()
		// What was made from it still reads.
		m := must(must(stack.Frames[3].Variables(gopm.ValueOptions{}))(t).Find("m"))(t)
		stack.Close()
		equal(t, must(must(m.Field("Name"))(t).Str())(t), "server")
	}
	mine := errors.New("mine")
	_, err := gopm.OpenWith(background, gopm.OpenOptions{CoreReader: badReader{mine}, CoreReaderSize: size})
	fails(t, err, mine)
	panics(t, func() {
		gopm.OpenWith(background, gopm.OpenOptions{CoreReader: panickingReader{}, CoreReaderSize: size})
	})
}

// panics checks that a call panics with "mine".
func panics(t *testing.T, call func()) {
	t.Helper()
	defer func() {
		if problem := recover(); problem != "mine" {
			t.Fatalf("got panic %v, want mine", problem)
		}
	}()
	call()
}

func count(t *testing.T, core *gopm.Core, filter gopm.Filter) int {
	t.Helper()
	n := 0
	for g, err := range core.Goroutines(background, filter) {
		if err != nil || g.ID == 0 {
			t.Fatal(g, err)
		}
		n++
	}
	return n
}

func TestGoroutines(t *testing.T) {
	core := open(t)
	equal(t, count(t, core, gopm.Filter{}), 2010)
	equal(t, count(t, core, gopm.Filter{User: "main.(*Metrics).CountS"}), 1000)
	equal(t, count(t, core, gopm.Filter{Waiting: time.Minute, Reason: "chan send"}), 1001)
	equal(t, count(t, core, gopm.Filter{Flags: gopm.FilterOnlySystem})+count(t, core, gopm.Filter{Flags: gopm.FilterNoSystem}), 2010)
	for range core.Goroutines(background, gopm.Filter{}) {
		break
	}
	for _, err := range core.Goroutines(background, gopm.Filter{User: "a\x00"}) {
		fails(t, err, gopm.ErrArgument)
	}
	for _, err := range core.Goroutines(background, gopm.Filter{Flags: 1 << 31}) {
		fails(t, err, gopm.ErrUnsupported)
	}
	g := must(core.Goroutine(20))(t)
	equal(t, must(core.GoroutineAt(g.Address))(t).ID, 20)
	equal(t, g.Status, gopm.GWaiting)
	equal(t, g.WaitReason, "chan send")
	equal(t, g.Wait.Kind, gopm.WaitChanSend)
	if g.Waiting() < time.Minute || g.IsSystem() || g.IsPartial() {
		t.Fatal(g)
	}
	equal(t, must(core.Waits(g))(t)[0].Senders, 1001)
	equal(t, len(must(core.Labels(g))(t)), 0)
	fails(t, second(core.Goroutine(1e9)), gopm.NotFound)
	fails(t, second(core.GoroutineAt(1)), gopm.NotFound)
	equal(t, second(core.Goroutine(1e9)).Error(), "no goroutine 1000000000")
	groups := must(core.Groups(background, gopm.GroupObject, gopm.Filter{}))(t)
	equal(t, groups[0].Key, "chan main.Metric 0x39a125340070, 100 of 100: 1001 senders, 0 receivers")
	fails(t, second(core.Groups(background, 99, gopm.Filter{})), gopm.ErrArgument)
}

func TestStacks(t *testing.T) {
	core := open(t)
	stack := must(core.Stack(20))(t)
	equal(t, stack.Frames[3].Location.Function, "main.(*Metrics).SetM")
	equal(t, stack.Frames[3].Location.Line, 93)
	equal(t, stack.Frames[3].Language, gopm.LanguageGo)
	equal(t, stack.End, gopm.StackEndComplete)
	equal(t, stack.Depth, uint64(len(stack.Frames)))
	equal(t, len(must(stack.Frames[3].Registers())(t)), 0)
	fails(t, second(stack.Frame(99)), gopm.NotFound)
	fails(t, second(core.Stack(1e9)), gopm.NotFound)
	fails(t, second(core.StackWith(gopm.StackOptions{})), gopm.ErrArgument)
	outer := must(core.StackWith(gopm.StackOptions{Goroutine: 20, OuterFrames: 2}))(t)
	equal(t, outer.Frames[1].Location.Function, "runtime.goexit")
	equal(t, outer.First+2, stack.Depth)

	var text bytes.Buffer
	equal(t, stack.WriteJSON(&text), nil)
	var decoded struct {
		Locations []struct {
			Line     int
			Function struct{ Name string }
		}
		End string
	}
	equal(t, json.Unmarshal(text.Bytes(), &decoded), nil)
	equal(t, len(decoded.Locations), len(stack.Frames))
	equal(t, decoded.Locations[3].Function.Name, "main.(*Metrics).SetM")
	equal(t, decoded.End, "complete")
	var goroutine struct{ ID uint64 }
	equal(t, json.Unmarshal(must(core.GoroutineJSON(20))(t), &goroutine), nil)
	equal(t, goroutine.ID, 20)
	fails(t, second(core.GoroutineJSON(1e9)), gopm.NotFound)

	threads := must(core.Threads())(t)
	equal(t, uint64(len(threads)), must(core.Info())(t).ThreadCount)
	for _, thread := range threads {
		registers := must(core.ThreadRegisters(thread.ID))(t)
		for _, r := range registers {
			if r.Name == "rip" {
				equal(t, r.Value, thread.PC)
			}
		}
		own := must(core.StackWith(gopm.StackOptions{Thread: thread.ID}))(t)
		equal(t, len(must(own.Frames[0].Registers())(t)), len(registers))
	}
	fails(t, second(core.ThreadRegisters(1)), gopm.NotFound)

	g := must(core.Goroutine(1))(t)
	word := make([]byte, 8)
	// g.stack.lo is the first word of a g.
	equal(t, must(core.Memory(g.Address, word))(t), 8)
	equal(t, binary.LittleEndian.Uint64(word), g.StackLo)
	var e *gopm.Error
	n, err := core.Memory(16, word)
	fails(t, err, gopm.ErrMissingMemory)
	if !errors.As(err, &e) || e.Address != 16 || n != 0 {
		t.Fatalf("%d %#v", n, e)
	}
	locations := must(core.Symbolize(g.Start.Entry))(t)
	equal(t, locations[len(locations)-1].Function, "runtime.main")
	equal(t, len(must(core.Symbolize(1))(t)), 0)
	inside := 0
	for _, m := range must(core.Mappings())(t) {
		if m.Address <= g.Address && g.Address < m.Address+m.Size {
			inside++
		}
	}
	equal(t, inside, 1)
	if len(must(core.Modules())(t)) == 0 {
		t.Fatal("no module")
	}
	for _, finding := range must(core.Findings())(t) {
		if finding.Message == "" {
			t.Fatal(finding)
		}
	}
	fails(t, core.Traceback(io.Discard, gopm.TracebackOptions{Goroutine: 1e9}), gopm.NotFound)
}

func TestValues(t *testing.T) {
	core := open(t)
	frame := must(core.Stack(20))(t).Frames[3]
	variables := must(frame.Variables(gopm.ValueOptions{}))(t)
	equal(t, must(must(variables.Find("key"))(t).Str())(t), "queue.longest")
	equal(t, must(must(variables.Find("value"))(t).Format())(t), "100")
	fails(t, second(variables.Find("nothing")), gopm.NotFound)
	m := must(variables.Find("m"))(t)
	equal(t, m.Type, "*main.Metrics")
	equal(t, m.Kind, gopm.KindPointer)
	equal(t, m.Provenance, gopm.FromRecovered)
	queue := must(m.Field("inChannel"))(t)
	equal(t, queue.Length, 100)
	equal(t, must(queue.Uint())(t), 0x39a125340070)
	equal(t, must(queue.Index(99))(t).Type, "main.Metric")
	children := 0
	for child, err := range m.Children() {
		equal(t, must(child, err)(t).Kind, gopm.KindStruct)
		children++
	}
	equal(t, children, 1)
	var decoded struct{ Type string }
	if err := json.Unmarshal(must(json.Marshal(m))(t), &decoded); err != nil {
		t.Fatal(err)
	}
	equal(t, decoded.Type, "*main.Metrics")

	name := must(m.Field("Name"))(t)
	equal(t, second(name.Int()).Error(), "Name (type string) is not a signed integer")
	for _, err := range []error{second(name.Int()), second(name.Elem()), second(name.Field("x")), second(name.Index(0)), second(m.Bool()),
		second(m.Float()), second(m.Str()), second(m.Int()), second(name.Uint())} {
		fails(t, err, gopm.ErrArgument)
	}
	for _, err := range []error{second(m.Field("nothing")), second(queue.Index(100)), second(m.Child(1)), second(m.Content()),
		second(frame.Eval(`m.counters["nothing"]`, gopm.ValueOptions{}))} {
		fails(t, err, gopm.NotFound)
	}
	equal(t, must(must(frame.Eval("len(m.inChannel) == cap(m.inChannel)", gopm.ValueOptions{}))(t).Bool())(t), true)
	equal(t, must(must(frame.Eval(`m.counters["queue.longest"]`, gopm.ValueOptions{}))(t).Int())(t), 20)
	equal(t, must(must(core.Eval("1.5 + 1", gopm.ValueOptions{}))(t).Float())(t), 2.5)
	for _, expression := range []string{"len(m) + nothing", "key + 1", "key[", "value.x", "a\x00b", "", "main.nothing"} {
		_, err := frame.Eval(expression, gopm.ValueOptions{})
		fails(t, err, gopm.ErrExpression)
		_, err = core.Eval(expression, gopm.ValueOptions{})
		fails(t, err, gopm.ErrExpression)
	}
	var e *gopm.Error
	if _, err := frame.Eval("len(m) + nothing", gopm.ValueOptions{}); !errors.As(err, &e) || e.ExpressionOffset == gopm.NoOffset {
		t.Fatalf("%#v", e)
	}
	fails(t, second(frame.Eval(strings.Repeat("(", 100000), gopm.ValueOptions{})), gopm.ErrLimit)
	cut := must(frame.Eval("key", gopm.ValueOptions{MaxString: 5}))(t)
	equal(t, cut.Length, 13)
	fails(t, second(cut.Str()), gopm.ErrLimit)
	mux := must(core.Variables("net/http.DefaultServeMux", gopm.ValueOptions{}))(t)
	equal(t, mux[0].Type, "*net/http.ServeMux")
	fails(t, second(core.Variables("a\x00", gopm.ValueOptions{})), gopm.ErrArgument)

	// What is unreadable says why.
	for _, f := range must(core.Stack(20))(t).Frames {
		variables, _ := f.Variables(gopm.ValueOptions{})
		for _, v := range variables {
			if v.Unreadable == "" {
				continue
			}
			for _, err := range v.Children() {
				fails(t, err, gopm.ErrMissingMemory)
			}
			fails(t, second(v.Bool()), gopm.ErrMissingMemory)
		}
	}
}

func TestWhy(t *testing.T) {
	core := open(t)
	why := must(core.Why(background, gopm.WhyOptions{}))(t)
	equal(t, must(why.Info())(t).Verdict, gopm.VerdictDeadlock)
	problems := must(why.Problems())(t)
	equal(t, len(problems), 1)
	p := problems[0]
	equal(t, p.Certainty, gopm.CertaintyLikely)
	equal(t, p.Pattern, gopm.PatternSelfChan)
	equal(t, len(must(p.Waiting())(t)), 1001)
	equal(t, must(p.WaitedFor())(t)[0].In, "main.Metrics.inChannel")
	equal(t, uint64(len(must(p.Waits())(t))), p.Edges)
	equal(t, must(p.EdgeTargets(0))(t)[0], 20)
	fails(t, second(p.EdgeTargets(-1)), gopm.ErrArgument)
	equal(t, must(why.Chain(130))(t)[0].Next, 20)
	fails(t, second(why.Chain(1e9)), gopm.NotFound)
	equal(t, strings.HasPrefix(must(why.Text())(t), "1. deadlock, likely: 1001 goroutines are stuck"), true)
	equal(t, len(must(why.Holders())(t)), 0)
	info := must(why.Info())(t)
	equal(t, uint64(len(must(why.Leaks())(t))), info.Leaked+info.Suspects)
	must(why.LeakGroups())(t)
}

func TestHeap(t *testing.T) {
	core := open(t)
	heap := must(core.Heap(background, nil))(t)
	total := uint64(0)
	for _, row := range must(heap.Histogram(gopm.HeapFilter{}))(t) {
		total += row.Bytes
		// A thousand connections; the allocator's slots have 144 bytes.
		if row.Type == "net/http.conn" {
			equal(t, row.Bytes, 144000)
		}
	}
	equal(t, total, must(heap.Info())(t).Bytes)
	n, first := 0, uint64(0)
	for object, err := range heap.Objects(gopm.HeapFilter{Type: "net/http.conn", Flags: gopm.HeapFilterLive}) {
		if n == 0 {
			first = must(object, err)(t).Address
		}
		n++
	}
	equal(t, n, 1000)
	equal(t, must(heap.ObjectAt(first+8))(t).Address, first)
	path := must(heap.Path(first))(t)
	if path.Text == "" || len(path.Steps) == 0 {
		t.Fatal(path)
	}
	equal(t, must(heap.Suspects(background, 0, nil))(t)[0].Name, "net/http.conn")
	if must(heap.Retained(background, gopm.HeapByType, nil))(t)[0].Bytes == 0 {
		t.Fatal("retains nothing")
	}
	fails(t, second(heap.ObjectAt(1)), gopm.NotFound)
	fails(t, second(heap.Path(1)), gopm.NotFound)
	fails(t, second(heap.Retained(background, 99, nil)), gopm.ErrArgument)
	fails(t, second(heap.Suspects(background, 101, nil)), gopm.ErrArgument)
	equal(t, must(must(core.Why(background, gopm.WhyOptions{Heap: heap}))(t).Info())(t).Verdict, gopm.VerdictDeadlock)
	fails(t, second(open(t).Why(background, gopm.WhyOptions{Heap: heap})), gopm.ErrArgument)
}
