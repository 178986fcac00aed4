// SPDX-License-Identifier: Apache-2.0

package gopm_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"gopm"
)

const (
	sampleCore = "../../examples/story/sample/core.zst"
	sampleExe  = "../../examples/story/sample/server"
)

func Example() {
	ctx := context.Background()
	core, err := gopm.Open(ctx, sampleCore, sampleExe)
	if err != nil {
		log.Fatal(err)
	}
	defer core.Close()
	why, err := core.Why(ctx, gopm.WhyOptions{})
	if err != nil {
		log.Fatal(err)
	}
	problems, err := why.Problems()
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range problems {
		blamed, err := p.ToBlame()
		fmt.Println(p.Verdict, p.Certainty, p.Pattern, blamed[0].ID, err)
	}
	// Output: deadlock likely self chan 20 <nil>
}

func ExampleCore_Goroutines() {
	ctx := context.Background()
	core, err := gopm.Open(ctx, sampleCore, sampleExe)
	if err != nil {
		log.Fatal(err)
	}
	defer core.Close()
	for g, err := range core.Goroutines(ctx, gopm.Filter{Start: "*startInChannelConsumer"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(g.ID, g.Status, g.WaitReason, g.User.Function, g.Wait.Type, g.Wait.Senders)
	}
	// Output: 20 waiting chan send main.(*Metrics).SetM main.Metric 1001
}

func ExampleCore_Groups() {
	ctx := context.Background()
	core, err := gopm.Open(ctx, sampleCore, sampleExe)
	if err != nil {
		log.Fatal(err)
	}
	defer core.Close()
	groups, err := core.Groups(ctx, gopm.GroupUser, gopm.Filter{})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range groups {
		fmt.Println(group.Count, group.Location.Function)
	}
	// Output:
	// 1000 main.(*Metrics).CountS
	// 1000 net.(*netFD).Read
	// 8 runtime.gopark
	// 1 main.(*Metrics).SetM
	// 1 net.(*netFD).accept
}

func ExampleStackFrame_Eval() {
	core, err := gopm.Open(context.Background(), sampleCore, sampleExe)
	if err != nil {
		log.Fatal(err)
	}
	defer core.Close()
	stack, err := core.Stack(20)
	if err != nil {
		log.Fatal(err)
	}
	for _, expression := range []string{"len(m.inChannel)", "key", `m.counters["nothing"]`, "key + 1"} {
		value, err := stack.Frames[3].Eval(expression, gopm.ValueOptions{})
		switch {
		case errors.Is(err, gopm.NotFound):
			fmt.Println("the map does not have it")
		case errors.Is(err, gopm.ErrExpression):
			fmt.Println("wrong expression")
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(value)
		}
	}
	// Output:
	// 100
	// "queue.longest"
	// the map does not have it
	// wrong expression
}

func ExampleCore_Traceback() {
	core, err := gopm.Open(context.Background(), sampleCore, sampleExe)
	if err != nil {
		log.Fatal(err)
	}
	defer core.Close()
	var text strings.Builder
	if err := core.Traceback(&text, gopm.TracebackOptions{Goroutine: 20}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Count(text.String(), "main.(*Metrics)"), strings.Contains(text.String(), "created by main.NewMetrics"))
	// Output: 3 true
}
