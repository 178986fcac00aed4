// Values that are too large, too deep or without an end, in frames that stand
// still; and others, whose places it writes to standard error, for a test that
// damages them in the core. Prints "ready" once all goroutines are parked.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

const (
	gigabyte = 1 << 30
	million  = 1000 * 1000
	depth    = 100
	// Where in the gigabyte control bytes of empty map slots begin, and how many.
	emptyAt, emptySize = gigabyte / 2, 4 << 20
)

// Record is an element of some size.
type Record struct {
	Number int64
	Name   string
	Next   *Record
}

// Node is a list.
type Node struct {
	Next *Node
	Val  int
}

// Pointer points to pointers for ever.
type Pointer *Pointer

// Deep is a map of maps.
type Deep map[int]Deep

// List is a slice of slices.
type List []List

// Namer is an interface with a method.
type Namer interface{ Name() string }

// Named is one.
type Named struct{ First, Second string }

// Name is its name.
func (n *Named) Name() string { return n.First }

var (
	stop     = make(chan bool)
	standing sync.WaitGroup
)

func stand() {
	standing.Done()
	<-stop
}

// The places the test writes to.
func place(name string, address unsafe.Pointer) {
	fmt.Fprintf(os.Stderr, "place %s %#x\n", name, address)
}

//go:noinline
func slices() {
	bytes := make([]byte, gigabyte)
	records := make([]Record, gigabyte/int(unsafe.Sizeof(Record{})))
	text := unsafe.String(&bytes[0], len(bytes))
	for i := range 100 {
		bytes[i] = byte('a' + i%26)
		records[i] = Record{Number: int64(i), Name: text[:i]}
	}
	for i := range emptySize {
		bytes[emptyAt+i] = 0x80
	}
	bytes[len(bytes)-1] = 'z'
	place("zeroes", unsafe.Pointer(&bytes[gigabyte/4]))
	place("empty", unsafe.Pointer(&bytes[emptyAt]))
	stand()
	runtime.KeepAlive(&bytes)
	runtime.KeepAlive(&records)
	runtime.KeepAlive(&text)
}

//go:noinline
func maps() {
	ints := make(map[int]int)
	names := make(map[string]*Record)
	for i := range million {
		ints[i] = -i
		names[fmt.Sprint("key ", i)] = &Record{Number: int64(i)}
	}
	few := map[int]string{}
	for i := range million {
		few[i] = "x"
	}
	for i := range million {
		if i != million/2 {
			delete(few, i)
		}
	}
	deep := Deep{}
	for i := depth; i > 0; i-- {
		deep = Deep{i: deep}
	}
	stand()
	runtime.KeepAlive(&ints)
	runtime.KeepAlive(&names)
	runtime.KeepAlive(&few)
	runtime.KeepAlive(&deep)
}

//go:noinline
func channels() {
	full := make(chan int, million)
	for i := range million {
		full <- i
	}
	wide := make(chan [1000]int64, 1000)
	for i := range 1000 {
		wide <- [1000]int64{int64(i)}
	}
	stand()
	runtime.KeepAlive(&full)
	runtime.KeepAlive(&wide)
}

//go:noinline
func cycles() {
	list := &Node{Val: 1}
	list.Next = &Node{Val: 2, Next: &Node{Val: 3, Next: list}}
	var pointer Pointer
	pointer = &pointer
	var any1, any2 any
	any1, any2 = &any2, &any1
	inside := map[string]any{}
	inside["inside"] = inside
	slice := []any{1, nil}
	slice[1] = slice
	self := List{nil, nil}
	self[0], self[1] = self, self
	stand()
	runtime.KeepAlive(list)
	runtime.KeepAlive(pointer)
	runtime.KeepAlive(&any1)
	runtime.KeepAlive(&any2)
	runtime.KeepAlive(&inside)
	runtime.KeepAlive(&slice)
	runtime.KeepAlive(&self)
}

// A map of several tables, and where its parts lie (internal/runtime/maps: Map, table), Go 1.24 to 1.27.
func numbered(name string) map[int]int {
	m := make(map[int]int)
	for i := range 3000 {
		m[i] = i * 2
	}
	header := *(*unsafe.Pointer)(unsafe.Pointer(&m))
	directory := *(*unsafe.Pointer)(unsafe.Add(header, 16))
	place(name+".header", header)
	place(name+".directory", directory)
	place(name+".table", *(*unsafe.Pointer)(directory))
	return m
}

