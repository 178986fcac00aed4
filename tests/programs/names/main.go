// Names that are not as in their source in symbols: dots in the last element of a package's path. Prints "ready" once
// all goroutines are parked.
package main

import (
	"fmt"
	"time"

	"names.v1/dotted.v3"
	"names.v1/dotted.v3/inner"
	"yaml.v9"
)

type Box[T any] struct{ Value T }

//go:noinline
func (b *Box[T]) Wait(c chan int) T {
	<-c
	return b.Value
}

var (
	never  = make(chan int)
	Boxed  = Box[dotted.Node]{dotted.Node{Kind: 9}}
	Tagged = Box[struct {
		A int `json:"x%2ey"`
	}]{}
	Routine = dotted.Wait
	Nodes   = make(chan *yaml.Node, 2)
)

func main() {
	Nodes <- yaml.Root
	go Routine(never)
	go yaml.Root.Wait(never)
	go inner.Ждать(&inner.Тип{Имя: "ждёт", N: 8}, never)
	go Boxed.Wait(never)
	go Tagged.Wait(never)
	dotted.Run(never)
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
