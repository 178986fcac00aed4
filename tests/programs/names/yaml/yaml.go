// Package yaml has a path without a slash.
package yaml

type Node struct {
	Kind Kind
	Next *Node
}

type Kind int

const (
	Scalar Kind = iota + 1
	Mapping
)

var Root = &Node{Kind: Scalar, Next: &Node{Kind: Mapping}}

//go:noinline
func (n *Node) Wait(c chan int) int { return int(n.Kind) + <-c }