//go:noinline
func tornMaps() {
	directoryLong, directoryNegative := numbered("directoryLong"), numbered("directoryNegative")
	directoryPossible, directorySame := numbered("directoryPossible"), numbered("directorySame")
	directoryNowhere, directorySelf := numbered("directoryNowhere"), numbered("directorySelf")
	usedHuge, usedNegative, depthHuge := numbered("usedHuge"), numbered("usedNegative"), numbered("depthHuge")
	maskFull, maskHuge, groupsNowhere := numbered("maskFull"), numbered("maskHuge"), numbered("groupsNowhere")
	groupsEmpty, groupsZero, indexWrong := numbered("groupsEmpty"), numbered("groupsZero"), numbered("indexWrong")
	groupsOdd := numbered("groupsOdd")
	stand()
	for _, m := range []*map[int]int{&directoryLong, &directoryNegative, &directoryPossible, &directorySame,
		&directoryNowhere, &directorySelf, &usedHuge, &usedNegative, &depthHuge, &maskFull, &maskHuge, &groupsNowhere,
		&groupsEmpty, &groupsZero, &indexWrong, &groupsOdd} {
		runtime.KeepAlive(m)
	}
}

func records(name string) []Record {
	s := []Record{{Number: 1, Name: "one"}, {Number: 2, Name: "two"}, {Number: 3, Name: "three"}}
	place(name+".first", unsafe.Pointer(&s[0]))
	return s
}

//go:noinline
func tornSlices() {
	longer, negative, nowhere, odd, last := records("longer"), records("negative"), records("nowhere"), records("odd"), records("last")
	stringLong, stringNegative, stringNowhere, stringIn := "long", "negative", "nowhere", records("stringIn")
	for name, p := range map[string]*[]Record{"longer": &longer, "negative": &negative, "nowhere": &nowhere, "odd": &odd, "last": &last} {
		place(name, unsafe.Pointer(p))
	}
	for name, p := range map[string]*string{"stringLong": &stringLong, "stringNegative": &stringNegative, "stringNowhere": &stringNowhere} {
		place(name, unsafe.Pointer(p))
	}
	stand()
	for _, p := range []*[]Record{&longer, &negative, &nowhere, &odd, &last, &stringIn} {
		runtime.KeepAlive(p)
	}
	for _, p := range []*string{&stringLong, &stringNegative, &stringNowhere} {
		runtime.KeepAlive(p)
	}
}

func queue(name string) chan Record {
	c := make(chan Record, 4)
	c <- Record{Number: 1, Name: "one"}
	c <- Record{Number: 2, Name: "two"}
	place(name, *(*unsafe.Pointer)(unsafe.Pointer(&c)))
	return c
}

//go:noinline
func tornChannels() {
	countLarge, sizeHuge, sizeZero, bufferNowhere := queue("countLarge"), queue("sizeHuge"), queue("sizeZero"), queue("bufferNowhere")
	indexLarge, waitersCycle, waitersNowhere, countNegative := queue("indexLarge"), queue("waitersCycle"), queue("waitersNowhere"), queue("countNegative")
	elementWrong := queue("elementWrong")
	stand()
	for _, c := range []*chan Record{&countLarge, &sizeHuge, &sizeZero, &bufferNowhere, &indexLarge, &waitersCycle,
		&waitersNowhere, &countNegative, &elementWrong} {
		runtime.KeepAlive(c)
	}
}

func namer(name string) *Namer {
	var n Namer = &Named{"first", "second"}
	p := new(Namer)
	*p = n
	place(name, unsafe.Pointer(p))
	return p
}

func boxed(name string) *any {
	p := new(any)
	*p = Named{"first", "second"}
	place(name, unsafe.Pointer(p))
	return p
}

//go:noinline
func tornInterfaces() {
	tableNowhere, tableSelf, tableZeroes := namer("tableNowhere"), namer("tableSelf"), namer("tableZeroes")
	typeNowhere, typeSelf, typeOdd := boxed("typeNowhere"), boxed("typeSelf"), boxed("typeOdd")
	dataNowhere, dataNil, dataSelf := boxed("dataNowhere"), boxed("dataNil"), boxed("dataSelf")
	stand()
	runtime.KeepAlive([]any{tableNowhere, tableSelf, tableZeroes, typeNowhere, typeSelf, typeOdd, dataNowhere, dataNil, dataSelf})
}

func main() {
	for _, f := range []func(){slices, maps, channels, cycles, tornMaps, tornSlices, tornChannels, tornInterfaces} {
		standing.Add(1)
		go f()
	}
	standing.Wait()
	// From the last of them saying so to its being parked.
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	for {
		time.Sleep(time.Hour)
	}
}
