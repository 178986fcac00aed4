// The server of the story: under load every request hangs, because the one
// goroutine that drains a channel sends to that channel itself. See metrics.go.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

// MainHandler answers every request, and counts it.
type MainHandler struct {
	metrics *Metrics
	body    []byte
}

func (h *MainHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.metrics.CountS("requests")
	w.Write(h.body)
}

func main() {
	address := flag.String("listen", "127.0.0.1:0", "where to listen")
	size := flag.Int("queue", 100, "metrics that may wait")
	delay := flag.Duration("delay", 50*time.Microsecond, "what the metrics' sink takes for one")
	flag.Parse()

	listener, err := net.Listen("tcp", *address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	handler := &MainHandler{metrics: NewMetrics("server", *size, *delay), body: []byte("ok\n")}
	server := &http.Server{Handler: handler}

	// The first line of output is the address to connect to.
	fmt.Println(listener.Addr())
	fmt.Fprintln(os.Stderr, server.Serve(listener))
	os.Exit(1)
}
