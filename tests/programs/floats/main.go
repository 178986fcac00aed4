// Floats has variables in floating-point registers and goes on counting: a core of it finds its threads there. Before,
// it writes down what they are, a line each: function, variable, bits. Prints "ready" once all of them run.
package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"sync"
	"time"
)

var (
	writer sync.Mutex
	ready  sync.WaitGroup
	result float64
)

func note(function, name string, bits ...uint64) {
	writer.Lock()
	defer writer.Unlock()
	fmt.Fprintf(os.Stderr, "holds %s %s", function, name)
	for _, b := range bits {
		fmt.Fprintf(os.Stderr, " %x", b)
	}
	fmt.Fprintln(os.Stderr)
}

func stopped(n uint64) bool { return n == 1<<62 }

// What is only needed after a loop that calls nothing stays in registers.
//
//go:noinline
func doubles(a, b, c, d float64) float64 {
	for n := uint64(0); ; n++ {
		if stopped(n) {
			break
		}
	}
	return a - b*c/d
}

//go:noinline
func singles(a, b float32, count int) float32 {
	for n := uint64(0); ; n++ {
		if stopped(n) {
			break
		}
	}
	return a*float32(count) - b
}

//go:noinline
func complexes(z, w complex128) complex128 {
	for n := uint64(0); ; n++ {
		if stopped(n) {
			break
		}
	}
	return z * w
}

type vector struct{ X, Y float64 }

//go:noinline
func structs(v vector, scale float64) vector {
	for n := uint64(0); ; n++ {
		if stopped(n) {
			break
		}
	}
	return vector{v.X * scale, v.Y * scale}
}

//go:noinline
func locals(seed float64) float64 {
	half, cube := seed/2, seed*seed*seed
	for n := uint64(0); ; n++ {
		if stopped(n) {
			break
		}
	}
	return cube / half
}

func run(f func()) {
	ready.Add(1)
	go func() {
		runtime.LockOSThread()
		ready.Done()
		f()
	}()
}

func main() {
	bits := math.Float64bits
	// Not known to the compiler.
	one := float64(len(os.Args))
	note("main.doubles", "a", bits(one*1.5))
	note("main.doubles", "b", bits(-one/3))
	note("main.doubles", "c", bits(one*math.Pi))
	note("main.doubles", "d", bits(math.Inf(-len(os.Args))))
	run(func() { result = doubles(one*1.5, -one/3, one*math.Pi, math.Inf(-len(os.Args))) })
	note("main.singles", "a", uint64(math.Float32bits(float32(one)/7)))
	note("main.singles", "b", uint64(math.Float32bits(float32(one)*-1e-40)))
	run(func() { result = float64(singles(float32(one)/7, float32(one)*-1e-40, len(os.Args))) })
	note("main.complexes", "z", bits(one*2.25), bits(-one*0.5))
	note("main.complexes", "w", bits(one/9), bits(one*1e300))
	run(func() { result = real(complexes(complex(one*2.25, -one*0.5), complex(one/9, one*1e300))) })
	note("main.structs", "v", bits(one*11.5), bits(one*-12.25))
	note("main.structs", "scale", bits(one/16))
	run(func() { result = structs(vector{one * 11.5, one * -12.25}, one/16).X })
	note("main.locals", "seed", bits(one*3))
	note("main.locals", "half", bits(one*1.5))
	note("main.locals", "cube", bits(one*27))
	run(func() { result = locals(one * 3) })
	ready.Wait()
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
