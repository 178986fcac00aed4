// One thread sleeps in the kernel as nothing can interrupt it: like the parent in vfork() of a child that
// takes its time. Prints "ready" when it does.
package main

import (
	"fmt"
	"time"
)

// vforked returns when its child has ended.
func vforked()

func main() {
	go func() {
		vforked()
		fmt.Println("awake")
	}()
	time.Sleep(200 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
