// The story without a server: only the goroutines that hang know the channel. It is built with metrics.go of
// examples/story.
package main

import (
	"fmt"
	"time"
)

//go:noinline
func start() {
	metrics := NewMetrics("alone", 100, 50*time.Microsecond)
	for range 1000 {
		go func() {
			for {
				metrics.CountS("requests")
			}
		}()
	}
}

func main() {
	start()
	time.Sleep(3 * time.Second)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
