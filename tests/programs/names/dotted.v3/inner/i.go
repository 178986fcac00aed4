// Package inner has a dot in its path, but not in the last element.
package inner

type Тип struct {
	Имя string
	N   int
}

var Общий = Тип{"общий", 11}

//go:noinline
func Ждать(t *Тип, c chan int) int { return t.N + Общий.N + <-c }
