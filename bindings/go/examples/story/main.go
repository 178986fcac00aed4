// SPDX-License-Identifier: Apache-2.0

// Why does this server hang? story CORE [EXE]
package main

import (
	"context"
	"fmt"
	"gopm"
	"log"
	"os"
)

func must[T any](result T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return result
}

func main() {
	ctx, arguments := context.Background(), append(os.Args[1:], "", "")
	core := must(gopm.Open(ctx, arguments[0], arguments[1]))
	defer core.Close()
	for _, group := range must(core.Groups(ctx, gopm.GroupUser, gopm.Filter{})) {
		fmt.Printf("%d %s:%d\n", group.Count, group.Location.Function, group.Location.Line)
	}
	for g, err := range core.Goroutines(ctx, gopm.Filter{Start: "*startInChannelConsumer"}) {
		for _, frame := range must(core.Stack(must(g, err).ID)).Frames {
			fmt.Printf("%s at %s:%d\n", frame.Location.Function, frame.Location.File, frame.Location.Line)
			variables, _ := frame.Variables(gopm.ValueOptions{Flat: true})
			for _, variable := range variables {
				fmt.Printf("    %s = %v\n", variable.Name, variable)
			}
		}
	}
	queue := must(core.Groups(ctx, gopm.GroupObject, gopm.Filter{Reason: "chan*"}))[0]
	fmt.Printf("%d :0 %s\n", queue.Count, queue.Key)
	fmt.Print(must(must(core.Why(ctx, gopm.WhyOptions{})).Text()))
}
