// The benchmark of the heap takes cores of this program. It makes about as many objects as -n says: half of them in a
// tree of nodes with payloads and names, a quarter in a map of lists, a quarter in lists of a thousand goroutines. Then
// it prints "ready".
package main

import (
	"flag"
	"os"
	"strconv"
	"time"
)

type Node struct {
	left, right *Node
	key         uint64
	name        string
	payload     *Payload
}

type Payload struct {
	owner *Node
	data  [14]uint64
}

type Entry struct {
	next *Entry
	text string
}

type Job struct {
	next   *Job
	result *Result
}

type Result struct{ status, bytes, time int }

var (
	tree   *Node
	lists  = map[int]*Entry{}
	random = uint64(88172645463325252)
)

func next() uint64 {
	random ^= random << 13
	random ^= random >> 7
	random ^= random << 17
	return random
}

func insert(key uint64) *Node {
	at := &tree
	for *at != nil {
		if key < (*at).key {
			at = &(*at).left
		} else {
			at = &(*at).right
		}
	}
	*at = &Node{key: key, name: "node " + strconv.FormatUint(key, 16)}
	(*at).payload = &Payload{owner: *at}
	return *at
}

//go:noinline
func work(count int, ready chan<- bool, stop <-chan bool) (sum int) {
	var jobs *Job
	for i := range count {
		jobs = &Job{jobs, &Result{status: i}}
	}
	ready <- true
	<-stop
	for ; jobs != nil; jobs = jobs.next {
		sum += jobs.result.status
	}
	return sum
}

func main() {
	count := flag.Int("n", 4000000, "objects")
	flag.Parse()
	last := tree
	for range *count / 2 / 3 {
		last = insert(next())
	}
	for i := range *count / 4 / 2 {
		list := i / 10
		lists[list] = &Entry{lists[list], "entry " + strconv.Itoa(i)}
	}
	ready, stop := make(chan bool), make(chan bool)
	for range 1000 {
		go work(*count/4/2/1000, ready, stop)
		<-ready
	}
	os.Stdout.WriteString("ready " + strconv.FormatUint(last.key, 16) + "\n")
	time.Sleep(time.Hour)
}
