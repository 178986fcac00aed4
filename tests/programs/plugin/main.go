// Loads the plugin named by its argument: one process with two modules of Go code.
package main

import (
	"fmt"
	"os"
	"plugin"
	"time"
)

func waitInMain(c chan string) string { return <-c }

func main() {
	loaded, err := plugin.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	symbol, err := loaded.Lookup("Start")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	never := make(chan string)
	go waitInMain(never)
	call := func(f func(chan string) string, index int) { _ = f(never) + fmt.Sprint(index) }
	symbol.(func(int, func(func(chan string) string, int)))(3, call)
	time.Sleep(500 * time.Millisecond)
	fmt.Println("ready")
	<-never
}
