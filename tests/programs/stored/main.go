// Objects that only package variables hold, without pointers or with few, so that the allocator keeps no type of them.
// The code that stores them names their types. Prints what it holds, then waits.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"time"
	"unsafe"
)

type (
	Plain  struct{ a, b, c int64 }
	Linked struct {
		next *Linked
		n    int64
	}
	Element struct {
		p *int64
		n int64
	}
	Appended struct{ a, b, c, d, e int64 }
	Returned struct{ a, b, c, d, e, f, g int64 }
	Either   struct{ a [9]int64 }
	Other    struct{ a [9]int64 }
	Replaced struct{ a [11]int64 }
	Boxed    struct{ a [13]int64 }
	Stale    struct{ a [17]int64 }
	Fresh    struct{ a [17]int64 }
	Chosen   struct{ a [15]int64 }
	Cell     struct{ a [19]int64 }
	After    struct{ a [19]int64 }
	Node     struct {
		next *Node
		a    [20]int64
	}
	First  struct{ a [25]int64 }
	Second struct{ a [25]int64 }
)

var (
	plain    *Plain
	linked   *Linked
	elements []Element
	appended []Appended
	returned *Returned
	replaced *Replaced
	boxed    any
	copied   any
	chosen   *Chosen
	numbers  []int64
)

// Their elements are stored by an index.
var (
	grid  [3][5]*Cell
	after *After
	nodes [7]*Node
	mixed [4]unsafe.Pointer
)

//go:noinline
func fill(n int) {
	for i := range grid {
		for j := range grid[i] {
			grid[i][j] = new(Cell)
		}
	}
	after = new(After)
	for i := range min(n, len(nodes)) {
		nodes[i] = &Node{next: nodes[0]}
	}
	for i := range mixed {
		if i%2 == 0 {
			mixed[i] = unsafe.Pointer(new(First))
		} else {
			mixed[i] = unsafe.Pointer(new(Second))
		}
	}
}

//go:noinline
func newReturned(n int64) *Returned {
	return &Returned{a: n}
}

// other hides the type from the code that stores it.
//
//go:noinline
func other(n int) []any {
	return []any{&Fresh{}}
}

//go:noinline
func build(n int) {
	plain = &Plain{a: int64(n)}
	linked = &Linked{n: int64(n)}
	elements = make([]Element, 20)
	for i := range n {
		appended = append(appended, Appended{a: int64(i)})
	}
	returned = newReturned(int64(n))
	replaced = nil
	if n > 2 {
		replaced = new(Replaced)
	}
	if n%2 == 0 {
		boxed = &Either{}
	} else {
		boxed = &Other{}
	}
	copied = &Stale{}
	copied = other(n)[0]
	if n > 1 {
		chosen = &Chosen{}
	} else {
		chosen = nil
	}
	numbers = make([]int64, 30)
}

type note struct {
	Type    string `json:"type"`
	Form    string `json:"form"`
	Objects int    `json:"objects"`
	Elems   int    `json:"elems"`
	Guess   bool   `json:"guess"` // a reader may say that it guesses
}

func main() {
	build(5)
	fill(7)
	for range 2 {
		runtime.GC()
	}
	for _, n := range []note{
		{"main.Plain", "one", 1, 1, false}, {"main.Linked", "one", 1, 1, false}, {"main.Element", "array", 1, cap(elements), false},
		{"main.Appended", "array", 1, cap(appended), false}, {"main.Returned", "one", 1, 1, false}, {"main.Replaced", "one", 1, 1, false},
		{"main.Chosen", "one", 1, 1, false}, {"main.Cell", "one", 15, 15, true}, {"main.Node", "one", 7, 7, true},
		{"main.After", "one", 1, 1, false}, {"int64", "array", 1, cap(numbers), false},
	} {
		text, _ := json.Marshal(n)
		fmt.Fprintf(os.Stderr, "note %s\n", text)
	}
	fmt.Println("ready")
	time.Sleep(time.Hour)
	runtime.KeepAlive([]any{plain, linked, elements, appended, returned, replaced, boxed, copied, chosen, numbers, after, &grid, &nodes, &mixed})
}
