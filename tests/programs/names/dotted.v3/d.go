// Package dotted has a dot in the last element of its path, which symbols write as %2e.
package dotted

type Node struct {
	Kind int
	Next *Node
}

// Keeper is an interface with an unexported method: its type's name has the package.
type Keeper interface{ keep() int }

func (n *Node) keep() int { return n.Kind }

var (
	Config         = map[string]string{"a.b": "c"}
	Root           = &Node{Kind: 3, Next: &Node{Kind: 4}}
	Held    Keeper = Root
	Literal        = struct{ hidden int }{6}
)

//go:noinline
func Wait(c chan int) int { n := Root; return n.Kind + <-c }

//go:noinline
func Run(c chan int) {
	go func() {
		if Literal.hidden+<-c > 0 {
			println(Held.keep(), len(Config))
		}
	}()
}
