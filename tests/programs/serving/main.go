// A healthy server: answers each request with a number that it counts, under a lock, and keeps a heap of its own busy.
// It prints its address and then serves until it is killed.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
)

var (
	mutex   sync.Mutex
	counted uint64
	recent  [64][]byte
)

func count(w http.ResponseWriter, _ *http.Request) {
	mutex.Lock()
	counted++
	now := counted
	recent[now%uint64(len(recent))] = make([]byte, 4096)
	mutex.Unlock()
	fmt.Fprintf(w, "%d\n", now)
}

func main() {
	address := flag.String("listen", "127.0.0.1:0", "where to listen")
	flag.Parse()
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr())
	http.HandleFunc("/", count)
	err = http.Serve(listener, nil)
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
