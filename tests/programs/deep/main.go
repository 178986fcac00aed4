// Recurses as often as its argument says, and panics there. Frame k of main.down, from the innermost on, has n == k.
package main

import (
	"os"
	"strconv"
)

func down(n int) int {
	if n == 0 {
		panic("deep")
	}
	return down(n-1) + 1
}

func main() {
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		os.Exit(9)
	}
	down(n)
}
